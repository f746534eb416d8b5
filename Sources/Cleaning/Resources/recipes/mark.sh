#!/bin/sh
# in (one of our own pictures) and mark (Pango text) -> out/001.jpg: the text, slanted, again and again across the picture.
set -eu
export VIPS_CONCURRENCY=1
width=$(vipsheader -f width in) || exit 10
height=$(vipsheader -f height in) || exit 10
# Half as wide as the picture or less, so that small ones bear it too.
dpi=$((width / 6))
[ "$dpi" -le 100 ] || dpi=100
[ "$dpi" -ge 12 ] || dpi=12
vips text word.v "$(cat mark)" --font 'sans' --dpi "$dpi"
vips similarity word.v slant.v --angle -24
w=$(($(vipsheader -f width slant.v) + dpi / 2))
h=$(($(vipsheader -f height slant.v) + dpi / 3))
vips gravity slant.v tile.v centre "$w" "$h"
vips replicate tile.v tiles.v "$((width / w + 1))" "$((height / h + 1))"
vips extract_area tiles.v words.v 0 0 "$width" "$height"
vips linear words.v alpha.v 0.3 0 --uchar
vips colourspace in plain.v srgb
# Light words on what is dark, dark words on what is light.
vips relational_const plain.v against.v less 128
vips ifthenelse alpha.v against.v plain.v 'out/001.jpg[Q=86,strip]' --blend
