# shellcheck shell=bash disable=SC2154
# Apache Kafka: one broker in KRaft mode, from its jars on Maven Central with Debian's Java runtime.

kafka_folder=$state/kafka

# Sets `kafka_lib`, the folder of the jars: fetched when it is not there or their list has changed.
kafka_jars() {
    local wanted=$root/script/kafka/pom.xml version jars fetched=$cache/kafka/fetched
    version=$(sed -n 's:.*<kafka\.version>\(.*\)</kafka\.version>.*:\1:p' "$wanted")
    jars=$cache/kafka/$version
    if ! cmp -s "$wanted" "$jars/pom.xml"; then
        mkdir -p "$cache/kafka"
        # Other folders' services share the cache.
        exec 8>"$cache/kafka/lock"
        flock 8
        if ! cmp -s "$wanted" "$jars/pom.xml"; then
            say "fetching Apache Kafka $version from Maven Central"
            rm -rf -- "$fetched"
            mkdir "$fetched"
            mvn --batch-mode --quiet --file "$wanted" dependency:copy-dependencies \
                -DincludeScope=runtime "-DoutputDirectory=$fetched/lib" </dev/null >"$fetched/maven.log" 2>&1 || {
                tail -n 20 "$fetched/maven.log" >&2
                die "Apache Kafka's jars cannot be fetched from Maven Central"
            }
            cp "$wanted" "$fetched/pom.xml"
            rm -rf -- "$jars"
            mv -T -- "$fetched" "$jars"
        fi
        exec 8>&-
    fi
    kafka_lib=$jars/lib
}

# What Java's virtual machine would leave in /tmp stays in the folder, or is not written. The class and its arguments
# follow.
kafka_java() {
    rm -rf -- "$kafka_folder/tmp"
    mkdir "$kafka_folder/tmp"
    exec java -Xms64m -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
        -Djava.io.tmpdir="$kafka_folder/tmp" -Dlog4j2.configurationFile="$root/script/kafka/log4j2.properties" \
        -cp "$kafka_lib/*" "$@"
}

kafka_running() { runs "$kafka_folder/pid" "$kafka_folder/server.properties"; }

kafka_gone() { ! kafka_running; }

# The first bytes that answer a Metadata request (key 3, version 1, no client id, no topic), as hexadecimal digits:
# size, number of the request, number of brokers.
kafka_asked() {
    exec 3<>"/dev/tcp/127.0.0.1/$(<"$kafka_folder/port")" || return 1
    printf '\0\0\0\16\0\3\0\1\0\0\0\1\377\377\0\0\0\0' >&3
    timeout 2 head -c 12 <&3 | od -An -v -tx1 | tr -d ' \n'
}

# It answers that there is one broker, which it does not count before it may be used; or the process has ended.
kafka_answers() {
    kill -0 "$(<"$kafka_folder/pid")" 2>/dev/null || return 0
    local answer
    answer=$(kafka_asked 2>/dev/null) || return 1
    [[ ${answer:8} == 0000000100000001 ]]
}

# The session's end is what the next start waits for after a crash. The cleaner's buffer is memory from the start on.
kafka_configure() {
    local port=$1 controller=$2
    cat >"$kafka_folder/server.properties" <<PROPERTIES
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
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=4194304
PROPERTIES
}

kafka_format() {
    [[ ! -f $kafka_folder/data/meta.properties ]] || return 0
    rm -rf -- "$kafka_folder/data"
    local id
    # 16 bytes as base64 for addresses has them, and no `-` in front, which the tool would take for an option.
    id=PK$(head -c 15 /dev/urandom | base64 | tr '+/' '-_')
    (kafka_java kafka.tools.StorageTool format --config "$kafka_folder/server.properties" --cluster-id "$id") \
        >"$kafka_folder/format.log" 2>&1 || {
        tail -n 20 "$kafka_folder/format.log" >&2
        die "Kafka's storage cannot be formatted"
    }
}

kafka_start() {
    kafka_jars
    mkdir -p "$kafka_folder"
    local port controller
    for _ in 1 2 3; do
        port=$(port_of kafka "$kafka_folder/port")
        controller=$(port_of kafka "$kafka_folder/controller-port")
        [[ $controller != "$port" ]] || continue
        kafka_configure "$port" "$controller"
        kafka_format
        echo "$port" >"$kafka_folder/port"
        echo "$controller" >"$kafka_folder/controller-port"
        # It outlives the terminal, and Ctrl-C there is not for it.
        (trap '' HUP INT && kafka_java kafka.Kafka "$kafka_folder/server.properties") >"$kafka_folder/log" 2>&1 </dev/null &
        echo $! >"$kafka_folder/pid"
        if wait_until 300 kafka_answers && kafka_running; then return 0; fi
        kafka_kill
        # Somebody was faster: once more, with other ports.
        grep -q 'Address already in use' "$kafka_folder/log" || break
    done
    tail -n 20 "$kafka_folder/log" >&2
    die "Kafka does not start; above is the end of its log"
}

kafka_stop() {
    kill "$(<"$kafka_folder/pid")" 2>/dev/null || true
    wait_until 30 kafka_gone || kafka_kill
}

# As a crash.
kafka_kill() {
    kill -9 "$(<"$kafka_folder/pid")" 2>/dev/null || true
    wait_until 60 kafka_gone || die "Kafka cannot be killed"
}

kafka_env() {
    echo "export POSTULO_TEST_KAFKA_BROKERS=127.0.0.1:$(<"$kafka_folder/port")"
}

# Deletes its data; it must be stopped.
kafka_delete() { rm -rf -- "$kafka_folder"; }
