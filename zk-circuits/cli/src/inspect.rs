//! `inspect`: what a file is, after every check that can be made of it.

use std::path::PathBuf;

use anyhow::{bail, Context, Result};
use serde_json::json;
use swarm_prover::{inspect_key, CircuitShape, CommitmentKey, KeyInfo, ProvingKey};

use crate::files;
use crate::proof_file::ProofFile;
use crate::report::{hex, size, Report};

#[derive(clap::Args)]
pub struct Args {
    /// A verifying, commitment or proving key, or a proof file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

pub fn run(args: &Args, report: &Report) -> Result<()> {
    let bytes = files::read(&args.file)?;
    let length = bytes.len() as u64;
    if bytes.starts_with(b"swarm-vk") {
        let info = inspect_key(&bytes).context("the verifying key is refused")?;
        return say(report, "verifying key", &info, None, length);
    }
    if bytes.starts_with(b"{") {
        return proof(args, report);
    }
    let task = report.task("Checking every point");
    let (kind, vk, network) = match CommitmentKey::from_bytes(&bytes) {
        Ok(key) => (
            "commitment key",
            key.verifying_key().to_bytes(),
            Network::of(key.shape()),
        ),
        Err(swarm_prover::Error::NotAKey { .. }) => match ProvingKey::from_bytes(&bytes) {
            Ok(key) => (
                "proving key",
                key.verifying_key_bytes().to_vec(),
                Network::of(key.shape()),
            ),
            Err(swarm_prover::Error::NotAKey { .. }) => {
                bail!("{} is neither a key nor a proof file", args.file.display())
            }
            Err(error) => return files::named(&args.file, Err(error)),
        },
        Err(error) => return files::named(&args.file, Err(error)),
    };
    drop(task);
    let info = inspect_key(&vk).context("the verifying key is refused")?;
    say(report, kind, &info, Some(network), length)
}

/// What a key file says of its network.
struct Network {
    label: String,
    baked: bool,
}

impl Network {
    fn of(circuit: &CircuitShape) -> Self {
        Self {
            label: circuit.topology().label(),
            baked: circuit.model().is_some(),
        }
    }
}

fn say(
    report: &Report,
    kind: &str,
    info: &KeyInfo,
    network: Option<Network>,
    bytes: u64,
) -> Result<()> {
    let origin = if info.development {
        "one party, for development: whoever made it can forge proofs"
    } else {
        "a ceremony; check its transcript"
    };
    let mut lines = vec![
        format!("kind            {kind}, {}", size(bytes)),
        format!("circuit         {}", hex(info.id)),
        format!("circuit digest  {}", hex(info.circuit_digest)),
        format!("made by         {origin}"),
        format!("batch           {} inferences per proof", info.batch),
        format!("input           {} values an inference", info.input_len),
        format!("output          {} values an inference", info.output_len),
        format!("multiplies      {} per proof", info.macs),
        format!("rows            {}", info.rows),
    ];
    if let Some(network) = &network {
        let weights = match network.baked {
            true => "constants of the circuit, for this model alone",
            false => "committed, for every model of the network",
        };
        lines.insert(1, format!("network         {}", network.label));
        lines.insert(2, format!("weights         {weights}"));
    }
    let baked = network.as_ref().map(|network| network.baked);
    let label = network.map(|network| network.label);
    let value = json!({
        "kind": kind,
        "bytes": bytes,
        "circuit": hex(info.id),
        "circuit_digest": hex(info.circuit_digest),
        "development": info.development,
        "network": label,
        "baked": baked,
        "batch": info.batch,
        "input_len": info.input_len,
        "output_len": info.output_len,
        "macs": info.macs,
        "rows": info.rows,
    });
    report.result(&value, &lines);
    Ok(())
}

fn proof(args: &Args, report: &Report) -> Result<()> {
    let file = ProofFile::read(&args.file)?;
    file.circuit()?;
    file.statement()?;
    let proof = swarm_groth16::Proof::from_bytes(&file.proof()?)?;
    let point = |p| hex(swarm_groth16::encode_g1(p));
    let s = &file.statement;
    report.result(
        &json!({
            "kind": "proof",
            "circuit": file.circuit,
            "statement": s,
            "c_z": point(&proof.c_z),
            "c_y": point(&proof.c_y),
        }),
        &[
            "kind      proof (well formed; verify says whether it is valid)".into(),
            format!("circuit   {}", file.circuit),
            format!("genesis   {}", s.genesis),
            format!("job       {}", s.job),
            format!("batch     {}", s.batch),
            format!("provider  {}", s.provider),
            format!("C_w       {}", s.c_w),
            format!("C_x       {}", s.c_x),
            format!("C_z       {}", point(&proof.c_z)),
            format!("C_y       {}", point(&proof.c_y)),
        ],
    );
    Ok(())
}
