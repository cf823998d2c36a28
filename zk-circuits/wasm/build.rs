//! Builds the crate a second time for wasm, as the runtime is built.

fn main() {
    #[cfg(feature = "std")]
    substrate_wasm_builder::WasmBuilder::init_with_defaults()
        // Only a runtime has a version.
        .disable_runtime_version_section_check()
        .build();
}
