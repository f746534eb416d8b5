#!/usr/bin/env bash
# Everything that CI checks, and a last line "N passed, N failed, N skipped": Scripts/test.sh
#
# A step that fails does not keep the others from being tried, except that nothing is tested that could not be built.
# MINGJIAN_FUZZ_SECONDS (60) is how long each parser is fuzzed. Results stay in .build/results.
set -euo pipefail
cd "$(dirname "$0")/.."
results=$PWD/.build/results
python=$PWD/.venv/bin/python
export MINGJIAN_FUZZ_SECONDS=${MINGJIAN_FUZZ_SECONDS:-60}
# What is tested is built as what is served, in a folder of its own: the walk through all stories takes a quarter of what
# it takes unoptimised.
how=(-c release -Xswiftc -enable-testing --scratch-path .build/tests)

# step NAME COMMAND…: runs it, and writes down how it ended and how long it took.
step() {
    local name=$1 began=$SECONDS code=0
    shift
    printf '\n== %s\n' "$name"
    "$@" </dev/null || code=$?
    echo "$name $code $((SECONDS - began))" >>"$results/steps"
    return "$code"
}

# suite NAME FOLDER: runs the Python tests of a folder, with PostgreSQL at hand and the binary that was built.
suite() {
    [ -d "$2" ] || return 0
    step "$1" Scripts/with-postgres.sh "$python" -m pytest -q -p no:cacheprovider \
        --junitxml "$results/$1.xml" "$2"
}

# swift_tests NAME OPTION…: the Swift tests, without those that compute for minutes, or those alone. All tests share as
# many threads as there are cores: beside these, the servers of all the others would not answer in time.
swift_tests() {
    local name=$1
    shift
    step "$name" Scripts/with-postgres.sh swift test "${how[@]}" --skip-build --disable-xctest \
        --xunit-output "$results/$name.xml" "$@" || true
}

tests() {
    local long='no reachable moment|A year of a province|fuzzed'
    swift_tests swift --skip "$long"
    swift_tests long --filter "$long"
    MINGJIAN_BINARY=$(swift build "${how[@]}" --show-bin-path)/mingjian
    export MINGJIAN_BINARY
    # Side by side: each waits for its servers and browsers half of the time. What one says comes after the other's words.
    # A group of its own, so that all of it ends where this is stopped.
    set -m
    suite api Tests/API >"$results/api.log" 2>&1 &
    set +m
    api=$!
    trap 'kill -- "-$api" 2>/dev/null; exit 130' INT TERM
    suite browser Tests/Browser || true
    echo "(waiting for the API tests)"
    wait "$api" || true
    trap - INT TERM
    cat "$results/api.log"
}

rm -rf "$results"
mkdir -p "$results"
Scripts/install-test.sh
step format swift format lint --strict --recursive --parallel Sources Tests Package.swift || true
step architecture "$python" Scripts/check-architecture.py || true
step asvs "$python" Scripts/asvs.py || true
step scripts "$python" -m pytest -q -o "cache_dir=.build/pytest" --junitxml "$results/scripts.xml" Scripts || true
if step build swift build "${how[@]}" --build-tests; then tests; fi
printf '\n'
exec "$python" Scripts/tally.py "$results"
