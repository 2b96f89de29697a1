# shellcheck shell=bash disable=SC2154
# A mail server that keeps what it receives and refuses on demand: tests/mail/smtp_server.py.

smtp_folder=$state/smtp

smtp_running() { runs "$smtp_folder/pid" smtp_server.py; }

smtp_start() {
    python_environment
    rm -rf -- "$smtp_folder"
    mkdir -p "$smtp_folder/mail"
    nohup "$venv/bin/python" "$root/tests/mail/smtp_server.py" --folder "$smtp_folder/mail" --port-file "$smtp_folder/port" \
        >"$smtp_folder/log" 2>&1 </dev/null &
    echo $! >"$smtp_folder/pid"
    wait_until 120 test -s "$smtp_folder/port" || {
        cat "$smtp_folder/log" >&2
        die "the mail server does not start"
    }
}

smtp_stop() {
    local pid
    pid=$(<"$smtp_folder/pid")
    kill "$pid" 2>/dev/null || true
    wait_until 10 smtp_gone || kill -9 "$pid" 2>/dev/null || true
    rm -f "$smtp_folder/pid" "$smtp_folder/port"
}

smtp_kill() { smtp_stop; }

smtp_gone() { ! smtp_running; }

smtp_env() {
    echo "export POSTULO_TEST_SMTP_URL=smtp://127.0.0.1:$(<"$smtp_folder/port")"
    echo "export POSTULO_TEST_SMTP_FOLDER=$smtp_folder/mail"
}

smtp_delete() { :; }
