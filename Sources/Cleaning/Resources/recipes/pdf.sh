#!/bin/sh
# in -> out/*.jpg: every page as a picture; scripts, forms, links and attachments stay behind. $1: most pages; $2: longest
# side of a page. Leaves with 10 (damaged) or 11 (locked). out.note: pages-cut.
set -eu
if ! pdfinfo in >facts 2>faults; then
    grep -qi password faults && exit 11
    exit 10
fi
pages=$(sed -n 's/^Pages: *\([0-9][0-9]*\)$/\1/p' facts)
[ "${pages:-0}" -ge 1 ] || exit 10
[ "$pages" -le "$1" ] || echo pages-cut >out.note
pdftoppm -jpeg -jpegopt quality=85 -scale-to "$2" -l "$1" in out/page 2>/dev/null || exit 10
