#!/usr/bin/env bash
# Measures the proof system on this machine; every figure printed is of this run.
#
#   scripts/bench.sh zk [options]
#
#   --network WIDTHS       network to prove (default 784-128-10)
#   --batches N,N,..       inferences per proof (default 3,63,255)
#   --proofs N             proofs per batch size, of which the median counts (default 3)
#   --peer                 also measure EZKL from PyPI on the same network (needs python3-venv;
#                          installs into the cache folder)
#   --peer-batches N,N,..  batch sizes for EZKL (default 1; 8 takes 1 GB of disk, 32 takes 5 GB)
#   --json                 one JSON object as the last line: runs and peers
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

EZKL_VERSION=23.0.5
usage() { sed -n '2,/^\. /{/^#/s/^# \{0,1\}//p}' "$0"; }

case "${1:-}" in
  zk) shift ;;
  -h | --help) usage; exit 0 ;;
  '') fail "say what to measure" "./scripts/bench.sh zk (see --help)" ;;
  *) fail "unknown benchmark: $1" "the one there is: zk" ;;
esac

JSON='' PEER='' NETWORK=784-128-10 BATCHES=3,63,255 PROOFS=3 PEER_BATCHES=1
need_value() { [ "$#" -ge 2 ] || fail "$1 needs a value" "see ./scripts/bench.sh --help"; }
while [ "$#" -gt 0 ]; do
  case "$1" in
    --json) JSON=1 ;;
    --peer) PEER=1 ;;
    --network) need_value "$@"; NETWORK="$2"; shift ;;
    --batches) need_value "$@"; BATCHES="$2"; shift ;;
    --proofs) need_value "$@"; PROOFS="$2"; shift ;;
    --peer-batches) need_value "$@"; PEER_BATCHES="$2"; shift ;;
    -h | --help) usage; exit 0 ;;
    *) fail "unknown argument: $1" "see ./scripts/bench.sh --help" ;;
  esac
  shift
done
is_list() { [[ "$1" =~ ^[1-9][0-9]*(,[1-9][0-9]*)*$ ]]; }
is_list "$BATCHES" || fail "--batches takes numbers joined by commas, not $BATCHES"
is_list "$PEER_BATCHES" || fail "--peer-batches takes numbers joined by commas, not $PEER_BATCHES"
[[ "$NETWORK" =~ ^[1-9][0-9]*(-[1-9][0-9]*)+$ ]] ||
  fail "--network takes widths joined by dashes, such as 784-128-10, not $NETWORK"

# EZKL in a virtual environment of its own, installed once.
install_ezkl() {
  local venv="${XDG_CACHE_HOME:-$HOME/.cache}/swarmwork/ezkl-$EZKL_VERSION"
  EZKL_PYTHON="$venv/bin/python"
  if [ -e "$venv/.complete" ]; then return; fi
  step "Installing EZKL $EZKL_VERSION from PyPI into $venv"
  rm -rf "$venv"
  python3 -m venv "$venv" >&2 ||
    fail "python3 cannot make a virtual environment" "on Debian and Ubuntu: apt-get install python3-venv"
  "$EZKL_PYTHON" -m pip install --quiet --disable-pip-version-check \
    "ezkl==$EZKL_VERSION" onnx numpy >&2 ||
    fail "pip cannot install ezkl $EZKL_VERSION" \
         "check that PyPI can be reached; it has wheels for x86-64 Linux and macOS only"
  touch "$venv/.complete"
}

run_setup
if [ -n "$PEER" ]; then install_ezkl; fi
build_all
ZK="$(binary swarm-zk)"
new_run_dir
trap 'rm -rf "$RUN_DIR"' EXIT

PEERS=()
if [ -n "$PEER" ]; then
  step "Measuring EZKL $EZKL_VERSION on $NETWORK, batch $PEER_BATCHES"
  "$EZKL_PYTHON" "$ROOT/scripts/bench-ezkl.py" "$NETWORK" "$PEER_BATCHES" "$RUN_DIR" \
    "$RUN_DIR/peers.json" >&2 || fail "EZKL could not be measured; its message is above"
  PEERS=(--peers "$RUN_DIR/peers.json")
fi

step "Measuring swarm-zk on $NETWORK, batch $BATCHES"
"$ZK" bench --network "$NETWORK" --batches "$BATCHES" --proofs "$PROOFS" --dir "$RUN_DIR/keys" \
  "${PEERS[@]}" --out "$RUN_DIR/result.json" || fail "swarm-zk bench failed; its message is above"
if [ -n "$JSON" ]; then cat "$RUN_DIR/result.json"; fi
