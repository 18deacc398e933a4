#!/bin/sh
# compare.sh: builds the benchmarks with the peers, and runs ours beside them.
# bench/compare.sh --help says what it takes. Needs Maven and a JDK 25 (JAVA_HOME, the PATH or /usr/lib/jvm).
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"

jdk=
for home in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v java || echo /)")")")" /usr/lib/jvm/*; do
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
  if [ "${version:-0}" -ge 25 ] && [ -x "$home/bin/javac" ]; then
    jdk=$home
    break
  fi
done
[ -n "$jdk" ] || { echo "compare: no JDK 25 found; set JAVA_HOME to its folder" >&2; exit 1; }

class_path=bench/target/compare.classpath
if [ ! -e "$class_path" ] || [ -n "$(find pom.xml ./*/pom.xml ./*/src/main bench/src/peers -newer "$class_path" | head -n 1)" ]; then
  mvn -B -q -Ppeers -Dstyle.skip -pl bench -am process-classes >&2
fi

classes=bench/target/classes:$(cat "$class_path")

# The peers' models, with the same weights as ours. Debian: apt-get install python3-torch.
peers=bench/target/peers
if [ ! -e "$peers/models/done" ] || [ -n "$(find bench/peers -newer "$peers/models/done" -name '*.py')" ]; then
  "$jdk/bin/java" --add-modules jdk.incubator.vector -cp "$classes" dev.weft.bench.compare.ModelWeights "$peers/weights" >&2
  if "${PYTHON:-/usr/bin/python3}" -B bench/peers/models.py "$peers/weights" "$peers/models" >&2; then
    "$jdk/bin/java" --add-modules jdk.incubator.vector -cp "$classes" dev.weft.bench.compare.SampleFiles "$peers/models" >&2
    touch "$peers/models/done"
    rm -r "$peers/weights"
  else
    echo "compare: no models for the peers (PYTHON names a Python with PyTorch); works that need one go without" >&2
  fi
fi

# DJL unpacks PyTorch's libraries; they stay within the build, and nothing is fetched.
export DJL_CACHE_DIR="$root/$peers/djl" DJL_OFFLINE=true OPT_OUT_TRACKING=true
exec "$jdk/bin/java" -Djava.awt.headless=true -cp "$classes" dev.weft.bench.compare.Compare "$@"
