//! Writes a valid input for every target into `corpus/<target>/`.

fn main() -> std::io::Result<()> {
    for (target, inputs) in swarm_fuzz::Samples::new().by_target() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(target);
        std::fs::create_dir_all(&folder)?;
        for (index, input) in inputs.iter().enumerate() {
            std::fs::write(folder.join(format!("valid-{index}")), input)?;
        }
    }
    Ok(())
}
