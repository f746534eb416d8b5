#!/usr/bin/env bash
# What `make security` takes beside what the tests take: wapiti and sqlmap from Debian, schemathesis from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install-test.sh
Scripts/install-packages.sh wapiti sqlmap
wanted=$(grep -v '^#' Scripts/requirements-security.txt)
if [ "$wanted" != "$(cat .venv-security/installed.txt 2>/dev/null)" ]; then
    echo "Installing into .venv-security from PyPI: $wanted"
    python3 -m venv --clear .venv-security
    .venv-security/bin/pip install --quiet --disable-pip-version-check -r Scripts/requirements-security.txt </dev/null
    echo "$wanted" >.venv-security/installed.txt
fi
