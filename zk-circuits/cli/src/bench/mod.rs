//! `bench`: everything a proof costs, each figure measured in this run.
//!
//! Keys are made in one process and used in another, as in life, so that the peak memory is the
//! prover's own.

mod case;
mod checks;
mod goals;
mod network;
mod peer;
mod plain;
mod run;
mod table;
mod together;
mod wasm;

use std::path::PathBuf;

use anyhow::{bail, ensure, Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::files;
use crate::report::Report;

pub use peer::{run_peer, PeerArgs};
pub use run::{run_one, RunArgs};

#[derive(clap::Args)]
pub struct Args {
    /// Networks to measure: widths joined by dashes, lenet5 or lenet5-pool-first. All those that
    /// have figures of their own in the docs otherwise.
    #[arg(long, value_name = "NAME,..", value_delimiter = ',')]
    pub network: Vec<String>,
    /// Kinds of circuits to measure: with committed weights, and with those of one model as
    /// constants.
    #[arg(
        long,
        value_name = "KIND,..",
        value_delimiter = ',',
        default_value = "committed,baked"
    )]
    pub kinds: Vec<Kind>,
    /// Batch sizes of circuits with committed weights; otherwise what suits each network, and the
    /// batches of peers that proved the same constraints.
    #[arg(long, value_name = "N,..", value_delimiter = ',')]
    pub batches: Vec<usize>,
    /// Batch sizes of circuits with constant weights.
    #[arg(long, value_name = "N,..", value_delimiter = ',', default_value = "1")]
    pub baked_batches: Vec<usize>,
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

/// How a circuit holds the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// A segment commits to them: one key for all models of a network.
    Committed,
    /// They are constants: a key for one model.
    Baked,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Baked => "baked",
        }
    }
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
    /// What a chain without the host function would pay: in WebAssembly, by the node's executor.
    /// Nothing outlives a call there, so the key is prepared in each.
    pub verify_wasm_ms: f64,
    /// How much of that does not depend on the proof: reading, checking and preparing the key.
    pub prepare_key_wasm_ms: f64,
    /// Through the host function, 32 proofs of one key together; of a small network, which makes
    /// no difference to a check.
    pub batch_verify_ms_per_proof: f64,
    /// The same in WebAssembly without the host function.
    pub batch_verify_wasm_ms_per_proof: f64,
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
    /// Its package's name.
    pub name: String,
    #[serde(default)]
    pub version: String,
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
    ensure!(args.proofs > 0, "--proofs must be at least 1");
    let mut peers: Vec<Peer> = match &args.peers {
        None => Vec::new(),
        Some(path) => serde_json::from_slice(&files::read(path)?)
            .with_context(|| format!("{} is not a list of measurements", path.display()))?,
    };
    let cases = args.cases(&peers);
    ensure!(
        !cases.is_empty(),
        "give at least one network, kind and batch size"
    );
    // All names are tried before hours are spent on the first.
    for case in &cases {
        network::topology(&case.network)?;
    }
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

    let mut runs = Vec::new();
    for case in &cases {
        runs.push(case.measure(&dir, args.proofs, report)?);
    }
    // The ratio's other side, as a peer of its own.
    if let Some(last) = runs.last() {
        peers.push(Peer {
            name: "ark-groth16".into(),
            version: "0.6 (two public inputs)".into(),
            network: last.network.clone(),
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
    let value = result(&runs, &peers);
    if let Some(path) = &args.out {
        files::write(path, format!("{value}\n").as_bytes())?;
    }
    report.result(&value, &lines);
    Ok(())
}

fn result(runs: &[Run], peers: &[Peer]) -> Value {
    json!({ "runs": runs, "peers": peers })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What programs that read the result look for: names change only where those do.
    #[test]
    fn the_result_keeps_its_names() {
        let value = result(&[table::tests::run()], &[table::tests::peer("8-4")]);
        let keys = |value: &Value| -> Vec<String> {
            let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
            keys.sort_unstable();
            keys
        };
        assert_eq!(keys(&value), ["peers", "runs"]);
        assert_eq!(
            keys(&value["runs"][0]),
            [
                "batch",
                "batch_verify_ms_per_proof",
                "batch_verify_wasm_ms_per_proof",
                "ck_bytes",
                "commit_w_s",
                "commit_x_s",
                "kind",
                "load_s",
                "ms_per_inference",
                "network",
                "peak_mb",
                "pk_bytes",
                "prepare_key_wasm_ms",
                "proof_bytes",
                "prove_s",
                "rows",
                "setup_s",
                "verify_ms",
                "verify_native_ms",
                "verify_plain_ms",
                "verify_wasm_ms",
                "vk_bytes",
            ]
        );
        assert_eq!(
            keys(&value["peers"][0]),
            [
                "batch",
                "ms_per_inference",
                "name",
                "network",
                "peak_mb",
                "pk_bytes",
                "proof_bytes",
                "prove_s",
                "same_constraints",
                "setup_s",
                "verify_ms",
                "version",
            ]
        );
        assert_eq!(
            network::SUITE,
            [
                "784-128-10",
                "lenet5",
                "lenet5-pool-first",
                "784-2000-60-4000-10"
            ]
        );
        let kinds = [Kind::Committed, Kind::Baked].map(Kind::name);
        assert_eq!(kinds, ["committed", "baked"]);
        // The other programs that make peers name them by their packages.
        for (script, names) in [
            (
                include_str!("../../../../scripts/bench-ezkl.py"),
                &["ezkl"][..],
            ),
            (
                include_str!("../../../../scripts/bench-groth16.py"),
                &["snarkjs", "snarkrs"][..],
            ),
        ] {
            for name in names {
                let made = [format!("add(\"{name}\", "), format!("\"name\": \"{name}\"")];
                assert!(made.iter().any(|form| script.contains(form)), "{name}");
            }
        }
    }
}
