//! `swarm account`: balances and transfers.

use anyhow::{ensure, Result};
use clap::Subcommand;
use serde_json::json;
use sp_core::crypto::AccountId32;
use subxt::utils::{MultiAddress, Static};

use crate::{
    app::App,
    output::Report,
    transact::{account_of, send},
    units::{address, parse_account, Amount},
};

#[derive(Subcommand)]
pub enum AccountCommand {
    /// What an account owns; without ADDRESS, that of the key.
    Show {
        /// SS58 address, or 0x and 64 hex digits.
        #[arg(value_parser = parse_account)]
        address: Option<AccountId32>,
    },
    /// Send tokens.
    Transfer {
        /// Who receives.
        #[arg(long, value_name = "ADDRESS", value_parser = parse_account)]
        to: AccountId32,
        /// How many, such as 1.5.
        #[arg(long)]
        amount: Amount,
    },
    /// Collect shares of jobs that could not be paid out when they fell due.
    Claim {
        /// Shares in this asset instead of tokens.
        #[arg(long, value_name = "NUMBER")]
        asset: Option<u32>,
    },
}

pub async fn run(app: &App, command: AccountCommand) -> Result<Report> {
    match command {
        AccountCommand::Show { address } => show(app, address).await,
        AccountCommand::Transfer { to, amount } => transfer(app, to, amount).await,
        AccountCommand::Claim { asset } => claim(app, asset).await,
    }
}

async fn show(app: &App, who: Option<AccountId32>) -> Result<Report> {
    let who = match who {
        Some(who) => who,
        None => account_of(&app.key()?),
    };
    let chain = app.chain().await?;
    let funds = chain.funds(&who).await?;
    let usable = funds.usable(chain.existential_deposit().await?);
    Ok(Report::new(json!({
        "account": address(&who),
        "free": funds.free.to_string(),
        "held": funds.held.to_string(),
        "usable": usable.to_string(),
    }))
    .line("account", address(&who))
    .line("free", Amount(funds.free))
    .line("held", Amount(funds.held))
    .line("usable", Amount(usable)))
}

async fn transfer(app: &App, to: AccountId32, amount: Amount) -> Result<Report> {
    let key = app.key()?;
    let from = account_of(&key);
    let chain = app.chain().await?;
    let existential = chain.existential_deposit().await?;
    let usable = chain.funds(&from).await?.usable(existential);
    ensure!(
        amount.0 <= usable,
        "{} can send {}, not {amount}",
        address(&from),
        Amount(usable)
    );
    let to_address: MultiAddress<AccountId32, ()> = MultiAddress::Id(to.clone());
    let args = (Static(to_address), Static(codec::Compact(amount.0)));
    let included = send(
        &chain,
        &key,
        "Balances",
        "transfer_keep_alive",
        args,
        app.certainty(),
    )
    .await?;
    Ok(Report::new(json!({
        "from": address(&from),
        "to": address(&to),
        "amount": amount.0.to_string(),
        "block": included.number,
    }))
    .line("sent", amount)
    .line("to", address(&to))
    .line("block", included.number))
}

async fn claim(app: &App, asset: Option<u32>) -> Result<Report> {
    let key = app.key()?;
    let who = account_of(&key);
    let chain = app.chain().await?;
    let certainty = app.certainty();
    let included = match asset {
        None => send(&chain, &key, "Marketplace", "claim", (), certainty).await?,
        Some(asset) => {
            let args = (Static(asset), Static(who.clone()));
            send(&chain, &key, "Marketplace", "claim_asset", args, certainty).await?
        }
    };
    let free = chain.funds(&who).await?.free;
    Ok(Report::new(json!({
        "account": address(&who),
        "block": included.number,
        "free": free.to_string(),
    }))
    .line("claimed in block", included.number)
    .line("free", Amount(free)))
}
