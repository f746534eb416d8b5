#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL 15 server: Scripts/with-postgres.sh swift test
#
# The server listens on a Unix socket in a short temporary folder and on no port. MINGJIAN_TEST_POSTGRES holds its URL
# for the command; the server and its files are gone afterwards, and the command's exit code is passed on.
# Needs Debian's postgresql-15; PG_BIN names another installation.
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: $0 COMMAND [ARGUMENT…]" >&2; exit 2; }
bin=${PG_BIN:-/usr/lib/postgresql/15/bin}
[ -x "$bin/initdb" ] || { echo "$0: no PostgreSQL in $bin (apt-get install postgresql-15)" >&2; exit 2; }

folder=$(mktemp -d -t mj-pg.XXXXXX)
# A socket's path may have 107 bytes, and the server adds its own file name.
[ ${#folder} -le 80 ] || { rmdir "$folder"; echo "$0: TMPDIR is too long for a socket" >&2; exit 2; }

# The server refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
    owner=postgres
    id "$owner" >/dev/null 2>&1 || owner=nobody
    chown "$owner" "$folder"
    as_owner=(setpriv --reuid "$owner" --regid "$(id -g "$owner")" --clear-groups env "HOME=$folder")
fi

server() { (cd "$folder" && "${as_owner[@]}" "$@"); }
stop() {
    server "$bin/pg_ctl" stop -D "$folder/data" -m immediate -w >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

server "$bin/initdb" -D "$folder/data" -U mingjian -A trust -E UTF8 --locale=C.UTF-8 >"$folder/initdb.log" 2>&1 ||
    { cat "$folder/initdb.log" >&2; exit 1; }
server "$bin/pg_ctl" start -D "$folder/data" -l "$folder/server.log" -w -t 60 -o \
    "-k $folder -c listen_addresses='' -c unix_socket_permissions=0777 -c max_connections=1000 -c fsync=on -c shared_buffers=64MB" \
    >/dev/null || { cat "$folder/server.log" >&2; exit 1; }
# Whoever runs the command must reach the socket.
chmod 711 "$folder"

export MINGJIAN_TEST_POSTGRES="postgres://mingjian@/postgres?host=$folder"
code=0
"$@" || code=$?
exit "$code"
