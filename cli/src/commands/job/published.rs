//! `swarm job acknowledge`, `dispute-delivery` and `publish-output`: outputs that are missed.

use std::path::Path;

use anyhow::{bail, ensure, Context, Result};
use serde_json::json;
use sp_core::H256;
use subxt::{
    dynamic::{self, Value},
    utils::Static,
};
use swarm_network::BatchOutput;
use swarm_prover::CommitmentKey;
use swarmwork_primitives::{Delivery, DeliveryStage, ELEMENT_BYTES, PART_ELEMENTS};

use super::outputs::MAX_OUTPUT;
use crate::{
    app::{off_chain, url_text, App},
    chain::{Chain, JobView},
    keys,
    output::Report,
    transact::send,
};

/// Bytes of a part that is full.
const PART_BYTES: usize = (PART_ELEMENTS * ELEMENT_BYTES) as usize;

/// What a job's delivery is doing, if it asked for one and its batches are all proven.
pub fn describe(view: &JobView) -> Option<String> {
    match view.delivery.as_ref()?.stage {
        DeliveryStage::Waiting { until, .. } => Some(format!(
            "all proven; the provider is paid after block {until}, or once you `swarm job \
             acknowledge`; `swarm job dispute-delivery` if you cannot have the output"
        )),
        DeliveryStage::Disputed { until, parts, .. } => Some(format!(
            "the output is disputed; {parts} parts are published, the others have time until block \
             {until}"
        )),
        DeliveryStage::Asked | DeliveryStage::Over { .. } => None,
    }
}

/// Says that the requester has the output, so that the provider is paid at once.
pub async fn acknowledge(app: &App, job: H256) -> Result<Report> {
    let chain = app.chain().await?;
    due(&chain, job).await?;
    let key = app.key()?;
    let certainty = app.certainty();
    let args = (Static(job),);
    let included = send(&chain, &key, "Marketplace", "acknowledge", args, certainty).await?;
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "block": included.number,
    }))
    .line("acknowledged", format!("{job:?}; its provider is paid"))
    .line("block", included.number))
}

/// Says that the requester has no output, so that the provider has to publish it.
pub async fn dispute(app: &App, job: H256) -> Result<Report> {
    let chain = app.chain().await?;
    due(&chain, job).await?;
    let key = app.key()?;
    let args = (Static(job),);
    let call = "dispute_delivery";
    let included = send(&chain, &key, "Marketplace", call, args, app.certainty()).await?;
    let (_, delivery) = due(&chain, job).await?;
    let DeliveryStage::Disputed { until, .. } = delivery.stage else {
        bail!("the job changed while it was disputed");
    };
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "prepaid": delivery.prepaid.to_string(),
        "until": until,
        "block": included.number,
    }))
    .line("disputed", format!("{job:?}"))
    .line(
        "next",
        format!(
            "the provider publishes the output, for everybody to read, until block {until}; then \
             `swarm job result {job:?}` reads it from the chain"
        ),
    )
    .line("block", included.number))
}

/// Publishes a disputed output, with its provider's key or worker key; goes on where it was left.
pub async fn publish(app: &App, job: H256, folder: Option<&Path>) -> Result<Report> {
    let signer = app.key()?;
    let chain = app.chain().await?;
    let (view, delivery) = due(&chain, job).await?;
    let DeliveryStage::Disputed { parts: done, .. } = delivery.stage else {
        bail!("nobody misses the output of job {job:?}: there is nothing to publish");
    };
    let circuit = chain.circuit(view.circuit).await?;
    let key = keys::commitment_key(app, view.circuit, &circuit, folder).await?;
    let parts = openings(app, &key, &view).await?;
    let mut block = 0;
    for (part, elements) in (0u32..).zip(parts.iter()).skip(done as usize) {
        let args = (Static(job), Static(part), Static(elements.clone()));
        let call = "publish_output";
        let certainty = app.certainty();
        let included = send(&chain, &signer, "Marketplace", call, args, certainty)
            .await
            .with_context(|| format!("part {part} of the output"))?;
        block = included.number;
    }
    let bytes: usize = parts.iter().map(Vec::len).sum();
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "parts": parts.len(),
        "bytes": bytes,
        "block": block,
    }))
    .line("published", format!("{job:?}"))
    .line("parts", parts.len())
    .line("bytes", bytes)
    .line("block", block))
}

/// The parts that open all batches' outputs, as the provider's executor has them.
async fn openings(app: &App, key: &CommitmentKey, view: &JobView) -> Result<Vec<Vec<u8>>> {
    let store = app.folders.data_store()?;
    let sources: Vec<String> = view.endpoint.iter().filter_map(url_text).collect();
    let mut parts = Vec::new();
    for (batch, result) in view.results.iter().enumerate() {
        let result = result.with_context(|| format!("batch {batch} is not proven"))?;
        let what = format!("the output of batch {batch}");
        let content = off_chain(result.output);
        let bytes = app
            .blobs
            .get(&store, content, &sources, MAX_OUTPUT, &what)
            .await?;
        let output = BatchOutput::from_bytes(&bytes, key.topology(), key.batch())?;
        ensure!(
            key.commit_output(&output)? == result.commitment,
            "{what} is not the one that was proven"
        );
        let elements = key.output_elements(&output)?;
        parts.extend(elements.chunks(PART_BYTES).map(<[u8]>::to_vec));
    }
    Ok(parts)
}

/// The output files of all batches, where all of them are published on chain; otherwise none.
pub async fn outputs(
    chain: &Chain,
    job: H256,
    view: &JobView,
    key: &CommitmentKey,
) -> Result<Vec<Vec<u8>>> {
    let Some(delivery) = &view.delivery else {
        return Ok(Vec::new());
    };
    let of_batch = delivery.batch_parts();
    let all = of_batch.saturating_mul(view.batches);
    if !matches!(delivery.stage, DeliveryStage::Over { parts } if parts == all) {
        return Ok(Vec::new());
    }
    let block = chain.best().await?;
    let mut files = Vec::new();
    for batch in 0..view.batches {
        let mut elements = Vec::new();
        for part in batch * of_batch..(batch + 1) * of_batch {
            let stored = dynamic::storage::<Vec<Value>, Vec<u8>>("Marketplace", "Delivered");
            let keys = vec![Value::from_bytes(job), Value::u128(part.into())];
            let bytes = block
                .storage()
                .try_fetch(stored, keys)
                .await?
                .with_context(|| format!("part {part} of the output of job {job:?} is gone"))?
                .decode()?;
            elements.extend(bytes);
        }
        files.push(key.read_output(&elements)?.to_bytes()?);
    }
    Ok(files)
}

/// A job whose batches are all proven and whose pay waits, and its delivery.
async fn due(chain: &Chain, job: H256) -> Result<(JobView, Delivery<u128, u32>)> {
    let view = chain.job(job).await?;
    let delivery = view.delivery.clone().with_context(|| {
        format!("job {job:?} was submitted without --deliver: its provider is paid for the proofs")
    })?;
    ensure!(
        delivery.is_due(),
        "job {job:?} has not all its batches proven yet, or has ended"
    );
    Ok((view, delivery))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{batch_input, keys, model, rooted_view};
    use swarm_store::ContentId;

    #[test]
    fn what_is_published_gives_the_output_back() {
        let key = &keys().commitment;
        let output = model().run_batch(&batch_input(5)).unwrap();
        let elements = key.output_elements(&output).unwrap();
        let read = key.read_output(&elements).unwrap();
        assert_eq!(read, output);
        assert_eq!(
            key.commit_output(&read).unwrap(),
            key.commit_output(&output).unwrap()
        );
        // One element fewer, half of one, one beyond the field.
        assert!(key.read_output(&elements[32..]).is_err());
        assert!(key.read_output(&elements[16..]).is_err());
        let mut beyond = elements.clone();
        beyond[..32].fill(0xff);
        assert!(key.read_output(&beyond).is_err());
    }

    #[test]
    fn a_delivery_is_told_of_once_all_is_proven() {
        let mut view = rooted_view(ContentId::of(b"manifest"), 1, H256::zero());
        assert_eq!(describe(&view), None);
        let mut tell = |stage| {
            view.delivery = Some(Delivery {
                prepaid: 1,
                elements: 2,
                stage,
            });
            describe(&view)
        };
        assert_eq!(tell(DeliveryStage::Asked), None);
        assert_eq!(tell(DeliveryStage::Over { parts: 0 }), None);
        let waiting = DeliveryStage::Waiting {
            proven: 3,
            until: 9,
        };
        assert!(tell(waiting).unwrap().contains("after block 9"));
        let disputed = DeliveryStage::Disputed {
            proven: 3,
            until: 12,
            parts: 2,
            sum: None,
        };
        let told = tell(disputed).unwrap();
        assert!(told.contains("2 parts") && told.contains("block 12"));
    }
}
