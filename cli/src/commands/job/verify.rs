//! `swarm job verify`: trusts neither the provider nor the node's word that a proof was checked.

use std::path::Path;

use anyhow::{bail, Context, Result};
use codec::Decode;
use serde_json::json;
use sp_core::H256;
use swarm_groth16::{encode_g1, Proof, Statement};
use swarmwork_primitives::Commitment;

use super::{
    outputs::Finished,
    rooted::{self, Found, Reported},
    Check,
};
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
    let own_input = check_input(app, &finished).await?;

    let proven: Vec<(u32, u32)> = (0u32..)
        .zip(&outputs)
        .filter_map(|(batch, output)| output.block.map(|block| (batch, block)))
        .collect();
    let task = app
        .progress
        .steps(proven.len() as u64, "re-verifying proofs");
    let mut proofs = Vec::new();
    for (batch, block) in &proven {
        proofs.push(reverify(&chain, &finished, *batch, *block).await?);
        task.position(proofs.len() as u64);
    }
    drop(task);

    let finalised = chain.finalised_number().await?;
    let blocks: Vec<u32> = proven.iter().map(|(_, block)| *block).collect();
    let reverified = proofs.iter().filter(|p| **p == Reverified::Yes).count();
    let last = blocks.iter().max().copied().unwrap_or_default();
    if let JobState::Agreed { .. } = &finished.view.state {
        bail!(
            "job {job:?} was agreed on by several providers and not proven; its outputs are what they \
             agreed on"
        );
    }
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
        "batches_proven": proven.iter().map(|(batch, _)| *batch).collect::<Vec<_>>(),
        "verified_in_blocks": blocks,
        "finalised": last <= finalised,
        "attested": finished.circuit.info.attested,
    }))
    .line(
        "outputs",
        if finished.view.input_root.is_none() {
            format!("{} batch(es) are what was proven", outputs.len())
        } else {
            format!(
                "{} batch(es) are what the provider committed to; {} of them were proven",
                outputs.len(),
                proven.len()
            )
        },
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
        if reverified == proven.len() {
            "all verified again on this machine".to_string()
        } else {
            format!(
                "{reverified} of {} verified again; the node no longer has the blocks of the others",
                proven.len()
            )
        },
    )
    .lines(proven.iter().map(|(batch, block)| {
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
async fn check_input(app: &App, finished: &Finished) -> Result<bool> {
    let Some(mut input) = finished.own_input(app).await? else {
        return Ok(false);
    };
    let expected = input.commitments(app, &finished.view).await?;
    for (index, expected) in (0u32..).zip(&expected) {
        let rows = input.get(app, &finished.key, index).await?;
        let commitment = finished.key.commit_input(&rows)?;
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

/// Takes the proof out of the block that holds it and checks it here, with its paths to the roots
/// where there are roots.
async fn reverify(
    chain: &Chain,
    finished: &Finished,
    batch: u32,
    block: u32,
) -> Result<Reverified> {
    let (Some(expected), JobState::Completed { provider, .. }) =
        (finished.batches.get(batch as usize), &finished.view.state)
    else {
        bail!("batch {batch} has no result on chain");
    };
    let proofs = stored_proofs(chain, finished.id, batch, block).await?;
    if proofs.is_empty() {
        return Ok(Reverified::NotFound);
    }
    let key = &finished.circuit.verifying_key;
    let mut reasons = Vec::new();
    for found in &proofs {
        let held = input_of(finished, batch, found).and_then(|c_x| {
            let statement = Statement {
                genesis: chain.genesis().0,
                job: finished.id.0,
                batch,
                provider: *provider.as_ref(),
                c_w: finished.model.weights,
                c_x,
            };
            check_proof(key, &statement, &found.reported.2, &expected.commitment)
        });
        match held {
            Ok(()) => return Ok(Reverified::Yes),
            Err(reason) => reasons.push(reason),
        }
    }
    bail!(Failure::Mismatch(format!(
        "batch {batch}: no proof in block {block} holds: {}",
        reasons.join("; ")
    )))
}

/// The commitment to the input that a proof must be about.
fn input_of(finished: &Finished, batch: u32, found: &Found) -> Result<Commitment, String> {
    let view = &finished.view;
    let Some(opened) = &found.opening else {
        let listed = view.commitments.get(batch as usize).copied();
        return listed.ok_or_else(|| "it has no paths to the roots".into());
    };
    let expected = finished.batches.get(batch as usize);
    let expected = expected.ok_or("there is no such batch")?;
    opened.input(view, batch, &expected.commitment, &found.reported.3)
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
async fn stored_proofs(chain: &Chain, job: H256, batch: u32, block: u32) -> Result<Vec<Found>> {
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
            .filter(|found| (found.reported.0, found.reported.1) == (job, batch));
        proofs.extend(ours);
    }
    Ok(proofs)
}

/// What a call of the marketplace with these arguments reports; nothing if it is of another kind.
fn reported(name: &str, mut arguments: &[u8]) -> Result<Vec<Found>, codec::Error> {
    let plain = |reported| Found {
        reported,
        opening: None,
    };
    match name {
        "submit_result" => Reported::decode(&mut arguments).map(|one| vec![plain(one)]),
        "submit_results" => {
            let all = Vec::<Reported>::decode(&mut arguments)?;
            Ok(all.into_iter().map(plain).collect())
        }
        "open_batches" => rooted::openings(arguments),
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
    use swarmwork_primitives::ContentId;

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
        let plain = |name: &str, arguments: &[u8]| -> Vec<Reported> {
            let found = reported(name, arguments).unwrap();
            assert!(found.iter().all(|found| found.opening.is_none()));
            found.into_iter().map(|found| found.reported).collect()
        };
        assert_eq!(plain("submit_result", &one.encode()), vec![one.clone()]);
        let several = vec![result(0), result(5)];
        assert_eq!(plain("submit_results", &several.encode()), several);
        assert!(reported("cancel_job", &[7]).unwrap().is_empty());
        for name in ["submit_result", "submit_results", "open_batches"] {
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
