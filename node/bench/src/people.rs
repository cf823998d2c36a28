//! The accounts on the measured chain, with their keys, and what they sign.

use sp_core::{sr25519, Pair};
use sp_runtime::generic::Era;
use swarmwork_runtime::{
    offchain::transaction_extension, AccountId, Address, Hash, Nonce, RuntimeCall, Signature,
    SignedPayload, UncheckedExtrinsic, VERSION,
};

/// What an account is there for. Each cell of the population has one of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Pays for jobs.
    Requester = 1,
    /// Holds a provider's bond.
    Controller = 2,
    /// Reports for a provider.
    Worker = 3,
}

/// The key of an account: the same in every run.
pub fn pair(role: Role, cell: u32) -> sr25519::Pair {
    let mut seed = [role as u8; 32];
    seed[..4].copy_from_slice(&cell.to_le_bytes());
    sr25519::Pair::from_seed(&seed)
}

/// The account of a key.
pub fn account(pair: &sr25519::Pair) -> AccountId {
    pair.public().into()
}

/// A transaction without tip that never expires.
pub fn sign(
    genesis: Hash,
    signer: &sr25519::Pair,
    nonce: Nonce,
    call: RuntimeCall,
) -> UncheckedExtrinsic {
    let implicit = (
        (),
        VERSION.spec_version,
        VERSION.transaction_version,
        genesis,
        // What a transaction without an end is anchored at.
        genesis,
        (),
        (),
        (),
        (),
        (),
    );
    let extension = transaction_extension(Era::Immortal, nonce);
    let payload = SignedPayload::from_raw(call, extension, implicit);
    let signature = codec::Encode::using_encoded(&payload, |bytes| signer.sign(bytes));
    let (call, extension, _) = payload.deconstruct();
    UncheckedExtrinsic::new_signed(
        call,
        Address::Id(account(signer)),
        Signature::Sr25519(signature),
        extension,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_account_is_another() {
        let roles = [Role::Requester, Role::Controller, Role::Worker];
        let accounts: HashSet<_> = roles
            .iter()
            .flat_map(|role| [0, 1, 256, 65_536].map(|cell| account(&pair(*role, cell))))
            .collect();
        assert_eq!(accounts.len(), 12);
    }
}
