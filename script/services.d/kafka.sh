# Apache Kafka: one broker in KRaft mode, from its jars on Maven Central with Debian's Java runtime.

kafka_folder=$state/kafka

# The jars, fetched when they are not there or their list has changed.
kafka_jars() {
    local jars=$cache/kafka
    if ! cmp -s "$root/script/kafka/pom.xml" "$jars/pom.xml"; then
        say "fetching Apache Kafka"
        rm -rf -- "$jars"
        mkdir -p "$jars/lib"
        mvn --batch-mode --quiet --file "$root/script/kafka/pom.xml" dependency:copy-dependencies \
            -DincludeScope=runtime "-DoutputDirectory=$jars/lib" </dev/null >"$jars/maven.log" 2>&1 || {
            tail -n 20 "$jars/maven.log" >&2
            die "Apache Kafka's jars cannot be fetched from Maven Central"
        }
        cp "$root/script/kafka/pom.xml" "$jars/pom.xml"
    fi
    echo "$jars/lib"
}

kafka_java() {
    java -cp "$(kafka_jars)/*" -Dlog4j2.configurationFile="$root/script/kafka/log4j2.properties" "$@"
}

kafka_running() {
    [[ -f $kafka_folder/pid ]] || return 1
    # A process number may have gone to another process since.
    tr '\0' ' ' <"/proc/$(<"$kafka_folder/pid")/cmdline" 2>/dev/null | grep -qF "$kafka_folder/server.properties"
}

# Both ports answer: the second one is the controller's.
kafka_answers() {
    kill -0 "$(<"$kafka_folder/pid")" 2>/dev/null || return 0 # it ended; the caller looks
    (exec 3<>"/dev/tcp/127.0.0.1/$(<"$kafka_folder/port")") 2>/dev/null && grep -q 'Kafka Server started' "$kafka_folder/log"
}

kafka_configure() {
    local port=$1 controller=$2
    cat >"$kafka_folder/server.properties" <<EOF
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:$controller
log.dirs=$kafka_folder/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=2
EOF
}

kafka_start() {
    kafka_jars >/dev/null
    mkdir -p "$kafka_folder"
    local ports=() attempt
    for attempt in 1 2 3; do
        # The same ports as before, so that clients find it again, unless somebody else has taken them.
        if [[ -f $kafka_folder/port && $attempt == 1 ]]; then
            ports=("$(<"$kafka_folder/port")" "$(<"$kafka_folder/controller-port")")
        else
            ports=("$(free_port)" "$(free_port)")
        fi
        kafka_configure "${ports[@]}"
        if [[ ! -d $kafka_folder/data ]]; then
            kafka_java kafka.tools.StorageTool format --config "$kafka_folder/server.properties" \
                --cluster-id "$(kafka_java kafka.tools.StorageTool random-uuid)" >"$kafka_folder/format.log" 2>&1 || {
                cat "$kafka_folder/format.log" >&2
                die "Kafka's storage cannot be formatted"
            }
        fi
        nohup java -Xms128m -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$(kafka_jars)/*" \
            -Dlog4j2.configurationFile="$root/script/kafka/log4j2.properties" \
            kafka.Kafka "$kafka_folder/server.properties" >"$kafka_folder/log" 2>&1 </dev/null &
        echo $! >"$kafka_folder/pid"
        echo "${ports[0]}" >"$kafka_folder/port"
        echo "${ports[1]}" >"$kafka_folder/controller-port"
        wait_until 60 kafka_answers && kafka_running && return 0
        kafka_kill
    done
    tail -n 20 "$kafka_folder/log" >&2
    die "Kafka does not start"
}

kafka_gone() { ! kafka_running; }

kafka_stop() {
    kill "$(<"$kafka_folder/pid")" 2>/dev/null || true
    wait_until 30 kafka_gone || kafka_kill
}

# As a machine that loses its power.
kafka_kill() {
    kill -9 "$(<"$kafka_folder/pid")" 2>/dev/null || true
    wait_until 10 kafka_gone || true
}

kafka_env() {
    echo "export POSTULO_TEST_KAFKA_BROKERS=127.0.0.1:$(<"$kafka_folder/port")"
}

# Deletes its data; it must be stopped.
kafka_delete() { rm -rf -- "$kafka_folder"; }
