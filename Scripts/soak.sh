#!/usr/bin/env bash
# The long trials at full size: 50 kills, and each parser fuzzed for ten minutes: Scripts/soak.sh
#
# MINGJIAN_KILLS (50) and MINGJIAN_FUZZ_SECONDS (600) say how much. These are the tests of `make test`, made longer.
set -euo pipefail
cd "$(dirname "$0")/.."
export MINGJIAN_KILLS=${MINGJIAN_KILLS:-50}
export MINGJIAN_FUZZ_SECONDS=${MINGJIAN_FUZZ_SECONDS:-600}

Scripts/install-test.sh
swift build --build-tests
MINGJIAN_BINARY=$(swift build --show-bin-path)/mingjian
export MINGJIAN_BINARY
code=0
Scripts/with-postgres.sh .venv/bin/python -m pytest -q -o cache_dir=.build/pytest -k kill Tests/API || code=1
swift test --skip-build --disable-xctest --filter SiteTests || code=1
exit "$code"
