#!/usr/bin/env bash
# The long trials at full size: 50 kills, each parser fuzzed for ten minutes, a year of 20,000 reports (half of them on
# each database): Scripts/soak.sh
#
# MINGJIAN_KILLS (50), MINGJIAN_LOG_KILLS (100), MINGJIAN_FUZZ_SECONDS (600) and MINGJIAN_YEAR_REPORTS (10000, on each) say how much;
# MINGJIAN_YEAR_SEED repeats a year. These are the tests of `make test`, made longer.
set -euo pipefail
cd "$(dirname "$0")/.."
export MINGJIAN_KILLS=${MINGJIAN_KILLS:-50}
export MINGJIAN_LOG_KILLS=${MINGJIAN_LOG_KILLS:-100}
export MINGJIAN_FUZZ_SECONDS=${MINGJIAN_FUZZ_SECONDS:-600}
export MINGJIAN_YEAR_REPORTS=${MINGJIAN_YEAR_REPORTS:-10000}

Scripts/install-test.sh
# As for `make test`.
release=(-c release --scratch-path .build/tests -Xswiftc -enable-testing)
swift build "${release[@]}" --build-tests --disable-xctest
MINGJIAN_BINARY=$(swift build "${release[@]}" --show-bin-path)/mingjian
export MINGJIAN_BINARY
code=0
Scripts/with-postgres.sh .venv/bin/python -m pytest -q -o cache_dir=.build/pytest -k kill Tests/API || code=1
swift test "${release[@]}" --skip-build --disable-xctest --filter SiteTests || code=1
Scripts/with-postgres.sh swift test "${release[@]}" --skip-build --disable-xctest --filter "A year of a province" ||
    code=1
exit "$code"
