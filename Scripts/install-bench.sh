#!/usr/bin/env bash
# What the benchmarks take beside what running takes: PostgreSQL 15, wrk to ask, strace to count, and an index
# from PyPI in .venv-bench that ours is measured beside.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install-run.sh
Scripts/install-packages.sh python3 python3-venv postgresql-15 postgresql-client-15 wrk strace

wanted=$(grep -v '^#' Scripts/requirements-bench.txt | tr '\n' ' ')
if [ "$wanted" != "$(cat .venv-bench/installed.txt 2>/dev/null)" ]; then
    echo "Installing into .venv-bench from PyPI: $wanted"
    python3 -m venv --clear .venv-bench
    .venv-bench/bin/pip install --quiet --disable-pip-version-check -r Scripts/requirements-bench.txt </dev/null
    echo "$wanted" >.venv-bench/installed.txt
fi
