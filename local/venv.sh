#!/bin/sh
# Create .venv with a Python that Keepreel runs on, and install uv into it.
set -eu

UV_REQUIREMENT='uv>=0.9,<1'
# Every package in uv.lock has a wheel for these versions. 3.13 is first because Lambda runs it.
TESTED='3.13 3.14 3.12 3.11'

newer=
without_venv=

# Print the minor version of a Python 3. A python3.13 on the PATH may be a version manager's stub that only prints an error.
minor_version() {
  "$1" -c 'import sys; print(sys.version_info[1] if sys.version_info[0] == 3 else 0)' 2>/dev/null
}

create_with() {
  "$1" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "$UV_REQUIREMENT"
}

for python in $(printf 'python%s ' $TESTED) python3; do
  minor=$(minor_version "$python") || continue
  [ "$minor" -ge 11 ] || continue
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    without_venv="$without_venv $python"
    continue
  fi
  case " $TESTED " in
    *" 3.$minor "*) create_with "$python"; exit ;;
    *) newer=$python ;;
  esac
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Print the path of a uv that runs: the one on the PATH, or one installed by any Python 3.
find_uv() {
  command -v uv && return
  for python in python3 python; do
    "$python" -m venv "$scratch/venv" || continue
    "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$UV_REQUIREMENT" || continue
    echo "$scratch/venv/bin/uv"
    return
  done
  echo "there is no uv, and no Python 3 that can install it" >&2
  return 1
}

download() {
  uv=$(find_uv) || return
  UV_PYTHON_DOWNLOADS=automatic "$uv" venv --quiet --clear --python 3.13 .venv || return
  "$uv" pip install --quiet --python .venv/bin/python "$UV_REQUIREMENT"
}

echo "No Python 3.11 to 3.14 found. Downloading Python 3.13 with uv." >&2
download 2>"$scratch/errors" && exit

if [ -n "$newer" ]; then
  echo "The download failed. Using $newer, which is newer than the versions that Keepreel is tested with." >&2
  create_with "$newer"
  exit
fi

{
  echo "Keepreel needs Python 3.11 or later with the venv module. Install Python 3.13 and run make again."
  [ -z "$without_venv" ] || echo "No venv module in:$without_venv. On Debian and Ubuntu: apt-get install python3-venv"
  echo "The download of Python 3.13 failed: $(sed -n '$s/^ *//p' "$scratch/errors")"
} >&2
exit 1
