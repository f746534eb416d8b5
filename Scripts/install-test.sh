#!/usr/bin/env bash
# What the tests take beside what running takes: PostgreSQL 15, Chromium with its driver, a font for Chinese,
# ClamAV's daemon (the tests start one of their own, with a signature of their own), and packages from PyPI in .venv.
#
# Where Debian's postgresql-15 is new, it also makes and starts a server of its own; the tests do not use that one.
#
# Debian's tor is not installed here, since it would connect at once, which others see: where it is there, the test of
# the documented onion service uses it, and is skipped elsewhere.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install-run.sh
Scripts/install-packages.sh python3 python3-venv postgresql-15 strace chromium chromium-driver fonts-noto-cjk \
    clamav-daemon

# Taken for the file it carries, axe_playwright_python/axe.min.js (axe-core 4.12.1), without the Playwright that its own
# code wants: the packages made for Selenium carry an axe-core that is older than WCAG 2.2.
axe=axe-playwright-python==0.1.8
wanted=$(grep -v '^#' Scripts/requirements.txt | tr '\n' ' ')$axe
if [ "$wanted" != "$(cat .venv/installed.txt 2>/dev/null)" ]; then
    echo "Installing into .venv from PyPI: $wanted"
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r Scripts/requirements.txt </dev/null
    .venv/bin/pip install --quiet --disable-pip-version-check --no-deps "$axe" </dev/null
    echo "$wanted" >.venv/installed.txt
fi
