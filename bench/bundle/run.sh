#!/bin/sh
# run.sh: proves and measures Weft on the first CUDA device of this machine. Needs an NVIDIA driver; no Java, no toolkit.
#
#   ./run.sh                  everything, into results/results.md and results/results.json
#   ./run.sh --machine        the same at toy sizes on the PTX machine, which needs no device: whether it runs, not how fast
#   --output FOLDER           results go there
#   --only STEP,STEP…         of: contract parity bits speed pytorch sanitizer
#
#   PYTHON                    a Python with PyTorch and CUDA, for the ratios (default: python3)
#   WEFT_CUBLAS               the folder of libcublas.so.12 or .13, where run.sh does not find it
#
# The exit code is 0 where every step went well, 1 where one did not, 2 where it could not begin.
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
machine=false
output=$here/results
only=contract,parity,bits,speed,pytorch,sanitizer

while [ $# -gt 0 ]; do
  case $1 in
    --machine) machine=true ;;
    --output) output=${2:?--output: a folder}; shift ;;
    --only) only=${2:?--only: steps}; shift ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
    *) echo "run: $1 is unknown; run.sh --help" >&2; exit 2 ;;
  esac
  shift
done
for step in $(echo "$only" | tr ',' ' '); do
  case $step in
    contract | parity | bits | speed | pytorch | sanitizer) ;;
    *) echo "run: --only $step is unknown; run.sh --help" >&2; exit 2 ;;
  esac
done

parts=$output/parts
rm -rf "$parts"
mkdir -p "$parts"
: > "$output/log.txt"
: > "$output/steps"

class_path="$here/lib/*"
java() {
  "$here/java/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -Djava.awt.headless=true -Dstdout.encoding=UTF-8 -XX:MaxRAMPercentage=50 $kind "$@"
}
weft() { java "$products" "$@"; }
kind=
$machine && kind="-Dweft.cuda=machine -Dweft.bench.toy=true"

# ---- cuBLAS: 12 as it is, else 13 by way of the library in cublas/ ----------------------------------------------------

# The first folder that holds a library: named, known to the linker, of a toolkit, or of PyTorch's packages.
folder_of() {
  {
    printf '%s\n' "${WEFT_CUBLAS:-}"
    echo "${LD_LIBRARY_PATH:-}" | tr ':' '\n'
    { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | sed -n "s|.*=> \(.*\)/$1\$|\1|p"
    ls -d /usr/local/cuda*/lib64 /usr/local/cuda*/targets/*/lib 2>/dev/null
    "${PYTHON:-python3}" -c 'import glob, sys
for path in sys.path:
    for folder in glob.glob(path + "/nvidia/*/lib"):
        print(folder)' 2>/dev/null
  } | while IFS= read -r folder; do
    if [ -n "$folder" ] && [ -e "$folder/$1" ]; then
      echo "$folder"
      break
    fi
  done
}

find_cublas() {
  folder=$(folder_of libcublas.so.12)
  if [ -n "$folder" ]; then
    export LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    return
  fi
  folder=$(folder_of libcublas.so.13)
  if [ -n "$folder" ]; then
    if command -v gcc >/dev/null; then
      "$here/cublas/cublas13.sh" "$here/cublas" 2>>"$output/log.txt" || true
    fi
    export WEFT_CUBLAS13="$folder/libcublas.so.13"
    export LD_LIBRARY_PATH="$here/cublas:$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  fi
}

# ---- Steps -----------------------------------------------------------------------------------------------------------

failed=false
wanted() { case ",$only," in *",$1,"*) ;; *) return 1 ;; esac; }

# note NAME OUTCOME: a line of the report.
note() {
  printf '%s\t%s\n' "$1" "$2" >> "$output/steps"
  echo "== $1: $2"
}

# step NAME COMMAND…: runs it, its words to the log and to the terminal.
step() {
  name=$1
  shift
  echo "== $name" | tee -a "$output/log.txt"
  if { "$@" 2>&1; echo $? > "$output/code"; } | grep -v -e '^WARNING: Using incubator' | tee -a "$output/log.txt" &&
    [ "$(cat "$output/code")" = 0 ]; then
    note "$name" "done"
  else
    note "$name" "FAILED, see log.txt"
    failed=true
  fi
}

$machine || find_cublas

# Whether there is a device, and by what it multiplies.
products=-Dweft.cuda.products=own
if ! info=$(weft -cp "$class_path" dev.weft.mp4sr.cli.Main info --device cuda 2>"$output/reason"); then
  sed -n 's/^mp4sr: /run: /p' "$output/reason" >&2
  echo "run: there is nothing to measure here; ./run.sh --machine runs everything at toy sizes without a device" >&2
  exit 2
fi
echo "$info" | tee "$output/info.txt"
all=own
products=-Dweft.cuda.products=cublas
if weft -cp "$class_path" dev.weft.mp4sr.cli.Main info --device cuda >/dev/null 2>"$output/reason"; then
  all="own cublas"
else
  note cuBLAS "left out: $(sed -n 's/^mp4sr: --device cuda: //p' "$output/reason" | head -n 1)"
fi

for choice in $all; do
  products=-Dweft.cuda.products=$choice
  if wanted contract; then
    # Toy: the interpreter takes a minute for a class of the contract.
    pattern='.*\.contract\..*ContractTest|.*DeviceTest'
    $machine && pattern='.*\.AdamContractTest|.*\.LookupContractTest'
    step "contract, products $choice" weft -cp "$class_path" dev.weft.bench.device.ContractRun \
      "$parts/contract-$choice.json" "$pattern" dev.weft.tensor.contract dev.weft.mp4sr.device
  fi
  if wanted parity; then
    step "parity, products $choice" weft -cp "$class_path" dev.weft.bench.device.ParityRun "$parts/parity-$choice.json"
  fi
  if wanted speed; then
    step "speed, products $choice" weft -Dweft.cuda.precision=bf16 -cp "$class_path" dev.weft.bench.device.SpeedRun \
      "$parts/speed-$choice.json"
  fi
done

products=-Dweft.cuda.products=own
case $info in *"capability 9."* | *"capability 1"[0-9].*) generation=90 ;; *"capability 7."*) generation=75 ;; *) generation=80 ;; esac
if wanted bits; then
  step "bits of machine and card" weft -cp "$class_path" dev.weft.bench.device.BitsRun "$parts/bits.json" "$generation"
fi

if wanted pytorch; then
  if $machine; then
    note PyTorch "left out: there is no device"
  elif "${PYTHON:-python3}" -c 'import torch, sys; sys.exit(0 if torch.cuda.is_available() else 1)' 2>/dev/null; then
    step PyTorch "${PYTHON:-python3}" -B "$here/peers/device.py" "$parts/pytorch.json"
  else
    note PyTorch "left out: ${PYTHON:-python3} has no PyTorch that sees a CUDA device (PYTHON names another)"
  fi
fi

if wanted sanitizer; then
  sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | head -n 1 || true)
  if $machine; then
    note compute-sanitizer "left out: there is no device"
  elif [ -z "$sanitizer" ]; then
    note compute-sanitizer "left out: not found on the PATH or under /usr/local/cuda"
  else
    for tool in memcheck racecheck initcheck synccheck; do
      step "compute-sanitizer $tool" "$sanitizer" --tool "$tool" --error-exitcode 9 --target-processes all \
        "$here/java/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
        -Dweft.cuda.products=own -cp "$class_path" dev.weft.bench.device.BitsRun "$parts/sanitized-$tool.json" "$generation"
    done
  fi
fi

# ---- Report ----------------------------------------------------------------------------------------------------------

# json_text TEXT: in quotes, for the file of this run's facts.
json_text() { printf '"%s"' "$(printf '%s' "$1" | tr -d '\n' | sed 's/\\/\\\\/g; s/"/\\"/g; s/\t/ /g')"; }
{
  echo '{'
  echo "\"device\": $(json_text "$(echo "$info" | sed -n 's/^device *//p')"),"
  echo "\"driver\": $(json_text "$(echo "$info" | sed -n 's/^cuda *//p')"),"
  echo "\"date\": $(json_text "$(date -u +%Y-%m-%d)"),"
  echo "\"revision\": $(json_text "$(cat "$here/revision")"),"
  echo '"steps": ['
  comma=
  while IFS="$(printf '\t')" read -r name outcome; do
    echo "$comma{\"name\": $(json_text "$name"), \"outcome\": $(json_text "$outcome")}"
    comma=,
  done < "$output/steps"
  echo ']}'
} > "$parts/run.json"
weft -cp "$class_path" dev.weft.bench.device.ReportRun "$output" 2>>"$output/log.txt"
rm -f "$output/steps" "$output/code" "$output/reason"
echo "== results: $output/results.md, $output/results.json"
$failed && exit 1
exit 0
