#!/usr/bin/env bash
# What the benchmarks take beside what running takes: PostgreSQL 15, wrk to ask, strace to count.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install-run.sh
Scripts/install-packages.sh python3 postgresql-15 postgresql-client-15 wrk strace
