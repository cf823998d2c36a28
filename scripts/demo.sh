#!/usr/bin/env bash
# From a fresh clone to paid, proven work: starts a development chain and a provider on this
# machine, registers a circuit and a model, submits the held-out handwritten digits as jobs, waits
# until they are proven and paid, checks every answer, shows what happened, and stops everything.
#
#   scripts/demo.sh           show a table
#   scripts/demo.sh --json    the same, and one JSON object as the last line
#   scripts/demo.sh --keep    leave chain and provider running, and say how to look at them
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

JSON='' KEEP=''
while [ "$#" -gt 0 ]; do
  case "$1" in
    --json) JSON=1 ;;
    --keep) KEEP=1 ;;
    -h | --help) sed -n '2,/^\./{s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) fail "unknown argument: $1" "see ./scripts/demo.sh --help" ;;
  esac
  shift
done

BATCH=60          # images per proof
JOBS=3            # the 360 held-out images, two batches a job
BOND=10000        # SWARM; the least a provider may bond
ASK=2500          # SWARM per 10^9 multiply-accumulates; a batch has 142,080
MAX_PRICE=2       # SWARM per job
DEADLINE=10m
# Well-known accounts of the development chain, one for each part that is played.
PROVIDER=//Bob MODEL_OWNER=//Charlie REQUESTER=//Dave
DIGITS="$ROOT/examples/digits/model"

run_setup
build_all
new_run_dir
NODE="$(binary swarmwork-node)" EXECUTOR="$(binary swarm-executor)" SWARM="$(binary swarm)"
ZK="$(binary swarm-zk)" DIGITS_PROGRAM="$(binary swarm-digits)"
# The requester starts with nothing: keys are fetched through the network like a stranger's.
export SWARM_CACHE_DIR="$RUN_DIR/requester/cache" SWARM_DATA_DIR="$RUN_DIR/requester/data"

# field FILE PATH: a value of a JSON file, PATH like jobs.0.state.
field() {
  python3 - "$1" "$2" <<'PY'
import json, sys
value = json.load(open(sys.argv[1]))
for part in sys.argv[2].split('.'):
    value = value[int(part) if isinstance(value, list) else part]
print(value)
PY
}

# swarm_json NAME ARGUMENTS...: runs `swarm --json`, its object goes to RUN_DIR/NAME.json.
swarm_json() {
  local name="$1"
  shift
  "$SWARM" --json "$@" >"$RUN_DIR/$name.json" ||
    fail "\`swarm $1 ${2:-}\` failed; its message is above" "logs: $RUN_DIR"
}

step "Making development keys for 64-32-10 in batches of $BATCH"
"$ZK" setup --topology "$DIGITS/digits.json" --batch "$BATCH" --out "$RUN_DIR/keys" >&2 ||
  fail "swarm-zk setup failed; its message is above"

step "Starting executor and node"
free_port EXECUTOR_PORT
free_port RPC_PORT
free_port P2P_PORT
free_port METRICS_PORT
EXECUTOR_URL="http://127.0.0.1:$EXECUTOR_PORT"
export SWARM_URL="ws://127.0.0.1:$RPC_PORT"
start executor "$EXECUTOR" --listen "127.0.0.1:$EXECUTOR_PORT" --data "$RUN_DIR/executor" \
  --token-file "$RUN_DIR/executor.token" --allow-private-sources
wait_for "the executor" 120 executor http_ok "$EXECUTOR_URL/healthz"
start node "$NODE" --dev --tmp --rpc-port "$RPC_PORT" --port "$P2P_PORT" \
  --prometheus-port "$METRICS_PORT" --provider --executor-url "$EXECUTOR_URL" \
  --executor-token-file "$RUN_DIR/executor.token"
wait_for_rpc "$RPC_PORT" 180 node
wait_for_block "$RPC_PORT" 1 60 node
say "node at $SWARM_URL, executor at $EXECUTOR_URL, logs in $RUN_DIR"
"$SWARM" doctor --suri "$REQUESTER" --executor-url "$EXECUTOR_URL" \
  --executor-token-file "$RUN_DIR/executor.token" | sed 's/^/    /' >&2 ||
  fail "swarm doctor found something missing; see above" "logs: $RUN_DIR"

step "Registering provider, circuit and model"
swarm_json worker provider worker-key --file "$RUN_DIR/worker.secret"
WORKER="$(field "$RUN_DIR/worker.json" worker)"
swarm_json funded account transfer --suri "$PROVIDER" --to "$WORKER" --amount 10
swarm_json provider provider register --suri "$PROVIDER" --worker-file "$RUN_DIR/worker.secret" --bond "$BOND" \
  --ask "$ASK" --endpoint "$EXECUTOR_URL"
STORE=(--store "$EXECUTOR_URL" --store-token-file "$RUN_DIR/executor.token")
swarm_json circuit circuit register --suri "$MODEL_OWNER" --keys "$RUN_DIR/keys" "${STORE[@]}"
CIRCUIT="$(field "$RUN_DIR/circuit.json" circuit)"
swarm_json model model register --suri "$MODEL_OWNER" --circuit "$CIRCUIT" \
  --model "$DIGITS/digits.safetensors" "${STORE[@]}"
MODEL="$(field "$RUN_DIR/model.json" model)"
say "circuit $CIRCUIT"
say "model   $MODEL"
swarm_json before provider status --suri "$PROVIDER"

step "Submitting the held-out digits as $JOBS jobs"
"$DIGITS_PROGRAM" export --out "$RUN_DIR/digits" --files "$JOBS" 2>&1 | sed 's/^/    /' >&2
IDS=()
for (( job = 1; job <= JOBS; job++ )); do
  swarm_json "submit-$job" job submit --suri "$REQUESTER" --model "$MODEL" \
    --input "$RUN_DIR/digits/heldout-$job.safetensors" \
    --max-price "$MAX_PRICE" --deadline "$DEADLINE" --no-wait
  IDS+=("$(field "$RUN_DIR/submit-$job.json" job)")
  say "job $job is ${IDS[-1]}"
done

step "Waiting until they are computed, proven and paid"
swarm_json watched job watch "${IDS[@]}" --timeout 10m

step "Fetching and checking the answers"
OUTPUTS=()
for (( job = 1; job <= JOBS; job++ )); do
  out="$RUN_DIR/output-$job.safetensors"
  swarm_json "result-$job" job result "${IDS[job - 1]}" --out "$out"
  swarm_json "verify-$job" job verify "${IDS[job - 1]}" --output "$out"
  OUTPUTS+=("$out")
done
"$DIGITS_PROGRAM" --json score --model "$DIGITS/digits.safetensors" "${OUTPUTS[@]}" \
  >"$RUN_DIR/score.json" 2> >(sed 's/^/    /' >&2) || fail "swarm-digits score failed; see above"
swarm_json after provider status --suri "$PROVIDER"

python3 - "$RUN_DIR" "$JOBS" "$JSON" <<'PY' || fail "the run did not end as it must" "logs: $RUN_DIR"
import json, sys
folder, count, as_json = sys.argv[1], int(sys.argv[2]), sys.argv[3]
UNIT = 10 ** 12

def load(name):
    with open(f'{folder}/{name}.json') as file:
        return json.load(file)

def tokens(units):
    return int(units) / UNIT

score, before, after = load('score'), load('before'), load('after')
jobs = load('watched')['jobs']
verified = [load(f'verify-{i + 1}') for i in range(count)]
parts = ['paid_provider', 'paid_treasury', 'paid_owner', 'burned', 'refunded']
sums = {part: sum(int(job['settlement'][part]) for job in jobs) for part in parts}
price = sum(int(job['price']) for job in jobs)
proofs = sum(v['proofs_reverified'] for v in verified)
batches = sum(job['batches'] for job in jobs)
seconds = [job['seconds_submit_to_end'] for job in jobs]

print()
print(f"{'job':<14}{'batches':>8}  {'proof verified in block':<25}{'submit to paid':>15}"
      f"{'price':>10}{'burned':>10}")
for job in jobs:
    blocks = ', '.join(str(p['block']) for p in job['proven'])
    print(f"{job['job'][:10] + '...':<14}{job['batches']:>8}  {blocks:<25}"
          f"{job['seconds_submit_to_end']:>13.1f} s{tokens(job['price']):>10.4f}"
          f"{tokens(job['settlement']['burned']):>10.4f}")
rows = [
    ('predictions right', f"{score['correct']} of {score['held_out']} ({100 * score['accuracy']:.2f} %)"),
    ("quantised model's own", f"{score['model_correct']} of {score['held_out']} "
                              f"({100 * score['model_accuracy']:.2f} %), "
                              f"{score['values_differing']} values differ"),
    ('proofs', f'{batches} verified on chain, {proofs} verified again here'),
    ('paid to the provider', f"{tokens(sums['paid_provider']):.6f} SWARM ({after['provider']})"),
    ('paid to the treasury', f"{tokens(sums['paid_treasury']):.6f} SWARM"),
    ("paid to the model's owner", f"{tokens(sums['paid_owner']):.6f} SWARM"),
    ('burned', f"{tokens(sums['burned']):.6f} SWARM"),
    ('refunded to the requester', f"{tokens(sums['refunded']):.6f} SWARM of what was held"),
    ("provider's reputation", f"{before['score']:.6f} before, {after['score']:.6f} after "
                              f"({after['jobs_completed']} jobs completed)"),
]
print()
for name, value in rows:
    print(f'{name:<27}{value}')
print()

problems = []
if score['values_differing'] or score['correct'] != score['model_correct']:
    problems.append('the delivered answers are not those of the quantised model')
if proofs != batches:
    problems.append(f'{batches - proofs} proofs could not be verified again')
distributed = sum(sums[part] for part in parts if part != 'refunded')
if distributed != price:
    problems.append(f'{price} units were to be distributed, {distributed} were')
for problem in problems:
    print(f'error: {problem}', file=sys.stderr)

if as_json and not problems:
    print(json.dumps({
        'accuracy': score['accuracy'],
        'model_accuracy': score['model_accuracy'],
        'predictions_right': score['correct'],
        'images': score['held_out'],
        'jobs': len(jobs),
        'batches': batches,
        'proofs_verified': batches,
        'proofs_verified_again': proofs,
        'proof_blocks': [p['block'] for job in jobs for p in job['proven']],
        'paid': tokens(price),
        **{part: tokens(sums[part]) for part in parts},
        'seconds_submit_to_paid': max(seconds),
        'seconds_submit_to_paid_each': seconds,
        'reputation_before': before['score'],
        'reputation_after': after['score'],
    }), flush=True)
sys.exit(1 if problems else 0)
PY

if [ -n "$KEEP" ]; then
  KEEP_RUNNING=1
  step "Left running"
  say "look at it in a browser: https://polkadot.js.org/apps/?rpc=ws%3A%2F%2F127.0.0.1%3A$RPC_PORT"
  say "use it: export SWARM_URL=$SWARM_URL; $SWARM job show ${IDS[0]}"
  say "stop it: kill $(pid_of node) $(pid_of executor); rm -r $RUN_DIR"
else
  stop_all
  rm -rf "$RUN_DIR"
fi
