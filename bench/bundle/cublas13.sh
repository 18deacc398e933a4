#!/bin/sh
# cublas13.sh FOLDER: builds cublas13.c into FOLDER/libcublas.so.12.
set -eu
here=$(dirname "$0")
gcc -shared -fPIC -O2 -Wall -Wextra -Wl,-soname,libcublas.so.12 -Wl,--version-script,"$here/cublas13.map" \
  -o "$1/libcublas.so.12" "$here/cublas13.c" -ldl
