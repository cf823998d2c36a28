//! `setup`: development keys for a topology and a batch size.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use rand::rngs::OsRng;
use serde_json::json;
use swarm_prover::{
    inspect_key, setup_development, COMMITMENT_KEY_FILE, PROVING_KEY_FILE, VERIFYING_KEY_FILE,
};

use crate::files;
use crate::report::{hex, size, Report};

#[derive(clap::Args)]
pub struct Args {
    /// Topology JSON, or a model file (*.safetensors) whose topology is taken.
    #[arg(long, value_name = "FILE")]
    pub topology: PathBuf,
    /// Inferences per proof.
    #[arg(long, value_name = "N")]
    pub batch: usize,
    /// Folder for verifying.key, commitment.key and proving.key; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace keys that are there. Proofs and models under them become useless.
    #[arg(long)]
    pub force: bool,
}

pub fn run(args: &Args, report: &Report) -> Result<()> {
    let topology = files::topology(&args.topology)?;
    let names = [VERIFYING_KEY_FILE, COMMITMENT_KEY_FILE, PROVING_KEY_FILE];
    let paths = names.map(|name| args.out.join(name));
    files::refuse_existing(&paths, args.force)?;
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("cannot make the folder {}", args.out.display()))?;

    let label = topology.label();
    let task = report.task(format!("Making keys for {label}, batch {}", args.batch));
    let began = Instant::now();
    let keys = setup_development(&topology, args.batch, &mut OsRng)?;
    let seconds = began.elapsed().as_secs_f64();
    task.say("Writing keys");
    keys.write(&args.out)?;
    drop(task);

    let info = inspect_key(&keys.verifying).context("the new verifying key")?;
    let mut bytes = [0u64; 3];
    for (bytes, path) in bytes.iter_mut().zip(&paths) {
        *bytes = std::fs::metadata(path)
            .with_context(|| format!("cannot read {}", path.display()))?
            .len();
    }
    let value = json!({
        "circuit": hex(info.id),
        "development": info.development,
        "network": label,
        "batch": info.batch,
        "rows": info.rows,
        "macs": info.macs,
        "vk_bytes": bytes[0],
        "ck_bytes": bytes[1],
        "pk_bytes": bytes[2],
        "seconds": seconds,
    });
    report.result(
        &value,
        &[
            format!("circuit         {}", hex(info.id)),
            format!("network         {label}, batch {}", info.batch),
            format!("rows            {}", info.rows),
            format!("verifying key   {}", size(bytes[0])),
            format!("commitment key  {}", size(bytes[1])),
            format!("proving key     {}", size(bytes[2])),
            format!("made in         {seconds:.1} s, for development only"),
        ],
    );
    Ok(())
}
