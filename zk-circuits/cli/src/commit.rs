//! `commit`: the commitments that go on chain.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::json;
use swarm_network::JobInput;
use swarm_prover::{BatchOutput, Model};

use crate::files;
use crate::report::{hex, Report};

#[derive(clap::Args)]
pub struct Args {
    /// Folder of keys, or a commitment key file.
    #[arg(long, value_name = "PATH")]
    pub keys: PathBuf,
    #[command(flatten)]
    pub what: What,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct What {
    /// Commit to the weights of this model.
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Commit to each batch of this input file.
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Commit to this output of one batch.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

pub fn run(args: &Args, report: &Report) -> Result<()> {
    let task = report.task("Reading the commitment key");
    let key = files::commitment_key(&args.keys)?;
    task.say("Committing");
    let (kind, commitments) = match &args.what {
        What {
            model: Some(path), ..
        } => {
            let model = Model::read(path)?;
            ("weights", vec![key.commit_weights(&model)?])
        }
        What {
            input: Some(path), ..
        } => {
            let input = JobInput::read(path, key.topology(), key.batch())?;
            let commitments = (0..input.batches())
                .map(|i| {
                    let batch = input.get(i)?;
                    key.commit_input(&batch)
                        .with_context(|| format!("batch {i}"))
                })
                .collect::<Result<_>>()?;
            ("input", commitments)
        }
        What {
            output: Some(path), ..
        } => {
            let output = BatchOutput::read(path, key.topology(), key.batch())?;
            ("output", vec![key.commit_output(&output)?])
        }
        _ => anyhow::bail!("give --model, --input or --output"),
    };
    drop(task);
    let lines: Vec<String> = commitments.iter().map(hex).collect();
    report.result(&json!({ "kind": kind, "commitments": lines }), &lines);
    Ok(())
}
