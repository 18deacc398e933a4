#!/bin/sh
# bundle.sh: makes bench/target/weft-cuda.tar.gz, which runs on a Linux machine (x86-64) that has an NVIDIA driver and
# nothing else: a Java run time, our jars, the contract's tests, the device benchmarks. There:
#
#   tar xzf weft-cuda.tar.gz && weft-cuda/run.sh
#
# Making it needs Maven and a JDK 25 (JAVA_HOME, the PATH or /usr/lib/jvm); gcc, where there is one, adds the library
# that stands between JCublas and cuBLAS 13.
set -eu

most_bytes=60000000
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
cd "$root"

jdk=
for home in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v java || echo /)")")")" /usr/lib/jvm/*; do
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
  if [ "${version:-0}" -ge 25 ] && [ -x "$home/bin/jlink" ]; then
    jdk=$home
    break
  fi
done
[ -n "$jdk" ] || { echo "bundle: no JDK 25 found; set JAVA_HOME to its folder" >&2; exit 1; }

# Classes of all modules, their tests included, and the libraries: the bench profile "bundle" lists these.
mvn ${MAVEN_ARGS:--B -q} -Pbundle -Dstyle.skip -pl bench -am process-test-classes >&2

out=$root/bench/target/weft-cuda
rm -rf "$out" "$out.tar.gz"
mkdir -p "$out/lib" "$out/peers" "$out/cublas"

jar() { "$jdk/bin/jar" --create --no-manifest --file "$out/lib/$1.jar" -C "$2" .; }
for module in tensor autograd nn cuda-kernels mp4sr bench; do
  jar "$module" "$module/target/classes"
done
# The contract, held against the devices that cuda-kernels names, and whole models.
jar tensor-tests tensor/target/test-classes
jar cuda-tests cuda-kernels/target/test-classes
mkdir -p "$out/tests"
(cd mp4sr/target/test-classes && tar cf - dev/weft/mp4sr/device) | (cd "$out/tests" && tar xf -)
jar mp4sr-tests "$out/tests"
rm -r "$out/tests"

# Libraries, without those that nothing here calls: JMH, charts, our own jars.
tr ':' '\n' < bench/target/bundle.classpath | grep '\.jar$' |
  grep -v -e /jmh- -e /jopt-simple -e /weft- -e /xchart -e /VectorGraphics2D -e /animated-gif -e /pdfbox -e /fontbox |
  while read -r file; do
    cp "$file" "$out/lib/"
  done
# 9 MB of JCuda's compiler, which nothing here calls either.
natives=$(ls "$out"/lib/jcuda-natives-*.jar)
mkdir "$out/natives"
(cd "$out/natives" && "$jdk/bin/jar" --extract --file "$natives" && rm lib/*PTXCompiler* lib/*Nvrtc*)
"$jdk/bin/jar" --create --no-manifest --file "$natives" -C "$out/natives" lib
rm -r "$out/natives"

modules=java.base,java.desktop,java.logging,java.management,java.xml,jdk.incubator.vector,jdk.unsupported,jdk.zipfs
"$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-9 \
  --output "$out/java" >&2

cp "$here/run.sh" "$out/"
cp bench/peers/device.py bench/peers/device_step.py bench/peers/m2se.py bench/peers/training.py "$out/peers/"
cp "$here"/cublas13.* "$out/cublas/"
git rev-parse HEAD > "$out/revision" 2>/dev/null || echo unknown > "$out/revision"
if command -v gcc >/dev/null; then
  "$here/cublas13.sh" "$out/cublas"
fi

tar -C "$(dirname "$out")" -cf - weft-cuda | gzip -9 > "$out.tar.gz"
bytes=$(wc -c < "$out.tar.gz")
echo "bundle: bench/target/weft-cuda.tar.gz, $((bytes / 1000000)) MB"
[ "$bytes" -lt "$most_bytes" ] || { echo "bundle: more than $((most_bytes / 1000000)) MB" >&2; exit 1; }
