//! What each offchain worker has handed to the transaction pool under a worker key.
//!
//! Several pallets' workers sign with the same key. The pool takes one transaction of a nonce, and a
//! second of higher priority drives out the first; so a worker waits while another's may still be on
//! its way. Local storage knows no forks: a note is void once the chain has passed it by.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_runtime::offchain::storage::StorageValueRef;

/// Blocks after which a transaction that is not on chain is taken for lost.
pub const RESUBMIT_BLOCKS: u64 = 12;

/// Whose transactions.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Debug)]
pub enum Sender {
    /// Results of jobs, and that they were started.
    Jobs,
    /// Answers to capacity windows.
    Capacity,
    /// That jobs were started, and what is said of their inputs, for those who send results.
    Starts,
    /// Outputs that are missed, for those who send results.
    Outputs,
}

/// The last that was handed over.
#[derive(Encode, Decode)]
struct Sent {
    /// The account's nonce once it is on chain.
    nonce: u64,
    /// The block after which it was handed over.
    at: u64,
}

fn key<AccountId: Encode>(sender: Sender, account: &AccountId) -> Vec<u8> {
    (b"swarmwork/sent/", sender, account).encode()
}

/// Notes that transactions were handed over after block `now`, with all of which the account's
/// nonce will be `nonce`.
pub fn note_sent<AccountId: Encode>(sender: Sender, account: &AccountId, nonce: u64, now: u64) {
    StorageValueRef::persistent(&key(sender, account)).set(&Sent { nonce, at: now });
}

/// Whether a transaction of this sender may still be on its way, at block `now`, in whose state the
/// account has `nonce`.
pub fn in_flight<AccountId: Encode>(
    sender: Sender,
    account: &AccountId,
    nonce: u64,
    now: u64,
) -> bool {
    recent(sender, account, now).is_some_and(|sent| nonce < sent.nonce)
}

/// Whether the last transaction of an account that is on chain was handed over by this sender, and
/// lately, at block `now`, in whose state the account has `nonce`.
pub fn was_last<AccountId: Encode>(
    sender: Sender,
    account: &AccountId,
    nonce: u64,
    now: u64,
) -> bool {
    recent(sender, account, now).is_some_and(|sent| nonce == sent.nonce)
}

/// What this sender handed over last, unless it must be taken for lost at block `now`.
fn recent<AccountId: Encode>(sender: Sender, account: &AccountId, now: u64) -> Option<Sent> {
    let sent: Option<Sent> = StorageValueRef::persistent(&key(sender, account))
        .get()
        .ok()
        .flatten();
    sent.filter(|sent| {
        let lost = now >= sent.at.saturating_add(RESUBMIT_BLOCKS);
        // Handed over at a later block than any fork of this chain has.
        let void = sent.at > now.saturating_add(RESUBMIT_BLOCKS);
        !lost && !void
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::offchain::{testing::TestOffchainExt, OffchainDbExt};

    #[test]
    fn the_last_on_chain_is_the_one_whose_nonce_was_used_last() {
        let mut ext = sp_io::TestExternalities::default();
        ext.register_extension(OffchainDbExt::new(TestOffchainExt::new().0));
        ext.execute_with(|| {
            let last = |nonce, now| was_last(Sender::Outputs, &7u64, nonce, now);
            assert!(!last(5, 100));
            note_sent(Sender::Outputs, &7u64, 5, 100);
            // It is on its way, on chain, and not the last any more.
            assert_eq!(
                [4, 5, 6].map(|nonce| last(nonce, 101)),
                [false, true, false]
            );
            assert!(!last(5, 100 + RESUBMIT_BLOCKS));
            assert!(!was_last(Sender::Jobs, &7u64, 5, 101));
        });
    }

    #[test]
    fn a_transaction_is_on_its_way_until_its_nonce_is_used_or_it_is_lost() {
        let mut ext = sp_io::TestExternalities::default();
        ext.register_extension(OffchainDbExt::new(TestOffchainExt::new().0));
        ext.execute_with(|| {
            let waits = |nonce, now| in_flight(Sender::Jobs, &7u64, nonce, now);
            assert!(!waits(4, 100));
            note_sent(Sender::Jobs, &7u64, 5, 100);
            assert!(waits(4, 100));
            assert!(waits(4, 99 + RESUBMIT_BLOCKS));
            assert!(!waits(4, 100 + RESUBMIT_BLOCKS));
            assert!(!waits(5, 101));
            // Back a little by a fork, and on another chain.
            assert!(waits(4, 95));
            assert!(!waits(4, 5));
            // Nobody else's.
            assert!(!in_flight(Sender::Capacity, &7u64, 4, 100));
            assert!(!in_flight(Sender::Jobs, &8u64, 4, 100));
        });
    }
}
