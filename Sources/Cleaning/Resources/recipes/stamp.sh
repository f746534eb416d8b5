#!/bin/sh
# in (one of our own clean copies) and mark (text) -> out/001.EXTENSION: the same with the viewer's mark in it. $1: extension.
# Documents: stamp.py. Recordings: as the comment that players show; what cannot hold one (AMR) goes into what can.
# Leaves with 10 where it is damaged.
set -eu
case "$1" in
docx | xlsx | pptx | odt | ods | odp) exec python3 -I "$(dirname "$0")/stamp.py" "$1" ;;
mp3 | wav | ogg | avi) from=$1 to=$1 ;;
amr) from=amr to=3gp ;;
m4a | mp4 | mov) from=mov to=$1 ;;
webm) from=matroska to=webm ;;
*) exit 10 ;;
esac
ffmpeg -nostdin -v quiet -protocol_whitelist file -f "$from" -i in -map 0 -c copy \
    -metadata comment="$(cat mark)" "out/001.$to" || exit 10
[ -s "out/001.$to" ] || exit 10
