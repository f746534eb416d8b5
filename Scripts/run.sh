#!/usr/bin/env bash
# Builds a release, makes the demo world where there is none, and serves it: Scripts/run.sh
#
# PORT (8080) says where, DATA (data) which folder.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${PORT:-8080}
data=${DATA:-data}

Scripts/install-run.sh
swift build -c release --product mingjian
mingjian=$(swift build -c release --show-bin-path)/mingjian

# On a demo world that is there already this makes nothing and prints its accounts again.
"$mingjian" demo --data "$data"
exec "$mingjian" serve --port "$port" --data "$data"
