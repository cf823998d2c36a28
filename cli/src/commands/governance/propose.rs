//! `swarm governance propose`: from what is meant to a call on the chain.

use std::path::PathBuf;

use anyhow::{ensure, Result};
use clap::{Subcommand, ValueEnum};
use codec::{Compact, Encode, Output};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{Perbill, Permill};
use subxt::utils::Static;
use swarm_scoring::ScoreParameters;
use swarmwork_primitives::{Penalty, Role, SlashReason};

use super::{
    code::Code,
    table::{encoded, propose, How},
};
use crate::{
    app::App,
    commands::standing::Offence,
    output::Report,
    requirements::parse_share,
    units::{parse_account, parse_id, Amount, Rate},
};

#[derive(Subcommand)]
pub enum Propose {
    /// Any call, encoded, as Polkadot.js shows it (0x...).
    Call {
        /// Hex of the call.
        #[arg(value_parser = parse_bytes)]
        call: Bytes,
        #[command(flatten)]
        how: How,
    },
    /// Declare a circuit's key trusted.
    Attest {
        /// Circuit id.
        #[arg(long, value_parser = parse_id)]
        circuit: H256,
        /// Hash of the ceremony's transcript.
        #[arg(long, value_parser = parse_id)]
        transcript: H256,
        #[command(flatten)]
        how: How,
    },
    /// Replace the runtime's code: authorises its hash, after which anybody may apply the code itself
    /// (`swarm governance apply-upgrade`).
    Upgrade {
        /// The runtime's wasm, compressed.
        #[arg(long, value_name = "FILE")]
        code: PathBuf,
        #[command(flatten)]
        how: How,
    },
    /// Cancel another proposal.
    Cancel {
        /// Its number.
        proposal: u32,
        #[command(flatten)]
        how: How,
    },
    /// Spend from the treasury.
    Spend {
        /// How much.
        #[arg(long)]
        amount: Amount,
        /// Who gets it.
        #[arg(long, value_name = "ADDRESS", value_parser = parse_account)]
        to: AccountId32,
        #[command(flatten)]
        how: How,
    },
    /// Move the least price of a job.
    PriceFloor {
        /// To what.
        price: Amount,
        #[command(flatten)]
        how: How,
    },
    /// Let jobs be paid in an asset, or change what it is said to be worth.
    ListAsset {
        /// The asset's number.
        asset: u32,
        /// What its smallest unit is worth in the token's, such as 4 or 0.25.
        #[arg(long)]
        rate: Rate,
        #[command(flatten)]
        how: How,
    },
    /// Take no more jobs that are paid in an asset.
    CloseAsset {
        /// The asset's number.
        asset: u32,
        #[command(flatten)]
        how: How,
    },
    /// Say what counts how much when a provider is drawn, in parts of all that counts.
    Scoring {
        /// Its reputation.
        #[arg(long, value_name = "PARTS", default_value_t = 3)]
        reputation: u16,
        /// How much of a job's preferences it meets, where the job has any.
        #[arg(long, value_name = "PARTS", default_value_t = 1)]
        fit: u16,
        /// How far its price is below the most that the job pays.
        #[arg(long, value_name = "PARTS", default_value_t = 0)]
        price: u16,
        /// How much of its capacity is idle.
        #[arg(long, value_name = "PARTS", default_value_t = 0)]
        spare: u16,
        /// Least reputation to be drawn.
        #[arg(long, value_name = "PERCENT", value_parser = parse_share, default_value = "0")]
        threshold: Permill,
        #[command(flatten)]
        how: How,
    },
    /// Set the part of the jobs given to several providers that is audited.
    AuditShare {
        /// How much, such as 2.5: the treasury pays for audits, so there is a most.
        #[arg(value_name = "PERCENT", value_parser = parse_share)]
        share: Permill,
        #[command(flatten)]
        how: How,
    },
    /// Have the treasury buy a job for which providers are drawn.
    BuyPublic {
        /// Hex of the submission (`marketplace.submit_job` or `submit_rooted_job`, 0x...), encoded as
        /// Polkadot.js shows it.
        #[arg(value_parser = parse_bytes)]
        call: Bytes,
        #[command(flatten)]
        how: How,
    },
    /// Take back a spend that was approved and is not paid.
    VoidSpend {
        /// Its number in the treasury.
        spend: u32,
        #[command(flatten)]
        how: How,
    },
    /// Take a part of a provider's bond.
    SlashProvider {
        /// Its account.
        #[arg(value_name = "ADDRESS", value_parser = parse_account)]
        provider: AccountId32,
        /// How much.
        #[arg(long)]
        amount: Amount,
        #[command(flatten)]
        how: How,
    },
    /// Say what an offence costs a provider from now on; all of it is replaced.
    Penalty {
        /// Which.
        offence: Offence,
        /// Of everything that the provider has at stake.
        #[arg(long, value_name = "PERCENT", value_parser = parse_share)]
        stake: Permill,
        /// Of the price of the job that it concerns.
        #[arg(long, value_name = "PERCENT", value_parser = parse_share)]
        price: Permill,
        /// How many steps the collateral asked of it rises by.
        #[arg(long)]
        strikes: u8,
        /// Whether such penalties together stay within a part of the stake per day.
        #[arg(long)]
        capped: bool,
        #[command(flatten)]
        how: How,
    },
    /// Give an account a role for a time.
    GrantRole {
        /// Which.
        #[arg(long)]
        role: RoleName,
        /// To whom.
        #[arg(long, value_name = "ADDRESS", value_parser = parse_account)]
        holder: AccountId32,
        /// On one thing only, such as a circuit.
        #[arg(long, value_parser = parse_id)]
        scope: Option<H256>,
        /// The first block in which it is gone.
        #[arg(long, value_name = "BLOCK")]
        expires: u32,
        #[command(flatten)]
        how: How,
    },
    /// Take a role from an account.
    RevokeRole {
        /// Which.
        #[arg(long)]
        role: RoleName,
        /// From whom.
        #[arg(long, value_name = "ADDRESS", value_parser = parse_account)]
        holder: AccountId32,
        #[command(flatten)]
        how: How,
    },
    /// End a stop of the market, as after a migration that failed.
    Resume {
        #[command(flatten)]
        how: How,
    },
    /// Let a paused call be made again.
    ResumeCall {
        /// Its pallet, as in the metadata.
        pallet: String,
        /// Its name there.
        call: String,
        #[command(flatten)]
        how: How,
    },
    /// Give an account, which is best a multisig's, the power to stop things.
    AppointTechnical {
        /// Which.
        #[arg(value_name = "ADDRESS", value_parser = parse_account)]
        who: AccountId32,
        #[command(flatten)]
        how: How,
    },
    /// Take the power to stop things from the technical account.
    DismissTechnical {
        #[command(flatten)]
        how: How,
    },
}

/// A call given in hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(Vec<u8>);

/// It is encoded already.
impl Encode for Bytes {
    fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
        output.write(&self.0);
    }
}

fn parse_bytes(text: &str) -> Result<Bytes, String> {
    let digits = text
        .strip_prefix("0x")
        .ok_or_else(|| format!("`{text}` is no call: it must be 0x and hex digits"))?;
    hex::decode(digits)
        .map(Bytes)
        .map_err(|e| format!("`{text}` is no call: {e}"))
}

/// A role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    AttestCircuits,
    AdjustPrices,
    ListAssets,
    DrawAudits,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::AttestCircuits => Self::AttestCircuits,
            RoleName::AdjustPrices => Self::AdjustPrices,
            RoleName::ListAssets => Self::ListAssets,
            RoleName::DrawAudits => Self::DrawAudits,
        }
    }
}

/// The same share, as the chain counts penalties.
fn exactly(share: Permill) -> Perbill {
    // A thousand parts per billion are one per million.
    Perbill::from_parts(share.deconstruct().saturating_mul(1_000))
}

pub async fn run(app: &App, what: Propose) -> Result<Report> {
    let chain = app.chain().await?;
    match what {
        Propose::Call { call, how } => propose(app, &chain, call.0, how).await,
        Propose::Attest {
            circuit,
            transcript,
            how,
        } => {
            chain.circuit(circuit).await?;
            let args = (Static(circuit), Static(transcript));
            encoded(app, &chain, "Circuits", "attest_circuit", args, how).await
        }
        Propose::Upgrade { code, how } => {
            let code = Code::read(&code)?;
            code.follows(&chain).await?;
            let args = (Static(code.hash),);
            encoded(app, &chain, "System", "authorize_upgrade", args, how).await
        }
        Propose::Cancel { proposal, how } => {
            let args = (Static(proposal),);
            encoded(app, &chain, "Governance", "cancel", args, how).await
        }
        Propose::Spend { amount, to, how } => {
            // The kind of asset is the token, which encodes as nothing.
            let args = (
                Static(()),
                Static(Compact(amount.0)),
                Static(to),
                Static(None::<u32>),
            );
            encoded(app, &chain, "Treasury", "spend", args, how).await
        }
        Propose::PriceFloor { price, how } => {
            let args = (Static(price.0),);
            encoded(app, &chain, "Governance", "set_price_floor", args, how).await
        }
        Propose::ListAsset { asset, rate, how } => {
            let args = (Static(asset), Static(rate.0));
            encoded(app, &chain, "Marketplace", "list_asset", args, how).await
        }
        Propose::CloseAsset { asset, how } => {
            let args = (Static(asset),);
            encoded(app, &chain, "Marketplace", "close_asset", args, how).await
        }
        Propose::Scoring {
            reputation,
            fit,
            price,
            spare,
            threshold,
            how,
        } => {
            let parameters = ScoreParameters {
                reputation,
                fit,
                price,
                spare,
                threshold,
            };
            ensure!(
                parameters.is_sound(),
                "nothing would count: give reputation, price or spare some parts"
            );
            let args = (Static(parameters),);
            encoded(app, &chain, "Marketplace", "set_scoring", args, how).await
        }
        Propose::AuditShare { share, how } => {
            let args = (Static(share),);
            encoded(app, &chain, "Marketplace", "set_audit_share", args, how).await
        }
        Propose::BuyPublic { call, how } => {
            let args = (Static(call),);
            encoded(app, &chain, "Governance", "buy_public", args, how).await
        }
        Propose::VoidSpend { spend, how } => {
            let args = (Static(spend),);
            encoded(app, &chain, "Treasury", "void_spend", args, how).await
        }
        Propose::SlashProvider {
            provider,
            amount,
            how,
        } => {
            let args = (Static(provider), Static(amount.0));
            encoded(app, &chain, "Providers", "slash_provider", args, how).await
        }
        Propose::Penalty {
            offence,
            stake,
            price,
            strikes,
            capped,
            how,
        } => {
            let most = chain.constant("Providers", "MaxStrikes").await?;
            ensure!(
                u128::from(strikes) <= most,
                "{strikes} strikes are more than count: {most}"
            );
            let penalty = Penalty {
                stake: exactly(stake),
                price: exactly(price),
                strikes,
                capped,
            };
            let args = (Static(SlashReason::from(offence)), Static(penalty));
            encoded(app, &chain, "Providers", "set_penalty", args, how).await
        }
        Propose::GrantRole {
            role,
            holder,
            scope,
            expires,
            how,
        } => {
            let args = (
                Static(Role::from(role)),
                Static(holder),
                Static(scope),
                Static(expires),
            );
            encoded(app, &chain, "Governance", "grant_role", args, how).await
        }
        Propose::RevokeRole { role, holder, how } => {
            let args = (Static(Role::from(role)), Static(holder));
            encoded(app, &chain, "Governance", "revoke_role", args, how).await
        }
        Propose::Resume { how } => encoded(app, &chain, "Governance", "resume", (), how).await,
        Propose::ResumeCall { pallet, call, how } => {
            let args = (Static((pallet, call)),);
            encoded(app, &chain, "Governance", "resume_call", args, how).await
        }
        Propose::AppointTechnical { who, how } => {
            let args = (Static(who),);
            encoded(app, &chain, "Governance", "appoint_technical", args, how).await
        }
        Propose::DismissTechnical { how } => {
            encoded(app, &chain, "Governance", "dismiss_technical", (), how).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_from_hex() {
        assert_eq!(parse_bytes("0x0102"), Ok(Bytes(vec![1, 2])));
        for bad in ["0102", "0x1", "0xzz", ""] {
            assert!(parse_bytes(bad).unwrap_err().contains("no call"), "{bad}");
        }
    }

    /// A call within a call stands there as it is, without a length before it.
    #[test]
    fn a_call_encodes_as_what_it_was_given_as() {
        assert_eq!(Bytes(vec![1, 2, 3]).encode(), [1, 2, 3]);
    }

    #[test]
    fn a_penalty_is_the_share_that_was_named() {
        let of = |text| exactly(parse_share(text).unwrap());
        assert_eq!(of("100"), Perbill::one());
        assert_eq!(of("0.0001"), Perbill::from_parts(1_000));
        assert_eq!(of("2.5"), Perbill::from_rational(1u32, 40));
    }

    #[test]
    fn roles_are_those_of_the_chain() {
        let names = RoleName::value_variants();
        assert_eq!(names.len(), Role::ALL.len());
        for (name, role) in names.iter().zip(Role::ALL) {
            assert_eq!(Role::from(*name), role);
        }
    }
}
