//! Builds the runtime a second time for wasm and leaves the blob to be embedded.

// The runtime of the upgrade drill is one that a chain is upgraded to, in a test. With `std` it would
// be embedded in a node.
#[cfg(all(feature = "std", feature = "upgrade-drill"))]
compile_error!("`upgrade-drill` is for a wasm that a test upgrades to, never for a node");

fn main() {
    #[cfg(feature = "std")]
    substrate_wasm_builder::WasmBuilder::build_using_defaults();
}
