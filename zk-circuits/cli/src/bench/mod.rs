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

use std::ffi::OsStr;
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
            name: "ark-groth16 0.6 (two public inputs)".into(),
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
    let value = json!({ "runs": runs, "peers": peers });
    if let Some(path) = &args.out {
        files::write(path, format!("{value}\n").as_bytes())?;
    }
    report.result(&value, &lines);
    Ok(())
}

/// One circuit to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Case {
    network: String,
    kind: Kind,
    batch: usize,
}

impl Args {
    /// Network by network, committed circuits first.
    fn cases(&self, peers: &[Peer]) -> Vec<Case> {
        let networks = match &self.network[..] {
            [] => network::SUITE.map(String::from).to_vec(),
            named => named.to_vec(),
        };
        let mut cases: Vec<Case> = Vec::new();
        for network in networks {
            for kind in [Kind::Committed, Kind::Baked] {
                if !self.kinds.contains(&kind) {
                    continue;
                }
                let mut batches = match (kind, &self.batches[..]) {
                    (Kind::Baked, _) => self.baked_batches.clone(),
                    (Kind::Committed, []) => network::batches(&network).to_vec(),
                    (Kind::Committed, given) => given.to_vec(),
                };
                if kind == Kind::Committed {
                    let same = peers.iter().filter(|p| p.same_constraints);
                    let same = same.filter(|p| p.network == network);
                    batches.extend(same.map(|p| p.batch));
                }
                for batch in batches {
                    let case = Case {
                        network: network.clone(),
                        kind,
                        batch,
                    };
                    if !cases.contains(&case) {
                        cases.push(case);
                    }
                }
            }
        }
        cases
    }
}

impl Case {
    /// Makes keys in one process, proves and checks in another.
    fn measure(&self, dir: &Path, proofs: usize, report: &Report) -> Result<Run> {
        let (network, kind, batch) = (&self.network, self.kind.name(), self.batch);
        let label = format!("{network}, {kind}, batch {batch}");
        let task = report.task(format!("{label}: making keys"));
        let model = dir.join("model.safetensors");
        let topology = network::topology(network)?;
        network::model(&topology, run::MODEL_SEED)?.write(&model)?;
        let keys = dir.join(format!("{kind}-{batch}"));
        let batch = batch.to_string();
        let mut setup: Vec<&OsStr> = vec![
            "setup".as_ref(),
            "--force".as_ref(),
            "--topology".as_ref(),
            model.as_os_str(),
            "--batch".as_ref(),
            batch.as_ref(),
            "--out".as_ref(),
            keys.as_os_str(),
        ];
        if self.kind == Kind::Baked {
            setup.push("--baked".as_ref());
        }
        let setup = child(&setup)?;
        task.say(format!("{label}: proving"));
        let proofs = proofs.to_string();
        let mut run: Vec<&OsStr> = vec![
            "bench-run".as_ref(),
            "--network".as_ref(),
            network.as_ref(),
            "--keys".as_ref(),
            keys.as_os_str(),
            "--proofs".as_ref(),
            proofs.as_ref(),
        ];
        if self.kind == Kind::Committed && network::streamed(network) {
            run.push("--stream".as_ref());
        }
        let measured = child(&run)?;
        drop(task);
        remove(&keys)?;
        merge(measured, &setup)
    }
}

/// Runs this program with other arguments and returns its JSON result.
fn child(args: &[&OsStr]) -> Result<Value> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn cases(line: &str, peers: &[Peer]) -> Vec<String> {
        let words = std::iter::once("bench").chain(line.split_whitespace());
        let cases = Line::try_parse_from(words).unwrap().args.cases(peers);
        let name = |c: &Case| format!("{} {} {}", c.network, c.kind.name(), c.batch);
        cases.iter().map(name).collect()
    }

    #[test]
    fn every_network_and_kind_is_measured_unless_some_are_named() {
        let all = cases("", &[]);
        for network in network::SUITE {
            for kind in ["committed", "baked"] {
                let prefix = format!("{network} {kind} ");
                assert!(all.iter().any(|c| c.starts_with(&prefix)), "{all:?}");
            }
        }
        assert!(all.contains(&format!("{} committed 64", network::LARGE)));
        assert_eq!(
            cases(
                "--network 8-4,lenet5 --batches 2,5 --baked-batches 1,2",
                &[]
            ),
            [
                "8-4 committed 2",
                "8-4 committed 5",
                "8-4 baked 1",
                "8-4 baked 2",
                "lenet5 committed 2",
                "lenet5 committed 5",
                "lenet5 baked 1",
                "lenet5 baked 2"
            ]
        );
        assert_eq!(cases("--network 8-4 --kinds baked", &[]), ["8-4 baked 1"]);
    }

    #[test]
    fn batches_of_the_same_constraints_are_measured_once() {
        let peer = |network: &str, batch, same_constraints| Peer {
            name: "other".into(),
            network: network.into(),
            batch,
            ms_per_inference: None,
            verify_ms: None,
            pk_bytes: None,
            setup_s: None,
            prove_s: None,
            proof_bytes: None,
            peak_mb: None,
            same_constraints,
        };
        let peers = [
            peer("8-4", 7, true),
            peer("8-4", 3, true),
            peer("8-4", 9, false),
            peer("9-9", 11, true),
        ];
        assert_eq!(
            cases("--network 8-4 --kinds committed --batches 3", &peers),
            ["8-4 committed 3", "8-4 committed 7"]
        );
    }
}
