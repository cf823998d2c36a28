//! `swarm job`: buying a computation, and checking what came of it.

mod challenge;
mod delivery;
mod dispute;
mod ended;
mod inputs;
mod list;
mod offers;
mod outputs;
mod placement;
mod published;
mod quote;
mod result;
mod rooted;
mod settlement;
mod show;
mod submit;
mod tip;
mod undrawn;
mod verify;
mod watch;
mod withheld;

use std::{path::PathBuf, time::Duration};

use anyhow::{bail, Result};
use clap::{Args, Subcommand, ValueEnum};
use sp_core::{crypto::AccountId32, H256};
use swarmwork_primitives::{Mode, MAX_REDUNDANCY, MAX_SAMPLES};

use self::placement::PlacementArgs;
use crate::{
    app::{App, StoreArgs},
    output::Report,
    units::{parse_account, parse_base_url, parse_duration, parse_id, Amount, Deadline, Price},
};

#[derive(Subcommand)]
pub enum JobCommand {
    /// Commit to an input, pay into escrow, and hand the input to the assigned provider.
    Submit(Box<Submit>),
    /// What a job would cost now, and who would not take it and why.
    Quote(quote::Quote),
    /// Follow jobs until they end; hands over inputs that are still waited for.
    Watch(Watch),
    /// Fetch a job's output, check it against the chain, and write it.
    Result {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
        /// Where to write the rows: a name ending in .npy or .safetensors.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        check: Check,
    },
    /// Recompute the commitments of a job's output and re-verify its proofs.
    Verify {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
        /// A file written by `swarm job result`, to be checked too.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        check: Check,
    },
    /// The jobs that were submitted from this machine, latest last, and how they stand.
    List {
        /// How many.
        #[arg(long, default_value_t = 20)]
        last: usize,
    },
    /// Everything the chain knows of a job.
    Show {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
    },
    /// Compute batches of a job anew whose results stand, and have the first proven that differs. A
    /// bond is held: it is lost if the batch is proven, and comes back with a reward if it is not.
    Challenge(Challenge),
    /// Compute batches of a job anew that several providers have revealed results of, and prove the
    /// first to which one of them has another answer: whoever has loses its collateral, and a part of
    /// it is yours. With the worker key of any provider.
    Dispute(dispute::Dispute),
    /// Say, with a worker key, that the input of a job that was assigned just now cannot be had. Its
    /// requester publishes it then, or pays the slot's time. A provider's node says so by itself.
    ReportInput {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
    },
    /// Say, with a worker key, that an input that was reported is there after all: the job goes on.
    WithdrawReport {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
    },
    /// Put the input of a job on chain, because its provider has said that it cannot have it.
    PublishInput {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
    },
    /// Write the input of a job that was put on chain.
    FetchInput {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
        /// Where to.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// End a job whose input was reported and not published in time: its provider is paid for its
    /// slot. Anyone may; a job of one provider ends so by itself.
    CloseReport {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
    },
    /// Say that you have the output of a job that was submitted with --deliver: its provider is paid at
    /// once, and what was prepaid for the bytes comes back.
    Acknowledge {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
    },
    /// Say that you cannot have the output of a job that was submitted with --deliver. Its provider
    /// publishes it on chain, for everybody to read, and gets what was prepaid for the bytes; or you
    /// have everything back.
    DisputeDelivery {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
    },
    /// Put a disputed output on chain, with the key of its provider or the worker key.
    PublishOutput {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
        /// Folder with the circuit's keys; otherwise the commitment key is fetched.
        #[arg(long, value_name = "DIR")]
        keys: Option<PathBuf>,
    },
    /// Give the provider of a completed job something beside the price.
    Tip {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
        /// How much, in what the job was paid in: 1.5, or 2000@7 for units of asset 7.
        amount: Price,
    },
    /// Bid for a job as its provider would be, for all of it. A bid is final.
    Bid {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
        /// What it is to cost, in tokens.
        #[arg(long)]
        price: Amount,
    },
    /// Say that the job that the key's provider was given is in hand, where its requester wants to
    /// know. Nodes say so by themselves.
    Start {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
    },
    /// Give a job back that the key's provider was given and has not begun: it costs reputation.
    Decline {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
    },
    /// Withdraw a job. That costs a part of its price while a provider is drawn for it, and the time
    /// of the provider's slot, or what is proven already, once it has one.
    Cancel {
        /// Job id.
        #[arg(value_parser = parse_id)]
        job: H256,
    },
}

/// What checking an output needs.
#[derive(Args)]
pub struct Check {
    /// Folder with the circuit's keys; otherwise fetched.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Rows before padding, for a job that was not submitted from this machine.
    #[arg(long)]
    rows: Option<u64>,
}

#[derive(Args)]
pub struct Submit {
    /// Model id.
    #[arg(long, value_parser = parse_id)]
    model: H256,
    /// Rows to compute: .npy, or .safetensors with a tensor `input`.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Most to pay; the rest comes back at settlement. Tokens such as 1.5, or 250000@7 for so many
    /// smallest units of asset 7, where governance has listed it.
    #[arg(long)]
    max_price: Price,
    /// Full refund if there is no result by then: 10m, 600 (blocks) or @12345 (a block).
    #[arg(long)]
    deadline: Deadline,
    /// A provider of your choice instead of one drawn by lot.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_account)]
    provider: Option<AccountId32>,
    #[command(flatten)]
    placement: PlacementArgs,
    /// How results are checked: every batch proven, a drawn sample of what the provider has
    /// committed to, what somebody challenges of it, or by having several providers do it.
    #[arg(long, value_enum, default_value = "proven")]
    mode: ModeName,
    /// How many batches are drawn, with --mode sampled.
    #[arg(
        long,
        value_name = "K",
        required_if_eq("mode", "sampled"),
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SAMPLES))
    )]
    sample: Option<u32>,
    /// How many providers do it, with --mode redundant: an odd number.
    #[arg(
        long,
        value_name = "N",
        required_if_eq("mode", "redundant"),
        conflicts_with_all = ["provider", "fast", "auction", "start_within"],
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_REDUNDANCY))
    )]
    redundancy: Option<u32>,
    /// Hide input and output behind random blinds (the chosen provider still sees them).
    #[arg(long)]
    hide: bool,
    /// Folder with the circuit's keys; otherwise the commitment key is fetched.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// You serve the input file yourself under this base URL.
    #[arg(long, value_name = "URL", value_parser = parse_base_url, conflicts_with_all = ["store", "source"])]
    input_source: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
    /// Return once the job is in a block; `swarm job watch` then hands over the input.
    #[arg(long, conflicts_with = "watch")]
    no_wait: bool,
    /// Stay until the job ended.
    #[arg(long)]
    watch: bool,
    /// Longest to wait for a provider.
    #[arg(long, value_parser = parse_duration, default_value = "5m")]
    patience: Duration,
}

/// How results are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ModeName {
    /// Every batch is proven.
    Proven,
    /// A drawn sample is.
    Sampled,
    /// What somebody challenges is.
    Optimistic,
    /// Several providers do all of it, and most of them have to agree.
    Redundant,
}

impl Submit {
    /// The mode that was asked for.
    ///
    /// # Errors
    /// Where a sample is given for a mode that draws none, or missing where one is drawn.
    fn mode(&self) -> Result<Mode> {
        mode_of(self.mode, self.sample, self.redundancy)
    }
}

/// The mode of this name, with so many batches drawn, or for so many providers.
///
/// # Errors
/// As for [`Submit::mode`].
fn mode_of(mode: ModeName, sample: Option<u32>, redundancy: Option<u32>) -> Result<Mode> {
    match (mode, sample, redundancy) {
        (ModeName::Proven, None, None) => Ok(Mode::Proven),
        (ModeName::Optimistic, None, None) => Ok(Mode::Optimistic),
        (ModeName::Sampled, Some(samples), None) => Ok(Mode::Sampled { samples }),
        (ModeName::Sampled, None, _) => bail!("--mode sampled draws batches: say --sample K"),
        (ModeName::Redundant, None, Some(providers)) if providers % 2 == 1 => {
            Ok(Mode::Redundant { providers })
        }
        (ModeName::Redundant, None, Some(providers)) => {
            bail!("--redundancy {providers} can end in a draw: take an odd number")
        }
        (ModeName::Redundant, None, None) => {
            bail!("--mode redundant has several providers: say --redundancy N")
        }
        (_, Some(_), None) => {
            bail!("--sample goes with --mode sampled: no batches are drawn otherwise")
        }
        (_, _, Some(_)) => {
            bail!("--redundancy goes with --mode redundant, and there no batches are drawn")
        }
    }
}

#[derive(Args)]
pub struct Challenge {
    /// Job id.
    #[arg(value_parser = parse_id)]
    job: H256,
    /// Look at this batch only, counted from 0; otherwise at all of them, in order.
    batch: Option<u32>,
    /// Challenge the batch without computing it, for one whose input, or whose result, is withheld.
    #[arg(long, requires = "batch", conflicts_with = "dry_run")]
    unchecked: bool,
    /// Only say which batch differs.
    #[arg(long)]
    dry_run: bool,
    /// Folder with the circuit's keys; otherwise the commitment key is fetched.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

#[derive(Args)]
pub struct Watch {
    /// Job ids.
    #[arg(required = true, value_parser = parse_id)]
    jobs: Vec<H256>,
    /// Give up watching after this time (the jobs go on).
    #[arg(long, value_parser = parse_duration)]
    timeout: Option<Duration>,
}

pub async fn run(app: &App, command: JobCommand) -> Result<Report> {
    match command {
        JobCommand::Submit(args) => submit::run(app, *args).await,
        JobCommand::Quote(args) => quote::run(app, args).await,
        JobCommand::Bid { job, price } => offers::bid(app, job, price).await,
        JobCommand::Start { job } => offers::start(app, job).await,
        JobCommand::Decline { job } => offers::decline(app, job).await,
        JobCommand::Watch(args) => watch::run(app, args).await,
        JobCommand::Result { job, out, check } => result::run(app, job, &out, &check).await,
        JobCommand::Verify { job, output, check } => {
            verify::run(app, job, output.as_deref(), &check).await
        }
        JobCommand::List { last } => list::run(app, last).await,
        JobCommand::Show { job } => show::run(app, job).await,
        JobCommand::Challenge(args) => challenge::run(app, args).await,
        JobCommand::Dispute(args) => dispute::run(app, args).await,
        JobCommand::ReportInput { job } => withheld::report(app, job).await,
        JobCommand::WithdrawReport { job } => withheld::withdraw(app, job).await,
        JobCommand::PublishInput { job } => withheld::publish(app, job).await,
        JobCommand::FetchInput { job, out } => withheld::fetch(app, job, &out).await,
        JobCommand::CloseReport { job } => withheld::close(app, job).await,
        JobCommand::Acknowledge { job } => published::acknowledge(app, job).await,
        JobCommand::DisputeDelivery { job } => published::dispute(app, job).await,
        JobCommand::PublishOutput { job, keys } => {
            published::publish(app, job, keys.as_deref()).await
        }
        JobCommand::Tip { job, amount } => tip::run(app, job, &amount).await,
        JobCommand::Cancel { job } => show::cancel(app, job).await,
    }
}
