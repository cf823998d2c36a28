#!/usr/bin/env bash
# Measures the proof system or the chain on this machine; every figure printed is of this run. What
# the chain's figures mean is in docs/benchmarks.md.
#
#   scripts/bench.sh zk [options]
#   scripts/bench.sh chain [options]
#
# Both:
#
#   --json                 one JSON object as the last line
#
# zk, whose JSON has runs and peers:
#
#   --network NAME,..      networks to prove: widths joined by dashes, lenet5, lenet5-pool-first
#                          (default 784-128-10, both of these and 784-2000-60-4000-10)
#   --kinds KIND,..        committed: one key for all models of a network; baked: the weights of one
#                          model are constants (default both)
#   --batches N,N,..       inferences per proof with committed weights (default: what suits each
#                          network; 3,63,255 for stacks of linear layers)
#   --baked-batches N,..   inferences per proof with constant weights (default 1)
#   --proofs N             proofs per batch size, of which the median counts (default 3)
#   --peer                 also measure others on 784-128-10, or the one network that is named: EZKL
#                          from PyPI, and on the same constraints arkworks' and TACEO's Groth16,
#                          snarkjs from npm and snarkrs from crates.io (needs python3-venv and
#                          Node.js; installs into the cache folder); and the gas of a check by an
#                          exported contract
#   --peer-batches N,N,..  batch sizes for EZKL (default 1,8, which take 1 GB of disk; 8 has its best
#                          time an inference; 32 takes 5 GB)
#   --peer-rows N,N,..     rows for the other Groth16 provers: each time the largest batch that needs
#                          no more (default 65536,131072,262144)
#
# chain, whose JSON has lifecycles_per_s, transfers_per_s, worst_block_ms, growth and more (a run
# with the default sizes takes minutes, and several GB of memory and of disk):
#
#   --entries N,N,..       sizes of the state, in jobs (default 1000,10000,100000,1000000)
#   --samples N            calls of each kind per size, of which the median counts (default 24)
#   --blocks N             full blocks of each kind (default 3)
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

EZKL_VERSION=23.0.5
SNARKJS_VERSION=0.7.6
SNARKRS_VERSION=0.1.0
usage() { sed -n '2,/^\. /{/^#/s/^# \{0,1\}//p}' "$0"; }

need_value() { [ "$#" -ge 2 ] || fail "$1 needs a value" "see ./scripts/bench.sh --help"; }
is_number() { [[ "$1" =~ ^[1-9][0-9]*$ ]]; }
is_list() { [[ "$1" =~ ^[1-9][0-9]*(,[1-9][0-9]*)*$ ]]; }

# bench_chain OPTIONS...: the whole of `bench.sh chain`.
bench_chain() {
  local json='' entries=1000,10000,100000,1000000 samples=24 blocks=3
  while [ "$#" -gt 0 ]; do
    case "$1" in
      --json) json=1 ;;
      --entries) need_value "$@"; entries="$2"; shift ;;
      --samples) need_value "$@"; samples="$2"; shift ;;
      --blocks) need_value "$@"; blocks="$2"; shift ;;
      -h | --help) usage; exit 0 ;;
      *) fail "unknown argument: $1" "see ./scripts/bench.sh --help" ;;
    esac
    shift
  done
  is_list "$entries" || fail "--entries takes numbers joined by commas, not $entries"
  is_number "$samples" || fail "--samples takes a number, not $samples"
  is_number "$blocks" || fail "--blocks takes a number, not $blocks"
  run_setup
  build_all
  local bench
  bench="$(binary swarm-bench-chain)"
  new_run_dir
  trap 'rm -rf "$RUN_DIR"' EXIT
  step "Measuring the chain at $entries jobs"
  "$bench" --entries "$entries" --samples "$samples" --blocks "$blocks" --dir "$RUN_DIR" \
    --out "$RUN_DIR/result.json" || fail "the chain could not be measured; the message is above"
  if [ -n "$json" ]; then cat "$RUN_DIR/result.json"; fi
}

case "${1:-}" in
  zk) shift ;;
  chain) shift; bench_chain "$@"; exit 0 ;;
  -h | --help) usage; exit 0 ;;
  '') fail "say what to measure" "./scripts/bench.sh zk or chain (see --help)" ;;
  *) fail "unknown benchmark: $1" "those there are: zk, chain" ;;
esac

JSON='' PEER='' NETWORK='' KINDS='' BATCHES='' BAKED_BATCHES='' PROOFS=3 PEER_BATCHES=1,8
PEER_ROWS=65536,131072,262144
while [ "$#" -gt 0 ]; do
  case "$1" in
    --json) JSON=1 ;;
    --peer) PEER=1 ;;
    --network) need_value "$@"; NETWORK="$2"; shift ;;
    --kinds) need_value "$@"; KINDS="$2"; shift ;;
    --batches) need_value "$@"; BATCHES="$2"; shift ;;
    --baked-batches) need_value "$@"; BAKED_BATCHES="$2"; shift ;;
    --proofs) need_value "$@"; PROOFS="$2"; shift ;;
    --peer-batches) need_value "$@"; PEER_BATCHES="$2"; shift ;;
    --peer-rows) need_value "$@"; PEER_ROWS="$2"; shift ;;
    -h | --help) usage; exit 0 ;;
    *) fail "unknown argument: $1" "see ./scripts/bench.sh --help" ;;
  esac
  shift
done
[ -z "$BATCHES" ] || is_list "$BATCHES" ||
  fail "--batches takes numbers joined by commas, not $BATCHES"
[ -z "$BAKED_BATCHES" ] || is_list "$BAKED_BATCHES" ||
  fail "--baked-batches takes numbers joined by commas, not $BAKED_BATCHES"
is_list "$PEER_BATCHES" || fail "--peer-batches takes numbers joined by commas, not $PEER_BATCHES"
is_list "$PEER_ROWS" || fail "--peer-rows takes numbers joined by commas, not $PEER_ROWS"
PEER_NETWORK="${NETWORK:-784-128-10}"
[ -z "$PEER" ] || [[ "$PEER_NETWORK" =~ ^[1-9][0-9]*(-[1-9][0-9]*)+$ ]] ||
  fail "--peer measures others on one network of widths joined by dashes, such as 784-128-10, not $PEER_NETWORK"

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

# snarkjs in a folder of its own.
install_snarkjs() {
  SNARKJS="${XDG_CACHE_HOME:-$HOME/.cache}/swarmwork/snarkjs-$SNARKJS_VERSION"
  if [ -e "$SNARKJS/.complete" ]; then return; fi
  have node && have npm ||
    fail "snarkjs needs Node.js, which is not installed" "on Debian and Ubuntu: apt-get install npm"
  step "Installing snarkjs $SNARKJS_VERSION from npm into $SNARKJS"
  mkdir -p "$SNARKJS"
  npm install --silent --no-audit --no-fund --prefix "$SNARKJS" "snarkjs@$SNARKJS_VERSION" >&2 ||
    fail "npm cannot install snarkjs $SNARKJS_VERSION" "check that the registry can be reached"
  touch "$SNARKJS/.complete"
}

# snarkrs for the CPU, from crates.io.
install_snarkrs() {
  local root="${XDG_CACHE_HOME:-$HOME/.cache}/swarmwork/snarkrs-$SNARKRS_VERSION"
  SNARKRS="$root/bin/snarkrs"
  if [ -x "$SNARKRS" ]; then return; fi
  step "Installing snarkrs $SNARKRS_VERSION from crates.io into $root"
  cargo install snarkrs --version "$SNARKRS_VERSION" --locked --no-default-features \
    --features cpu --root "$root" --target-dir "$root/target" >&2 ||
    fail "cargo cannot install snarkrs $SNARKRS_VERSION" "check that crates.io can be reached"
  rm -rf "$root/target"
}

# Gas of a check on an EVM, which one of the tests there prints.
measure_gas() {
  local log="$RUN_DIR/evm.log"
  step "Measuring a check by an exported contract (tests/evm; some minutes the first time)"
  (cd "$ROOT" && CARGO_TARGET_DIR="$EVM_TARGET_DIR" cargo test --release --locked \
    --manifest-path tests/evm/Cargo.toml --test contract \
    -- --exact accepts::a_real_proof_is_accepted) >"$log" 2>&1 ||
    { log_tail evm; fail "the gas of a check could not be measured" "see the message above"; }
  GAS="$(sed -n 's/.*\(EVM: a valid proof takes .*\)/\1/p' "$log")"
  [ -n "$GAS" ] || { log_tail evm; fail "the test of a contract printed no gas"; }
}

run_setup
if [ -n "$PEER" ]; then
  install_ezkl
  install_snarkjs
  install_snarkrs
  npm_packages
fi
build_all
ZK="$(binary swarm-zk)"
new_run_dir
trap 'rm -rf "$RUN_DIR"' EXIT

OPTIONS=(--proofs "$PROOFS" --dir "$RUN_DIR/keys" --out "$RUN_DIR/result.json")
GAS=''
if [ -n "$PEER" ]; then
  measure_gas
  step "Measuring EZKL $EZKL_VERSION on $PEER_NETWORK, batch $PEER_BATCHES"
  "$EZKL_PYTHON" "$ROOT/scripts/bench-ezkl.py" "$PEER_NETWORK" "$PEER_BATCHES" "$RUN_DIR" \
    "$RUN_DIR/peers.json" >&2 || fail "EZKL could not be measured; its message is above"
  step "Measuring other Groth16 provers on $PEER_NETWORK, at most $PEER_ROWS rows"
  python3 "$ROOT/scripts/bench-groth16.py" "$ZK" "$PEER_NETWORK" "$PEER_ROWS" "$PROOFS" \
    "$RUN_DIR/peers" "$RUN_DIR/peers.json" "$SNARKJS" "$SNARKRS" >&2 ||
    fail "another Groth16 prover could not be measured; its message is above"
  # Ours at the same batch sizes, each once: the program adds them.
  OPTIONS+=(--peers "$RUN_DIR/peers.json")
fi
[ -z "$NETWORK" ] || OPTIONS+=(--network "$NETWORK")
[ -z "$KINDS" ] || OPTIONS+=(--kinds "$KINDS")
[ -z "$BATCHES" ] || OPTIONS+=(--batches "$BATCHES")
[ -z "$BAKED_BATCHES" ] || OPTIONS+=(--baked-batches "$BAKED_BATCHES")

step "Measuring swarm-zk on ${NETWORK:-all networks}"
"$ZK" bench "${OPTIONS[@]}" || fail "swarm-zk bench failed; its message is above"
if [ -n "$GAS" ]; then printf '\n%s\n' "$GAS"; fi
if [ -n "$JSON" ]; then cat "$RUN_DIR/result.json"; fi
