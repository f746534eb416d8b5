#!/usr/bin/env bash
# Scanners against demonstration worlds on SQLite and on PostgreSQL, and one table of what they found: Scripts/security.sh
#
# MINGJIAN_SECURITY_MINUTES (40) is how long all of it may take; what was cut short by that is said in the table. Ends
# with 1 where a finding stands that Scripts/security/explained.yaml does not explain. Reports stay in .build/security.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install-security.sh
swift build --product mingjian
MINGJIAN_BINARY=$(swift build --show-bin-path)/mingjian
export MINGJIAN_BINARY
exec nice Scripts/with-postgres.sh .venv/bin/python Scripts/security/scan.py .build/security
