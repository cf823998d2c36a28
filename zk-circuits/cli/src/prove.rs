//! `prove`: one batch, computed by the reference interpreter and proven.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use rand::rngs::OsRng;
use serde_json::json;
use swarm_network::JobInput;
use swarm_prover::{BatchOutput, Model, StatementTag};

use crate::files::{self, parse_bytes32};
use crate::proof_file::ProofFile;
use crate::report::{hex, Report};

const NOWHERE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[derive(clap::Args)]
pub struct Args {
    /// Folder of keys, or a proving key file.
    #[arg(long, value_name = "PATH")]
    pub keys: PathBuf,
    /// Model file (safetensors).
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
    /// Input file (safetensors) of a whole number of batches.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// Which batch of the input to prove.
    #[arg(long, value_name = "I", default_value_t = 0)]
    pub batch_index: u32,
    /// Genesis hash of the chain the proof is for.
    #[arg(long, value_name = "HEX", value_parser = parse_bytes32, default_value = NOWHERE)]
    pub genesis: [u8; 32],
    /// Job the proof is for.
    #[arg(long, value_name = "HEX", value_parser = parse_bytes32, default_value = NOWHERE)]
    pub job: [u8; 32],
    /// Account (32 bytes) of the provider whom the proof pays.
    #[arg(long, value_name = "HEX", value_parser = parse_bytes32, default_value = NOWHERE)]
    pub provider: [u8; 32],
    /// Where the proof goes, with its statement.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Where the output goes (safetensors).
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Leave most of the proving key in its file and read it piece by piece: slower, for keys larger
    /// than memory.
    #[arg(long)]
    pub stream: bool,
    /// Replace files that are there.
    #[arg(long)]
    pub force: bool,
}

pub fn run(args: &Args, report: &Report) -> Result<()> {
    let written: Vec<PathBuf> = std::iter::once(&args.out)
        .chain(&args.output)
        .cloned()
        .collect();
    files::refuse_existing(&written, args.force)?;

    let task = report.task("Reading the proving key");
    let key = files::proving_key(&args.keys, args.stream)?;
    let model = Model::read(&args.model)?;
    let input = JobInput::read(&args.input, key.topology(), key.batch())?;
    let batch = input.get(args.batch_index as usize)?;
    let output = BatchOutput {
        rows: model.run(&batch.rows)?,
        blind_y: batch.blind_y,
    };
    let job = StatementTag {
        genesis: args.genesis,
        job: args.job,
        batch: args.batch_index,
        provider: args.provider,
    };
    let began = Instant::now();
    let proof = key.prove(&model, &batch, &output, &job, &mut OsRng, &mut |progress| {
        task.say(format!(
            "{:?} ({:.0} %)",
            progress.stage,
            progress.fraction * 100.0
        ))
    })?;
    let seconds = began.elapsed().as_secs_f64();
    drop(task);

    let file = ProofFile::new(key.verifying_key().id(), &proof);
    let json = serde_json::to_vec_pretty(&file)?;
    files::write(&args.out, &json)?;
    if let Some(path) = &args.output {
        files::write(path, &output.to_bytes()?)?;
    }
    let inferences = key.batch();
    report.result(
        &json!({
            "proof": file.proof,
            "statement": file.statement,
            "circuit": file.circuit,
            "c_y": hex(proof.c_y()),
            "batch": inferences,
            "seconds": seconds,
        }),
        &[
            format!("proof       {}", args.out.display()),
            format!("C_y         {}", hex(proof.c_y())),
            format!(
                "proven in   {seconds:.2} s, {:.1} ms an inference",
                seconds * 1e3 / inferences as f64
            ),
        ],
    );
    Ok(())
}
