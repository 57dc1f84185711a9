#!/bin/bash
# Makes every lock file of this folder from setup.cfg. What is locked already stays, unless called with --upgrade.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v uv >/dev/null; then
  python3 -m venv var/lock && var/lock/bin/pip install --quiet uv
  PATH=$PWD/var/lock/bin:$PATH
fi

# lock NAME ARGUMENTS...: requirements/NAME.txt
lock() {
  local name=$1; shift
  uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --generate-hashes \
    --output-file "requirements/$name.txt" "$@"
}

lock run setup.cfg "$@"
for extra in test voice web worker; do
  lock "$extra" setup.cfg --extra "$extra" --constraint requirements/run.txt "$@"
done
lock gtts setup.cfg --extra gtts "$@"
echo 'setuptools>=77' | lock build - "$@"
