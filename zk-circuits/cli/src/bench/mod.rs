//! `bench`: everything a proof costs, each figure measured in this run.
//!
//! Keys are made in one process and used in another, as in life, so that the peak memory is the
//! prover's own.

mod network;
mod peer;
mod plain;
mod run;
mod table;
mod together;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{bail, ensure, Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::files;
use crate::report::Report;

pub use peer::{run_peer, PeerArgs};
pub use run::{run_one, RunArgs};

#[derive(clap::Args)]
pub struct Args {
    /// Widths of the network, joined by dashes.
    #[arg(long, value_name = "WIDTHS", default_value = "784-128-10")]
    pub network: String,
    /// Batch sizes to measure.
    #[arg(
        long,
        value_name = "N,..",
        value_delimiter = ',',
        default_value = "3,63,255"
    )]
    pub batches: Vec<usize>,
    /// Proofs per batch size; the median is reported.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub proofs: usize,
    /// Folder for keys while this runs; a temporary one otherwise.
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// JSON file with a list of measurements of other systems to set beside these.
    #[arg(long, value_name = "FILE")]
    pub peers: Option<PathBuf>,
    /// Also write the result as one line of JSON to this file.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What one batch size measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    pub network: String,
    pub kind: String,
    pub batch: usize,
    pub rows: u64,
    pub setup_s: f64,
    /// Reading and checking the proving key.
    pub load_s: f64,
    pub commit_w_s: f64,
    pub commit_x_s: f64,
    /// One batch: output recomputed, committed, proven and checked.
    pub prove_s: f64,
    pub ms_per_inference: f64,
    /// Through the host function.
    pub verify_ms: f64,
    /// The verifier alone, key prepared.
    pub verify_native_ms: f64,
    /// Through the host function, 32 proofs of one key together; of a small network, which makes
    /// no difference to a check.
    pub batch_verify_ms_per_proof: f64,
    /// arkworks' Groth16 with two public inputs, key prepared, proof decoded.
    pub verify_plain_ms: f64,
    pub vk_bytes: u64,
    pub ck_bytes: u64,
    pub pk_bytes: u64,
    pub proof_bytes: u64,
    /// Largest resident memory of the proving process, in 10^6 bytes.
    pub peak_mb: Option<f64>,
}

/// What another system measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Peer {
    pub name: String,
    pub network: String,
    pub batch: usize,
    pub ms_per_inference: Option<f64>,
    pub verify_ms: Option<f64>,
    pub pk_bytes: Option<u64>,
    pub setup_s: Option<f64>,
    pub prove_s: Option<f64>,
    pub proof_bytes: Option<u64>,
    pub peak_mb: Option<f64>,
    /// It proved the very constraints of our circuit of that batch.
    #[serde(default)]
    pub same_constraints: bool,
}

pub fn run(args: &Args, report: &Report) -> Result<()> {
    ensure!(!args.batches.is_empty(), "give at least one batch size");
    ensure!(args.proofs > 0, "--proofs must be at least 1");
    let topology = network::topology(&args.network)?;
    let mut peers: Vec<Peer> = match &args.peers {
        None => Vec::new(),
        Some(path) => serde_json::from_slice(&files::read(path)?)
            .with_context(|| format!("{} is not a list of measurements", path.display()))?,
    };
    let own = match &args.dir {
        Some(_) => None,
        None => Some(tempfile::tempdir().context("cannot make a temporary folder")?),
    };
    let dir = match (&args.dir, &own) {
        (Some(dir), _) => dir.clone(),
        (None, Some(own)) => own.path().to_path_buf(),
        (None, None) => bail!("no folder to work in"),
    };
    std::fs::create_dir_all(&dir)
        .with_context(|| format!("cannot make the folder {}", dir.display()))?;
    let shape = dir.join("topology.json");
    files::write(&shape, topology.to_json().as_bytes())?;

    let mut runs = Vec::new();
    for batch in &args.batches {
        let task = report.task(format!("{}, batch {batch}: making keys", args.network));
        let keys = dir.join(format!("batch-{batch}"));
        let setup = child(&[
            "setup".as_ref(),
            "--force".as_ref(),
            "--topology".as_ref(),
            shape.as_os_str(),
            "--batch".as_ref(),
            batch.to_string().as_ref(),
            "--out".as_ref(),
            keys.as_os_str(),
        ])?;
        task.say(format!("{}, batch {batch}: proving", args.network));
        let measured = child(&[
            "bench-run".as_ref(),
            "--keys".as_ref(),
            keys.as_os_str(),
            "--proofs".as_ref(),
            args.proofs.to_string().as_ref(),
        ])?;
        drop(task);
        runs.push(merge(measured, &setup)?);
        remove(&keys)?;
    }
    // The ratio's other side, as a peer of its own.
    if let Some(last) = runs.last() {
        peers.push(Peer {
            name: "ark-groth16 0.6 (two public inputs)".into(),
            network: args.network.clone(),
            batch: 1,
            ms_per_inference: None,
            verify_ms: Some(last.verify_plain_ms),
            pk_bytes: None,
            setup_s: None,
            prove_s: None,
            proof_bytes: Some(128),
            peak_mb: None,
            same_constraints: false,
        });
    }
    let lines = table::lines(&runs, &peers);
    let value = json!({ "runs": runs, "peers": peers });
    if let Some(path) = &args.out {
        files::write(path, format!("{value}\n").as_bytes())?;
    }
    report.result(&value, &lines);
    Ok(())
}

/// Runs this program with other arguments and returns its JSON result.
fn child(args: &[&std::ffi::OsStr]) -> Result<Value> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let output = Command::new(program)
        .arg("--json")
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start this program again")?;
    let value: Value = serde_json::from_slice(&output.stdout).with_context(|| {
        format!(
            "swarm-zk {} ended with {} and no result",
            args[0].to_string_lossy(),
            output.status
        )
    })?;
    if let Some(error) = value.get("error").and_then(Value::as_str) {
        bail!("{}: {error}", args[0].to_string_lossy());
    }
    Ok(value)
}

/// A run from what the two processes measured.
fn merge(mut measured: Value, setup: &Value) -> Result<Run> {
    for (to, from) in [
        ("setup_s", "seconds"),
        ("vk_bytes", "vk_bytes"),
        ("ck_bytes", "ck_bytes"),
        ("pk_bytes", "pk_bytes"),
    ] {
        measured[to] = setup[from].clone();
    }
    serde_json::from_value(measured).context("the measurement is incomplete")
}

/// Keys of large batches are large: each folder goes once it is measured.
fn remove(dir: &Path) -> Result<()> {
    std::fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))
}
