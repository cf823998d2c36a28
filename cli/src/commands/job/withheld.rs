//! `swarm job report-input`, `withdraw-report`, `publish-input`, `fetch-input` and `close-report`:
//! inputs that are withheld.

use std::path::Path;

use anyhow::{ensure, Context, Result};
use serde_json::json;
use sp_core::H256;
use subxt::{
    dynamic::{self, Value},
    utils::Static,
};
use swarmwork_primitives::MAX_INPUT_BYTES;

use crate::{
    app::{off_chain, App},
    chain::{JobState, JobView},
    output::Report,
    transact::{account_of, send},
    units::address,
};

/// What has become of a job's input, if its provider has said that it cannot have it.
pub fn describe(view: &JobView) -> Option<String> {
    match view.input_due {
        Some(until) => Some(format!(
            "its provider cannot have the input; `swarm job publish-input` until block {until}, or \
             the job ends and the provider's slot is paid"
        )),
        None => view.input_published.then(|| {
            "its input is on the chain, because its provider could not have it".to_string()
        }),
    }
}

/// Reports that an assigned job's input cannot be had; the key is the worker's.
pub async fn report(app: &App, job: H256) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    let view = chain.job(job).await?;
    ensure!(
        matches!(
            view.state,
            JobState::Assigned { .. } | JobState::Shared { .. }
        ),
        "job {job:?} is not assigned: nobody waits for its input"
    );
    let args = (Static(job),);
    let certainty = app.certainty();
    let included = send(&chain, &key, "Marketplace", "report_input", args, certainty).await?;
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "worker": address(&account_of(&key)),
        "block": included.number,
    }))
    .line("reported", format!("the input of {job:?} cannot be had"))
    .line("block", included.number))
}

/// Withdraws the report of an input that is there after all; the key is the worker's.
pub async fn withdraw(app: &App, job: H256) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    chain.job(job).await?;
    let args = (Static(job),);
    let certainty = app.certainty();
    let included = send(
        &chain,
        &key,
        "Marketplace",
        "withdraw_report",
        args,
        certainty,
    )
    .await?;
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "worker": address(&account_of(&key)),
        "block": included.number,
    }))
    .line("withdrawn", format!("the report of the input of {job:?}"))
    .line("block", included.number))
}

/// Publishes the input of a job that was submitted from this machine.
pub async fn publish(app: &App, job: H256) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    let view = chain.job(job).await?;
    ensure!(
        view.input_root.is_none(),
        "the input of job {job:?} is in pieces, which the chain does not take: hand it over with \
         `swarm job watch {job:?}`, or serve it where the job says that it is"
    );
    let content = off_chain(view.input.content);
    let file = app.folders.data_store()?.get(&content)?.with_context(|| {
        format!(
            "the input {content} is not on this machine: publish it from where it was submitted"
        )
    })?;
    ensure!(
        file.len() <= MAX_INPUT_BYTES as usize,
        "the input has {} bytes; the chain takes {MAX_INPUT_BYTES} at most",
        file.len()
    );
    let len = file.len();
    let args = (Static(job), Static(file));
    let certainty = app.certainty();
    let included = send(
        &chain,
        &key,
        "Marketplace",
        "publish_input",
        args,
        certainty,
    )
    .await?;
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "input": content.to_string(),
        "bytes": len,
        "block": included.number,
    }))
    .line("published", content)
    .line("bytes", len)
    .line("block", included.number))
}

/// Writes the input of a job that was published on chain.
pub async fn fetch(app: &App, job: H256, out: &Path) -> Result<Report> {
    let chain = app.chain().await?;
    let view = chain.job(job).await?;
    let content = off_chain(view.input.content);
    let stored = dynamic::storage::<Vec<Value>, Vec<u8>>("Marketplace", "Published");
    let file = chain
        .best()
        .await?
        .storage()
        .try_fetch(stored, vec![Value::from_bytes(job)])
        .await?
        .with_context(|| format!("the input of job {job:?} is not published"))?
        .decode()?;
    std::fs::write(out, &file).with_context(|| format!("cannot write {}", out.display()))?;
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "input": content.to_string(),
        "bytes": file.len(),
        "file": out.display().to_string(),
    }))
    .line("input", content)
    .line("bytes", file.len())
    .line("file", out.display()))
}

/// Ends a job whose input was not published in time.
pub async fn close(app: &App, job: H256) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    chain.job(job).await?;
    let args = (Static(job),);
    let certainty = app.certainty();
    let included = send(&chain, &key, "Marketplace", "close_report", args, certainty).await?;
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "block": included.number,
    }))
    .line("closed", format!("{job:?}"))
    .line("block", included.number))
}
