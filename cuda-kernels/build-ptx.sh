#!/usr/bin/env bash
# Makes PTX of every kernel in src/main/cuda for three generations of devices, with nvcc and ptxas of a CUDA toolkit:
#
#   cuda-kernels/build-ptx.sh            all
#   cuda-kernels/build-ptx.sh softmax …  these
#
# The result is kept in src/main/resources, so that only those who change a kernel need the toolkit. Each file begins
# with the SHA-256 of what it was made from, which a test compares, and asks for the oldest PTX version that ptxas
# accepts for it, so that older drivers load it.
set -eu
cd "$(dirname "$0")"
sources=src/main/cuda
target=src/main/resources/dev/weft/cuda/kernels
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

versions="6.3 6.4 6.5 7.0 7.1 7.2 7.3 7.4 7.5 7.6 7.7 7.8 8.0 8.1 8.2 8.3 8.4 8.5 8.6 8.7 8.8 9.0"

# The headers that files include, and what those include, one a line in the order of their names.
headers() {
  local known="" found
  found=$(grep -ho '^#include "[^"]*"' "$@" | cut -d '"' -f 2 | sort -u)
  while [ "$found" != "$known" ]; do
    known=$found
    found=$( (cd "$sources"; echo "$known"; grep -ho '^#include "[^"]*"' $known | cut -d '"' -f 2) | sort -u)
  done
  echo "$known"
}

# A kernel's own text and that of its headers.
source_hash() {
  (cd "$sources"; cat "$1.cu" $(cd ../../..; headers "$sources/$1.cu")) | sha256sum | cut -d ' ' -f 1
}

[ $# -gt 0 ] || set -- $(cd "$sources"; ls ./*.cu | sed 's|^./||; s|\.cu$||')
for name in "$@"; do
  source="$sources/$name.cu"
  for capability in 75 80 90; do
    nvcc -ptx -O3 -arch="compute_$capability" -o "$work/$name.ptx" "$source"
    # A hint for memory checkers that would ask for PTX 8.3.
    sed -i '/\.pragma "used_bytes_mask/d' "$work/$name.ptx"
    lowest=
    for version in $versions; do
      sed "s/^\.version .*/.version $version/" "$work/$name.ptx" > "$work/try.ptx"
      if ptxas -arch="sm_$capability" -o "$work/cubin" "$work/try.ptx" 2> "$work/refused"; then
        lowest=$version
        break
      fi
    done
    [ -n "$lowest" ] || { cat "$work/refused" >&2; exit 1; }
    mkdir -p "$target/sm_$capability"
    {
      echo "// source $name.cu sha256 $(source_hash "$name")"
      sed -e '/^\/\//d' -e '/^$/d' "$work/try.ptx"
    } > "$target/sm_$capability/$name.ptx"
    echo "$name sm_$capability: PTX $lowest"
  done
done
