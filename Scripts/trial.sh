#!/usr/bin/env bash
# Trials on data that a clean clone does not hold: Scripts/trial.sh DIR
set -euo pipefail
[ $# -eq 1 ] && [ -d "$1" ] || { echo "usage: make trial DATA=DIR (see Scripts/trial.py)" >&2; exit 2; }
data=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

Scripts/install-run.sh
Scripts/install-packages.sh python3
swift build -c release --product mingjian
exec python3 Scripts/trial.py "$(swift build -c release --show-bin-path)/mingjian" "$data"
