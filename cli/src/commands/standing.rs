//! `swarm provider details`, `history`, `outcomes`, `claim`, `report` and `forget-offence`: what speaks
//! for a provider and against it.

use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};
use clap::{Args, ValueEnum};
use serde_json::{json, Value};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::FixedU128;
use subxt::utils::Static;
use swarmwork_primitives::{
    AssetId, Backends, Capabilities, ComputeClass, EpochOutcomes, JobId, Listing, Outcome, Profile,
    SlashReason,
};

use crate::{
    app::App,
    chain::{ProviderDetails, ReputationView},
    claim::SignedClaim,
    key,
    output::Report,
    requirements::{enclave_names, name_of, region_text},
    transact::{account_of, send},
    units::{address, hex, parse_account, parse_id, Amount, Rate},
};

/// Most bytes of a proof file that are read.
const MAX_PROOF_BYTES: usize = swarmwork_primitives::MAX_PROOF_BYTES as usize;

#[derive(Args)]
pub struct ClaimArgs {
    /// File with the worker's secret.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// The provider's controller account.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_account)]
    controller: AccountId32,
    /// The job.
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    job: JobId,
    /// Which batch of it.
    #[arg(long, default_value_t = 0)]
    batch: u32,
    /// Commitment to the answer.
    #[arg(long, value_name = "HEX", value_parser = parse_id)]
    commitment: H256,
}

#[derive(Args)]
pub struct ReportArgs {
    /// What `swarm provider claim` printed on the provider's side.
    #[arg(value_name = "CLAIM")]
    claim: SignedClaim,
    /// Another claim of the same batch, with another answer: no proof is needed.
    #[arg(long, value_name = "CLAIM", conflicts_with_all = ["proof", "prover"])]
    and: Option<SignedClaim>,
    /// File with a proof of the right answer, if none is on chain.
    #[arg(long, value_name = "FILE", requires = "prover")]
    proof: Option<PathBuf>,
    /// The account that the proof is bound to.
    #[arg(long, value_name = "ADDRESS", requires = "proof", value_parser = parse_account)]
    prover: Option<AccountId32>,
}

/// What a provider can be punished for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Offence {
    /// What governance decides beside the table.
    Governance,
    /// A claim that a proof refutes.
    Forgery,
    /// Two answers to one batch.
    Equivocation,
    /// Results that it committed to and did not prove.
    Unproven,
    /// Giving back a job that it had bid for, or letting it expire.
    Withdrawn,
}

impl From<Offence> for SlashReason {
    fn from(offence: Offence) -> Self {
        match offence {
            Offence::Governance => Self::Governance,
            Offence::Forgery => Self::Forgery,
            Offence::Equivocation => Self::Equivocation,
            Offence::Unproven => Self::Unproven,
            Offence::Withdrawn => Self::Withdrawn,
        }
    }
}

#[derive(Args)]
pub struct ForgetArgs {
    /// The provider's controller account.
    #[arg(value_name = "ADDRESS", value_parser = parse_account)]
    provider: AccountId32,
    /// The job, which the chain has forgotten.
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    job: JobId,
    /// Which batch of it.
    #[arg(long, default_value_t = 0)]
    batch: u32,
    /// What it was punished for.
    #[arg(long, value_enum)]
    offence: Offence,
}

fn own_or(app: &App, who: Option<AccountId32>) -> Result<AccountId32> {
    match who {
        Some(who) => Ok(who),
        None => Ok(account_of(&app.key()?)),
    }
}

/// What else there is to know of a provider.
pub async fn details(app: &App, who: Option<AccountId32>) -> Result<Report> {
    let who = own_or(app, who)?;
    let chain = app.chain().await?;
    let details = chain.provider_details(&who).await?;
    let accepted = accepted(
        &chain.accepted_assets(&who).await?,
        &chain.listings().await?,
    );
    let mut report = Report::new(details_json(&who, &details))
        .fields(json!({ "accepts": accepted.iter().map(Accepted::json).collect::<Vec<_>>() }))
        .line("provider", address(&who))
        .line("jobs at a time", details.capacity)
        .line("on its own capacity", details.slots)
        .line("least bond", Amount(details.least_bond))
        .line("strikes", details.strikes);
    if let Some(profile) = &details.profile {
        report = report
            .line("name", String::from_utf8_lossy(&profile.name))
            .line("website", String::from_utf8_lossy(&profile.website))
            .lines(capability_lines(&profile.capabilities));
    }
    for (amount, at) in &details.unbonding {
        report = report.line("unbonding", format!("{} until block {at}", Amount(*amount)));
    }
    if let Some(at) = details.leaving {
        report = report.line("leaves", format!("at block {at}"));
    }
    if details.owed > 0 {
        report = report.line("owes", Amount(details.owed));
    }
    if let Some((from, until)) = details.maintenance {
        report = report.line("maintenance", format!("blocks {from} to before {until}"));
    }
    if let Some(lease) = &details.lease {
        let ends = lease.ends.map_or_else(
            || "no notice given".to_string(),
            |at| format!("until block {at}"),
        );
        report = report.line(
            "leases",
            format!("{} jobs of {}, {ends}", lease.slots, address(&lease.lessor)),
        );
    }
    if details.lent > 0 {
        report = report.line("lets", format!("{} jobs", details.lent));
    }
    if let Some(offer) = &details.offered {
        report = report.line(
            "offers",
            format!("{} jobs to {}", offer.slots, address(&offer.operator)),
        );
    }
    for each in &accepted {
        report = report.line("works for", each.text());
    }
    for slash in &details.slashes {
        report = report.line(
            "slashed",
            format!(
                "{} in block {} for {}",
                Amount(slash.amount),
                slash.at,
                reason(slash.reason)
            ),
        );
    }
    Ok(report)
}

/// An asset that a provider works for.
struct Accepted {
    asset: AssetId,
    up_to: Rate,
    /// Whether it does at what the asset is said to be worth now.
    now: bool,
}

fn accepted(accepts: &[(AssetId, FixedU128)], listings: &[(AssetId, Listing)]) -> Vec<Accepted> {
    let rate = |of: AssetId| listings.iter().find(|(asset, _)| *asset == of);
    accepts
        .iter()
        .map(|(asset, up_to)| Accepted {
            asset: *asset,
            up_to: Rate(*up_to),
            now: rate(*asset).is_some_and(|(_, listing)| listing.rate <= *up_to),
        })
        .collect()
}

impl Accepted {
    fn json(&self) -> Value {
        json!({ "asset": self.asset, "up_to": self.up_to.to_string(), "now": self.now })
    }

    fn text(&self) -> String {
        let (asset, up_to) = (self.asset, self.up_to);
        match self.now {
            true => format!("asset {asset}, up to a rate of {up_to}"),
            false => format!(
                "asset {asset}, up to a rate of {up_to}: not now, it is said to be worth more"
            ),
        }
    }
}

fn capability_lines(capabilities: &Capabilities) -> Vec<(String, String)> {
    vec![
        (
            "GPU memory".into(),
            format!("{} MiB", capabilities.gpu_memory_mib),
        ),
        (
            "backends".into(),
            backends(capabilities.backends).join(", "),
        ),
        (
            "holds keys of".into(),
            format!("{} circuits", capabilities.circuits.len()),
        ),
        (
            "compute class".into(),
            name_of(&ComputeClass::NAMES, &capabilities.class).into(),
        ),
        (
            "region".into(),
            capabilities
                .region
                .as_ref()
                .map_or_else(|| "not said".into(), region_text),
        ),
        (
            "enclaves".into(),
            enclave_names(capabilities.enclaves).join(", "),
        ),
    ]
}

fn backends(of: Backends) -> Vec<&'static str> {
    Backends::NAMES
        .iter()
        .filter(|(each, _)| of.contains(*each))
        .map(|(_, name)| *name)
        .collect()
}

fn reason(of: SlashReason) -> &'static str {
    match of {
        SlashReason::Governance => "a decision of governance",
        SlashReason::Forgery => "a claim that a proof refutes",
        SlashReason::Equivocation => "two answers to one batch",
        SlashReason::Unproven => "results that it committed to and did not prove",
        SlashReason::Withdrawn => "giving back a job that it had bid for",
    }
}

fn profile_json(profile: &Profile) -> Value {
    let capabilities = &profile.capabilities;
    json!({
        "name": String::from_utf8_lossy(&profile.name),
        "website": String::from_utf8_lossy(&profile.website),
        "gpu_memory_mib": capabilities.gpu_memory_mib,
        "backends": backends(capabilities.backends),
        "class": name_of(&ComputeClass::NAMES, &capabilities.class),
        "region": capabilities.region.as_ref().map(region_text),
        "enclaves": enclave_names(capabilities.enclaves),
        "circuits": capabilities.circuits.iter().map(hex).collect::<Vec<_>>(),
    })
}

fn details_json(who: &AccountId32, details: &ProviderDetails) -> Value {
    let parts = |share: sp_runtime::Permill| f64::from(share.deconstruct()) / 1e6;
    json!({
        "provider": address(who),
        "profile": details.profile.as_ref().map(profile_json),
        "capacity": details.capacity,
        "slots": details.slots,
        "unbonding": details.unbonding.iter().map(|(amount, at)| json!({
            "amount": amount.to_string(),
            "withdrawable": at,
        })).collect::<Vec<_>>(),
        "leaving": details.leaving,
        "owed": details.owed.to_string(),
        "strikes": details.strikes,
        "least_bond": details.least_bond.to_string(),
        "maintenance": details.maintenance.map(|(from, until)| json!({
            "from": from,
            "until": until,
        })),
        "lent": details.lent,
        "lease": details.lease.as_ref().map(|lease| json!({
            "lessor": address(&lease.lessor),
            "slots": lease.slots,
            "share": parts(lease.share),
            "ends": lease.ends,
        })),
        "offered": details.offered.as_ref().map(|offer| json!({
            "operator": address(&offer.operator),
            "slots": offer.slots,
            "share": parts(offer.share),
        })),
        "slashes": details.slashes.iter().map(|slash| json!({
            "block": slash.at,
            "reason": format!("{:?}", slash.reason).to_lowercase(),
            "amount": slash.amount.to_string(),
            "job": slash.job.map(hex),
        })).collect::<Vec<_>>(),
    })
}

/// A provider's reputation and what it rests on.
pub async fn history(app: &App, who: Option<AccountId32>) -> Result<Report> {
    let who = own_or(app, who)?;
    let view = app.chain().await?.reputation(&who).await?;
    let mut report = Report::new(history_json(&who, &view))
        .line("provider", address(&who))
        .line("score", score(view.score))
        .line("standing", format!("{:?}", view.standing).to_lowercase())
        .line("weight of successes", Amount(view.good))
        .line("weight of failures", Amount(view.bad))
        .line(
            "jobs",
            format!("{} completed, {} failed", view.completed, view.failed),
        );
    for past in &view.recent {
        report = report.line(
            format!("block {}", past.at),
            format!(
                "{}, weighing {}; score {}",
                outcome(past.outcome),
                Amount(past.weight),
                score(past.score)
            ),
        );
    }
    Ok(report)
}

/// The last epochs of all providers together.
pub async fn outcomes(app: &App) -> Result<Report> {
    let epochs = app.chain().await?.outcomes().await?;
    let lines = epochs.iter().map(|each| {
        (
            format!("epoch {}", each.epoch),
            format!("{} completed, {} failed", each.completed, each.failed),
        )
    });
    Ok(Report::new(json!({ "epochs": epochs_json(&epochs) })).lines(lines))
}

fn score(score: sp_runtime::Permill) -> String {
    format!("{:.4}", f64::from(score.deconstruct()) / 1e6)
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => "completed",
        Outcome::Failed => "failed",
    }
}

fn epochs_json(epochs: &[EpochOutcomes]) -> Vec<Value> {
    epochs
        .iter()
        .map(|each| {
            json!({
                "epoch": each.epoch,
                "completed": each.completed,
                "failed": each.failed,
                "good": each.good.to_string(),
                "bad": each.bad.to_string(),
            })
        })
        .collect()
}

fn history_json(who: &AccountId32, view: &ReputationView) -> Value {
    json!({
        "provider": address(who),
        "score": f64::from(view.score.deconstruct()) / 1e6,
        "standing": format!("{:?}", view.standing).to_lowercase(),
        "good": view.good.to_string(),
        "bad": view.bad.to_string(),
        "jobs_completed": view.completed,
        "jobs_failed": view.failed,
        "recent": view.recent.iter().map(|past| json!({
            "block": past.at,
            "outcome": outcome(past.outcome),
            "weight": past.weight.to_string(),
            "score": f64::from(past.score.deconstruct()) / 1e6,
        })).collect::<Vec<_>>(),
        "epochs": epochs_json(&view.epochs),
    })
}

/// Has a worker key claim an answer.
pub async fn claim(app: &App, args: ClaimArgs) -> Result<Report> {
    let key = key::read(&args.file)?;
    let genesis = app.chain().await?.genesis();
    let signed = SignedClaim::give(
        &key,
        &genesis,
        &args.controller,
        args.job,
        args.batch,
        args.commitment.0,
    );
    Ok(Report::new(json!({
        "provider": address(&args.controller),
        "worker": address(&signed.answered.worker),
        "job": hex(args.job),
        "batch": args.batch,
        "commitment": hex(args.commitment),
        "claim": signed.to_string(),
    }))
    .line("worker", address(&signed.answered.worker))
    .line("claims for", address(&args.controller))
    .line("claim", signed))
}

/// Brings evidence of an offence.
pub async fn report(app: &App, args: ReportArgs) -> Result<Report> {
    let (key, chain) = (app.key()?, app.chain().await?);
    let SignedClaim { answered, claim } = args.claim;
    let accused = answered.provider.clone();
    let included = if let Some(other) = args.and {
        if other.answered != answered {
            bail!("the two claims are not of the same batch, job, provider and worker key");
        }
        let fields = (Static(answered), Static(claim), Static(other.claim));
        send(
            &chain,
            &key,
            "Providers",
            "report_equivocation",
            fields,
            app.certainty(),
        )
        .await?
    } else {
        let proof = match (&args.prover, &args.proof) {
            (Some(prover), Some(file)) => Some((prover.clone(), read_proof(file)?)),
            _ => None,
        };
        let fields = (Static(answered), Static(claim), Static(proof));
        send(
            &chain,
            &key,
            "Providers",
            "report_false_claim",
            fields,
            app.certainty(),
        )
        .await?
    };
    let details = chain.find_provider_details(&accused).await?;
    let slash = details.and_then(|details| details.slashes.last().copied());
    Ok(Report::new(json!({
        "provider": address(&accused),
        "block": included.number,
        "slashed": slash.map(|slash| slash.amount.to_string()),
    }))
    .line("provider", address(&accused))
    .line("block", included.number)
    .lines(slash.map(|slash| ("slashed".to_string(), Amount(slash.amount).to_string()))))
}

/// Has the chain forget that an offence was punished.
pub async fn forget(app: &App, args: ForgetArgs) -> Result<Report> {
    let (key, chain) = (app.key()?, app.chain().await?);
    let fields = (
        Static(args.provider.clone()),
        Static(args.job),
        Static(args.batch),
        Static(SlashReason::from(args.offence)),
    );
    let name = "forget_offence";
    let included = send(&chain, &key, "Providers", name, fields, app.certainty()).await?;
    Ok(Report::new(json!({
        "provider": address(&args.provider),
        "job": hex(args.job),
        "batch": args.batch,
        "block": included.number,
    }))
    .line("provider", address(&args.provider))
    .line(
        "forgotten",
        format!("batch {} of {:?}", args.batch, args.job),
    )
    .line("block", included.number))
}

fn read_proof(file: &Path) -> Result<Vec<u8>> {
    let proof = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    if proof.len() > MAX_PROOF_BYTES {
        bail!(
            "{} has {} bytes; no proof has more than {MAX_PROOF_BYTES}",
            file.display(),
            proof.len()
        );
    }
    Ok(proof)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offences_are_those_of_the_chain() {
        for (offence, code) in Offence::value_variants().iter().zip(0u8..) {
            let reason = SlashReason::from(*offence);
            assert_eq!(codec::Encode::encode(&reason), [code]);
            assert_eq!(format!("{offence:?}"), format!("{reason:?}"));
        }
    }

    #[test]
    fn a_provider_works_for_an_asset_up_to_its_rate() {
        let rate = |text: &str| text.parse::<Rate>().unwrap().0;
        let listed = |text: &str| Listing {
            rate: rate(text),
            open: true,
        };
        let accepts = [(7, rate("4")), (8, rate("0.5")), (9, rate("1"))];
        let accepted = accepted(&accepts, &[(7, listed("4")), (8, listed("0.75"))]);
        let now: Vec<bool> = accepted.iter().map(|each| each.now).collect();
        assert_eq!(now, [true, false, false]);
        assert_eq!(
            accepted[1].json(),
            json!({ "asset": 8, "up_to": "0.5", "now": false })
        );
        assert!(accepted[0].text().ends_with("up to a rate of 4"));
        assert!(accepted[1].text().contains("not now"));
    }
}
