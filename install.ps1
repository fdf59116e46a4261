<#
.SYNOPSIS
    Installs nrr_xl for this user: a Python environment, the Excel add-in and the templates. No administrator rights.
.EXAMPLE
    powershell -ExecutionPolicy Bypass -File install.ps1
.EXAMPLE
    powershell -ExecutionPolicy Bypass -File install.ps1 -WheelHouse D:\wheels
.NOTES
    Windows PowerShell 5.1. Everything beyond finding Python and making the environment is in nrr_xl.excel.install.
#>
[CmdletBinding()]
param(
    # The python.exe to use; by default the first fitting one is found.
    [string] $Python = '',
    # A folder of wheels, for a computer without a way to the internet.
    [string] $WheelHouse = '',
    # Start the function server at log-on, where policy forbids Office to start programs.
    [switch] $PreStart,
    # Remove what the install record lists, and the environment.
    [switch] $Uninstall,
    # Print what would be done.
    [switch] $WhatIf
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$nrrHome = Join-Path $env:LOCALAPPDATA 'nrr_xl'
$venv = Join-Path $nrrHome 'venv'
$venvPython = Join-Path $venv 'Scripts\python.exe'
# What a Python is asked: its bits, and its version as one number. No double quotes: PowerShell 5.1 would lose them.
$question = 'import struct, sys; print(struct.calcsize(''P'') * 8, sys.version_info[0] * 100 + sys.version_info[1])'

function Stop-Install([string] $Message) {
    [Console]::Error.WriteLine("nrr_xl: $Message")
    exit 2
}

function Assert-Done([string] $Step) {
    if ($LASTEXITCODE -ne 0) { Stop-Install "$Step failed (exit status $LASTEXITCODE). The lines above say why." }
}

# The reason why a Python will not do, or an empty text; a Python that cannot be asked will not do either.
function Get-Refusal([string] $Candidate) {
    if ($Candidate -like '*\WindowsApps\*') { return 'it is the Microsoft Store''s, which Excel''s add-in cannot start' }
    $told = ''
    try { $told = & $Candidate -I -c $question } catch { return 'it does not run' }
    if ($LASTEXITCODE -ne 0 -or -not $told) { return 'it does not run' }
    $bits, $version = "$told".Split(' ')
    if ($bits -ne '64') { return 'it is a 32-bit one, for which there is no function server' }
    if ([int] $version -lt 311) { return 'it is older than Python 3.11' }
    return ''
}

# The paths of the Pythons on this computer, the newest first where the launcher tells.
function Get-Candidate {
    if ($Python) { return $Python }
    $found = @()
    if (Get-Command py -ErrorAction SilentlyContinue) {
        $found += & py '-0p' | ForEach-Object { if ("$_" -match '([A-Za-z]:\\.*python\.exe)\s*$') { $Matches[1] } }
    }
    $names = @('python', 'python3')
    $found += Get-Command $names -All -CommandType Application -ErrorAction SilentlyContinue | ForEach-Object { $_.Path }
    if (Get-Command uv -ErrorAction SilentlyContinue) {
        $found += & uv python find '>=3.11'
    }
    return $found | Where-Object { $_ } | Select-Object -Unique
}

function Find-Python {
    $reasons = @()
    foreach ($candidate in Get-Candidate) {
        $refusal = Get-Refusal $candidate
        if (-not $refusal) { return $candidate }
        $reasons += "  ${candidate}: $refusal"
    }
    Stop-Install ("no fitting Python was found. Install the 64-bit Python 3.13 from https://www.python.org/downloads/ (no administrator rights needed) and run this again.`n" + ($reasons -join "`n"))
}

# What pip installs: a wheel beside this script, the folder it lies in, or the name.
function Get-Package {
    $wheel = Get-ChildItem -Path $PSScriptRoot -Filter 'nrr_xl-*.whl' | Sort-Object { [version]($_.Name -replace '^nrr_xl-(\d+(\.\d+)+).*', '$1') } | Select-Object -Last 1
    if ($wheel) { return $wheel.FullName }
    if (Test-Path (Join-Path $PSScriptRoot 'pyproject.toml')) { return $PSScriptRoot }
    return 'nrr-xl'
}

$options = @()
if ($WhatIf) { $options += '--what-if' }

if ($Uninstall) {
    if (Test-Path $venvPython) {
        & $venvPython -I -m nrr_xl.excel.install --uninstall @options
        Assert-Done 'Removing the add-in'
    }
    if ($WhatIf) {
        Write-Output "remove $venv"
        exit 0
    }
    if (Test-Path $venv) { Remove-Item -LiteralPath $venv -Recurse -Force }
    if ((Test-Path $nrrHome) -and -not (Get-ChildItem -LiteralPath $nrrHome -Force)) { Remove-Item -LiteralPath $nrrHome }
    Write-Output 'nrr_xl is removed.'
    exit 0
}

$package = Get-Package
if ($WhatIf) {
    Write-Output "make $venv with $(Find-Python)"
    Write-Output "install $package into it"
    if (Test-Path $venvPython) { & $venvPython -I -m nrr_xl.excel.install @options }
    exit 0
}

if (Test-Path $venvPython) {
    # An upgrade in place: no server may hold the environment's files.
    & $venvPython -I -m nrr_xl.excel.install --prepare
    Assert-Done 'Preparing the upgrade'
} else {
    $base = Find-Python
    & $base -I -m venv $venv
    Assert-Done 'Making the environment'
}

$source = @()
if ($WheelHouse) { $source = @('--no-index', '--find-links', $WheelHouse) }
& $venvPython -I -m pip install --disable-pip-version-check --no-input --upgrade @source $package
Assert-Done 'Installing the package'

if ($PreStart) { $options += '--pre-start' }
& $venvPython -I -m nrr_xl.excel.install @options
Assert-Done 'Installing the add-in'
