//! `swarm account`: balances, transfers, claims and burns.

use anyhow::{ensure, Result};
use clap::Subcommand;
use serde_json::{json, Value};
use sp_core::crypto::AccountId32;
use subxt::utils::{MultiAddress, Static};
use swarmwork_primitives::{AssetId, JobCurrency};

use crate::{
    app::App,
    currencies::Owed,
    output::Report,
    transact::{account_of, send},
    units::{address, asset_of, parse_account, Amount, Price},
};

#[derive(Subcommand)]
pub enum AccountCommand {
    /// What an account owns and is owed; without ADDRESS, that of the key.
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
    /// Collect shares of jobs that could not be paid out when they fell due; `show` says what is owed.
    Claim {
        /// Shares in this asset instead of tokens.
        #[arg(long, value_name = "NUMBER")]
        asset: Option<AssetId>,
        /// Shares of this account, such as the treasury's, which cannot sign. They are paid to it.
        #[arg(long = "for", value_name = "ADDRESS", value_parser = parse_account)]
        beneficiary: Option<AccountId32>,
    },
    /// Destroy tokens for good: they leave the supply, and nobody gets anything for them.
    Burn {
        /// How many, such as 1.5.
        #[arg(long)]
        amount: Amount,
    },
}

pub async fn run(app: &App, command: AccountCommand) -> Result<Report> {
    match command {
        AccountCommand::Show { address } => show(app, address).await,
        AccountCommand::Transfer { to, amount } => transfer(app, to, amount).await,
        AccountCommand::Claim { asset, beneficiary } => claim(app, asset, beneficiary).await,
        AccountCommand::Burn { amount } => burn(app, amount).await,
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
    let (coins, owed) = (chain.coins(&who).await?, chain.owed(&who).await?);
    let listed: Vec<Value> = coins
        .iter()
        .map(|coins| {
            json!({
                "asset": coins.asset,
                "free": coins.free.to_string(),
                "held": coins.held.to_string(),
            })
        })
        .collect();
    let mut report = Report::new(json!({
        "account": address(&who),
        "free": funds.free.to_string(),
        "held": funds.held.to_string(),
        "usable": usable.to_string(),
        "coins": listed,
        "owed": owed.iter().map(owed_json).collect::<Vec<_>>(),
    }))
    .line("account", address(&who))
    .line("free", Amount(funds.free))
    .line("held", Amount(funds.held))
    .line("usable", Amount(usable));
    for coins in &coins {
        report = report
            .line("free", coins.price(coins.free))
            .line("held", coins.price(coins.held));
    }
    for share in &owed {
        report = report.line("owed", owed_text(share));
    }
    Ok(report)
}

fn owed_json(share: &Owed) -> Value {
    json!({
        "asset": asset_of(&share.price.currency),
        "amount": share.price.amount.to_string(),
        "payer": address(&share.payer),
    })
}

/// A share that is owed, and how it is had.
fn owed_text(share: &Owed) -> String {
    let asset = asset_of(&share.price.currency)
        .map_or_else(String::new, |asset| format!(" --asset {asset}"));
    format!(
        "{}, held in {}: `swarm account claim{asset}`",
        share.price,
        address(&share.payer)
    )
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

async fn claim(
    app: &App,
    asset: Option<AssetId>,
    beneficiary: Option<AccountId32>,
) -> Result<Report> {
    let key = app.key()?;
    let who = beneficiary.clone().unwrap_or_else(|| account_of(&key));
    let chain = app.chain().await?;
    let certainty = app.certainty();
    let included = match (asset, beneficiary) {
        (None, None) => send(&chain, &key, "Marketplace", "claim", (), certainty).await?,
        (None, Some(beneficiary)) => {
            let args = (Static(beneficiary),);
            send(&chain, &key, "Marketplace", "claim_for", args, certainty).await?
        }
        (Some(asset), _) => {
            let args = (Static(asset), Static(who.clone()));
            send(&chain, &key, "Marketplace", "claim_asset", args, certainty).await?
        }
    };
    let currency = asset.map_or(JobCurrency::Native, JobCurrency::WithId);
    let (_, claimed): (AccountId32, u128) = included.first_field("Marketplace", "Claimed")?;
    // A call pays from so many payers at most.
    let left = chain
        .owed(&who)
        .await?
        .iter()
        .filter(|share| share.price.currency == currency)
        .fold(0u128, |sum, share| sum.saturating_add(share.price.amount));
    let free = chain.funds(&who).await?.free;
    let report = Report::new(json!({
        "account": address(&who),
        "asset": asset,
        "claimed": claimed.to_string(),
        "left": left.to_string(),
        "block": included.number,
        "free": free.to_string(),
    }))
    .line("account", address(&who))
    .line("claimed", Price::of(&currency, claimed))
    .line("block", included.number)
    .line("free", Amount(free));
    Ok(match left {
        0 => report,
        left => report.line("still owed", Price::of(&currency, left)),
    })
}

async fn burn(app: &App, amount: Amount) -> Result<Report> {
    ensure!(amount.0 > 0, "--amount must be more than nothing");
    let key = app.key()?;
    let who = account_of(&key);
    let chain = app.chain().await?;
    let existential = chain.existential_deposit().await?;
    let usable = chain.funds(&who).await?.usable(existential);
    ensure!(
        amount <= Amount(usable),
        "{} can burn {}, not {amount}",
        address(&who),
        Amount(usable)
    );
    let args = (Static(amount.0),);
    let included = send(&chain, &key, "Burn", "burn", args, app.certainty()).await?;
    let burned = chain.burned().await?.voluntary;
    Ok(Report::new(json!({
        "account": address(&who),
        "amount": amount.0.to_string(),
        "burned_by_owners": burned.to_string(),
        "block": included.number,
    }))
    .line("account", address(&who))
    .line("burned", amount)
    .line("burned by owners in all", Amount(burned))
    .line("block", included.number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_owed_says_by_whom_and_how_it_is_claimed() {
        let share = |price: &str| Owed {
            price: price.parse().unwrap(),
            payer: AccountId32::new([7; 32]),
        };
        let payer = address(&AccountId32::new([7; 32]));
        let tokens = share("1.5");
        assert_eq!(
            owed_text(&tokens),
            format!("1.5 SWARM, held in {payer}: `swarm account claim`")
        );
        assert_eq!(owed_json(&tokens)["asset"], Value::Null);
        let coins = share("250@7");
        assert!(owed_text(&coins).ends_with("`swarm account claim --asset 7`"));
        assert_eq!(
            owed_json(&coins),
            json!({ "asset": 7, "amount": "250", "payer": payer })
        );
    }
}
