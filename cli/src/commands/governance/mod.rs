//! `swarm governance`: propose, vote, delegate, and read what was done.

mod acts;
mod code;
mod deposits;
mod propose;
mod show;
mod table;

use std::path::PathBuf;

use anyhow::{ensure, Result};
use clap::{Args, Subcommand, ValueEnum};
use codec::Compact;
use serde_json::json;
use sp_core::crypto::AccountId32;
use subxt::utils::{MultiAddress, Static};
use swarmwork_primitives::Class;

use crate::{
    app::App,
    output::Report,
    transact::send,
    units::{address, parse_account, Amount},
};

/// The runtime's types.
pub type Act = swarmwork_primitives::Act<AccountId32, u32>;
pub type Actor = swarmwork_primitives::Actor<AccountId32>;
pub type Entry = swarmwork_primitives::Entry<AccountId32, u32>;
pub type Grant = swarmwork_primitives::Grant<AccountId32, u32>;
pub type ProposalView = swarmwork_primitives::ProposalView<u32>;

#[derive(Subcommand)]
pub enum GovernanceCommand {
    /// Put a call to the vote; its class follows from the call.
    #[command(subcommand)]
    Propose(propose::Propose),
    /// Vote on a proposal.
    Vote(Vote),
    /// Take a vote on a proposal back.
    Unvote {
        /// Number of the proposal.
        proposal: u32,
        /// Its class, where it has ended.
        #[arg(long)]
        class: Option<ClassName>,
    },
    /// Let another account vote with your stake on all proposals of a class.
    Delegate(Delegate),
    /// Vote for yourself again.
    Undelegate {
        /// The class.
        #[arg(long)]
        class: ClassName,
    },
    /// How far proposals have come; without NUMBER, the latest ones, the roles, and who may stop
    /// things.
    Status {
        /// Number of a proposal.
        proposal: Option<u32>,
    },
    /// Give the deposits of a proposal that has ended back, or what it lost to the treasury. Anybody
    /// may.
    Settle {
        /// Number of the proposal.
        proposal: u32,
    },
    /// What the code of a runtime in a file is: the hash that a proposal authorises, and its version.
    Code(code::CodeArgs),
    /// Replace the runtime's code by code that an enacted proposal authorised. Anybody may; it costs
    /// nothing and needs no key.
    ApplyUpgrade {
        /// The runtime's wasm, byte for byte as it was authorised.
        #[arg(long = "code", value_name = "FILE")]
        file: PathBuf,
    },
    /// Every privileged act on record, latest last.
    Log {
        /// How many.
        #[arg(long, default_value_t = 20)]
        last: u32,
        /// From this number on instead.
        #[arg(long, conflicts_with = "last")]
        from: Option<u64>,
    },
}

/// A class of proposals, lightest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClassName {
    Cancel,
    Parameter,
    Treasury,
    Attest,
    Upgrade,
}

impl ClassName {
    fn track(self) -> u16 {
        match self {
            Self::Cancel => Class::Cancel,
            Self::Parameter => Class::Parameter,
            Self::Treasury => Class::Treasury,
            Self::Attest => Class::Attest,
            Self::Upgrade => Class::Upgrade,
        }
        .track()
    }
}

#[derive(Args)]
pub struct Vote {
    /// Number of the proposal.
    proposal: u32,
    /// Whether to enact it.
    #[arg(value_enum)]
    side: Side,
    /// How much stake votes; staked and bonded tokens count too.
    #[arg(long)]
    amount: Amount,
    #[command(flatten)]
    conviction: Conviction,
}

#[derive(Args)]
pub struct Delegate {
    /// The class of proposals.
    #[arg(long)]
    class: ClassName,
    /// Who votes with it. Its reputation does not count for your stake.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_account)]
    to: AccountId32,
    /// How much stake.
    #[arg(long)]
    amount: Amount,
    #[command(flatten)]
    conviction: Conviction,
}

#[derive(Args, Clone, Copy)]
pub struct Conviction {
    /// 0: a tenth of a vote per token, and no lock after the vote; 1 to 6: as many votes, locked for
    /// 1, 2, 4, 8, 16 or 32 periods if your side wins.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=6))]
    conviction: u8,
}

/// For or against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Side {
    Aye,
    Nay,
}

/// A vote as the chain encodes it: the side in the highest bit, the conviction below.
fn encode_vote(side: Side, conviction: u8) -> u8 {
    match side {
        Side::Aye => 0x80 | conviction,
        Side::Nay => conviction,
    }
}

pub async fn run(app: &App, command: GovernanceCommand) -> Result<Report> {
    match command {
        GovernanceCommand::Propose(what) => propose::run(app, what).await,
        GovernanceCommand::Vote(args) => vote(app, args).await,
        GovernanceCommand::Unvote { proposal, class } => unvote(app, proposal, class).await,
        GovernanceCommand::Delegate(args) => delegate(app, args).await,
        GovernanceCommand::Undelegate { class } => undelegate(app, class).await,
        GovernanceCommand::Status { proposal } => show::status(app, proposal).await,
        GovernanceCommand::Settle { proposal } => deposits::settle(app, proposal).await,
        GovernanceCommand::Code(args) => code::show(app, args).await,
        GovernanceCommand::ApplyUpgrade { file } => code::apply(app, &file).await,
        GovernanceCommand::Log { last, from } => show::log(app, last, from).await,
    }
}

async fn vote(app: &App, args: Vote) -> Result<Report> {
    ensure!(args.amount.0 > 0, "--amount must be more than nothing");
    let chain = app.chain().await?;
    let vote = encode_vote(args.side, args.conviction.conviction);
    // The first variant of the pallet's votes: one side, one amount.
    let standard = (0u8, vote, args.amount.0);
    let included = send(
        &chain,
        &app.key()?,
        "ConvictionVoting",
        "vote",
        (Static(Compact(args.proposal)), Static(standard)),
        app.certainty(),
    )
    .await?;
    let side = match args.side {
        Side::Aye => "aye",
        Side::Nay => "nay",
    };
    Ok(Report::new(json!({
        "proposal": args.proposal,
        "side": side,
        "amount": args.amount.0.to_string(),
        "conviction": args.conviction.conviction,
        "block": included.number,
    }))
    .line("proposal", args.proposal)
    .line("vote", format!("{side} with {}", args.amount))
    .line("block", included.number))
}

async fn unvote(app: &App, proposal: u32, class: Option<ClassName>) -> Result<Report> {
    let chain = app.chain().await?;
    let included = send(
        &chain,
        &app.key()?,
        "ConvictionVoting",
        "remove_vote",
        (Static(class.map(ClassName::track)), Static(proposal)),
        app.certainty(),
    )
    .await?;
    Ok(
        Report::new(json!({ "proposal": proposal, "block": included.number }))
            .line("proposal", proposal)
            .line("block", included.number),
    )
}

async fn delegate(app: &App, args: Delegate) -> Result<Report> {
    ensure!(args.amount.0 > 0, "--amount must be more than nothing");
    let chain = app.chain().await?;
    let to = MultiAddress::<AccountId32, ()>::Id(args.to.clone());
    let included = send(
        &chain,
        &app.key()?,
        "ConvictionVoting",
        "delegate",
        (
            Static(args.class.track()),
            Static(to),
            Static(args.conviction.conviction),
            Static(args.amount.0),
        ),
        app.certainty(),
    )
    .await?;
    Ok(Report::new(json!({
        "to": address(&args.to),
        "amount": args.amount.0.to_string(),
        "conviction": args.conviction.conviction,
        "block": included.number,
    }))
    .line("to", address(&args.to))
    .line("amount", args.amount)
    .line("block", included.number))
}

async fn undelegate(app: &App, class: ClassName) -> Result<Report> {
    let chain = app.chain().await?;
    let included = send(
        &chain,
        &app.key()?,
        "ConvictionVoting",
        "undelegate",
        (Static(class.track()),),
        app.certainty(),
    )
    .await?;
    Ok(Report::new(json!({ "block": included.number })).line("block", included.number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn votes_are_encoded_as_the_chain_has_them() {
        assert_eq!(encode_vote(Side::Aye, 1), 0x81);
        assert_eq!(encode_vote(Side::Nay, 6), 0x06);
        assert_eq!(encode_vote(Side::Aye, 0), 0x80);
    }

    #[test]
    fn classes_are_those_of_the_chain() {
        let names = ClassName::value_variants();
        assert_eq!(names.len(), Class::ALL.len());
        for (name, class) in names.iter().zip(Class::ALL) {
            assert_eq!(name.track(), class.track());
            assert_eq!(format!("{name:?}"), format!("{class:?}"));
        }
    }
}
