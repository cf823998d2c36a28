//! `swarm job challenge`: which batch of results that stand is not what the network gives.

use std::sync::Arc;

use anyhow::{bail, ensure, Context, Result};
use serde_json::{json, Value};
use sp_core::{crypto::AccountId32, H256};
use subxt::utils::Static;
use swarm_network::{BatchInput, BatchOutput, Matrix, Model};
use swarm_prover::CommitmentKey;
use swarm_rooted::{Entry, ResultList};
use swarm_store::Store;
use swarmwork_primitives::{Commitment, JobStage};

use super::{inputs::Inputs, rooted, Challenge};
use crate::{
    app::{off_chain, sources, url_text, App},
    chain::{Chain, JobView},
    failure::Failure,
    keys,
    output::Report,
    transact::{account_of, send},
    units::{address, Amount},
};

/// Largest model file that is fetched, bytes.
const MAX_MODEL: u64 = 8 << 30;
/// Largest output file of one batch that is fetched, bytes.
const MAX_OUTPUT: u64 = 4 << 30;

/// A batch whose result is not what the network gives.
struct Difference {
    batch: u32,
    /// Where, as far as the delivered file shows it.
    at: String,
}

pub async fn run(app: &App, args: Challenge) -> Result<Report> {
    if !args.dry_run {
        // Named at once if it is missing.
        app.key()?;
    }
    let chain = app.chain().await?;
    let view = chain.job(args.job).await?;
    let job = args.job;
    if !matches!(view.stage, Some(JobStage::Standing { .. })) {
        bail!("job {job:?} has no results that stand: there is nothing to challenge");
    }
    if let Some(batch) = args.batch.filter(|batch| *batch >= view.batches) {
        bail!(
            "job {job:?} has the batches 0 to {}, not {batch}",
            view.batches.saturating_sub(1)
        );
    }
    if let (true, Some(batch)) = (args.unchecked, args.batch) {
        return demand(app, &chain, job, batch, Report::new(json!({}))).await;
    }
    let looked_at = args.batch.map_or(0..view.batches, |batch| batch..batch + 1);
    let looked = looked_at.len();
    let Some(Difference { batch, at }) = find(app, &chain, &args, &view, looked_at).await? else {
        return Ok(Report::new(json!({
            "job": format!("{job:?}"),
            "looked_at": looked,
            "differs": Value::Null,
            "challenged": false,
        }))
        .line(
            "results",
            format!("{looked} batch(es) are what the network gives; nothing is challenged"),
        ));
    };
    let found = Report::new(json!({
        "job": format!("{job:?}"),
        "differs": batch,
        "difference": at,
        "challenged": !args.dry_run,
    }))
    .line("differs", format!("batch {batch}: {at}"));
    if args.dry_run {
        return Ok(found);
    }
    demand(app, &chain, job, batch, found).await
}

/// Challenges a batch; adds to the report what came of it.
async fn demand(app: &App, chain: &Chain, job: H256, batch: u32, report: Report) -> Result<Report> {
    let key = app.key()?;
    let before = chain.funds(&account_of(&key)).await?.held;
    let included = send(
        chain,
        &key,
        "Marketplace",
        "challenge",
        (Static(job), Static(batch)),
        app.certainty(),
    )
    .await?;
    let held = chain.funds(&account_of(&key)).await?.held;
    let bond = Amount(held.saturating_sub(before));
    // Job, batch, who, bond and when the answer is due.
    let (_, _, _, _, until): (H256, u32, AccountId32, u128, u32) =
        included.first_field("Marketplace", "BatchChallenged")?;
    Ok(report
        .fields(json!({
            "job": format!("{job:?}"),
            "batch": batch,
            "challenger": address(&account_of(&key)),
            "bond": bond.0.to_string(),
            "block": included.number,
            "answer_until": until,
        }))
        .line("challenged", format!("batch {batch} of {job:?}"))
        .line("block", included.number)
        .line("bond", bond)
        .line("answer due", format!("block {until}")))
}

/// The first of these batches whose result differs from what the integer interpreter gives.
async fn find(
    app: &App,
    chain: &Chain,
    args: &Challenge,
    view: &JobView,
    batches: std::ops::Range<u32>,
) -> Result<Option<Difference>> {
    let store = app.folders.data_store()?;
    let list = rooted::results(app, &store, args.job, view).await.context(
        "the results cannot be looked at; a provider that withholds them can be challenged all \
             the same: name a batch and say --unchecked",
    )?;
    let circuit = chain.circuit(view.circuit).await?;
    let key = keys::commitment_key(app, view.circuit, &circuit, args.keys.as_deref()).await?;
    let model = model(app, chain, view, &key).await?;
    let mut places = sources(&view.input);
    places.extend(view.endpoint.iter().filter_map(url_text));
    let mut inputs = Inputs::open(app, store.clone(), view, &key, places).await?;
    let commitments = inputs.commitments(app, view).await?;

    let tools = Arc::new((model, key));
    let task = app
        .progress
        .steps(batches.len() as u64, "computing batches anew");
    let from = batches.start;
    for batch in batches {
        let input = inputs.get(app, &tools.1, batch).await?;
        let (entry, committed) = entry(&list, &commitments, batch)?;
        let at_work = tools.clone();
        let differs = tokio::task::spawn_blocking(move || {
            let (model, key) = &*at_work;
            compare(model, key, &input, &committed, &entry)
        });
        let differs = differs
            .await
            .context("computing a batch was interrupted")?
            .with_context(|| format!("batch {batch}"))?;
        if let Some(output) = differs {
            let at = difference(app, &store, view, &tools.1, &entry, &output).await;
            return Ok(Some(Difference { batch, at }));
        }
        task.position(u64::from(batch - from) + 1);
    }
    Ok(None)
}

/// The job's model, with the weights that the chain has a commitment to.
pub(super) async fn model(
    app: &App,
    chain: &Chain,
    view: &JobView,
    key: &CommitmentKey,
) -> Result<Model> {
    let info = chain.model(view.model).await?;
    let mut places = sources(&info.content);
    places.extend(view.endpoint.iter().filter_map(url_text));
    let bytes = app
        .blobs
        .get(
            &app.folders.cache_store()?,
            off_chain(info.content.content),
            &places,
            MAX_MODEL,
            "the model",
        )
        .await?;
    let model = Model::from_bytes(&bytes)?;
    ensure!(
        model.topology() == key.topology() && key.commit_weights(&model)? == info.weights,
        Failure::Mismatch(format!(
            "the model file of {:?} has other weights than those that were registered",
            view.model
        ))
    );
    Ok(model)
}

fn entry(list: &ResultList, commitments: &[Commitment], batch: u32) -> Result<(Entry, Commitment)> {
    let committed = commitments.get(batch as usize).copied();
    list.get(batch)
        .zip(committed)
        .with_context(|| format!("the job has no batch {batch}"))
}

/// What the network gives for a batch, and the commitment to it.
///
/// # Errors
/// Where the input is not the one that the requester has committed to: the provider is not bound to
/// what it gives, and nothing can be proven of it.
pub(super) fn answer(
    model: &Model,
    key: &CommitmentKey,
    input: &BatchInput,
    committed: &Commitment,
) -> Result<(BatchOutput, Commitment)> {
    ensure!(
        key.commit_input(input)? == *committed,
        Failure::Mismatch(
            "the input is not the one that the requester committed to; a challenge or a dispute \
             would be lost"
                .to_string()
        )
    );
    let output = model.run_batch(input)?;
    let commitment = key.commit_output(&output)?;
    Ok((output, commitment))
}

/// The output that the network gives, if the provider has committed to another one.
///
/// # Errors
/// As for [`answer`].
fn compare(
    model: &Model,
    key: &CommitmentKey,
    input: &BatchInput,
    committed: &Commitment,
    entry: &Entry,
) -> Result<Option<BatchOutput>> {
    let (output, commitment) = answer(model, key, input, committed)?;
    Ok((commitment != entry.commitment).then_some(output))
}

/// Where the delivered file differs, if it can be had.
async fn difference(
    app: &App,
    store: &Store,
    view: &JobView,
    key: &CommitmentKey,
    entry: &Entry,
    output: &BatchOutput,
) -> String {
    let places: Vec<String> = view.endpoint.iter().filter_map(url_text).collect();
    let delivered = app
        .blobs
        .get(store, entry.output, &places, MAX_OUTPUT, "the output")
        .await
        .and_then(|bytes| {
            Ok(BatchOutput::from_bytes(
                &bytes,
                key.topology(),
                key.batch(),
            )?)
        });
    match delivered {
        Ok(delivered) => first_difference(&delivered.rows, &output.rows),
        Err(error) => format!(
            "the provider has committed to another result, whose file cannot be had: {error:#}"
        ),
    }
}

fn first_difference(delivered: &Matrix, expected: &Matrix) -> String {
    let pairs = delivered.values().iter().zip(expected.values());
    let cols = expected.cols().max(1);
    match pairs.enumerate().find(|(_, (a, b))| a != b) {
        Some((at, (found, expected))) => format!(
            "row {}, value {} is {found}, the network gives {expected}",
            at / cols,
            at % cols
        ),
        None => {
            "the provider has committed to another result than the file that it delivers".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{batch_input, keys, model};
    use swarm_store::ContentId;

    #[test]
    fn only_a_result_that_the_network_does_not_give_is_challenged() {
        let (model, key) = (model(), &keys().commitment);
        let input = batch_input(5);
        let committed = key.commit_input(&input).unwrap();
        let output = model.run_batch(&input).unwrap();
        let entry = |output: &BatchOutput| Entry {
            commitment: key.commit_output(output).unwrap(),
            output: ContentId::of(&output.to_bytes().unwrap()),
        };
        let looked =
            |committed: &Commitment, entry: &Entry| compare(&model, key, &input, committed, entry);
        assert_eq!(looked(&committed, &entry(&output)).unwrap(), None);
        // Another file under the right commitment is no reason: the proof would answer it.
        let mut misnamed = entry(&output);
        misnamed.output = ContentId::of(b"other");
        assert_eq!(looked(&committed, &misnamed).unwrap(), None);

        let mut wrong = output.clone();
        wrong.rows.values_mut()[3] += 1;
        let found = looked(&committed, &entry(&wrong)).unwrap();
        assert_eq!(found, Some(output.clone()));
        let words = first_difference(&wrong.rows, &output.rows);
        let (is, gives) = (wrong.rows.values()[3], output.rows.values()[3]);
        assert_eq!(
            words,
            format!("row 1, value 1 is {is}, the network gives {gives}")
        );
        assert!(first_difference(&output.rows, &output.rows).contains("than the file"));

        // The right rows under another blind commit to something else, as a proof would show.
        let mut blind = output.clone();
        blind.blind_y = [0; 32];
        assert!(looked(&committed, &entry(&blind)).unwrap().is_some());
        let error = looked(&[9; 32], &entry(&wrong)).unwrap_err();
        assert_eq!(crate::failure::exit_code(&error), 6);
        assert!(error.to_string().contains("would be lost"), "{error}");
    }
}
