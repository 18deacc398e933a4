#!/bin/sh
# mp4sr.sh: finds a JDK, builds what is missing or older than its sources, and runs the command line.
#
#   MP4SR_JAVA_OPTS   more options for java, for example "-Xmx8g"
set -eu

need=25
modules="tensor autograd cuda-kernels nn mp4sr"

say() { printf 'mp4sr: %s\n' "$*" >&2; }

# The file behind a chain of symbolic links.
resolve() {
  file=$1
  while [ -h "$file" ]; do
    target=$(readlink "$file")
    case $target in
      /*) file=$target ;;
      *) file=$(dirname "$file")/$target ;;
    esac
  done
  printf '%s\n' "$file"
}

# The feature version of the JDK in a folder, 0 where there is none.
version_of() {
  [ -x "$1/bin/javac" ] || { echo 0; return; }
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true)
  [ -n "$version" ] || version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  echo "${version:-0}"
}

# Folders that may hold a JDK, one a line, the user's own choice first.
candidates() {
  [ -z "${JAVA_HOME:-}" ] || printf '%s\n' "$JAVA_HOME"
  [ -z "${JDK_HOME:-}" ] || printf '%s\n' "$JDK_HOME"
  if java=$(command -v java); then
    dirname "$(dirname "$(resolve "$java")")"
  fi
  [ ! -x /usr/libexec/java_home ] || /usr/libexec/java_home -v "$need+" 2>/dev/null || true
  for home in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/openjdk* \
    /usr/local/java/* /usr/local/openjdk-* /usr/local/jdk* \
    "${HOME:-/}"/.sdkman/candidates/java/* "${HOME:-/}"/.jdks/* "${HOME:-/}"/.asdf/installs/java/* \
    "${HOME:-/}"/.local/share/mise/installs/java/* \
    "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    [ ! -d "$home" ] || printf '%s\n' "$home"
  done
}

find_jdk() {
  candidates | while IFS= read -r home; do
    if [ "$(version_of "$home")" -ge "$need" ]; then
      printf '%s\n' "$home"
      break
    fi
  done
}

# Whether the last build by this script is newer than every source and pom.
is_built() {
  [ -e "$stamp" ] || return 1
  set -- "$root/pom.xml"
  for module in $modules; do
    set -- "$@" "$root/$module/pom.xml" "$root/$module/src/main"
  done
  [ -z "$(find "$@" -newer "$stamp" 2>/dev/null | head -n 1)" ]
}

# Maven runs on the JDK that was found: it needs no other, and its toolchain is then this one.
build() {
  command -v mvn >/dev/null || {
    say "Maven is needed to build this checkout: install it, so that mvn is on the PATH"
    exit 1
  }
  say "building (the first time downloads the libraries; a few minutes)"
  mkdir -p "$root/mp4sr/target"
  : >"$stamp.started"
  # Maven looks for .mvn from its working directory upwards.
  (
    cd "$root"
    JAVA_HOME=$jdk \
    MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED" \
      mvn -B -q -Dstyle.color=never -Dmaven.test.skip=true -Dstyle.skip -pl mp4sr -am package
  ) >&2 || {
    say "the build failed; its messages are above"
    exit 1
  }
  mv "$stamp.started" "$stamp"
  rehearse
}

# Has Java write down the classes that short commands load, in the form in which it runs them (JEP
# 514): the next processes start a quarter of a second sooner. Where that fails, as they did before.
rehearse() {
  rm -f "$classes"
  if "$jdk/bin/java" --add-modules jdk.incubator.vector -XX:+UseSerialGC -Djava.awt.headless=true \
    -XX:AOTCacheOutput="$classes.started" -Xlog:disable -cp "$jar" dev.weft.mp4sr.cli.Rehearsal \
    >/dev/null 2>&1 && [ -s "$classes.started" ]; then
    mv "$classes.started" "$classes"
  else
    rm -f "$classes.started"
  fi
}

# Drops Java's first line on standard error if it is the one about the incubator module; from then
# on everything passes as it comes. Java itself takes this process's place, signals and all.
hide_incubator_warning() {
  pipes=$(mktemp -d "${TMPDIR:-/tmp}/mp4sr.XXXXXX" 2>/dev/null) || return 0
  pipe=$pipes/stderr
  mkfifo "$pipe" 2>/dev/null || { rmdir "$pipes"; return 0; }
  {
    if IFS= read -r line || [ -n "$line" ]; then
      case $line in
        "WARNING: Using incubator modules"*) ;;
        *) printf '%s\n' "$line" ;;
      esac
    fi
    exec cat
  } <"$pipe" >&2 &
  exec 2>"$pipe"
  rm -f "$pipe"
  rmdir "$pipes"
}

root=$(cd "$(dirname "$(resolve "$0")")" && pwd -P)
stamp=$root/mp4sr/target/launcher.built
jar=$root/mp4sr/target/weft-mp4sr.jar
classes=$root/mp4sr/target/launcher.aot

jdk=$(find_jdk)
[ -n "$jdk" ] || {
  say "JDK $need or newer is needed and was not found; install one" \
    "and set JAVA_HOME to its folder"
  exit 1
}
is_built || build

# Progress bars only where a person sees them; names of files in UTF-8 where no locale says otherwise.
terminal=false
[ ! -t 2 ] || terminal=true
case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
  C | POSIX) export LC_ALL=C.UTF-8 ;;
esac

# Who reads a model, answers and ends: a collector without threads and a small young generation, so
# that the process is hardly larger than the weights. Who trains: G1, which moves no large arrays.
case ${1:-} in
  encode | tokenize | info) collector="-XX:+UseSerialGC -XX:MaxNewSize=32m" ;;
  *) collector=-XX:+UseG1GC ;;
esac

# Where the archive does not fit, being of another JDK or of older jars, Java goes without it.
set -- -jar "$jar" "$@"
[ ! -s "$classes" ] || set -- -XX:AOTCache="$classes" '-Xlog:cds*=off,aot*=off' "$@"

hide_incubator_warning
# shellcheck disable=SC2086 # several options in one variable
exec "$jdk/bin/java" \
  --add-modules jdk.incubator.vector -XX:MaxRAMPercentage=60 $collector \
  -Djava.awt.headless=true -Dmp4sr.terminal="$terminal" \
  ${MP4SR_JAVA_OPTS:-} "$@"
