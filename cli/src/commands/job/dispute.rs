//! `swarm job dispute`: a batch that one of a job's several providers has answered wrongly, found and
//! proven.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{bail, ensure, Context, Result};
use clap::Args;
use rand::rngs::OsRng;
use serde_json::json;
use sp_core::{crypto::AccountId32, H256};
use subxt::{
    dynamic::{self, Value},
    utils::Static,
};
use subxt_signer::sr25519::Keypair;
use swarm_merkle::{input_leaf, Hash, Tree};
use swarm_network::{BatchInput, BatchOutput, Model};
use swarm_prover::{CommitmentKey, Proof, ProvingKey, StatementTag, PROVING_KEY_FILE};
use swarmwork_primitives::Commitment;

use super::{challenge, inputs::Inputs};
use crate::{
    app::{sources, url_text, App},
    chain::{Chain, JobView, Panel, PanelStage},
    failure::Failure,
    keys,
    output::Report,
    transact::{account_of, send},
    units::{address, parse_id},
};

#[derive(Args)]
pub struct Dispute {
    /// Job id.
    #[arg(value_parser = parse_id)]
    job: H256,
    /// Look at this batch only, counted from 0; otherwise at all of them, in order.
    batch: Option<u32>,
    /// Only say which batch somebody has answered wrongly.
    #[arg(long)]
    dry_run: bool,
    /// Folder with the circuit's keys, of which the proving key makes the proof.
    #[arg(long, value_name = "DIR", required_unless_present = "dry_run")]
    keys: Option<PathBuf>,
}

/// A provider, and its answers by batch.
type Said = (AccountId32, Vec<Commitment>);

/// A batch that somebody has answered wrongly.
struct Wrong {
    batch: u32,
    by: Vec<AccountId32>,
    input: BatchInput,
    output: BatchOutput,
}

/// What batches are computed with.
type Tools = Arc<(Model, CommitmentKey)>;

pub async fn run(app: &App, args: Dispute) -> Result<Report> {
    let job = args.job;
    let chain = app.chain().await?;
    let view = chain.job(job).await?;
    let (panel, until) = disputed(&chain, job).await?;
    if let Some(batch) = args.batch.filter(|batch| *batch >= view.batches) {
        bail!(
            "job {job:?} has the batches 0 to {}, not {batch}",
            view.batches.saturating_sub(1)
        );
    }
    // Named at once if it is nobody's.
    let prover = match args.dry_run {
        true => None,
        false => Some(prover(app, &chain).await?),
    };
    let proving_key = match (&prover, &args.keys) {
        (Some(_), Some(folder)) => Some(keys::key_file(folder, PROVING_KEY_FILE)?),
        _ => None,
    };
    let circuit = chain.circuit(view.circuit).await?;
    let key = keys::commitment_key(app, view.circuit, &circuit, args.keys.as_deref()).await?;
    let model = challenge::model(app, &chain, &view, &key).await?;
    let said = answers(&chain, job, &panel).await?;
    let places = places(&chain, &view, &panel).await?;
    let store = app.folders.data_store()?;
    let mut inputs = Inputs::open(app, store, &view, &key, places).await?;
    let commitments = inputs.commitments(app, &view).await?;

    let tools = Arc::new((model, key));
    let looked_at = args.batch.map_or(0..view.batches, |batch| batch..batch + 1);
    let looked = looked_at.len();
    let mut found = None;
    let task = app.progress.steps(looked as u64, "computing batches anew");
    for (done, batch) in (1u64..).zip(looked_at) {
        let input = inputs.get(app, &tools.1, batch).await?;
        let committed = commitment(&commitments, batch)?;
        found = look(&tools, &said, batch, input, committed).await?;
        if found.is_some() {
            break;
        }
        task.position(done);
    }
    drop(task);
    let Some(wrong) = found else {
        return Ok(Report::new(json!({
            "job": format!("{job:?}"),
            "looked_at": looked,
            "wrong": null,
            "disputed": false,
        }))
        .line(
            "answers",
            format!("{looked} batch(es) are what the network gives; nothing is disputed"),
        ));
    };
    let by: Vec<String> = wrong.by.iter().map(address).collect();
    let report = Report::new(json!({
        "job": format!("{job:?}"),
        "wrong": wrong.batch,
        "answered_by": by,
        "disputes_until": until,
        "disputed": prover.is_some(),
    }))
    .line("wrong", format!("batch {}", wrong.batch))
    .line("answered so by", by.join(", "));
    let (Some((signer, controller)), Some(path)) = (prover, proving_key) else {
        return Ok(report);
    };

    let tag = StatementTag {
        genesis: chain.genesis().0,
        job: job.0,
        batch: wrong.batch,
        provider: controller.into(),
    };
    let (input, input_path) = opened(&commitments, wrong.batch)?;
    let batch = wrong.batch;
    let task = app.progress.spinner(format!("proving batch {batch}"));
    let proof =
        tokio::task::spawn_blocking(move || prove(&path, view.circuit, &tools, &tag, &wrong))
            .await
            .context("proving was interrupted")??;
    drop(task);
    // The fields of the chain's `Dispute`, in their order.
    let dispute = (job, batch, input, input_path, proof.bytes.to_vec());
    let args = (Static(dispute),);
    let call = "dispute_results";
    let certainty = app.certainty();
    let included = send(&chain, &signer, "Marketplace", call, args, certainty).await?;
    Ok(report
        .fields(json!({ "block": included.number }))
        .line("disputed", format!("batch {batch} of {job:?}"))
        .line("block", included.number))
}

/// The providers of a job whose results may be disputed, and the last block for that.
async fn disputed(chain: &Chain, job: H256) -> Result<(Panel, u32)> {
    match chain.panel(job).await? {
        Some(panel) => match panel.stage {
            PanelStage::Disputed { until } => Ok((panel, until)),
            _ => bail!(
                "the results of job {job:?} cannot be disputed now: that is so once they are \
                 revealed, and for a while"
            ),
        },
        None => bail!(
            "job {job:?} is not done by several providers; `swarm job challenge` is for results \
             that one has committed to"
        ),
    }
}

/// The key that signs, and the provider whose worker key it is: the proof is bound to it.
async fn prover(app: &App, chain: &Chain) -> Result<(Keypair, AccountId32)> {
    let key = app.key()?;
    let worker = account_of(&key);
    let controller = chain.controller_of(&worker).await?.with_context(|| {
        format!(
            "{} is no provider's worker key: results are disputed by providers",
            address(&worker)
        )
    })?;
    Ok((key, controller))
}

/// What each has answered that has revealed it, and is not refuted yet.
async fn answers(chain: &Chain, job: H256, panel: &Panel) -> Result<Vec<Said>> {
    let block = chain.best().await?;
    let mut said = Vec::new();
    for (place, member) in (0u128..).zip(panel.members.iter()) {
        if member.revealed.is_none() || member.refuted_by.is_some() {
            continue;
        }
        let stored =
            dynamic::storage::<Vec<Value>, Vec<Commitment>>("Marketplace", "RevealedAnswers");
        let keys = vec![Value::from_bytes(job), Value::u128(place)];
        let answers = block
            .storage()
            .try_fetch(stored, keys)
            .await?
            .with_context(|| {
                let who = address(&member.provider);
                format!("the answers of {who} to job {job:?} are gone: it was settled just now")
            })?
            .decode()?;
        said.push((member.provider.clone(), answers));
    }
    Ok(said)
}

/// Where the input may be: the requester's place, and those of who had to fetch it.
async fn places(chain: &Chain, view: &JobView, panel: &Panel) -> Result<Vec<String>> {
    let mut places = sources(&view.input);
    for member in &panel.members {
        let provider = chain.find_provider(&member.provider).await?;
        places.extend(provider.and_then(|provider| url_text(&provider.endpoint)));
    }
    Ok(places)
}

/// Computes a batch anew, and says who has another answer to it, if anybody has.
async fn look(
    tools: &Tools,
    said: &[Said],
    batch: u32,
    input: BatchInput,
    committed: Commitment,
) -> Result<Option<Wrong>> {
    let at_work = tools.clone();
    let computed = tokio::task::spawn_blocking(move || {
        let (model, key) = &*at_work;
        challenge::answer(model, key, &input, &committed).map(|answer| (input, answer))
    });
    let (input, (output, right)) = computed
        .await
        .context("computing a batch was interrupted")?
        .with_context(|| format!("batch {batch}"))?;
    let by = otherwise(said, batch, &right);
    Ok((!by.is_empty()).then_some(Wrong {
        batch,
        by,
        input,
        output,
    }))
}

/// Who has another answer to a batch, or none.
fn otherwise(said: &[Said], batch: u32, right: &Commitment) -> Vec<AccountId32> {
    said.iter()
        .filter(|(_, answers)| answers.get(batch as usize) != Some(right))
        .map(|(who, _)| who.clone())
        .collect()
}

fn commitment(commitments: &[Commitment], batch: u32) -> Result<Commitment> {
    let committed = commitments.get(batch as usize).copied();
    committed.with_context(|| format!("the job has no batch {batch}"))
}

/// The commitment to a batch's input, and the path from it to the requester's root.
fn opened(commitments: &[Commitment], batch: u32) -> Result<(Commitment, Vec<Hash>)> {
    let committed = commitment(commitments, batch)?;
    let tree = Tree::new(commitments.iter().map(input_leaf).collect())?;
    let path = tree
        .path(batch)
        .with_context(|| format!("the job has no batch {batch}"))?;
    Ok((committed, path))
}

/// Proves a batch with the proving key in this file.
fn prove(
    path: &Path,
    circuit: H256,
    tools: &Tools,
    tag: &StatementTag,
    wrong: &Wrong,
) -> Result<Proof> {
    let key = ProvingKey::read(path).with_context(|| format!("cannot use {}", path.display()))?;
    ensure!(
        key.verifying_key().id() == circuit.0,
        Failure::Mismatch(format!(
            "{} is a key of another circuit than {circuit:?}",
            path.display()
        ))
    );
    let (model, _) = &**tools;
    let (input, output) = (&wrong.input, &wrong.output);
    Ok(key.prove(model, input, output, tag, &mut OsRng, &mut |_| {})?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{batch_input, keys, model};
    use swarm_merkle::contains;

    fn who(tag: u8) -> AccountId32 {
        AccountId32::new([tag; 32])
    }

    #[tokio::test]
    async fn who_answered_otherwise_is_found_and_the_batch_is_proven_for_who_disputes() {
        let key = &keys().commitment;
        let input = batch_input(5);
        let committed = key.commit_input(&input).unwrap();
        let (output, right) = challenge::answer(&model(), key, &input, &committed).unwrap();
        let said = vec![
            (who(1), vec![[8; 32], right]),
            (who(2), vec![[8; 32], [9; 32]]),
            (who(3), vec![[8; 32]]),
        ];
        let folder = tempfile::tempdir().unwrap();
        keys().write(folder.path()).unwrap();
        let bytes = key.to_bytes();
        let own = CommitmentKey::from_bytes(&bytes).unwrap();
        let tools = Arc::new((model(), own));

        let alike = look(&tools, &said[..1], 1, input.clone(), committed).await;
        assert!(alike.unwrap().is_none());
        let found = look(&tools, &said, 1, input.clone(), committed).await;
        let wrong = found.unwrap().expect("two have another answer");
        assert_eq!((wrong.batch, &wrong.output), (1, &output));
        assert_eq!(wrong.by, [who(2), who(3)]);
        // An input that its requester did not commit to says nothing of anybody.
        let error = look(&tools, &said, 1, input, [7; 32]).await.err().unwrap();
        assert_eq!(crate::failure::exit_code(&error), 6, "{error:#}");

        let tag = StatementTag {
            genesis: [1; 32],
            job: [2; 32],
            batch: 1,
            provider: who(4).into(),
        };
        let path = folder.path().join(PROVING_KEY_FILE);
        let circuit = H256(swarm_groth16::inspect_key(&keys().verifying).unwrap().id);
        let proof = prove(&path, circuit, &tools, &tag, &wrong).unwrap();
        assert_eq!(proof.c_y(), right);
        assert_eq!(proof.statement.provider, [4; 32]);
        swarm_groth16::verify(&keys().verifying, &proof.statement, &proof.bytes).unwrap();
        let error = prove(&path, H256::zero(), &tools, &tag, &wrong).unwrap_err();
        assert!(error.to_string().contains("another circuit"), "{error}");
        let nowhere = folder.path().join("nothing");
        assert!(prove(&nowhere, circuit, &tools, &tag, &wrong).is_err());
    }

    #[test]
    fn a_path_leads_from_the_batch_to_the_root() {
        let commitments: Vec<Commitment> = (0..5).map(|tag| [tag; 32]).collect();
        let tree = Tree::new(commitments.iter().map(input_leaf).collect()).unwrap();
        let (committed, path) = opened(&commitments, 3).unwrap();
        assert_eq!(committed, [3; 32]);
        let leads = |batch| contains(&tree.root(), 5, batch, &input_leaf(&committed), &path);
        assert!(leads(3) && !leads(2));
        assert!(opened(&commitments, 5).is_err());
    }
}
