#!/usr/bin/env bash
# Runs all tests: the Rust workspace's, those of verifier contracts in an EVM, and the end-to-end
# tests against the real binaries.
# The last line says how many passed and failed in all; ends with 1 if any failed or none ran.
#
#   scripts/test.sh                  everything
#   scripts/test.sh --rust           only the Rust tests
#   scripts/test.sh --e2e [FILE...]  only the end-to-end tests (those files of tests/e2e)
#   scripts/test.sh --onnx           only the Rust tests, with ONNX files that PyTorch trains and
#                                    exports anew (a download of 3 GB; otherwise those in the
#                                    repository are quantised anew by onnxruntime)
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

RUST=1 E2E=1 TORCH=''
case "${1:-}" in
  '') ;;
  --rust) E2E='' ;;
  --onnx) E2E='' TORCH=1 ;;
  --e2e) RUST=''; shift ;;
  *) fail "unknown argument: $1" "see the head of $0" ;;
esac

new_run_dir
PASSED=0 FAILED=0

# count PASSED FAILED STATUS: adds a suite's figures. A suite that ended badly without a counted
# failure (it did not compile, it crashed) counts as one.
count() {
  PASSED=$(( PASSED + $1 ))
  FAILED=$(( FAILED + $2 ))
  if [ "$3" -ne 0 ] && [ "$2" -eq 0 ]; then FAILED=$(( FAILED + 1 )); fi
}

# Makes the import's test files anew, beside those in the repository.
onnx_models() {
  local models="$ROOT/zk-circuits/import/tests/models" folder="$RUN_DIR/onnx" log="$RUN_DIR/onnx.log"
  local wanted="$models/requirements${TORCH:+-torch}.txt" from=(--from "$models") venv python
  if [ -n "$TORCH" ]; then from=(); fi
  venv="${XDG_CACHE_HOME:-$HOME/.cache}/swarmwork/onnx${TORCH:+-torch}"
  python="$venv/bin/python"
  # One file includes the other.
  if ! cmp -s "$venv/.complete" <(cat "$models/requirements.txt" "$wanted"); then
    step "Installing onnxruntime${TORCH:+ and PyTorch} from PyPI into $venv"
    rm -rf "$venv"
    python3 -m venv "$venv" >&2 ||
      fail "python3 cannot make a virtual environment" "on Debian and Ubuntu: apt-get install python3-venv"
    "$python" -m pip install --quiet --disable-pip-version-check --no-cache-dir -r "$wanted" >&2 ||
      fail "pip cannot install $wanted" "check that PyPI can be reached"
    cat "$models/requirements.txt" "$wanted" >"$venv/.complete"
  fi
  step "Making ONNX files (tests/models/make.py of zk-circuits/import)"
  "$python" "$models/make.py" "$folder" ${from[@]+"${from[@]}"} >"$log" 2>&1 ||
    { log_tail onnx; fail "the ONNX files could not be made" "its whole log: $log"; }
  export SWARM_ONNX_MODELS="$folder"
}

# cargo_tests NAME WHAT ARGUMENTS...: runs and counts `cargo test` with those arguments.
cargo_tests() {
  local log="$RUN_DIR/$1.log" status=0 figures
  step "$2 (cargo test --release ${*:3})"
  (cd "$ROOT" && cargo test --release --locked "${@:3}" --no-fail-fast) 2>&1 | tee "$log" ||
    status=$?
  # A crate's closing line: "test result: ok. 5 passed; 0 failed; 1 ignored; ..."
  figures="$(awk '/^test result: (ok|FAILED)\. [0-9]+ passed; [0-9]+ failed;/ { p += $4; f += $6 }
                  END { print p + 0, f + 0 }' "$log")"
  # Word splitting is meant: two figures.
  # shellcheck disable=SC2086
  count $figures "$status"
}

# Compiles contracts with solc from npm.
evm_tests() {
  npm_packages
  CARGO_TARGET_DIR="$EVM_TARGET_DIR" cargo_tests evm-test \
    "Tests of verifier contracts in an EVM" --manifest-path tests/evm/Cargo.toml
}

# The runtime that tests/e2e/upgrade.test.js upgrades to: ours with the feature `upgrade-drill`, as
# $CARGO_TARGET_DIR/upgrade-drill/runtime.wasm. Built as the runtime's builder builds the ordinary one,
# from the project that it left and with what it compiled, but under names of its own: where both had
# one, cargo would take the drill's wasm for the ordinary, which goes into the node.
upgrade_drill() {
  local ordinary="$BIN_DIR/wbuild/swarmwork-runtime" drill="$CARGO_TARGET_DIR/upgrade-drill" wasm
  local cargo=(cargo) name=swarmwork_upgrade_drill
  step "Building the runtime of the upgrade drill (in $drill)"
  if [ -n "${WASM_BUILD_TOOLCHAIN:-}" ]; then cargo=(rustup run "$WASM_BUILD_TOOLCHAIN" cargo); fi
  mkdir -p "$drill/src"
  sed -e 's/^features = \[\]$/features = ["upgrade-drill"]/' \
      -e "s/^name = \"swarmwork_runtime\"\$/name = \"$name\"/" \
      -e 's/^name = "swarmwork-runtime-blob"$/name = "swarmwork-upgrade-drill"/' \
      "$ordinary/Cargo.toml" >"$drill/Cargo.toml.new" ||
    fail "the runtime's builder left no project in $ordinary" "build with: scripts/test.sh --e2e"
  if [ "$(grep -cF -e 'features = ["upgrade-drill"]' -e "name = \"$name\"" \
          -e 'name = "swarmwork-upgrade-drill"' "$drill/Cargo.toml.new")" -ne 3 ]; then
    fail "the project in $ordinary has a form that is not known here" "see upgrade_drill in $0"
  fi
  replace "$drill/Cargo.toml.new" "$drill/Cargo.toml"
  cp "$ordinary/src/lib.rs" "$drill/src/lib.rs.new"
  replace "$drill/src/lib.rs.new" "$drill/src/lib.rs"
  cp "$ordinary/Cargo.lock" "$drill/Cargo.lock"
  # The flags of substrate-wasm-builder, or all that it compiled would be compiled again.
  (cd "$ROOT" && env -u RUSTC_WORKSPACE_WRAPPER -u CARGO_ENCODED_RUSTFLAGS \
    CARGO_TARGET_DIR="$ordinary/target" SKIP_WASM_BUILD= \
    RUSTFLAGS="-C link-arg=--export-table -C link-arg=--export=__heap_base \
-C link-arg=--import-memory --cfg substrate_runtime ${WASM_BUILD_RUSTFLAGS:-}" \
    "${cargo[@]}" rustc --target=wasm32v1-none --manifest-path="$drill/Cargo.toml" \
      --profile release >&2) ||
    fail "the runtime of the upgrade drill cannot be built; the compiler's message is above"
  wasm="$ordinary/target/wasm32v1-none/release/$name.wasm"
  if [ ! "$drill/runtime.wasm" -nt "$wasm" ]; then
    "$(binary swarm)" governance code "$wasm" --compress "$drill/runtime.wasm" >&2 ||
      fail "what was built is no runtime: $wasm"
  fi
}

# replace NEW OLD: puts NEW in OLD's place, unless they are the same: cargo goes by a file's time.
replace() {
  if cmp -s "$1" "$2"; then rm "$1"; else mv "$1" "$2"; fi
}

e2e_tests() {
  local log="$RUN_DIR/e2e.log" status=0 figures files=()
  npm_packages
  if [ "$#" -gt 0 ]; then files=("$@"); else files=("$ROOT"/tests/e2e/*.test.js); fi
  case " ${files[*]} " in *upgrade.test.js*) upgrade_drill ;; esac
  step "End-to-end tests (tests/e2e against $BIN_DIR)"
  # Two files at a time: while one waits for blocks, the other computes.
  node --test --test-concurrency=2 --test-reporter=spec "${files[@]}" 2>&1 | tee "$log" ||
    status=$?
  # Node's closing lines: "ℹ pass 5", "ℹ fail 0", "ℹ cancelled 0"
  figures="$(awk '/^[^ ]+ pass [0-9]+$/ { p = $3 }
                  /^[^ ]+ (fail|cancelled) [0-9]+$/ { f[$2] = $3 }
                  END { print p + 0, f["fail"] + f["cancelled"] + 0 }' "$log")"
  # shellcheck disable=SC2086
  count $figures "$status"
}

run_setup
if [ -n "$RUST" ]; then
  onnx_models
  cargo_tests cargo-test "Rust tests" --workspace
  evm_tests
fi
if [ -n "$E2E" ]; then
  build_all
  e2e_tests "$@"
fi

if [ "$FAILED" -gt 0 ]; then say "logs: $RUN_DIR"; else rm -rf "$RUN_DIR"; fi
if [ "$PASSED" -eq 0 ]; then
  warn "no test passed"
  STATUS=1
else
  STATUS=$(( FAILED > 0 ))
fi
echo "$PASSED passed, $FAILED failed"
exit "$STATUS"
