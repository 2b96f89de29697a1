# shellcheck shell=bash disable=SC2154
# PostgreSQL from Debian's package, as a cluster of its own.
#
# Durability is left as production has it (fsync, full_page_writes, synchronous_commit), so that what tests and benches
# see is true; only what many short-lived databases need is raised.

postgres_folder=$state/postgres

postgres_bin() { printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1; }

# PostgreSQL refuses to be run by root.
postgres_user() {
    if [[ $(id -u) == 0 ]]; then runuser -u postgres -- "$@"; else "$@"; fi
}

postgres_running() {
    [[ -f $postgres_folder/data ]] &&
        (cd / && postgres_user "$(postgres_bin)/pg_ctl" --pgdata "$(<"$postgres_folder/data")" status) >/dev/null 2>&1
}

postgres_start() {
    local bin data port home password
    bin=$(postgres_bin)
    mkdir -p "$postgres_folder"
    if [[ ! -f $postgres_folder/data ]]; then
        # What an interrupted start has left.
        if [[ -f $postgres_folder/making ]]; then rm -rf -- "$(<"$postgres_folder/making")"; fi
        # Root's folders are closed to the user postgres, so as root the cluster lives under /tmp.
        if [[ $(id -u) == 0 ]]; then home=$(mktemp -d "${TMPDIR:-/tmp}/postulo-postgres.XXXXXX"); else
            home=$(mktemp -d "$postgres_folder/cluster.XXXXXX")
        fi
        echo "$home" >"$postgres_folder/making"
        password=$(head -c 18 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')
        (umask 077 && tee "$postgres_folder/password" >"$home/password" <<<"$password")
        [[ $(id -u) != 0 ]] || chown -R postgres "$home"
        (cd / && postgres_user "$bin/initdb" --pgdata "$home/data" --username postulo --pwfile "$home/password" \
            --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 --lc-collate C --lc-messages C) >"$postgres_folder/initdb.log" 2>&1 ||
            { cat "$postgres_folder/initdb.log" >&2; die "initdb failed"; }
        echo "$home/data" >"$postgres_folder/data"
        rm "$postgres_folder/making"
    fi
    data=$(<"$postgres_folder/data")
    for _ in 1 2 3; do
        port=$(port_of postgres "$postgres_folder/port")
        if (cd / && postgres_user "$bin/pg_ctl" --pgdata "$data" --log "$data/../server.log" --silent --wait --timeout 300 \
            --options "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=${data%/data} -c max_connections=300" start) >/dev/null; then
            echo "$port" >"$postgres_folder/port"
            return 0
        fi
    done
    tail -n 20 "$data/../server.log" >&2 || true
    die "PostgreSQL does not start"
}

postgres_stop() {
    (cd / && postgres_user "$(postgres_bin)/pg_ctl" --pgdata "$(<"$postgres_folder/data")" --mode fast --silent --wait stop) >/dev/null
}

# As a crash; the next start recovers from the write-ahead log.
postgres_kill() {
    (cd / && postgres_user "$(postgres_bin)/pg_ctl" --pgdata "$(<"$postgres_folder/data")" --mode immediate --silent --wait stop) >/dev/null
}

postgres_env() {
    echo "export POSTULO_TEST_POSTGRES_URL=postgres://postulo:$(<"$postgres_folder/password")@127.0.0.1:$(<"$postgres_folder/port")/postgres"
}

# Deletes the cluster; it must be stopped.
postgres_delete() {
    if [[ -f $postgres_folder/data ]]; then rm -rf -- "$(dirname "$(<"$postgres_folder/data")")"; fi
    if [[ -f $postgres_folder/making ]]; then rm -rf -- "$(<"$postgres_folder/making")"; fi
    rm -rf -- "$postgres_folder"
}
