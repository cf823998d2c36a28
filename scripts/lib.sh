# Shared by every script here; source it first: . "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# Gives: strict mode, messages, toolchain and build, ports, RPC, and background processes that
# are stopped when the script ends. Messages go to stderr, so stdout is the script's own output.
# shellcheck shell=bash

set -Eeuo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
SCRIPT_NAME="$(basename "$0")"

# One fixed folder for everything that cargo builds: a fresh clone reuses what is there.
: "${CARGO_TARGET_DIR:=${XDG_CACHE_HOME:-$HOME/.cache}/swarmwork/target}"
export CARGO_TARGET_DIR
BIN_DIR="$CARGO_TARGET_DIR/release"
# tests/evm is a workspace of its own, which needs crates of ours with other features: in the same
# target folder each would build them over the other's.
EVM_TARGET_DIR="$CARGO_TARGET_DIR/evm"

# --- messages -----------------------------------------------------------------------------------

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
  BOLD=$'\033[1m' RED=$'\033[31m' GREEN=$'\033[32m' YELLOW=$'\033[33m' DIM=$'\033[2m' PLAIN=$'\033[0m'
else
  BOLD='' RED='' GREEN='' YELLOW='' DIM='' PLAIN=''
fi

step() { printf '%s==>%s %s%s%s\n' "$GREEN" "$PLAIN" "$BOLD" "$*" "$PLAIN" >&2; }
say()  { printf '    %s\n' "$*" >&2; }
warn() { printf '%swarning:%s %s\n' "$YELLOW" "$PLAIN" "$*" >&2; }

# fail WHAT [WHAT TO DO]...: says both and ends the script, also from within $(...).
SAID_WHY=70
fail() {
  printf '%serror:%s %s\n' "$RED" "$PLAIN" "$1" >&2
  shift
  local line
  for line in "$@"; do printf '       %s\n' "$line" >&2; done
  trap - ERR
  if [ "$BASH_SUBSHELL" -gt 0 ]; then exit "$SAID_WHY"; fi
  exit 1
}

# A one-line progress report: rewritten in place on a terminal, otherwise a line now and then.
progress() {
  if [ -t 2 ]; then
    printf '\r\033[K    %s%s%s' "$DIM" "$*" "$PLAIN" >&2
  elif (( SECONDS >= NEXT_PROGRESS )); then
    printf '    %s\n' "$*" >&2
    NEXT_PROGRESS=$(( SECONDS + 15 ))
  fi
}
progress_begin() { NEXT_PROGRESS=$(( SECONDS + 5 )); }
progress_end()   { if [ -t 2 ]; then printf '\r\033[K' >&2; fi; }

have() { command -v "$1" >/dev/null 2>&1; }

trap 'on_error "$?" "$LINENO" "$BASH_COMMAND" "${BASH_SOURCE[0]}"' ERR
on_error() {
  trap - ERR
  if [ "$BASH_SUBSHELL" -gt 0 ]; then exit "$1"; fi
  if [ "$1" -eq "$SAID_WHY" ]; then exit 1; fi
  printf '%serror:%s %s:%s: `%s` ended with %s\n' \
    "$RED" "$PLAIN" "${4#"$ROOT/"}" "$2" "$3" "$1" >&2
  exit "$1"
}

# --- toolchain and build ------------------------------------------------------------------------

# rustup_may_install: false where RUSTUP_AUTO_INSTALL=0 forbids automatic downloads.
rustup_may_install() { [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ]; }

# look COMMAND...: runs a rustup proxy only to look; it must not install anything by itself.
look() { RUSTUP_AUTO_INSTALL=0 "$@" 2>/dev/null; }

# The Rust version that rust-toolchain.toml asks for.
wanted_rust() { sed -n 's/^channel *= *"\(.*\)"/\1/p' "$ROOT/rust-toolchain.toml"; }

# installed_toolchain VERSION: the name of an installed rustup toolchain of that version, the one
# named after it first; false if there is none.
installed_toolchain() {
  local names name
  have rustup || return 1
  names="$(look rustup toolchain list | awk '{print $1}')"
  for name in $(grep "^$1" <<<"$names") $(grep -v "^$1" <<<"$names"); do
    case "$(RUSTUP_TOOLCHAIN="$name" look rustc --version)" in
      "rustc $1 "*) echo "$name"; return 0 ;;
    esac
  done
  return 1
}

# has_wasm_core TARGET_LIBDIR: whether `core` for the runtime's target lies there.
has_wasm_core() { compgen -G "$1/libcore-*.rlib" >/dev/null 2>&1; }

# rustup_has_wasm: the rustup toolchain in use has wasm32v1-none.
rustup_has_wasm() {
  local dir
  dir="$(cd "$ROOT" && look rustc --target wasm32v1-none --print target-libdir)" || return 1
  has_wasm_core "$dir"
}

# debian_has_wasm: Debian's own toolchain is linked as `debian`, has wasm32v1-none and links for it.
debian_has_wasm() {
  local dir
  [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && have rust-lld || return 1
  dir="$(/usr/bin/rustc --target wasm32v1-none --print target-libdir 2>/dev/null)" || return 1
  has_wasm_core "$dir" && have rustup &&
    [ "$(look rustup run debian rustc --version)" = "$(/usr/bin/rustc --version)" ]
}

# Points cargo and the runtime's builder at what is installed; harmless when nothing is yet.
# A toolchain of the right version under another name is used when rustup may not install ours,
# and Debian's toolchain builds the runtime when rustup's has no wasm target.
use_toolchain() {
  local version name
  if [ -d "$HOME/.cargo/bin" ]; then
    case ":$PATH:" in *":$HOME/.cargo/bin:"*) ;; *) PATH="$HOME/.cargo/bin:$PATH"; export PATH ;; esac
  fi
  have rustup || return 0
  version="$(wanted_rust)"
  if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && name="$(installed_toolchain "$version")"; then
    case "$name" in "$version"*) ;; *) export RUSTUP_TOOLCHAIN="$name" ;; esac
  fi
  if [ -z "${WASM_BUILD_TOOLCHAIN:-}" ] && ! rustup_has_wasm && debian_has_wasm; then
    export WASM_BUILD_TOOLCHAIN=debian
  fi
}

# Checks this machine and installs what is missing; once per run of nested scripts.
run_setup() {
  if [ -z "${SWARM_SETUP_DONE:-}" ]; then
    "$ROOT/scripts/setup.sh"
    export SWARM_SETUP_DONE=1
  fi
  use_toolchain
}

# Builds every binary. The whole workspace at once, so that features unify one way and tests,
# benchmarks and binaries share one set of artefacts.
build_all() {
  step "Building (in $CARGO_TARGET_DIR; about an hour on 2 cores the first time, then seconds)"
  (cd "$ROOT" && cargo build --release --locked --workspace) ||
    fail "the build failed; the compiler's message is above" \
         "check that ./scripts/setup.sh ends well, then run ./scripts/$SCRIPT_NAME again"
}

# Installs what the tests need from npm, the compiler of contracts among it.
npm_packages() {
  local lock="$ROOT/tests/package-lock.json" installed="$ROOT/tests/node_modules/.package-lock.json"
  if [ -e "$installed" ] && [ ! "$lock" -nt "$installed" ]; then return; fi
  step "Installing the tests' npm packages"
  (cd "$ROOT/tests" && npm ci --no-audit --no-fund --loglevel=error >&2) ||
    fail "npm ci failed in tests/; its message is above" "check that the npm registry can be reached"
  touch "$installed"
}

# binary NAME: the path of a built binary.
binary() {
  [ -x "$BIN_DIR/$1" ] || fail "$1 is not built (looked in $BIN_DIR)" \
    "build it with: CARGO_TARGET_DIR=$CARGO_TARGET_DIR cargo build --release --workspace"
  echo "$BIN_DIR/$1"
}

# --- ports and RPC ------------------------------------------------------------------------------

# port_open PORT: whether something on this machine accepts connections there.
port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port VARIABLE: sets it to a port nothing listens on, never the same twice in one script.
# Below 32768, the start of Linux's range for outgoing connections.
PORTS_GIVEN=' '
free_port() {
  local candidate
  while :; do
    candidate=$(( 20000 + (RANDOM * 32768 + RANDOM) % 12000 ))
    case "$PORTS_GIVEN" in *" $candidate "*) continue ;; esac
    if ! port_open "$candidate"; then break; fi
  done
  PORTS_GIVEN="$PORTS_GIVEN$candidate "
  printf -v "$1" '%s' "$candidate"
}

# need_free_port PORT FLAG: ends the script if the port is taken, naming the flag that changes it.
need_free_port() {
  if port_open "$1"; then
    fail "port $1 is taken on this machine" \
         "stop what listens there (find it with: ss -ltnp 'sport = :$1') or choose another with $2"
  fi
}

# rpc PORT METHOD [PARAMS]: the JSON answer of a node's RPC, false if there is none.
rpc() {
  curl --silent --show-error --fail --max-time 5 -H 'Content-Type: application/json' \
    --data "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"$2\",\"params\":${3:-[]}}" \
    "http://127.0.0.1:$1" 2>/dev/null
}

# block_number PORT: the node's best block.
block_number() {
  local hex
  hex="$(rpc "$1" chain_getHeader | sed -n 's/.*"number":"\(0x[0-9a-f]*\)".*/\1/p')"
  [ -n "$hex" ] && echo "$(( hex ))"
}

at_block() { local n; n="$(block_number "$1")" && (( n >= $2 )); }
http_ok()  { curl --silent --fail --max-time 5 --output /dev/null "$1"; }

# --- background processes -----------------------------------------------------------------------
# Each has NAME.log and NAME.pid in RUN_DIR, and its own process group, so nothing is left over.

# new_run_dir [DIR]: where this run keeps logs, data and process ids.
new_run_dir() {
  RUN_DIR="${1:-$(mktemp -d "${TMPDIR:-/tmp}/swarmwork.XXXXXX")}"
  mkdir -p "$RUN_DIR"
  RUN_DIR="$(cd "$RUN_DIR" && pwd)"
  export RUN_DIR
}

# start NAME COMMAND...: runs it in the background, output to RUN_DIR/NAME.log.
start() {
  local name="$1"
  shift
  if running "$name"; then
    fail "$name is already running from $RUN_DIR (process $(pid_of "$name"))" \
         "stop it with: kill $(pid_of "$name")"
  fi
  set -m
  "$@" </dev/null >>"$RUN_DIR/$name.log" 2>&1 &
  set +m
  echo "$!" >"$RUN_DIR/$name.pid"
}

pid_of()  { cat "$RUN_DIR/$1.pid" 2>/dev/null; }

# running NAME: whether the process that `start` made is alive (a zombie is not).
running() {
  local pid
  pid="$(pid_of "$1")" && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
  [ ! -r "/proc/$pid/stat" ] || ! grep -q ') Z ' "/proc/$pid/stat"
}

# stop NAME [SIGNAL]: ends the process and its children; with KILL after ten seconds.
stop() {
  local pid i
  pid="$(pid_of "$1")" || return 0
  rm -f "$RUN_DIR/$1.pid"
  kill -s "${2:-TERM}" -- "-$pid" 2>/dev/null || true
  for (( i = 0; i < 100; i++ )); do
    kill -0 -- "-$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -s KILL -- "-$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

# stop_all: ends everything that `start` made, last started first.
stop_all() {
  local file
  [ -n "${RUN_DIR:-}" ] || return 0
  for file in $(ls -t "$RUN_DIR"/*.pid 2>/dev/null); do stop "$(basename "$file" .pid)"; done
}
# Also when interrupted. A script that leaves things running on purpose says `KEEP_RUNNING=1`.
trap 'if [ -z "${KEEP_RUNNING:-}" ]; then stop_all; fi' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

log_tail() {
  local file="$RUN_DIR/$1.log"
  printf '    --- last lines of %s\n' "$file" >&2
  tail -n "${2:-20}" "$file" 2>/dev/null | sed 's/^/    | /' >&2 || true
}

# wait_for WHAT SECONDS NAME COMMAND...: repeats the command until it succeeds. Ends the script,
# with the tail of NAME's log, when the time is over or the process NAME has died.
wait_for() {
  local what="$1" limit="$2" name="$3" began=$SECONDS
  shift 3
  progress_begin
  until "$@" >/dev/null 2>&1; do
    if [ -n "$name" ] && ! running "$name"; then
      progress_end
      log_tail "$name"
      fail "$name stopped while waiting for $what" "its whole log: $RUN_DIR/$name.log"
    fi
    if (( SECONDS - began >= limit )); then
      progress_end
      if [ -n "$name" ]; then log_tail "$name"; fi
      fail "waited ${limit} s for $what in vain" \
           "see the logs in ${RUN_DIR:-the run folder}, then try again"
    fi
    progress "waiting for $what ($(( SECONDS - began )) s of at most $limit)"
    sleep 0.3
  done
  progress_end
}

# wait_for_port PORT SECONDS NAME / wait_for_rpc PORT SECONDS NAME / wait_for_block PORT N SECONDS NAME
wait_for_port()  { wait_for "$3 to listen on port $1" "$2" "$3" port_open "$1"; }
wait_for_rpc()   { wait_for "$3's RPC on port $1" "$2" "$3" rpc "$1" system_health; }
wait_for_block() { wait_for "$4 to reach block $2" "$3" "$4" at_block "$1" "$2"; }
