//! `verify`: the check a chain makes, and the openings a requester and a provider can check.

use std::path::PathBuf;

use anyhow::{bail, ensure, Context, Result};
use serde_json::json;
use swarm_network::JobInput;
use swarm_prover::{inspect_key, verify, BatchOutput, Model};

use crate::files::{self, parse_bytes32};
use crate::proof_file::ProofFile;
use crate::report::{hex, Report};

#[derive(clap::Args)]
pub struct Args {
    /// Folder of keys, or a verifying key file.
    #[arg(long, value_name = "PATH")]
    pub keys: PathBuf,
    /// Proof file made by `prove`.
    #[arg(long, value_name = "FILE")]
    pub proof: PathBuf,
    /// Commitment key file for the openings below, where --keys is not a folder.
    #[arg(long, value_name = "FILE")]
    pub commitment_key: Option<PathBuf>,
    /// Also check that the proof is about this model.
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Also check that the proof is about its batch of this input.
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Also check that this output is the proven one.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Also check that the proof is for this chain.
    #[arg(long, value_name = "HEX", value_parser = parse_bytes32)]
    pub genesis: Option<[u8; 32]>,
    /// Also check that the proof is for this job.
    #[arg(long, value_name = "HEX", value_parser = parse_bytes32)]
    pub job: Option<[u8; 32]>,
    /// Also check that the proof pays this provider.
    #[arg(long, value_name = "HEX", value_parser = parse_bytes32)]
    pub provider: Option<[u8; 32]>,
}

pub fn run(args: &Args, report: &Report) -> Result<()> {
    let vk = files::verifying_key(&args.keys)?;
    let info = inspect_key(&vk).context("the verifying key is refused")?;
    let file = ProofFile::read(&args.proof)?;
    let circuit = file.circuit()?;
    ensure!(
        circuit == info.id,
        "the proof is for circuit {}, the key is of {}",
        file.circuit,
        hex(info.id)
    );
    let statement = file.statement()?;
    let proof = file.proof()?;
    let expectations = [
        ("genesis", args.genesis, statement.genesis),
        ("job", args.job, statement.job),
        ("provider", args.provider, statement.provider),
    ];
    for (name, expected, found) in expectations {
        if let Some(expected) = expected {
            ensure!(
                expected == found,
                "the proof is for {name} {}, not {}",
                hex(found),
                hex(expected)
            );
        }
    }
    verify(&vk, &statement, &proof)?;
    let opened = openings(args, &file)?;
    if info.development {
        report.note("note: a development key; whoever made it can forge proofs under it");
    }
    let mut lines = vec![format!(
        "valid: batch {} of job {}, proven by {}",
        statement.batch, file.statement.job, file.statement.provider
    )];
    lines.extend(
        opened
            .iter()
            .map(|what| format!("the {what} is the given one")),
    );
    report.result(
        &json!({
            "valid": true,
            "circuit": hex(info.id),
            "development": info.development,
            "statement": file.statement,
            "opened": opened,
        }),
        &lines,
    );
    Ok(())
}

/// Recomputes commitments from data; names what was checked.
fn openings(args: &Args, file: &ProofFile) -> Result<Vec<&'static str>> {
    if args.model.is_none() && args.input.is_none() && args.output.is_none() {
        return Ok(Vec::new());
    }
    let path = match &args.commitment_key {
        Some(path) => path,
        None if args.keys.is_dir() => &args.keys,
        None => bail!("give --commitment-key, or a folder of keys as --keys, to check openings"),
    };
    let key = files::commitment_key(path)?;
    ensure!(
        key.verifying_key().id() == file.circuit()?,
        "the commitment key belongs to another circuit than the proof"
    );
    let statement = file.statement()?;
    let mut opened = Vec::new();
    if let Some(path) = &args.model {
        let found = key.commit_weights(&Model::read(path)?)?;
        ensure!(
            found == statement.c_w,
            "the proof is about another model than {}",
            path.display()
        );
        opened.push("model");
    }
    if let Some(path) = &args.input {
        let input = JobInput::read(path, key.topology(), key.batch())?;
        let found = key.commit_input(&input.get(statement.batch as usize)?)?;
        ensure!(
            found == statement.c_x,
            "the proof is about another input than batch {} of {}",
            statement.batch,
            path.display()
        );
        opened.push("input");
    }
    if let Some(path) = &args.output {
        let output = BatchOutput::read(path, key.topology(), key.batch())?;
        ensure!(
            key.opens(&file.proof()?, &output)?,
            "{} is not the proven output",
            path.display()
        );
        opened.push("output");
    }
    Ok(opened)
}
