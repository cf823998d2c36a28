//! Proving and checking with keys that exist, timed.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use rand::rngs::OsRng;
use serde_json::json;
use swarm_prover::{BatchInput, BatchOutput, StatementTag, PROOF_BYTES};

use super::{checks::Checks, network, Kind};
use crate::files;
use crate::report::Report;

/// Of the weights: a circuit with constants is made for the same.
pub const MODEL_SEED: u64 = 1;

#[derive(clap::Args)]
pub struct RunArgs {
    /// What the network is called.
    #[arg(long)]
    pub network: String,
    /// Folder of keys.
    #[arg(long)]
    pub keys: PathBuf,
    /// Proofs to make.
    #[arg(long, default_value_t = 3)]
    pub proofs: usize,
    /// Leave most of the proving key in its file.
    #[arg(long)]
    pub stream: bool,
}

pub fn run_one(args: &RunArgs, report: &Report) -> Result<()> {
    let (key, load_s) = timed(|| files::proving_key(&args.keys, args.stream));
    let key = key?;
    let topology = key.topology().clone();
    let batch = key.batch();
    let model = network::model(&topology, MODEL_SEED)?;
    let (c_w, commit_w_s) = timed(|| key.commit_weights(&model));
    c_w?;

    let commitment_key = key.commitment_key();
    let job = StatementTag {
        genesis: [1; 32],
        job: [2; 32],
        batch: 0,
        provider: [3; 32],
    };
    let mut commit_times = Vec::new();
    let mut prove_times = Vec::new();
    let mut last = None;
    for seed in 0..args.proofs as u64 {
        let input = BatchInput::public(network::rows(&topology, batch, seed)?);
        let (c_x, seconds) = timed(|| commitment_key.commit_input(&input));
        c_x?;
        commit_times.push(seconds);
        let output = BatchOutput {
            rows: model.run(&input.rows)?,
            blind_y: input.blind_y,
        };
        let (proof, seconds) =
            timed(|| key.prove(&model, &input, &output, &job, &mut OsRng, &mut |_| ()));
        prove_times.push(seconds);
        last = Some(proof?);
    }
    let peak_mb = peak_mb();
    let proof = last.context("--proofs must be at least 1")?;

    let checks = Checks::measure(key.verifying_key_bytes(), &proof)?;

    let prove_s = median(prove_times);
    let rows = key.verifying_key().rows;
    let kind = match key.shape().model() {
        None => Kind::Committed,
        Some(_) => Kind::Baked,
    };
    report.result(
        &json!({
            "network": args.network,
            "kind": kind.name(),
            "batch": batch,
            "rows": rows,
            "load_s": load_s,
            "commit_w_s": commit_w_s,
            "commit_x_s": median(commit_times),
            "prove_s": prove_s,
            "ms_per_inference": prove_s * 1e3 / batch as f64,
            "verify_ms": checks.host,
            "verify_native_ms": checks.native,
            "verify_wasm_ms": checks.wasm,
            "prepare_key_wasm_ms": checks.wasm_key,
            "batch_verify_ms_per_proof": checks.together,
            "batch_verify_wasm_ms_per_proof": checks.wasm_together,
            "verify_plain_ms": checks.plain,
            "proof_bytes": PROOF_BYTES,
            "peak_mb": peak_mb,
        }),
        &[],
    );
    Ok(())
}

pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let began = Instant::now();
    let result = work();
    (result, began.elapsed().as_secs_f64())
}

/// The middle value; the lower one of two.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values
        .get(values.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(f64::NAN)
}

/// Largest resident memory of this process so far, in 10^6 bytes, where the system tells.
pub fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0]), 1.0);
        assert_eq!(median(vec![5.0]), 5.0);
    }
}
