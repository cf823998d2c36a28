#!/usr/bin/env bash
# Checks this machine and installs what is missing to build, run and test Swarmwork. Safe to run
# again: what is there is left alone. Every other script calls it first.
#
#   scripts/setup.sh                        check and install
#   scripts/setup.sh --check                only say what is missing (ends with 1 if something is)
#   scripts/setup.sh --build-wasm-core DIR  only build Rust's core library for the runtime's target
#                                           from Debian's sources, into DIR
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NEED_DISK_GB=25      # a first build with all its artefacts, and room for a chain
NEED_MEMORY_GB=8     # less works with CARGO_BUILD_JOBS=1
NEED_NODE=18.19      # node's own test runner with --test-concurrency

# --- what is needed, how to see whether it is there, and its name in each packaging system -------

# probe | Debian, Ubuntu | Fedora | Arch | Homebrew     (- where the system has it anyway)
NEEDS='
have_c_compiler   | build-essential      | gcc gcc-c++ make        | base-devel          | -
have git          | git                  | git                     | git                 | git
have curl         | curl ca-certificates | curl                    | curl                | -
have cmake        | cmake                | cmake                   | cmake               | cmake
have pkg-config   | pkg-config           | pkgconf-pkg-config      | pkgconf             | pkgconf
have clang        | clang                | clang                   | clang               | llvm
have_libclang     | libclang-dev         | clang-devel             | clang               | llvm
have_lld          | lld                  | lld                     | lld                 | lld
have protoc       | protobuf-compiler    | protobuf-compiler       | protobuf            | protobuf
have_openssl      | libssl-dev           | openssl-devel           | openssl             | openssl@3
have_vulkan       | libvulkan1           | vulkan-loader           | vulkan-icd-loader   | molten-vk
have_vulkan_icd   | mesa-vulkan-drivers  | mesa-vulkan-drivers     | vulkan-swrast       | molten-vk
have_node         | nodejs               | nodejs                  | nodejs              | node
have npm          | npm                  | nodejs-npm              | npm                 | node
have_venv         | python3-venv         | python3                 | python              | python
'

have_c_compiler() { have cc && have c++ && have make; }
have_libclang() {
  compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null ||
    compgen -G '/usr/lib*/libclang*.so*' >/dev/null ||
    compgen -G '/usr/lib/*/libclang*.so*' >/dev/null ||
    compgen -G '/opt/homebrew/opt/llvm/lib/libclang*' >/dev/null
}
have_lld() { have ld.lld || have lld || have ld64.lld; }
have_openssl() { [ -e /usr/include/openssl/ssl.h ] || { have pkg-config && pkg-config --exists openssl; }; }
have_vulkan() {
  [ "$(uname -s)" = Darwin ] || compgen -G '/usr/lib*/libvulkan.so*' >/dev/null ||
    compgen -G '/usr/lib/*/libvulkan.so*' >/dev/null
}
have_vulkan_icd() {
  [ "$(uname -s)" = Darwin ] || compgen -G '/usr/share/vulkan/icd.d/*.json' >/dev/null ||
    compgen -G '/etc/vulkan/icd.d/*.json' >/dev/null
}
have_venv() { have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; }
have_node() { have node; }

# node_is_new_enough: at least NEED_NODE.
node_is_new_enough() {
  local version
  version="$(node --version 2>/dev/null)" || return 1
  [ "$(printf '%s\n%s\n' "$NEED_NODE" "${version#v}" | sort -V | head -n 1)" = "$NEED_NODE" ]
}

# missing COLUMN: the packages of that column (2 = Debian ...) whose probe fails.
missing() {
  local line probe
  while IFS= read -r line; do
    [ -n "$line" ] || continue
    probe="${line%%|*}"
    # Word splitting is meant: the probe is a command with arguments.
    # shellcheck disable=SC2086
    if ! $probe; then cut -d'|' -f"$1" <<<"$line"; fi
  done <<<"$NEEDS" | tr -s ' ' '\n' | sed '/^-\{0,1\}$/d' | sort -u | tr '\n' ' '
}

# --- Debian and Ubuntu --------------------------------------------------------------------------

is_debian() {
  [ -r /etc/os-release ] && have apt-get && (
    # shellcheck disable=SC1091
    . /etc/os-release
    case " ${ID:-} ${ID_LIKE:-} " in *' debian '*|*' ubuntu '*) ;; *) false ;; esac
  )
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    have sudo || fail "this needs root and there is no sudo here" "run as root: $*"
    sudo "$@"
  fi
}

APT_UPDATED=
apt_install() {
  if [ -z "$APT_UPDATED" ]; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 ||
      fail "apt-get update failed; its message is above" "mend the package sources, then run $0 again"
    APT_UPDATED=1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2 ||
    fail "apt-get could not install: $*" "its message is above; then run $0 again"
}

# --- steps --------------------------------------------------------------------------------------

check_disk_and_memory() {
  local folder="$CARGO_TARGET_DIR" free need="$NEED_DISK_GB" memory
  while [ ! -d "$folder" ]; do folder="$(dirname "$folder")"; done
  free="$(df -Pk "$folder" | awk 'NR == 2 { print int($4 / 1048576) }')"
  if [ -x "$BIN_DIR/swarmwork-node" ]; then need=5; fi
  if (( free < need )); then
    fail "only $free GB free for the build in $CARGO_TARGET_DIR, $need GB are needed" \
         "make room, or point CARGO_TARGET_DIR at a larger disk and run $0 again"
  fi
  FACTS="$free GB disk free"
  if [ -r /proc/meminfo ]; then
    memory="$(awk '/^MemTotal/ { print int($2 / 1048576 + 0.5) }' /proc/meminfo)"
    FACTS="$FACTS, $memory GB memory"
    if (( memory < NEED_MEMORY_GB )); then
      warn "$memory GB of memory is little for the build; with CARGO_BUILD_JOBS=1 it fits more likely"
    fi
  fi
}

install_packages() {
  local packages column=0 tool=
  packages="$(missing 2)"
  if [ -z "$packages" ]; then return; fi
  if is_debian; then
    step "Installing Debian packages: $packages"
    if [ -n "$CHECK_ONLY" ]; then NOTHING_MISSING=; return; fi
    # Word splitting is meant: a list of packages.
    # shellcheck disable=SC2086
    apt_install $packages
    packages="$(missing 2)"
    if [ -n "$packages" ]; then
      fail "still missing after installing: $packages" "see apt-get's messages above"
    fi
    return
  fi
  case "$(uname -s)" in
    Darwin) column=5 tool='brew install' ;;
    *) if have dnf; then column=3 tool='sudo dnf install'
       elif have pacman; then column=4 tool='sudo pacman -S --needed'; fi ;;
  esac
  if [ "$column" -ne 0 ]; then
    fail "these packages are missing on this machine" "install them, then run $0 again:" \
         "  $tool $(missing "$column")"
  fi
  fail "this script installs packages on Debian and Ubuntu only, and some are missing here" \
       "install what Debian calls: $packages" "then run $0 again"
}

check_node() {
  if node_is_new_enough; then FACTS="$FACTS, node $(node --version)"; return; fi
  if [ -n "$CHECK_ONLY" ]; then NOTHING_MISSING=; return; fi
  fail "Node.js $NEED_NODE or newer is needed for the end-to-end tests; here is $(node --version)" \
       "install a newer one (Debian 12, Ubuntu 24.04 or later package one; else use nvm), then run $0 again"
}

install_rustup() {
  local packaged
  if have rustup; then return; fi
  step "Installing rustup"
  if [ -n "$CHECK_ONLY" ]; then NOTHING_MISSING=; return; fi
  rustup_may_install || fail "rustup is missing and RUSTUP_AUTO_INSTALL=0 forbids downloading it" \
    "install rustup with Rust $(wanted_rust), then run $0 again"
  packaged="$(is_debian && apt-cache policy rustup 2>/dev/null | sed -n 's/ *Candidate: //p')" || true
  case "$packaged" in
    ''|'(none)')
      curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
        sh -s -- -y --no-modify-path --default-toolchain none --profile minimal >&2 ||
        fail "rustup's installer failed; its message is above" \
             "install rustup by hand (https://rustup.rs), then run $0 again" ;;
    *) apt_install rustup ;;
  esac
  use_toolchain
}

install_rust() {
  local version
  version="$(wanted_rust)"
  if ! installed_toolchain "$version" >/dev/null; then
    step "Installing Rust $version"
    if [ -n "$CHECK_ONLY" ]; then NOTHING_MISSING=; return; fi
    rustup_may_install ||
      fail "Rust $version is missing and RUSTUP_AUTO_INSTALL=0 forbids downloading it" \
           "install it with: rustup toolchain install $version, then run $0 again"
    rustup toolchain install "$version" --profile minimal --component rustfmt --component clippy \
      --no-self-update >&2 ||
      fail "rustup could not install Rust $version; its message is above" "then run $0 again"
  fi
  use_toolchain
  FACTS="Rust $version, $FACTS"
}

# The runtime is compiled to wasm32v1-none: by rustup's standard library for it, or, where rustup
# may not download, by Debian's own toolchain whose core library is compiled here once.
install_wasm_target() {
  if rustup_has_wasm; then FACTS="$FACTS, wasm by rustup"; return; fi
  if debian_has_wasm; then FACTS="$FACTS, wasm by Debian's toolchain"; return; fi
  step "Installing the runtime's target wasm32v1-none"
  if [ -n "$CHECK_ONLY" ]; then NOTHING_MISSING=; return; fi
  if rustup_may_install; then
    (cd "$ROOT" && rustup target add wasm32v1-none >&2) ||
      fail "rustup could not add wasm32v1-none; its message is above" "then run $0 again"
    FACTS="$FACTS, wasm by rustup"
    return
  fi
  say "RUSTUP_AUTO_INSTALL=0 is set: nothing is downloaded by rustup, Debian's toolchain is used"
  is_debian || fail "wasm32v1-none is missing and RUSTUP_AUTO_INSTALL=0 forbids downloading it" \
    "add it with: rustup target add wasm32v1-none, then run $0 again"
  if ! [ -x /usr/bin/rustc ] || ! [ -x /usr/bin/cargo ] || ! have rust-lld || ! have lld-22 ||
    ! have_rust_sources; then
    # rust-web-llvm has rust-lld, the linker that rustc asks for, and lld-22 what stands behind it.
    apt_install rustc-web cargo-web rust-web-src rust-web-llvm lld-22
  fi
  local scratch
  scratch="$(mktemp -d)"
  build_wasm_core "$scratch"
  as_root install -D -m 644 -t "$(/usr/bin/rustc --target wasm32v1-none --print target-libdir)" \
    "$scratch"/*.rlib
  rm -rf "$scratch"
  rustup toolchain link debian /usr >&2
  # Artefacts of an older core library would not link against the new one.
  rm -rf "$BIN_DIR/wbuild"
  debian_has_wasm || fail "Debian's toolchain was set up but does not answer for wasm32v1-none" \
    "see: rustup run debian rustc --target wasm32v1-none --print target-libdir"
  FACTS="$FACTS, wasm by Debian's toolchain"
}

have_rust_sources() { [ -e "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/core/src/lib.rs" ]; }

# build_wasm_core DIR: compiles core, alloc and compiler_builtins from Debian's Rust sources and
# puts the three libraries into DIR. With embedded bitcode, which the runtime's LTO wants.
build_wasm_core() {
  local dir="$1" work
  work="$(mktemp -d)"
  mkdir -p "$work/src" "$dir"
  cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "wasm-core"
version = "0.0.0"
edition = "2021"

[profile.release]
panic = "abort"

[workspace]
TOML
  echo '#![no_std]' >"$work/src/lib.rs"
  say "compiling Rust's core library for wasm32v1-none (about half a minute, once)"
  (
    cd "$work"
    env -u RUSTUP_TOOLCHAIN RUSTC_BOOTSTRAP=1 RUSTFLAGS='-C embed-bitcode=yes' \
      CARGO_TARGET_DIR="$work/target" /usr/bin/cargo build --quiet --release \
      --target wasm32v1-none -Z build-std=core,alloc --config 'build.rustc="/usr/bin/rustc"' >&2
  ) || fail "Debian's Rust could not compile its core library; its message is above" \
            "check the packages rustc-web cargo-web rust-web-src rust-web-llvm lld-22, then run $0 again"
  cp "$work"/target/wasm32v1-none/release/deps/lib{core,alloc,compiler_builtins}-*.rlib "$dir/"
  rm -rf "$work"
}

# ------------------------------------------------------------------------------------------------

CHECK_ONLY=
NOTHING_MISSING=1
FACTS=
case "${1:-}" in
  '') ;;
  --check) CHECK_ONLY=1 ;;
  --build-wasm-core)
    [ -n "${2:-}" ] || fail "--build-wasm-core wants a folder" "for example: $0 --build-wasm-core /tmp/core"
    build_wasm_core "$2"
    ls -l "$2"
    exit ;;
  *) fail "unknown argument: $1" "see the head of $0" ;;
esac

use_toolchain
check_disk_and_memory
install_packages
check_node
install_rustup
if have rustup; then
  install_rust
  install_wasm_target
fi
if [ -z "$NOTHING_MISSING" ]; then
  fail "what is listed above is missing" "run $ROOT/scripts/setup.sh to install it"
fi
step "This machine is ready ($FACTS)"
