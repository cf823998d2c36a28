//! What is stored of a provider.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::fungible;
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use swarmwork_primitives::Url;

/// Amounts of the token.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A provider as this pallet stores it.
pub type ProviderOf<T> =
    Provider<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A registered provider.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Provider<AccountId, Balance, BlockNumber> {
    /// The key that reports.
    pub worker: AccountId,
    /// Held from the controller.
    pub bond: Balance,
    /// Of it, what running jobs have reserved.
    pub reserved: Balance,
    /// Jobs it works on now.
    pub running: u32,
    /// Tokens per 10^9 multiply-accumulates.
    pub ask: Balance,
    /// Where its executor answers the public.
    pub endpoint: Url,
    /// Whether it takes jobs under unattested keys.
    pub unattested: bool,
    /// Its index in the active set, while it is available.
    pub active: Option<u32>,
    /// Block from which the bond may be withdrawn, once it has unregistered.
    pub leaving: Option<BlockNumber>,
}

/// What a bond qualifies for.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub enum Tier {
    /// The least bond.
    Entry,
    /// Validator-level.
    Validator,
    /// Supernode.
    Supernode,
}
