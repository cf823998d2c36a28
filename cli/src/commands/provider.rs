//! `swarm provider`: offering work and looking after it.

use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use rand::RngCore;
use serde_json::{json, Value};
use sp_core::crypto::AccountId32;
use subxt::{ext::scale_encode::EncodeAsFields, rpcs::client::rpc_params, utils::Static};
use swarmwork_primitives::WORKER_KEY_TYPE;

use crate::{
    app::{bounded_url, App},
    chain::{Chain, ProviderView},
    commands::{
        capacity::{self, LeaseCommand, MaintenanceCommand, ProfileArgs},
        rewards,
        standing::{self, ClaimArgs, ForgetArgs, ReportArgs},
    },
    consent::{self, Consent, WorkerArgs},
    key,
    output::Report,
    transact::{account_of, send, Included},
    units::{address, hex, parse_account, parse_base_url, Amount, Rate},
};

const PALLET: &str = "Providers";

#[derive(Subcommand)]
pub enum ProviderCommand {
    /// Make a worker key (or read one) and put it into the node's keystore.
    WorkerKey(WorkerKey),
    /// Have a worker key agree to report for a provider, to register or rotate it elsewhere.
    Consent(ConsentArgs),
    /// Register as a provider and hold the bond.
    Register(Register),
    /// How a provider stands; without ADDRESS, that of the key.
    Status {
        /// Controller account.
        #[arg(value_parser = parse_account)]
        address: Option<AccountId32>,
    },
    /// Change price, endpoint, or whether unattested work is taken.
    Update(Update),
    /// Take jobs, or none for now.
    Available {
        /// on or off
        switch: Switch,
    },
    /// Take jobs in which all results are committed to and few are proven, or no more of them. Who
    /// does not prove in time what is drawn or challenged loses its collateral.
    RootedWork {
        /// on or off
        switch: Switch,
    },
    /// Replace the worker key, at once.
    RotateWorker(WorkerArgs),
    /// Add to the bond.
    BondExtra {
        /// How much, such as 1000.
        amount: Amount,
    },
    /// Work for jobs that are paid in an asset, up to a rate; without one, no more.
    AcceptAsset {
        /// The asset's number.
        asset: u32,
        /// The most that its smallest unit may be said to be worth, in the token's: 4 or 0.25.
        #[arg(long, value_name = "RATE")]
        up_to: Option<Rate>,
    },
    /// Stop for good; the bond comes free after the lock-up.
    Unregister,
    /// Take back what of the bond has waited out its lock-up.
    WithdrawBond,
    /// Have a part of the bond wait for its withdrawal.
    Unbond {
        /// How much, such as 1000.
        amount: Amount,
    },
    /// Take a part of what waits back into the bond.
    Rebond {
        /// How much, such as 1000.
        amount: Amount,
    },
    /// Say what the provider is called and what it computes with.
    Profile(ProfileArgs),
    /// Announce or end maintenance.
    #[command(subcommand)]
    Maintenance(MaintenanceCommand),
    /// Let capacity to another provider, or work on another's.
    #[command(subcommand)]
    Lease(LeaseCommand),
    /// Profile, queue, leases, slashes and accepted assets of a provider; without ADDRESS, of that of
    /// the key.
    Details {
        /// Controller account.
        #[arg(value_parser = parse_account)]
        address: Option<AccountId32>,
    },
    /// What swarm work has earned; without ADDRESS, that of the key.
    Rewards {
        /// Controller account.
        #[arg(value_parser = parse_account)]
        address: Option<AccountId32>,
    },
    /// Claim every vested reward.
    ClaimRewards,
    /// Take part in capacity windows.
    JoinWindows {
        /// Where there is no room: who has a smaller bond and makes room.
        #[arg(long, value_name = "ADDRESS", value_parser = parse_account)]
        displace: Option<AccountId32>,
    },
    /// Take part in no more capacity windows.
    LeaveWindows,
    /// Lock tokens up for a higher credit.
    LockUp {
        /// How many in all, such as 1000.
        amount: Amount,
        /// For how long.
        #[arg(long, value_enum)]
        term: rewards::Term,
    },
    /// Free a lock-up that is over.
    Unlock,
    /// A provider's reputation and what it rests on; without ADDRESS, of that of the key.
    History {
        /// Controller account.
        #[arg(value_parser = parse_account)]
        address: Option<AccountId32>,
    },
    /// The jobs of all providers by epoch.
    Outcomes,
    /// Have a worker key claim an answer, so that the provider stands by it.
    Claim(ClaimArgs),
    /// Bring evidence that a worker key claimed a wrong answer, or two.
    Report(Box<ReportArgs>),
    /// Have the chain forget that an offence was punished, once it has forgotten the job. Anybody may:
    /// it makes room.
    ForgetOffence(ForgetArgs),
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

#[derive(Args)]
pub struct WorkerKey {
    /// File with the worker's secret; made with a fresh secret where there is none.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// Only make or read the key; the node is told nothing.
    #[arg(long)]
    offline: bool,
}

#[derive(Args)]
pub struct ConsentArgs {
    /// File with the worker's secret.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// The provider's controller account, which alone may use the consent.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_account)]
    controller: AccountId32,
}

#[derive(Args)]
pub struct Register {
    #[command(flatten)]
    worker: WorkerArgs,
    /// How much to hold as a bond.
    #[arg(long)]
    bond: Amount,
    /// Price of a billion multiply-accumulates.
    #[arg(long)]
    ask: Amount,
    /// Public base URL of the executor.
    #[arg(long, value_parser = parse_base_url)]
    endpoint: String,
    /// Also take work under keys that no ceremony attests.
    #[arg(long)]
    unattested: bool,
}

#[derive(Args)]
pub struct Update {
    /// Price of a billion multiply-accumulates.
    #[arg(long)]
    ask: Option<Amount>,
    /// Public base URL of the executor.
    #[arg(long, value_parser = parse_base_url)]
    endpoint: Option<String>,
    /// Whether to take work under keys that no ceremony attests.
    #[arg(long, value_name = "on|off")]
    unattested: Option<Switch>,
    /// How many jobs it works on at a time on capacity of its own, those that it lends among them.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    slots: Option<u32>,
}

pub async fn run(app: &App, command: ProviderCommand) -> Result<Report> {
    match command {
        ProviderCommand::WorkerKey(args) => worker_key(app, args).await,
        ProviderCommand::Consent(args) => give_consent(app, args).await,
        ProviderCommand::Register(args) => register(app, args).await,
        ProviderCommand::Status { address } => status(app, address).await,
        ProviderCommand::Update(args) => update(app, args).await,
        ProviderCommand::Available { switch } => {
            let available = matches!(switch, Switch::On);
            call(app, "set_available", (Static(available),)).await
        }
        ProviderCommand::RootedWork { switch } => {
            rooted_work(app, matches!(switch, Switch::On)).await
        }
        ProviderCommand::RotateWorker(worker) => rotate_worker(app, worker).await,
        ProviderCommand::BondExtra { amount } => call(app, "bond_extra", (Static(amount.0),)).await,
        ProviderCommand::AcceptAsset { asset, up_to } => accept_asset(app, asset, up_to).await,
        ProviderCommand::Unregister => call(app, "unregister", ()).await,
        ProviderCommand::WithdrawBond => call(app, "withdraw_bond", ()).await,
        ProviderCommand::Rewards { address } => rewards::show(app, address).await,
        ProviderCommand::ClaimRewards => rewards::claim(app).await,
        ProviderCommand::JoinWindows { displace } => {
            rewards::call(app, "admit", (Static(displace),)).await
        }
        ProviderCommand::LeaveWindows => rewards::call(app, "withdraw", ()).await,
        ProviderCommand::LockUp { amount, term } => {
            rewards::call(app, "lock_up", (Static(amount.0), Static(term.term()))).await
        }
        ProviderCommand::Unlock => rewards::call(app, "unlock", ()).await,
        ProviderCommand::Unbond { amount } => call(app, "unbond", (Static(amount.0),)).await,
        ProviderCommand::Rebond { amount } => call(app, "rebond", (Static(amount.0),)).await,
        ProviderCommand::Profile(args) => capacity::profile(app, args).await,
        ProviderCommand::Maintenance(command) => capacity::maintenance(app, command).await,
        ProviderCommand::Lease(command) => capacity::lease(app, command).await,
        ProviderCommand::Details { address } => standing::details(app, address).await,
        ProviderCommand::History { address } => standing::history(app, address).await,
        ProviderCommand::Outcomes => standing::outcomes(app).await,
        ProviderCommand::Claim(args) => standing::claim(app, args).await,
        ProviderCommand::Report(args) => standing::report(app, *args).await,
        ProviderCommand::ForgetOffence(args) => standing::forget(app, args).await,
    }
}

async fn accept_asset(app: &App, asset: u32, up_to: Option<Rate>) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    let args = (Static(asset), Static(up_to.map(|rate| rate.0)));
    let certainty = app.certainty();
    let included = send(&chain, &key, "Marketplace", "accept_asset", args, certainty).await?;
    Ok(Report::new(json!({
        "provider": address(&account_of(&key)),
        "asset": asset,
        "up_to": up_to.map(|rate| rate.to_string()),
        "block": included.number,
    }))
    .line("asset", asset)
    .line("accepted", if up_to.is_some() { "yes" } else { "no" })
    .line("block", included.number))
}

async fn worker_key(app: &App, args: WorkerKey) -> Result<Report> {
    let made = !args.file.exists();
    if made {
        make_secret(&args.file)?;
    }
    let key = key::read(&args.file)?;
    let worker = account_of(&key);
    if !args.offline {
        let secret = std::fs::read_to_string(&args.file)
            .with_context(|| format!("cannot read {}", args.file.display()))?;
        let key_type = String::from_utf8_lossy(&WORKER_KEY_TYPE.0).into_owned();
        check_private(&app.common.url)?;
        let chain = app.chain().await?;
        let inserted: std::result::Result<Value, _> = chain
            .raw_rpc()
            .request(
                "author_insertKey",
                rpc_params![key_type, secret.trim(), hex(&worker)],
            )
            .await;
        if let Err(error) = inserted {
            match error {
                subxt::rpcs::Error::User(e) => bail!(
                    "the node at {} does not take the key: {}\nit takes keys only from its own \
                     machine and with --rpc-methods unsafe or auto",
                    chain.url(),
                    e.message
                ),
                other => return Err(chain.rpc_failed(other)),
            }
        }
    }
    Ok(Report::new(json!({
        "worker": address(&worker),
        "file": args.file,
        "made": made,
        "inserted": !args.offline,
    }))
    .line("worker", address(&worker))
    .line("secret in", args.file.display())
    .line(
        "node",
        if args.offline {
            "not told"
        } else {
            "has the key"
        },
    ))
}

/// Refuses to send a secret over a connection that others can listen to.
fn check_private(url: &str) -> Result<()> {
    let parsed = url::Url::parse(url).with_context(|| format!("`{url}` is no URL"))?;
    let loopback = match parsed.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if parsed.scheme() == "wss" || loopback {
        return Ok(());
    }
    bail!(
        "{url} is on another machine and not encrypted: the worker's secret would travel in the \
         clear; run this on the node's machine, or `swarmwork-node key insert --key-type swrk` there"
    )
}

/// Writes a fresh seed into a new file that only its owner may read.
fn make_secret(path: &Path) -> Result<()> {
    use std::io::Write;
    let mut seed = [0u8; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut seed)
        .context("the system gives no randomness")?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| writeln!(file, "{}", hex(seed)))
        .with_context(|| format!("cannot write {}", path.display()))
}

async fn give_consent(app: &App, args: ConsentArgs) -> Result<Report> {
    let key = key::read(&args.file)?;
    let chain = app.chain().await?;
    let until = chain
        .best_number()
        .await?
        .saturating_add(consent::longest(&chain).await?);
    let consent = Consent::give(&key, &chain.genesis(), &args.controller, until);
    Ok(Report::new(json!({
        "worker": address(&consent.worker),
        "controller": address(&args.controller),
        "until": until,
        "consent": consent.to_string(),
    }))
    .line("worker", address(&consent.worker))
    .line("may report for", address(&args.controller))
    .line("if used by block", until)
    .line("consent", consent))
}

async fn rotate_worker(app: &App, worker: WorkerArgs) -> Result<Report> {
    let who = account_of(&app.key()?);
    let chain = app.chain().await?;
    let Consent { worker, given } = worker.consent(&chain, &who).await?;
    let fields = (Static(worker), Static(given));
    let included = signed(app, &chain, "rotate_worker", fields).await?;
    changed(&chain, &who, included).await
}

async fn register(app: &App, args: Register) -> Result<Report> {
    let key = app.key()?;
    let controller = account_of(&key);
    let chain = app.chain().await?;
    if let Some(known) = chain.find_provider(&controller).await? {
        if let Some(block) = chain.provider_details(&controller).await?.leaving {
            bail!(
                "{} has unregistered, and its bond waits until block {block}: take it back then with \
                 `swarm provider withdraw-bond`, and register anew",
                address(&controller)
            );
        }
        let mut report = view_json(&controller, &known);
        report["already_registered"] = json!(true);
        return Ok(Report::new(report)
            .line("provider", address(&controller))
            .line(
                "",
                "is registered already; change it with `swarm provider update`",
            )
            .lines(view_lines(&known)));
    }
    let usable = chain
        .funds(&controller)
        .await?
        .usable(chain.existential_deposit().await?);
    if args.bond.0 > usable {
        bail!(
            "the bond of {} is more than {} can hold: {}",
            args.bond,
            address(&controller),
            Amount(usable)
        );
    }
    let Consent { worker, given } = args.worker.consent(&chain, &controller).await?;
    let fields = (
        Static(worker),
        Static(given),
        Static(args.bond.0),
        Static(args.ask.0),
        Static(bounded_url(&args.endpoint)?),
        Static(args.unattested),
    );
    let included = signed(app, &chain, "register_provider", fields).await?;
    let view = chain.provider(&controller).await?;
    let mut report = view_json(&controller, &view);
    report["block"] = json!(included.number);
    report["already_registered"] = json!(false);
    Ok(Report::new(report)
        .line("provider", address(&controller))
        .line("block", included.number)
        .lines(view_lines(&view)))
}

async fn status(app: &App, who: Option<AccountId32>) -> Result<Report> {
    let who = match who {
        Some(who) => who,
        None => account_of(&app.key()?),
    };
    let chain = app.chain().await?;
    let view = chain.provider(&who).await?;
    let endpoint = String::from_utf8_lossy(&view.endpoint).into_owned();
    let health = match app
        .blobs
        .http()
        .get(format!("{endpoint}/healthz"))
        .timeout(std::time::Duration::from_secs(5))
        .send()
        .await
    {
        Ok(answer) if answer.status().is_success() => "answers".to_string(),
        Ok(answer) => format!("answers {}", answer.status()),
        Err(_) => "does not answer".to_string(),
    };
    let payout = chain.funds(&who).await?;
    let worker = chain.funds(&view.worker).await?;
    let mut report = view_json(&who, &view);
    report["executor"] = json!(health);
    report["free"] = json!(payout.free.to_string());
    report["worker_free"] = json!(worker.free.to_string());
    Ok(Report::new(report)
        .line("provider", address(&who))
        .lines(view_lines(&view))
        .line("executor", health)
        .line("free funds", Amount(payout.free))
        .line("worker's funds", Amount(worker.free)))
}

async fn update(app: &App, args: Update) -> Result<Report> {
    let who = account_of(&app.key()?);
    let chain = app.chain().await?;
    let now = chain.provider(&who).await?;
    let endpoint = match &args.endpoint {
        Some(endpoint) => bounded_url(endpoint)?,
        None => now.endpoint,
    };
    let slots = match args.slots {
        Some(slots) => slots,
        None => chain.provider_details(&who).await?.slots,
    };
    let fields = (
        Static(args.ask.map_or(now.ask, |ask| ask.0)),
        Static(endpoint),
        Static(
            args.unattested
                .map_or(now.unattested, |s| matches!(s, Switch::On)),
        ),
        Static(slots),
    );
    let included = signed(app, &chain, "update_provider", fields).await?;
    changed(&chain, &who, included).await
}

/// Makes a call of the key's provider and shows the provider after it.
pub(super) async fn call<A: EncodeAsFields>(app: &App, name: &str, args: A) -> Result<Report> {
    let who = account_of(&app.key()?);
    let chain = app.chain().await?;
    let included = signed(app, &chain, name, args).await?;
    changed(&chain, &who, included).await
}

async fn rooted_work(app: &App, accept: bool) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    let (name, args) = ("accept_rooted_work", (Static(accept),));
    let included = send(&chain, &key, "Marketplace", name, args, app.certainty()).await?;
    let report = changed(&chain, &account_of(&key), included).await?;
    Ok(report
        .fields(json!({ "rooted_work": accept }))
        .line("rooted work", if accept { "taken" } else { "not taken" }))
}

async fn signed<A: EncodeAsFields>(
    app: &App,
    chain: &Chain,
    name: &str,
    args: A,
) -> Result<Included> {
    send(chain, &app.key()?, PALLET, name, args, app.certainty()).await
}

/// The provider after a change.
async fn changed(chain: &Chain, who: &AccountId32, included: Included) -> Result<Report> {
    let view = chain.find_provider(who).await?;
    let mut report = match &view {
        Some(view) => view_json(who, view),
        None => json!({ "provider": address(who), "registered": false }),
    };
    report["block"] = json!(included.number);
    let report = Report::new(report)
        .line("provider", address(who))
        .line("block", included.number);
    Ok(match &view {
        Some(view) => report.lines(view_lines(view)),
        None => report.line("registered", "no"),
    })
}

fn view_json(who: &AccountId32, view: &ProviderView) -> Value {
    json!({
        "provider": address(who),
        "worker": address(&view.worker),
        "ask": view.ask.to_string(),
        "bond": view.bond.to_string(),
        "reserved": view.reserved.to_string(),
        "running": view.running,
        "available": view.available,
        "unattested": view.unattested,
        "endpoint": String::from_utf8_lossy(&view.endpoint),
        "score": f64::from(view.score.deconstruct()) / 1e6,
        "jobs_completed": view.jobs.0,
        "jobs_failed": view.jobs.1,
    })
}

fn view_lines(view: &ProviderView) -> Vec<(String, String)> {
    let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_string();
    let line = |name: &str, value: String| (name.to_string(), value);
    vec![
        line("worker", address(&view.worker)),
        line(
            "endpoint",
            String::from_utf8_lossy(&view.endpoint).into_owned(),
        ),
        line(
            "ask",
            format!("{} per 10^9 multiply-accumulates", Amount(view.ask)),
        ),
        line("bond", Amount(view.bond).to_string()),
        line("reserved", Amount(view.reserved).to_string()),
        line("available", yes_no(view.available)),
        line("unattested work", yes_no(view.unattested)),
        line("running", view.running.to_string()),
        line(
            "jobs",
            format!("{} completed, {} failed", view.jobs.0, view.jobs.1),
        ),
        line(
            "reputation",
            format!("{:.4}", f64::from(view.score.deconstruct()) / 1e6),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn fresh_secrets_are_private_and_never_overwritten() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("worker");
        make_secret(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let first = account_of(&key::read(&path).unwrap());
        assert!(make_secret(&path).is_err());
        assert_eq!(account_of(&key::read(&path).unwrap()), first);
        let other = folder.path().join("other");
        make_secret(&other).unwrap();
        assert_ne!(account_of(&key::read(&other).unwrap()), first);
    }

    #[test]
    fn secrets_leave_this_machine_only_encrypted() {
        for fine in [
            "ws://127.0.0.1:9944",
            "ws://[::1]:9944",
            "ws://localhost:1",
            "wss://node.example",
        ] {
            assert!(check_private(fine).is_ok(), "{fine}");
        }
        for open in [
            "ws://10.0.0.1:9944",
            "ws://node.example",
            "ws://localhost.example",
        ] {
            let message = check_private(open).unwrap_err().to_string();
            assert!(message.contains("in the clear"), "{message}");
        }
    }
}
