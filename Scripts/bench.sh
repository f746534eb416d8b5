#!/usr/bin/env bash
# Builds Mingjian and the bare server it is measured against, and prints the table: Scripts/bench.sh [OPTIONS OF run.py]
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install-bench.sh
swift build -c release --product mingjian
swift build -c release --package-path Benchmarks
exec Scripts/with-postgres.sh python3 Benchmarks/run.py \
    --mingjian "$(swift build -c release --show-bin-path)/mingjian" \
    --peer "$(swift build -c release --package-path Benchmarks --show-bin-path)/peer" "$@"
