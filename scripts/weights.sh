#!/usr/bin/env bash
# Measures what the calls of our pallets weigh and writes runtime/src/weights/*.rs.
#
#   ./scripts/weights.sh [PALLET...]     all of our pallets, or the named ones (pallet_burn, ...)
#
# STEPS and REPEAT (50 and 20) say how thoroughly. The node that measures is built with the feature
# runtime-benchmarks into a folder of its own: the runtime's builder keeps its wasm beside what cargo
# builds, and a runtime with benchmarks must never find its way into an ordinary node.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Those with calls: one file in runtime/src/weights for each.
OURS=(pallet_burn pallet_circuits pallet_governance pallet_marketplace pallet_models \
  pallet_providers pallet_swarm_work)
WEIGHTS="$ROOT/runtime/src/weights"
TARGET="$CARGO_TARGET_DIR/benchmarks"

PALLETS=("$@")
if [ ${#PALLETS[@]} -eq 0 ]; then PALLETS=("${OURS[@]}"); fi
for pallet in "${PALLETS[@]}"; do
  case " ${OURS[*]} " in
    *" $pallet "*) ;;
    *) fail "$pallet has no calls of ours to measure" "choose from: ${OURS[*]}" ;;
  esac
done

run_setup

step "Building the node with benchmarks (in $TARGET; about 25 minutes on 2 cores the first time)"
# A runtime that only `benchmark storage` executes; its builder does not find it in this workspace.
export SKIP_FRAME_STORAGE_ACCESS_TEST_RUNTIME_WASM_BUILD=1
(cd "$ROOT" && cargo build --release --locked -p swarmwork-node --features runtime-benchmarks \
  --target-dir "$TARGET") || fail "the build failed; the compiler's message is above"

for pallet in "${PALLETS[@]}"; do
  step "Measuring $pallet"
  "$TARGET/release/swarmwork-node" benchmark pallet \
    --chain dev --pallet "$pallet" --extrinsic '*' \
    --steps "${STEPS:-50}" --repeat "${REPEAT:-20}" \
    --template "$ROOT/runtime/weight-template.hbs" --output "$WEIGHTS/$pallet.rs" >&2 ||
    fail "the benchmarks of $pallet failed; the message is above"
done

(cd "$ROOT" && cargo fmt -p swarmwork-runtime)
step "Weights written to runtime/src/weights; run ./scripts/test.sh before you keep them"
