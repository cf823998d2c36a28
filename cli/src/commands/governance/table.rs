//! Putting a call to the vote: its preimage, the proposal, the decision deposit.

use anyhow::{anyhow, bail, Context, Result};
use clap::Args;
use serde_json::json;
use sp_core::H256;
use subxt::{dynamic, ext::scale_encode::EncodeAsFields, utils::Static};
use swarmwork_primitives::Class;

use crate::{app::App, chain::Chain, failure::Failure, output::Report, transact::send};

/// How to propose.
#[derive(Args, Clone, Copy)]
pub struct How {
    /// Leave the decision deposit to somebody else.
    #[arg(long)]
    no_deposit: bool,
}

/// A call by hash and length, as the chain names it: the third variant of FRAME's `Bounded`.
fn lookup(hash: H256, len: u32) -> (u8, H256, u32) {
    (2, hash, len)
}

/// Proposes `pallet.call(args)`.
pub async fn encoded<A: EncodeAsFields>(
    app: &App,
    chain: &Chain,
    pallet: &str,
    call: &str,
    args: A,
    how: How,
) -> Result<Report> {
    let payload = dynamic::transaction(pallet, call, args);
    let bytes = chain
        .best()
        .await?
        .transactions()
        .call_data(&payload)
        .with_context(|| {
            format!(
                "this program and the chain at {} disagree about the arguments of {pallet}.{call}; \
                 use the `swarm` that was released with the node",
                chain.url()
            )
        })?;
    propose(app, chain, bytes, how).await
}

/// Notes a call, proposes it and places the decision deposit.
pub async fn propose(app: &App, chain: &Chain, call: Vec<u8>, how: How) -> Result<Report> {
    let class: Option<Class> = chain
        .runtime_call("GovernanceApi_class_of", call.clone())
        .await?;
    let Some(class) = class else {
        bail!("the chain at {} knows no such call", chain.url());
    };
    let key = app.key()?;
    let hash = H256(sp_crypto_hashing::blake2_256(&call));
    let len = u32::try_from(call.len()).map_err(|_| anyhow!("the call is too long"))?;
    let noted = send(
        chain,
        &key,
        "Preimage",
        "note_preimage",
        (Static(call),),
        app.certainty(),
    )
    .await;
    match noted {
        Ok(_) => {}
        Err(error) => match error.downcast_ref::<Failure>() {
            // Somebody noted it before.
            Some(Failure::Refused { error: name, .. }) if name == "Preimage.AlreadyNoted" => {}
            _ => return Err(error),
        },
    }
    let included = send(
        chain,
        &key,
        "Governance",
        "propose",
        (Static(lookup(hash, len)),),
        app.certainty(),
    )
    .await?;
    let index: u32 = included.first_field("Referenda", "Submitted")?;
    if !how.no_deposit {
        send(
            chain,
            &key,
            "Referenda",
            "place_decision_deposit",
            (Static(index),),
            app.certainty(),
        )
        .await?;
    }
    Ok(Report::new(json!({
        "proposal": index,
        "class": format!("{class:?}").to_lowercase(),
        "call": format!("{hash:?}"),
        "call_bytes": len,
        "deposit": !how.no_deposit,
        "block": included.number,
    }))
    .line("proposal", index)
    .line("class", format!("{class:?}").to_lowercase())
    .line("call", format!("{hash:?}"))
    .line("block", included.number)
    .line(
        "",
        format!("follow it with `swarm governance status {index}`"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;

    #[test]
    fn a_call_by_hash_names_the_third_variant() {
        let mut expected = vec![2];
        expected.extend([7; 32]);
        expected.extend(9u32.to_le_bytes());
        assert_eq!(lookup(H256::repeat_byte(7), 9).encode(), expected);
    }
}
