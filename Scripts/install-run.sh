#!/usr/bin/env bash
# What building and running takes: a Swift 6.3 toolchain, which must be there, and Debian packages, which are installed.
set -euo pipefail
cd "$(dirname "$0")/.."

oldest=6.3
command -v swift >/dev/null || {
    echo "$0: no swift in PATH. Mingjian needs a Swift toolchain, $oldest or newer, for Debian 12." >&2
    exit 1
}
said=$(swift --version 2>/dev/null)
found=$(sed -nE 's/.*Swift version ([0-9]+(\.[0-9]+)*).*/\1/p' <<<"$said" | sed -n 1p)
if [ -z "$found" ] || [ "$(printf '%s\n' "$oldest" "$found" | sort -V | sed -n 1p)" != "$oldest" ]; then
    echo "$0: Swift $oldest or newer is needed, and this is ${found:-an unknown version}: $(command -v swift)" >&2
    exit 1
fi

Scripts/install-packages.sh libpq-dev libsqlite3-dev libqrencode-dev libicu-dev libcurl4 pkg-config

# What makes evidence safe to look at: a sandbox, what draws pictures and pages anew, what strips documents and
# recordings, and a font with Chinese characters for pages and marks.
Scripts/install-packages.sh bubblewrap libvips-tools poppler-utils poppler-data mat2 ffmpeg fonts-wqy-microhei media-types
