//! What is stored of a provider.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    traits::{fungible, ConstU32},
    BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_arithmetic::Permill;
use sp_runtime::traits::{AtLeast32BitUnsigned, One};
pub use swarmwork_primitives::Tier;
use swarmwork_primitives::{Url, MAX_PROOF_BYTES};

/// Amounts of the token.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A provider as this pallet stores it.
pub type ProviderOf<T> =
    Provider<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A part of a bond that waits, as this pallet stores it.
pub type ChunkOf<T> = Chunk<BalanceOf<T>, BlockNumberFor<T>>;

/// A lease as this pallet stores it.
pub type LeaseOf<T> = Lease<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// A registered provider.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Provider<AccountId, Balance, BlockNumber> {
    /// The key that reports.
    pub worker: AccountId,
    /// Held from the controller; what is unbonding is held besides.
    pub bond: Balance,
    /// Of it, what running jobs have reserved.
    pub reserved: Balance,
    /// Of that, what was slashed and is taken as soon as it is released.
    pub owed: Balance,
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
    /// What its offences have added up to.
    pub strikes: Strikes<BlockNumber>,
    /// Its last maintenance: announced, under way or past.
    pub maintenance: Option<Window<BlockNumber>>,
    /// First block in which another maintenance may begin, that one aside.
    pub rested: BlockNumber,
    /// Jobs it may work on at a time on capacity of its own.
    pub slots: u32,
    /// Of those, how many it lets others work on.
    pub lent: u32,
    /// How many jobs more it may take at a time on capacity of another.
    pub leased: u32,
}

/// A part of a bond that waits for its withdrawal.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Chunk<Balance, BlockNumber> {
    /// How much.
    pub amount: Balance,
    /// Block from which it may be withdrawn.
    pub at: BlockNumber,
}

/// Offences that raise what is asked of a provider. One lapses in every period without another.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Default)]
pub struct Strikes<BlockNumber> {
    /// How many there were at `since`.
    pub count: u32,
    /// Block that they lapse from.
    pub since: BlockNumber,
}

impl<BlockNumber: AtLeast32BitUnsigned + Copy> Strikes<BlockNumber> {
    /// How many there are in a block, when one lapses each `period`.
    pub fn count(&self, now: BlockNumber, period: BlockNumber) -> u32 {
        let elapsed = now.saturating_sub(self.since);
        let lapsed: u32 = (elapsed / period.max(One::one())).unique_saturated_into();
        self.count.saturating_sub(lapsed)
    }
}

/// Blocks from one to before another.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Window<BlockNumber> {
    /// The first.
    pub from: BlockNumber,
    /// The first after it.
    pub until: BlockNumber,
}

impl<BlockNumber: PartialOrd> Window<BlockNumber> {
    /// Whether a block is in it.
    pub fn contains(&self, block: BlockNumber) -> bool {
        self.from <= block && block < self.until
    }
}

/// A worker key that was replaced.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct FormerWorker<AccountId, BlockNumber> {
    /// The key.
    pub worker: AccountId,
    /// Block in which it was replaced.
    pub rotated: BlockNumber,
}

/// What capped penalties have taken within a day.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Default)]
pub struct DailySlashed<Balance, BlockNumber> {
    /// First block of that day.
    pub since: BlockNumber,
    /// How much.
    pub taken: Balance,
}

/// Capacity leased from another provider.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Lease<AccountId, BlockNumber> {
    /// Whose capacity it is.
    pub lessor: AccountId,
    /// How many jobs at a time.
    pub slots: u32,
    /// The lessor's part of what is earned on them.
    pub share: Permill,
    /// First block in which nothing is shared any more, once one side has given notice.
    pub ends: Option<BlockNumber>,
}

/// Capacity offered to another provider.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct LeaseOffer<AccountId> {
    /// Who may accept it.
    pub operator: AccountId,
    /// How many jobs at a time.
    pub slots: u32,
    /// The lessor's part of what is earned on them.
    pub share: Permill,
}

/// A proof brought as evidence.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct GivenProof<AccountId> {
    /// The account that the proof is bound to: whoever made it.
    pub prover: AccountId,
    /// The proof.
    pub proof: BoundedVec<u8, ConstU32<MAX_PROOF_BYTES>>,
}

/// What a slash came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Slashed<Balance> {
    /// Taken at once.
    pub taken: Balance,
    /// To be taken as soon as running jobs release it.
    pub owed: Balance,
}

impl<Balance: Default + PartialEq> Slashed<Balance> {
    /// Whether there was nothing to take.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}
