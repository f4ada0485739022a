#!/bin/sh
# Makes .venv with the newest Python here that Keepreel runs on, and puts uv into it.
set -eu

for python in python3.13 python3.12 python3.11 python3; do
  # A python3.13 on the PATH may be a version manager's stand-in that only says that it is missing.
  "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || continue
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    without_venv="${without_venv:-} $python"
    continue
  fi
  "$python" -m venv .venv
  exec .venv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'
done

if [ -n "${without_venv:-}" ]; then
  echo "Cannot make a virtual environment with:$without_venv. On Debian and Ubuntu: apt-get install python3-venv" >&2
else
  echo "Keepreel needs Python 3.11, 3.12 or 3.13, and finds none of them on the PATH." >&2
fi
exit 1
