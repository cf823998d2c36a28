//! pallet-authorship: who made a block; staking counts it.

use crate::{Babe, Runtime, Staking};

impl pallet_authorship::Config for Runtime {
    type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Babe>;
    type EventHandler = Staking;
}
