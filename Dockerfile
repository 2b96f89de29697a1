# syntax=docker/dockerfile:1
# A small image with the binary alone. Data (SQLite file, attachments) lives in the volume /var/lib/postulo.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential libssl-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
# The caches stay with the builder, so that a change of ours does not compile the dependencies again.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --locked --release --bin postulo \
    && cp target/release/postulo /usr/local/bin/postulo

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/postulo --create-home --shell /usr/sbin/nologin postulo
COPY --from=build /usr/local/bin/postulo /usr/local/bin/postulo
COPY LICENSE /usr/share/doc/postulo/LICENSE
USER postulo
WORKDIR /var/lib/postulo
VOLUME /var/lib/postulo
EXPOSE 8080
ENV POSTULO_LISTEN=0.0.0.0:8080 POSTULO_DATA_DIR=/var/lib/postulo
# The image has no HTTP client, so bash asks by itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/live HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
# The service drains on SIGTERM: it stops accepting, finishes what is under way and leaves the rest for the next start.
STOPSIGNAL SIGTERM
ENTRYPOINT ["postulo"]
CMD ["serve"]
