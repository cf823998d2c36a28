//! Following jobs block by block.

use std::time::{Duration, Instant};

use anyhow::{bail, Context, Result};
use serde_json::{json, Value};
use sp_core::H256;

use super::{
    delivery::{Deliveries, Handed},
    ended, published, rooted,
    submit::{has_result, merge, state_report},
    undrawn::{last_draw, LastDraw},
    withheld, Watch,
};
use crate::{
    app::App,
    chain::{Chain, JobState, JobView},
    failure::{Failure, ENDED_WITHOUT_RESULT},
    output::{Report, Task},
    record::{now_ms, JobRecord, Records},
    units::{address, short},
};

/// Between two attempts to hand over an input, when no block comes first.
const ATTEMPTS: Duration = Duration::from_secs(1);
/// Without a block for so long, the chain stands still.
const STALLED: Duration = Duration::from_secs(60);

/// When to stop watching a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Its provider has the input.
    HandedOver,
    /// Nothing can happen to it any more.
    Ended,
}

/// A job that is watched.
pub struct Watched {
    /// Which.
    pub job: H256,
    /// As last seen.
    pub view: JobView,
    /// From sending the call to the end, where this machine sent it.
    pub seconds_to_end: Option<f64>,
    record: Option<JobRecord>,
    /// Draws that found nobody so far, and what the last of them found.
    draws: (u32, Option<LastDraw>),
    seen_running: bool,
    finished: bool,
    handed: Handed,
    task: Task,
}

pub async fn run(app: &App, args: Watch) -> Result<Report> {
    let chain = app.chain().await?;
    let mut deliveries = Deliveries::new(app, chain.genesis());
    let watched = watch(
        app,
        &chain,
        &args.jobs,
        Until::Ended,
        args.timeout,
        &mut deliveries,
    )
    .await?;
    let mut jobs = Vec::new();
    let mut all_completed = true;
    let mut lines = Vec::new();
    for one in &watched {
        let (state, state_lines) = state_report(&chain, &one.view, one.job).await?;
        all_completed &= has_result(&one.view.state);
        lines.push(("job".to_string(), format!("{:?}", one.job)));
        lines.extend(state_lines);
        lines.extend(
            proven_blocks(&one.view)
                .into_iter()
                .map(|(batch, block)| ("proven".into(), format!("batch {batch} in block {block}"))),
        );
        if let Some(seconds) = one.seconds_to_end {
            lines.push(("submit to end".into(), format!("{seconds:.1} s")));
        }
        jobs.push(job_json(one, state));
    }
    let report = Report::new(json!({ "jobs": jobs })).lines(lines);
    Ok(if all_completed {
        report
    } else {
        report.with_exit_code(ENDED_WITHOUT_RESULT)
    })
}

fn job_json(watched: &Watched, state: Value) -> Value {
    let proven: Vec<Value> = proven_blocks(&watched.view)
        .into_iter()
        .map(|(batch, block)| json!({ "batch": batch, "block": block }))
        .collect();
    let mut json = json!({
        "job": format!("{:?}", watched.job),
        "batches": watched.view.batches,
        "proven": proven,
        "seconds_submit_to_end": watched.seconds_to_end,
    });
    merge(&mut json, state);
    json
}

/// Batches proven so far, with the block of each.
fn proven_blocks(view: &JobView) -> Vec<(u32, u32)> {
    view.result_batches()
        .into_iter()
        .zip(&view.results)
        .filter_map(|(batch, result)| result.map(|result| (batch, result.at)))
        .collect()
}

/// Watches until each job has reached `until`, handing over inputs that are ours.
///
/// # Errors
/// When `timeout` is over first, or the node goes away; the jobs go on all the same.
pub async fn watch(
    app: &App,
    chain: &Chain,
    jobs: &[H256],
    until: Until,
    timeout: Option<Duration>,
    deliveries: &mut Deliveries<'_>,
) -> Result<Vec<Watched>> {
    let mut heads = chain
        .rpc()
        .chain_subscribe_new_heads()
        .await
        .map_err(|e| chain.rpc_failed(e))?;
    let mut watched = Vec::new();
    for job in jobs {
        watched.push(begin(app, chain, *job).await?);
    }
    let began = Instant::now();
    let mut last_block = Instant::now();
    let mut told_of_stall = false;
    loop {
        for one in watched.iter_mut().filter(|one| !one.finished) {
            step(chain, one, until, deliveries).await?;
        }
        if watched.iter().all(|one| one.finished) {
            return Ok(watched);
        }
        if timeout.is_some_and(|timeout| began.elapsed() >= timeout) {
            let open: Vec<&Watched> = watched.iter().filter(|one| !one.finished).collect();
            let states: Vec<String> = open.iter().map(|one| describe(one)).collect();
            let ids: Vec<String> = open.iter().map(|one| format!("{:?}", one.job)).collect();
            bail!(
                "after {} s: {}\nthe chain goes on with it; follow it with `swarm job watch {}`",
                began.elapsed().as_secs(),
                states.join("; "),
                ids.join(" ")
            );
        }
        match tokio::time::timeout(ATTEMPTS, heads.next()).await {
            Ok(Some(head)) => {
                head.map_err(|e| chain.rpc_failed(e))?;
                last_block = Instant::now();
                told_of_stall = false;
            }
            Ok(None) => bail!(
                "the node at {} went away; the job goes on: follow it with `swarm job watch` when \
                 the node is back",
                chain.url()
            ),
            Err(_) if last_block.elapsed() > STALLED && !told_of_stall => {
                app.progress.say(format!(
                    "warning: no new block for {} s",
                    last_block.elapsed().as_secs()
                ));
                told_of_stall = true;
            }
            Err(_) => {}
        }
    }
}

async fn begin(app: &App, chain: &Chain, job: H256) -> Result<Watched> {
    let view = chain.job(job).await?;
    let record = Records::open(&app.folders.data).find(chain.genesis(), job)?;
    let task = app.progress.steps(
        view.results.len() as u64,
        format!("{}: looking", short(&job)),
    );
    Ok(Watched {
        job,
        view,
        seconds_to_end: None,
        record,
        draws: (0, None),
        seen_running: false,
        finished: false,
        handed: Handed::NotYet("no provider was drawn yet".into()),
        task,
    })
}

async fn step(
    chain: &Chain,
    one: &mut Watched,
    until: Until,
    deliveries: &mut Deliveries<'_>,
) -> Result<()> {
    match chain.job(one.job).await {
        Ok(view) => one.view = view,
        // It was there, and stays for days after its end: out of sight while an upgrade migrates it.
        Err(error) if matches!(error.downcast_ref::<Failure>(), Some(Failure::NotFound(_))) => {
            return Ok(())
        }
        Err(error) => return Err(error),
    }
    if one.view.state.is_terminal() {
        one.finished = true;
        one.seconds_to_end = seconds_to_end(chain, one).await;
    } else {
        one.seen_running = true;
        look_at_draws(chain, one).await;
        one.handed = deliveries
            .attempt(one.job, &one.view)
            .await
            .with_context(|| format!("job {:?}", one.job))?;
        one.finished = until == Until::HandedOver && one.handed == Handed::Over;
    }
    one.task.position(proven_blocks(&one.view).len() as u64);
    one.task.message(describe(one));
    Ok(())
}

/// Looks why nobody was drawn, when another draw has found nobody.
async fn look_at_draws(chain: &Chain, one: &mut Watched) {
    if one.view.state != JobState::Open {
        return;
    }
    // Nothing hangs on it: a node that is gone is noticed where the job is read.
    let Ok(placement) = chain.placement(one.job).await else {
        return;
    };
    if placement.draws != one.draws.0 {
        let last = last_draw(chain, one.job, one.view.submitted, placement.draws).await;
        one.draws = (placement.draws, last);
    }
}

fn describe(one: &Watched) -> String {
    let id = short(&one.job);
    match &one.view.state {
        JobState::Open => match &one.draws.1 {
            Some(draw) => format!("{id}: waiting for a provider; last draw {}", draw.text()),
            None => format!("{id}: waiting for a provider to be drawn"),
        },
        JobState::Assigned { provider, .. } => {
            let waits = published::describe(&one.view).or_else(|| {
                one.view
                    .input_due
                    .and_then(|_| withheld::describe(&one.view))
            });
            if let Some(waits) = waits {
                return format!("{id}: {waits}");
            }
            let provider = &address(provider)[..8];
            let proven = proven_blocks(&one.view).len();
            match &one.handed {
                Handed::Over => match rooted::describe(&one.view) {
                    Some(stage) => format!("{id}: {provider}…: {stage}"),
                    None => format!(
                        "{id}: {provider}… computes and proves, {proven} of {} batches done",
                        one.view.results.len()
                    ),
                },
                Handed::NotYet(reason) => {
                    format!("{id}: handing the input to {provider}…: {reason}")
                }
            }
        }
        JobState::Completed { at, .. } => format!("{id}: proven and paid in block {at}"),
        JobState::Expired { at, .. } => format!("{id}: expired in block {at}, refunded"),
        JobState::Failed { why, at, .. } => {
            format!(
                "{id}: failed in block {at}, refunded: {}",
                ended::failure(*why)
            )
        }
        JobState::Shared { .. } => format!("{id}: several providers compute, each by itself"),
        JobState::Agreed { at, .. } => format!("{id}: agreed on and paid in block {at}"),
        JobState::Undecided { at } => {
            format!("{id}: no majority, or no input, in block {at}; what was not paid is refunded")
        }
        JobState::Cancelled { why, at, .. } => {
            format!(
                "{id}: cancelled in block {at}: {}",
                ended::cancellation(*why)
            )
        }
    }
}

/// By this machine's clock where the end was seen coming, else by the last block's own time.
async fn seconds_to_end(chain: &Chain, one: &Watched) -> Option<f64> {
    let sent = one.record.as_ref()?.submitted_ms;
    let ended = if one.seen_running {
        now_ms()
    } else {
        let (JobState::Completed { at, .. }
        | JobState::Expired { at, .. }
        | JobState::Failed { at, .. }
        | JobState::Agreed { at, .. }
        | JobState::Undecided { at }
        | JobState::Cancelled { at, .. }) = one.view.state
        else {
            return None;
        };
        let block = chain.at_number(at).await.ok()?;
        chain.time_of(&block).await.ok()?
    };
    Some(ended.saturating_sub(sent) as f64 / 1000.0)
}
