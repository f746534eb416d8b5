#!/usr/bin/env bash
# Installs the Debian packages named, those that are missing, and says which: Scripts/install-packages.sh libpq-dev …
#
# Asks for sudo only where the caller is not root. On a system without apt it names what is missing and stops.
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: $0 PACKAGE…" >&2; exit 2; }

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "$0: there is no apt-get here. Install by other means, then run the next step yourself: $*" >&2
    exit 1
fi

missing=()
for package in "$@"; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "$0: these Debian packages are missing, and there is no sudo: ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi

echo "Installing Debian packages: ${missing[*]}"
"${as_root[@]}" apt-get -q update </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends "${missing[@]}" </dev/null
