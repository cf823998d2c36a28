//! From a file of rows to a job on chain.

use anyhow::{bail, ensure, Context, Result};
use codec::Encode;
use rand::rngs::OsRng;
use serde_json::{json, Value};
use sp_core::{crypto::AccountId32, H256};
use subxt::utils::Static;
use swarm_merkle::MAX_LEAVES;
use swarm_network::JobInput;
use swarm_prover::CommitmentKey;
use swarm_store::{ContentId, Store};
use swarmwork_primitives::{
    Budget, Commitment, Enquiry, JobCurrency, Locator, Mode, Rejection, MAX_ANSWERS, MAX_BATCHES,
};

use super::{
    delivery::Deliveries,
    ended,
    inputs::store_in_pieces,
    placement::Pace,
    settlement::settlement,
    undrawn::{last_draw, LastDraw},
    watch::{watch, Until},
    Submit,
};
use crate::{
    app::{locator, App},
    chain::{Chain, JobState, JobView},
    failure::ENDED_WITHOUT_RESULT,
    folders::make_private,
    keys,
    output::Report,
    record::{now_ms, JobRecord, Records},
    tensors,
    transact::{account_of, send},
    units::{address, Amount, Price},
};

/// Providers looked at for the estimate before submitting.
const LOOKED_AT: u32 = 64;

pub async fn run(app: &App, args: Submit) -> Result<Report> {
    tensors::check_input_file(&args.input)?;
    let mode = args.mode()?;
    let key = app.key()?;
    let requester = account_of(&key);
    let chain = app.chain().await?;
    let model = chain.model(args.model).await?;
    let circuit = chain.circuit(model.circuit).await?;
    let commitment_key =
        keys::commitment_key(app, model.circuit, &circuit, args.keys.as_deref()).await?;

    let rows = tensors::read_input(&args.input, commitment_key.topology())?;
    let real_rows = rows.rows();
    let batch = commitment_key.batch();
    let mut rng = OsRng;
    let input = tensors::batches(rows, batch, args.hide.then_some(&mut rng))?;
    let batches = input.batches();
    let most = match mode {
        Mode::Proven => MAX_BATCHES,
        Mode::Sampled { .. } | Mode::Optimistic => MAX_LEAVES,
        Mode::Redundant { .. } => MAX_ANSWERS,
    };
    ensure!(
        batches <= most as usize,
        "{real_rows} rows make {batches} batches of {batch}; one job in this mode holds at most \
         {most}, so split the file"
    );
    let (best, block) = (chain.best_number().await?, chain.block_time().await?);
    let deadline = args
        .deadline
        .block(best, block)
        .map_err(anyhow::Error::msg)?;
    let tokens = args.max_price.currency == JobCurrency::Native;
    let offered = Amount(if tokens { args.max_price.amount } else { 0 });
    let fee = args.placement.fee(&chain).await?;
    check_funds(&chain, &requester, offered, Amount(fee)).await?;
    let min_start = chain.constant("Marketplace", "MinStart").await?;
    let pace = Pace {
        block,
        left: deadline.saturating_sub(best),
        min_start: u32::try_from(min_start).unwrap_or(u32::MAX),
        several: matches!(mode, Mode::Redundant { .. }),
    };
    let placement = args.placement.placement(args.provider.as_ref(), pace);
    let estimate = estimate(app, &chain, &args, mode, batches as u32).await?;

    let dtype = commitment_key.topology().input_type();
    let (input, commitments) = commit(app, commitment_key, input).await?;
    // Kept before the job exists: the blinds in it cannot be had again.
    let store = app.folders.data_store()?;
    let blobs = match mode {
        Mode::Proven => vec![store.put(&input.to_bytes(dtype)?)?],
        Mode::Sampled { .. } | Mode::Optimistic | Mode::Redundant { .. } => {
            let _task = app.progress.spinner("storing the input in pieces");
            store_in_pieces(&store, &input, dtype, &commitments)?
        }
    };
    drop(input);
    let content = *blobs.first().context("the input has no file")?;
    let locator = publish(app, &args, &store, content, &blobs).await?;
    ensure!(
        !matches!(mode, Mode::Redundant { .. }) || !locator.source.is_empty(),
        "the providers of such a job fetch the input, and are not known yet: put it into a store that has an \
         address (--store), or serve it yourself (--input-source URL)"
    );

    let sent_ms = now_ms();
    let task = app.progress.spinner("submitting the job");
    let input = match mode {
        Mode::Proven => InputCommitments::Listed(commitments),
        Mode::Sampled { .. } | Mode::Optimistic | Mode::Redundant { .. } => {
            let (batches, root) = rooted(&commitments)?;
            InputCommitments::Root { batches, root }
        }
    };
    let budget = Budget {
        currency: args.max_price.currency.clone(),
        max_price: args.max_price.amount,
    };
    let fields = (
        Static(args.model),
        // The fields of the chain's `JobInput`, in their order.
        Static((locator, input)),
        Static(mode),
        Static(budget),
        Static(deadline),
        Static(placement),
    );
    let call = "submit_order";
    let included = send(&chain, &key, "Marketplace", call, fields, app.certainty()).await?;
    drop(task);
    let job: H256 = included.first_field("Marketplace", "JobSubmitted")?;
    Records::open(&app.folders.data).save(&JobRecord {
        job: format!("{job:?}"),
        genesis: format!("{:?}", chain.genesis()),
        requester: address(&requester),
        model: format!("{:?}", args.model),
        input: content.to_string(),
        rows: real_rows as u64,
        hidden: args.hide,
        submitted_ms: sent_ms,
    })?;

    let mut json = json!({
        "job": format!("{job:?}"),
        "model": format!("{:?}", args.model),
        "block": included.number,
        "block_hash": format!("{:?}", included.block),
        "deadline": deadline,
        "batches": batches,
        "rows": real_rows,
        "input": content.to_string(),
        "max_price": args.max_price.amount.to_string(),
        "estimate": estimate.map(|price| price.to_string()),
        "fee": included.fee.map(|fee| fee.to_string()),
    });
    let mut report_lines = vec![
        ("job".to_string(), format!("{job:?}")),
        ("block".to_string(), included.number.to_string()),
        (
            "batches".to_string(),
            format!("{batches} of {batch} rows ({real_rows} rows given)"),
        ),
        ("deadline".to_string(), format!("block {deadline}")),
    ];
    let mut exit_code = 0;
    if !args.no_wait {
        app.progress
            .say(format!("job {job:?} is in block {}", included.number));
        let until = if args.watch {
            Until::Ended
        } else {
            Until::HandedOver
        };
        let timeout = (!args.watch).then_some(args.patience);
        let mut deliveries = Deliveries::new(app, chain.genesis());
        let ended = watch(app, &chain, &[job], until, timeout, &mut deliveries).await?;
        let view = chain.job(job).await?;
        if view.state.is_terminal() && !has_result(&view.state) {
            exit_code = ENDED_WITHOUT_RESULT;
        }
        let (state, lines) = state_report(&chain, &view, job).await?;
        merge(&mut json, state);
        report_lines.extend(lines);
        if let Some(seconds) = ended.first().and_then(|e| e.seconds_to_end) {
            json["seconds_submit_to_end"] = json!(seconds);
            report_lines.push(("submit to end".to_string(), format!("{seconds:.1} s")));
        }
    }
    Ok(Report::new(json)
        .lines(report_lines)
        .with_exit_code(exit_code))
}

/// As the chain's type of this name: what commits to a job's input.
#[derive(Encode)]
enum InputCommitments {
    Listed(Vec<Commitment>),
    Root { batches: u32, root: H256 },
}

/// How many batches there are, and the root of the tree of their commitments.
fn rooted(commitments: &[Commitment]) -> Result<(u32, H256)> {
    let leaves: Vec<_> = commitments.iter().map(swarm_merkle::input_leaf).collect();
    let batches = u32::try_from(leaves.len())?;
    Ok((batches, H256(swarm_merkle::Tree::new(leaves)?.root())))
}

async fn check_funds(
    chain: &Chain,
    requester: &AccountId32,
    max_price: Amount,
    fee: Amount,
) -> Result<()> {
    let funds = chain.funds(requester).await?;
    let usable = funds.usable(chain.existential_deposit().await?);
    ensure!(
        max_price.0.saturating_add(fee.0) <= usable,
        "the maximum price of {max_price} and a fee of {fee} for priority are more than {} can pay: {} ({} free, {} held)",
        address(requester),
        Amount(usable),
        Amount(funds.free),
        Amount(funds.held)
    );
    Ok(())
}

/// Says who would take the job now; the least price in tokens, if anyone would.
async fn estimate(
    app: &App,
    chain: &Chain,
    args: &Submit,
    mode: Mode,
    batches: u32,
) -> Result<Option<u128>> {
    let offered = args.max_price.amount;
    // A draw decides on no more than that; a provider that is named or bids may cost anything.
    let bound = args.placement.bound(chain, args.provider.is_some()).await?;
    let currency = args.max_price.currency.clone();
    // The chain puts it into tokens before it looks at the bound.
    let bound = bound.filter(|_| currency == JobCurrency::Native);
    let most = bound.map_or(offered, |bound| offered.min(bound));
    let enquiry = Enquiry {
        model: args.model,
        batches,
        mode,
        max_price: most,
        currency,
        requirements: args.placement.requirements(),
    };
    let judged = chain.eligible_providers(enquiry, LOOKED_AT).await?;
    let judged: Vec<_> = judged
        .into_iter()
        .filter(|(who, _)| args.provider.as_ref().is_none_or(|wanted| wanted == who))
        .collect();
    // Several are paid as much each.
    let times = u128::from(mode.providers());
    let prices: Vec<u128> = judged
        .iter()
        .filter_map(|(_, offer)| offer.as_ref().ok())
        .map(|offer| offer.price.saturating_mul(times))
        .collect();
    let least = prices.iter().min().copied();
    // Draws ask for a standing and for terms that have stood, and decide on no more than a bound; who
    // names a provider does not. If it is too dear all the same, the chain says so.
    let not_drawn = |(_, offer): &(_, std::result::Result<_, Rejection>)| {
        matches!(
            offer,
            Err(Rejection::Standing | Rejection::Unsettled | Rejection::TooExpensive)
        )
    };
    match least {
        None if args.provider.is_some() && judged.iter().any(not_drawn) => {}
        Some(least) => app.progress.say(format!(
            "{} of {} provider(s) would take the job now, from {}",
            prices.len(),
            judged.len(),
            Amount(least)
        )),
        None => {
            let mut reasons: Vec<String> = Vec::new();
            for (_, offer) in &judged {
                if let Err(reason) = offer {
                    let reason = explain(*reason).to_string();
                    if !reasons.contains(&reason) {
                        reasons.push(reason);
                    }
                }
            }
            if reasons.is_empty() {
                let reason = match &args.provider {
                    Some(_) => "that provider is not registered, or not available",
                    None => "no provider is registered and available",
                };
                reasons.push(reason.to_string());
                if let JobCurrency::WithId(asset) = args.max_price.currency {
                    reasons.push(format!("or no jobs may be paid in asset {asset}"));
                }
            }
            if most < offered {
                reasons.push(format!(
                    "a job above {} is not drawn: split it, or name a provider",
                    Amount(most)
                ));
            }
            app.progress.say(format!(
                "warning: nobody would take the job now: {}",
                reasons.join("; ")
            ));
        }
    }
    Ok(least)
}

/// Why a provider does not fit, in words.
pub fn explain(reason: Rejection) -> &'static str {
    match reason {
        Rejection::NotRegistered => "not registered, or leaving",
        Rejection::Unavailable => "not available",
        Rejection::Busy => "busy with other jobs",
        Rejection::TooExpensive => "asks more than the maximum price",
        Rejection::BondTooSmall => "its bond does not cover the job",
        Rejection::Unattested => "takes no work under keys that no ceremony attests",
        Rejection::Maintenance => "in maintenance",
        Rejection::Mode => "does not commit to results that it does not prove",
        Rejection::Standing => "its standing is too low to be drawn for a job of that price",
        Rejection::Currency => "does not work for that asset, or not at what it is worth now",
        Rejection::Memory => "its GPUs have less memory than is asked for",
        Rejection::Class => "its compute class is below the one asked for",
        Rejection::Region => "computes in no region that is asked for",
        Rejection::Tier => "its tier is below the one asked for",
        Rejection::Enclave => "has no enclave that is asked for",
        Rejection::Reputation => "its reputation is too low",
        Rejection::Unsettled => "has changed its terms just now",
        Rejection::Declined => "has given this job back",
    }
}

async fn commit(
    app: &App,
    key: CommitmentKey,
    input: JobInput,
) -> Result<(JobInput, Vec<Commitment>)> {
    let task = app
        .progress
        .steps(input.batches() as u64, "committing to the input");
    let commitments = tokio::task::spawn_blocking(move || {
        let commitments = (0..input.batches())
            .map(|index| {
                let commitment = key.commit_input(&input.get(index)?)?;
                task.position(index as u64 + 1);
                Ok(commitment)
            })
            .collect::<Result<Vec<_>>>();
        commitments.map(|commitments| (input, commitments))
    });
    commitments
        .await
        .context("committing to the input was interrupted")?
}

/// Puts the input's files where the user said, and says what the chain is told of them: the content
/// id of the first.
async fn publish(
    app: &App,
    args: &Submit,
    store: &Store,
    content: ContentId,
    blobs: &[ContentId],
) -> Result<Locator> {
    if let Some(source) = &args.input_source {
        let mut missing = Vec::new();
        for blob in blobs {
            if !app.blobs.has(source, *blob).await.unwrap_or(false) {
                missing.push(*blob);
            }
        }
        if !missing.is_empty() {
            let folder = app.folders.data.join(format!("{content}.input"));
            make_private(&folder)?;
            for blob in &missing {
                let path = folder.join(blob.to_string());
                std::fs::write(&path, stored(store, blob)?)
                    .with_context(|| format!("cannot write {}", path.display()))?;
            }
            bail!(
                "{source} does not serve {} of the {} file(s) of the input yet; they are in {}: let \
                 {source}/blobs/NAME give each, then submit again",
                missing.len(),
                blobs.len(),
                folder.display()
            );
        }
        return locator(content, source);
    }
    if args.hide && args.store.names_a_source() {
        app.progress.say(
            "warning: --hide hides the input from the chain, but whoever can read the store sees it",
        );
    }
    let mut published = None;
    // What the chain names last, so that whoever sees it finds the others.
    for blob in blobs.iter().rev() {
        let file = stored(store, blob)?;
        published = Some(args.store.publish_bytes(app, "the input", &file).await?);
    }
    published.context("the input has no file")
}

fn stored(store: &Store, blob: &ContentId) -> Result<Vec<u8>> {
    store
        .get(blob)?
        .with_context(|| format!("{blob}, a file of the input, vanished while it was used"))
}

/// Whether the job has ended with a result.
pub fn has_result(state: &JobState) -> bool {
    matches!(state, JobState::Completed { .. } | JobState::Agreed { .. })
}

/// Why the job has no provider, as far as the node remembers.
async fn undrawn(chain: &Chain, view: &JobView, job: H256) -> Option<LastDraw> {
    let draws = chain.placement(job).await.ok()?.draws;
    last_draw(chain, job, view.submitted, draws).await
}

/// A job's state as JSON fields and as lines.
pub async fn state_report(
    chain: &Chain,
    view: &JobView,
    job: H256,
) -> Result<(Value, Vec<(String, String)>)> {
    let line = |name: &str, value: String| (name.to_string(), value);
    let sum = |amount: u128| Price::of(&view.currency, amount).to_string();
    Ok(match &view.state {
        JobState::Open => {
            let mut json = json!({ "state": "open" });
            let mut lines = vec![line("state", "open: no provider was drawn yet".into())];
            if let Some(draw) = undrawn(chain, view, job).await {
                json["last_draw"] = draw.json();
                lines.push(line("last draw", draw.text()));
                lines.push(line("next draw", draw.next()));
            }
            (json, lines)
        }
        JobState::Assigned {
            provider,
            price,
            at,
            ..
        } => (
            json!({
                "state": "assigned",
                "provider": address(provider),
                "price": price.to_string(),
                "assigned_at": at,
            }),
            vec![
                line("state", format!("assigned in block {at}")),
                line("provider", address(provider)),
                line("price", sum(*price)),
            ],
        ),
        JobState::Completed {
            provider,
            price,
            at,
        } => {
            let mut json = json!({
                "state": "completed",
                "provider": address(provider),
                "price": price.to_string(),
                "completed_at": at,
            });
            let mut lines = vec![
                line("state", format!("completed and paid in block {at}")),
                line("provider", address(provider)),
                line("price", sum(*price)),
            ];
            if let Some(parts) = settlement(chain, *at, job).await {
                json["settlement"] = parts.json();
                lines.extend(parts.lines(&view.currency));
            }
            (json, lines)
        }
        JobState::Expired { provider, at } => {
            let mut json = json!({
                "state": "expired",
                "provider": provider.as_ref().map(address),
                "expired_at": at,
            });
            let mut lines = vec![line(
                "state",
                format!("expired in block {at}; the requester has the money back"),
            )];
            if provider.is_none() {
                if let Some(draw) = undrawn(chain, view, job).await {
                    json["last_draw"] = draw.json();
                    lines.push(line("last draw", draw.text()));
                }
            }
            (json, lines)
        }
        JobState::Failed {
            provider,
            why,
            slashed,
            at,
        } => (
            json!({
                "state": "failed",
                "provider": address(provider),
                "why": format!("{why:?}").to_lowercase(),
                "slashed": slashed.to_string(),
                "failed_at": at,
            }),
            vec![
                line(
                    "state",
                    format!(
                        "failed in block {at}: {}; the requester has the money back",
                        ended::failure(*why)
                    ),
                ),
                line("provider", address(provider)),
                line("slashed", Amount(*slashed).to_string()),
            ],
        ),
        JobState::Shared { price, at } => (
            json!({ "state": "shared", "price": price.to_string(), "assigned_at": at }),
            vec![
                line("state", format!("given to several providers in block {at}")),
                line("price, if all agree", sum(*price)),
            ],
        ),
        JobState::Agreed { price, at } => (
            json!({ "state": "agreed", "price": price.to_string(), "completed_at": at }),
            vec![
                line(
                    "state",
                    format!("most providers agreed, and were paid by block {at}"),
                ),
                line("price", sum(*price)),
            ],
        ),
        JobState::Undecided { at } => (
            json!({ "state": "undecided", "undecided_at": at }),
            vec![line(
                "state",
                format!(
                    "no majority of its providers stood in block {at}; the requester has back what \
                     they were not paid"
                ),
            )],
        ),
        JobState::Cancelled {
            provider,
            why,
            paid,
            at,
        } => (
            json!({
                "state": "cancelled",
                "provider": provider.as_ref().map(address),
                "why": format!("{why:?}").to_lowercase(),
                "paid": paid.to_string(),
                "cancelled_at": at,
            }),
            vec![
                line(
                    "state",
                    format!("cancelled in block {at}: {}", ended::cancellation(*why)),
                ),
                line("that cost", sum(*paid)),
            ],
        ),
    })
}

/// Adds an object's fields to another's.
pub fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}
