<#
.SYNOPSIS
    Installs nrr_xl for this user: a Python environment, the Excel add-ins and the templates. No administrator rights.
.EXAMPLE
    powershell -ExecutionPolicy Bypass -File install.ps1
.EXAMPLE
    powershell -ExecutionPolicy Bypass -File install.ps1 -Python C:\Python313\python.exe -WheelHouse D:\wheels
.NOTES
    Windows PowerShell 5.1. In nrr_xl-setup.zip a whole environment lies beside this script and is put in place: nothing
    is fetched. Without it, or with -Python, an environment is made with a Python of this computer. Everything beyond
    that is in nrr_xl.excel.install.
#>
[CmdletBinding()]
param(
    # Use this python.exe, and not the environment that came with the download.
    [string] $Python = '',
    # With -Python: a folder of wheels, for a computer without a way to the internet.
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
$lists = Join-Path $PSScriptRoot 'requirements'
$bundledPython = Join-Path $PSScriptRoot 'environment\Scripts\python.exe'
# What a Python is asked: bits, version as one number, processor, whether it is conda's. No double quotes: PowerShell 5.1
# would lose them.
$question = 'import os, struct, sys, sysconfig; print(struct.calcsize(''P'') * 8, sys.version_info[0] * 100 + sys.version_info[1], sysconfig.get_platform(), int(os.path.isdir(os.path.join(sys.base_prefix, ''conda-meta''))))'

function Stop-Install([string] $Message) {
    [Console]::Error.WriteLine("nrr_xl: $Message")
    exit 2
}

function Assert-Done([string] $Step) {
    if ($LASTEXITCODE -ne 0) { Stop-Install "$Step failed (exit status $LASTEXITCODE). The lines above say why." }
}

# Whether a Python is there and has the installer: an environment whose making was cut off has not.
function Test-Installer([string] $Candidate) {
    if (-not (Test-Path -LiteralPath $Candidate)) { return $false }
    try { & $Candidate -I -c 'import nrr_xl.excel.install' 2>&1 | Out-Null } catch { return $false }
    return ($LASTEXITCODE -eq 0)
}

# The reason why a Python will not do, or an empty text; a Python that cannot be asked will not do either.
function Get-Refusal([string] $Candidate) {
    if ($Candidate -like '*\WindowsApps\*') { return 'it is the Microsoft Store''s, which Excel''s add-in cannot start' }
    $told = ''
    try { $told = & $Candidate -I -c $question } catch { return 'it does not run' }
    if ($LASTEXITCODE -ne 0 -or -not $told) { return 'it does not run' }
    $bits, $version, $platform, $conda = "$told".Split(' ')
    if ($bits -ne '64') { return 'it is a 32-bit one, for which there is no function server' }
    if ([int] $version -lt 311) { return 'it is older than Python 3.11' }
    if ($platform -eq 'win-arm64') { return 'it is one for ARM64, for which there is no function server' }
    if ($conda -eq '1') { return 'it is conda''s, which finds its libraries only in an activated shell' }
    if ((Test-Path -LiteralPath $lists) -and -not (Test-Path -LiteralPath (Get-List $version))) {
        return ('there is no list of packages for its version beside this script, but for ' + (((Get-ChildItem -LiteralPath $lists).BaseName) -join ', '))
    }
    return ''
}

# The file with the hashes of all that pip may install, for a Python's version as one number such as 311.
function Get-List([string] $Version) { return (Join-Path $lists "3.$([int] $Version - 300).txt") }

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
    Stop-Install ("no fitting Python was found. Use nrr_xl-setup.zip, which brings one, or install the 64-bit Python 3.13 from https://www.python.org/downloads/ (no administrator rights needed) and run this again.`n" + ($reasons -join "`n"))
}

# What pip installs: the packages of the list beside this script, each by its hash; without a list a wheel beside this
# script, or the folder it lies in. Never a name alone: it may be another's.
function Get-Package {
    if (Test-Path -LiteralPath $lists) {
        $version = "$(& $venvPython -I -c $question)".Split(' ')[1]
        return @('--require-hashes', '--only-binary', ':all:', '--find-links', $PSScriptRoot, '--requirement', (Get-List $version))
    }
    $wheel = Get-ChildItem -LiteralPath $PSScriptRoot -Filter 'nrr_xl-*.whl' | Sort-Object { [version]($_.Name -replace '^nrr_xl-(\d+(\.\d+)+).*', '$1') } | Select-Object -Last 1
    if ($wheel) { return $wheel.FullName }
    if (Test-Path -LiteralPath (Join-Path $PSScriptRoot 'pyproject.toml')) { return $PSScriptRoot }
    Stop-Install 'neither an environment nor a wheel of nrr_xl lies beside this script. Download nrr_xl-setup.zip and extract all of it.'
}

# Without any Python that has the installer: remove what the record lists and what is still as it was written.
function Remove-Recorded {
    $path = Join-Path $nrrHome 'install.json'
    if (-not (Test-Path -LiteralPath $path)) { return }
    $record = Get-Content -LiteralPath $path -Raw -Encoding UTF8 | ConvertFrom-Json
    foreach ($list in @($record.files, $record.pending)) {
        foreach ($entry in $list.PSObject.Properties) {
            if (-not (Test-Path -LiteralPath $entry.Name)) { continue }
            $digest = (Get-FileHash -LiteralPath $entry.Name -Algorithm SHA256).Hash.ToLower()
            if ($entry.Value -eq '' -or $entry.Value -eq $digest) { Remove-Item -LiteralPath $entry.Name }
        }
    }
    Remove-Item -LiteralPath $path
}

$options = @()
if ($WhatIf) { $options += '--what-if' }
$bundled = (-not $Python) -and (Test-Path -LiteralPath $bundledPython)

if ($Uninstall) {
    if (Test-Path -LiteralPath $bundledPython) {
        & $bundledPython -I -B -m nrr_xl.excel.install --uninstall @options
        Assert-Done 'Removing'
        exit 0
    }
    if (Test-Installer $venvPython) {
        & $venvPython -I -m nrr_xl.excel.install --uninstall @options
        Assert-Done 'Removing the add-ins'
    } elseif (-not $WhatIf) {
        Remove-Recorded
    }
    if ($WhatIf) {
        Write-Output "remove $venv"
        exit 0
    }
    foreach ($folder in @($venv, "$venv.new", "$venv.old")) {
        if (Test-Path -LiteralPath $folder) { Remove-Item -LiteralPath $folder -Recurse -Force }
    }
    if ((Test-Path -LiteralPath $nrrHome) -and -not (Get-ChildItem -LiteralPath $nrrHome -Force)) { Remove-Item -LiteralPath $nrrHome }
    Write-Output 'nrr_xl is removed.'
    exit 0
}

if ($PreStart) { $options += '--pre-start' }

if ($bundled) {
    & $bundledPython -I -B -m nrr_xl.excel.install @options
    Assert-Done 'Installing'
    exit 0
}

$ready = Test-Installer $venvPython
if ($WhatIf) {
    if (-not $ready) { Write-Output "make $venv with $(Find-Python)" }
    Write-Output "install the packages of $PSScriptRoot into it"
    if ($ready) { & $venvPython -I -m nrr_xl.excel.install @options }
    exit 0
}

if ($ready) {
    # An upgrade in place: no server may hold the environment's files.
    & $venvPython -I -m nrr_xl.excel.install --prepare
    Assert-Done 'Preparing the upgrade'
} else {
    $base = Find-Python
    # What a run that was cut off left cannot be mended, only made anew.
    if (Test-Path -LiteralPath $venv) { Remove-Item -LiteralPath $venv -Recurse -Force }
    & $base -I -m venv $venv
    Assert-Done 'Making the environment'
}

$package = @(Get-Package)
$source = @()
if ($WheelHouse) { $source = @('--no-index', '--find-links', $WheelHouse) }
& $venvPython -I -m pip install --disable-pip-version-check --no-input --upgrade @source @package
Assert-Done 'Installing the package'

& $venvPython -I -m nrr_xl.excel.install @options
Assert-Done 'Installing the add-ins'
