#!/bin/sh
# in -> out/001.EXTENSION: the document without what it tells about its makers. $1: extension.
# Leaves with 10 where it is damaged or holds parts that cannot be cleaned.
set -eu
mv in "in.$1"
mat2 --no-sandbox --unknown-members abort "in.$1" >/dev/null 2>&1 || exit 10
[ -s "in.cleaned.$1" ] || exit 10
mv "in.cleaned.$1" "out/001.$1"
