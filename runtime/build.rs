//! Builds the runtime a second time for wasm and leaves the blob to be embedded.

fn main() {
    #[cfg(feature = "std")]
    substrate_wasm_builder::WasmBuilder::build_using_defaults();
}
