#!/bin/sh
# Run local/tools/doctor.py with any Python 3.8 or later. Without one, check the tools that sh can check.
set -eu

for python in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1; then
    exec "$python" -m local.tools.doctor
  fi
done

newline='
'

# Print one line in the form of local/tools/doctor.py: mark, part, version or consequence.
line() {
  printf '%-8s %-16s %s\n' "$1" "$2" "$3"
}

# A command that fails counts as missing, because it may be a version manager's stub.
check() {
  mark=$1 part=$2 command=$3 if_missing=$4
  if version=$("$command" --version 2>/dev/null); then
    line ok "$part" "${version%%"$newline"*}"
  else
    line "$mark" "$part" "$if_missing"
  fi
}

line MISSING Python "nothing runs: install Python 3.11 or later, or uv, with which \`make install\` downloads 3.13"
check MISSING git git "you cannot clone or commit"
check MISSING make make "run the commands in the Makefile by hand"
check missing curl curl "the commands in README.md and docs/tutorial.md do not run"
check missing npm npm "the page's linter, type check and accessibility tests are skipped"
check missing Docker docker "\`sam local invoke\` does not work; everything else does"
check missing "AWS CLI" aws "\`make deploy\` and the other targets for a deployment do not work"
echo "Run \`make doctor\` again with Python: it then also looks for Chromium and AWS credentials."
exit 1
