//! `swarm job verify`: trusts neither the provider nor the node's word that a proof was checked.

use std::path::Path;

use anyhow::{bail, Context, Result};
use codec::Decode;
use serde_json::json;
use sp_core::H256;
use swarm_groth16::{encode_g1, Proof, Statement};
use swarmwork_primitives::ContentId;

use super::{outputs::Finished, Check};
use crate::{
    app::App,
    chain::{Chain, JobState},
    failure::Failure,
    output::Report,
    tensors,
    units::address,
};

pub async fn run(app: &App, job: H256, output: Option<&Path>, check: &Check) -> Result<Report> {
    let chain = app.chain().await?;
    let finished = Finished::load(app, &chain, job, check).await?;
    let outputs = finished.outputs(app).await?;
    let rows = finished.without_padding(&outputs)?;
    if let Some(path) = output {
        let given = tensors::read_output(path, finished.rows, finished.key.topology())?;
        if given != rows {
            bail!(Failure::Mismatch(difference(path, &given, &rows)));
        }
    }
    let own_input = check_input(app, &finished)?;

    let task = app
        .progress
        .steps(outputs.len() as u64, "re-verifying proofs");
    let mut proofs = Vec::new();
    for index in 0..outputs.len() {
        proofs.push(reverify(&chain, &finished, index).await?);
        task.position(index as u64 + 1);
    }
    drop(task);

    let finalised = chain.finalised_number().await?;
    let blocks: Vec<u32> = outputs.iter().map(|output| output.block).collect();
    let reverified = proofs.iter().filter(|p| **p == Reverified::Yes).count();
    let last = blocks.iter().max().copied().unwrap_or_default();
    let JobState::Completed { provider, .. } = &finished.view.state else {
        bail!("the job changed while it was looked at");
    };
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "provider": address(provider),
        "rows": finished.rows,
        "outputs_match": true,
        "file_matches": output.map(|_| true),
        "input_matches": own_input,
        "proofs_reverified": reverified,
        "batches": outputs.len(),
        "verified_in_blocks": blocks,
        "finalised": last <= finalised,
        "attested": finished.circuit.info.attested,
    }))
    .line(
        "outputs",
        format!("{} batch(es) are what was proven", outputs.len()),
    )
    .lines(output.map(|path| {
        (
            "file".to_string(),
            format!("{} holds exactly these outputs", path.display()),
        )
    }))
    .line(
        "input",
        if own_input {
            "the commitments on chain are those of your input"
        } else {
            "not on this machine, not checked"
        },
    )
    .line(
        "proofs",
        if reverified == outputs.len() {
            "all verified again on this machine".to_string()
        } else {
            format!(
                "{reverified} of {} verified again; the node no longer has the blocks of the others",
                outputs.len()
            )
        },
    )
    .lines(blocks.iter().enumerate().map(|(batch, block)| {
        let certainty = if *block <= finalised {
            "finalised"
        } else {
            "not finalised yet"
        };
        (
            format!("batch {batch}"),
            format!("proof verified on chain in block {block} ({certainty})"),
        )
    }))
    .lines((!finished.circuit.info.attested).then(|| {
        (
            "warning".to_string(),
            "the circuit's key is not attested: whoever made it could forge proofs".to_string(),
        )
    })))
}

fn difference(
    path: &Path,
    given: &swarm_network::Matrix,
    proven: &swarm_network::Matrix,
) -> String {
    if given.shape() != proven.shape() {
        return format!(
            "{} has shape {:?}, the proven output {:?}",
            path.display(),
            given.shape(),
            proven.shape()
        );
    }
    let cols = proven.cols();
    let at = given
        .values()
        .iter()
        .zip(proven.values())
        .position(|(a, b)| a != b)
        .unwrap_or_default();
    format!(
        "{} is not the proven output: row {}, value {} is {}, proven is {}",
        path.display(),
        at / cols,
        at % cols,
        given.values()[at],
        proven.values()[at]
    )
}

/// Whether the input on this machine is what the chain holds commitments to; `false` where it is
/// not on this machine.
fn check_input(app: &App, finished: &Finished) -> Result<bool> {
    let Some(input) = finished.own_input(app)? else {
        return Ok(false);
    };
    for (index, expected) in finished.view.commitments.iter().enumerate() {
        let commitment = finished.key.commit_input(&input.get(index)?)?;
        if commitment != *expected {
            bail!(Failure::Mismatch(format!(
                "batch {index}: the chain's commitment is not that of the input on this machine"
            )));
        }
    }
    Ok(true)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reverified {
    Yes,
    /// The node has dropped the block, or the call stands inside another one.
    NotFound,
}

/// Takes the proof out of the block that holds it and checks it here.
async fn reverify(chain: &Chain, finished: &Finished, index: usize) -> Result<Reverified> {
    let (Some(result), JobState::Completed { provider, .. }) =
        (finished.view.results[index], &finished.view.state)
    else {
        bail!("batch {index} has no result on chain");
    };
    let proofs = stored_proofs(chain, finished.id, index as u32, result.at).await?;
    if proofs.is_empty() {
        return Ok(Reverified::NotFound);
    }
    let statement = Statement {
        genesis: chain.genesis().0,
        job: finished.id.0,
        batch: index as u32,
        provider: *provider.as_ref(),
        c_w: finished.model.weights,
        c_x: finished.view.commitments[index],
    };
    let key = &finished.circuit.verifying_key;
    let mut reasons = Vec::new();
    for proof in &proofs {
        match check_proof(key, &statement, proof, &result.commitment) {
            Ok(()) => return Ok(Reverified::Yes),
            Err(reason) => reasons.push(reason),
        }
    }
    bail!(Failure::Mismatch(format!(
        "batch {index}: no proof in block {} holds: {}",
        result.at,
        reasons.join("; ")
    )))
}

fn check_proof(
    key: &[u8],
    statement: &Statement,
    bytes: &[u8],
    output: &[u8; 32],
) -> Result<(), String> {
    swarm_groth16::verify(key, statement, bytes).map_err(|e| e.to_string())?;
    let proof = Proof::from_bytes(bytes).map_err(|e| e.to_string())?;
    if encode_g1(&proof.c_y) == *output {
        Ok(())
    } else {
        Err("it commits to another output than the chain recorded".to_string())
    }
}

/// The proofs of all calls in that block that report this batch, alone or with others: a refused
/// attempt may stand beside the accepted one. Empty where the node does not store the block.
async fn stored_proofs(chain: &Chain, job: H256, batch: u32, block: u32) -> Result<Vec<Vec<u8>>> {
    let Ok(at) = chain.at_number(block).await else {
        return Ok(Vec::new());
    };
    let Ok(extrinsics) = at.extrinsics().fetch().await else {
        return Ok(Vec::new());
    };
    let mut proofs = Vec::new();
    for extrinsic in extrinsics.iter() {
        let extrinsic = extrinsic?;
        if extrinsic.pallet_name() != "Marketplace" {
            continue;
        }
        let reported = reported(extrinsic.call_name(), extrinsic.call_data_field_bytes())
            .with_context(|| {
                let name = extrinsic.call_name();
                format!("a call of {name} in the block has an unknown form")
            })?;
        let ours = reported
            .into_iter()
            .filter(|(of, index, ..)| (*of, *index) == (job, batch));
        proofs.extend(ours.map(|(_, _, proof, _)| proof));
    }
    Ok(proofs)
}

/// Job, batch, proof and output.
type Reported = (H256, u32, Vec<u8>, ContentId);

/// What a call of the marketplace with these arguments reports; nothing if it is of another kind.
fn reported(name: &str, mut arguments: &[u8]) -> Result<Vec<Reported>, codec::Error> {
    match name {
        "submit_result" => Reported::decode(&mut arguments).map(|one| vec![one]),
        "submit_results" => Decode::decode(&mut arguments),
        _ => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{batch_input, keys, model};
    use rand::{rngs::StdRng, SeedableRng};
    use swarm_network::Matrix;
    use swarm_prover::StatementTag;

    #[test]
    fn a_proof_holds_for_its_statement_and_output_only() {
        let input = batch_input(0);
        let output = model().run_batch(&input).unwrap();
        let tag = StatementTag {
            genesis: [1; 32],
            job: [2; 32],
            batch: 3,
            provider: [4; 32],
        };
        let mut rng = StdRng::seed_from_u64(1);
        let proof = keys()
            .proving
            .prove(&model(), &input, &output, &tag, &mut rng, &mut |_| {})
            .unwrap();
        let key = &keys().verifying;
        let committed = keys().commitment.commit_output(&output).unwrap();
        let held = |statement: &Statement, bytes: &[u8], output: &[u8; 32]| {
            check_proof(key, statement, bytes, output)
        };
        assert_eq!(held(&proof.statement, &proof.bytes, &committed), Ok(()));

        let mut other_job = proof.statement;
        other_job.job[0] ^= 1;
        assert!(held(&other_job, &proof.bytes, &committed).is_err());
        let mut bytes = proof.bytes;
        bytes[0] ^= 1;
        assert!(held(&proof.statement, &bytes, &committed).is_err());
        assert!(held(&proof.statement, &proof.bytes[1..], &committed).is_err());
        let reason = held(&proof.statement, &proof.bytes, &[0; 32]).unwrap_err();
        assert!(reason.contains("another output"), "{reason}");
    }

    #[test]
    fn results_are_found_in_calls_of_one_and_of_several() {
        use codec::Encode;
        let result = |batch: u32| -> Reported {
            let proof = vec![batch as u8; 192];
            (H256([1; 32]), batch, proof, ContentId([2; 32]))
        };
        let one = result(3);
        assert_eq!(
            reported("submit_result", &one.encode()).unwrap(),
            vec![one.clone()]
        );
        let several = vec![result(0), result(5)];
        assert_eq!(
            reported("submit_results", &several.encode()).unwrap(),
            several
        );
        assert!(reported("cancel_job", &[7]).unwrap().is_empty());
        for name in ["submit_result", "submit_results"] {
            assert!(reported(name, &several.encode()[..40]).is_err());
        }
    }

    #[test]
    fn the_first_difference_of_a_file_is_named() {
        let proven = Matrix::new(2, 2, vec![1, 2, 3, 4]).unwrap();
        let given = Matrix::new(2, 2, vec![1, 2, 9, 9]).unwrap();
        let message = difference(Path::new("y.npy"), &given, &proven);
        assert!(
            message.contains("row 1, value 0 is 9, proven is 3"),
            "{message}"
        );
        let short = Matrix::new(1, 2, vec![1, 2]).unwrap();
        let message = difference(Path::new("y.npy"), &short, &proven);
        assert!(message.contains("[1, 2]"), "{message}");
    }
}
