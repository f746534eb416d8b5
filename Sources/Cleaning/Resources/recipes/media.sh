#!/bin/sh
# in -> out/001.EXTENSION: sound and pictures as they are, without what is told beside them. $1: extension; $2: the
# format that it has to be.
# Leaves with 10 where it is damaged.
set -eu
ffmpeg -nostdin -v quiet -protocol_whitelist file -f "$2" -i in -map 0:v? -map 0:a? -c copy -map_metadata -1 \
    -map_chapters -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -dn -sn "out/001.$1" || exit 10
[ -s "out/001.$1" ] || exit 10
