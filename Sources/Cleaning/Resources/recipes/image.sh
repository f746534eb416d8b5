#!/bin/sh
# in -> out/001.jpg: one picture, drawn anew. $1: most pixels that are decoded; $2: longest side of what is drawn.
# Leaves with 10 (damaged) or 12 (too large). out.note: first-page, damaged.
set -eu
export VIPS_CONCURRENCY=1 VIPS_BLOCK_UNTRUSTED=1
if [ "$(head -c 2 in)" = BM ]; then
    ffmpeg -nostdin -v quiet -f bmp_pipe -i in -frames:v 1 plain.png || exit 10
    mv plain.png in
fi
width=$(vipsheader -f width in) || exit 10
height=$(vipsheader -f height in) || exit 10
[ "$((width * height))" -le "$1" ] || exit 12
[ "$(vipsheader -f n-pages in 2>/dev/null || echo 1)" -le 1 ] || echo first-page >out.note
draw() { vips thumbnail in 'out/001.jpg[Q=88,strip,background=255]' "$2" --height "$2" --size down --fail-on "$1"; }
draw error "$2" 2>/dev/null && exit 0
rm -f out/001.jpg
draw none "$2" 2>/dev/null || exit 10
echo damaged >out.note
