//! Governance: what a proposal must reach follows from its call, votes weigh by stake, conviction
//! and reputation, narrow roles are lent for a time, a technical account can stop things and
//! nothing else, and every privileged act is on record.
//!
//! Referenda, conviction voting, preimages and the scheduler are FRAME's. This pallet is what joins
//! them: [`Tracks`] is the table of classes, [`Polls`] and [`ReputationHooks`] add reputation to votes,
//! [`VotingCurrency`] sees that each unit votes once, [`Enactor`] enacts, and the types in
//! [`origins`] are how other pallets ask whether they may.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod budget;
mod currency;
mod deposits;
mod emergency;
mod enactment;
mod invariants;
mod limits;
#[cfg(test)]
mod mock;
pub mod origins;
mod purchases;
mod record;
mod roles;
#[cfg(test)]
mod tests;
mod tracks;
mod views;
mod votes;
pub mod weights;

pub use budget::{Budgeted, Month};
pub use currency::{Escrow, Turnout, VotingCurrency};
pub use emergency::{name, CallNames, Halted, Names, StopOnFailedMigration};
pub use enactment::{CallOf, ClassOf, Enactor};
pub use origins::{
    class, role, EnsureClass, EnsureProposer, EnsureRole, EnsureSpend, EnsureTechnical, RawOrigin,
};
pub use pallet::*;
pub use purchases::Purchases;
pub use record::{GrantedOf, NumberedActOf, PriceFloorOf};
pub use swarmwork_primitives::{
    Act, Actor, CallName, Class, Entry, Grant, ProposalView, Role, Stage, Standing, MAX_NAME_BYTES,
};
pub use tracks::{Tracks, WholeDays};
pub use votes::{Bonus, Polls, ReputationHooks, WeightedTally};
pub use weights::WeightInfo;

/// Amounts of the token.
pub type Balance = u128;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use crate::origins::GovernedOrigin;
    use alloc::boxed::Box;
    use frame_support::{
        dispatch::{GetDispatchInfo, PostDispatchInfo},
        pallet_prelude::*,
        traits::{
            fungible,
            schedule::{
                v3::{Anon, Named},
                DispatchTime,
            },
            Currency, GetCallMetadata, LockableCurrency, OriginTrait, ReservableCurrency, SafeMode,
            TransactionPause, UnfilteredDispatchable,
        },
    };
    use frame_system::pallet_prelude::{
        ensure_root, ensure_signed, BlockNumberFor as SystemBlockNumberFor, OriginFor,
    };
    use pallet_referenda::{BlockNumberFor, BoundedCallOf, PalletsOriginOf, ReferendumCount};
    use sp_core::H256;
    use sp_runtime::{traits::Dispatchable, Permill};
    use swarmwork_primitives::Reputation;

    /// Blocks per day at 2 s slots.
    pub const DEFAULT_DAY: u32 = 43_200;

    #[pallet::config]
    pub trait Config:
        frame_system::Config<
            RuntimeOrigin: GovernedOrigin<<Self as frame_system::Config>::AccountId>
                               + OriginTrait<
                PalletsOrigin: From<RawOrigin<<Self as frame_system::Config>::AccountId>>
                                   + TryInto<RawOrigin<<Self as frame_system::Config>::AccountId>>,
            >,
            Hash = H256,
        > + pallet_conviction_voting::Config<
            Currency: Currency<<Self as frame_system::Config>::AccountId, Balance = Balance>,
        > + pallet_referenda::Config<
            Currency: Currency<<Self as frame_system::Config>::AccountId, Balance = Balance>,
            Votes = Balance,
            Tally = WeightedTally<<Self as pallet_conviction_voting::Config>::MaxTurnout>,
            Tracks: pallet_referenda::TracksInfo<
                Balance,
                pallet_referenda::BlockNumberFor<Self, ()>,
                Id = u16,
            >,
            RuntimeCall: From<Call<Self>>
                             + GetCallMetadata
                             + GetDispatchInfo
                             + Dispatchable<
                RuntimeOrigin = <Self as frame_system::Config>::RuntimeOrigin,
                PostInfo = PostDispatchInfo,
            > + UnfilteredDispatchable<
                RuntimeOrigin = <Self as frame_system::Config>::RuntimeOrigin,
            >,
        >
    {
        /// The token.
        type NativeCurrency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + LockableCurrency<Self::AccountId, Balance = Balance, Moment = BlockNumberFor<Self, ()>>
            + ReservableCurrency<Self::AccountId, Balance = Balance>;
        /// What of an account's holds may go to others.
        type Escrow: Escrow<Self::AccountId>;
        /// Scores.
        type Reputation: Reputation<Self::AccountId, Balance>;
        /// The class of a call.
        type ClassOf: ClassOf<CallOf<Self>>;
        /// What the treasury may buy.
        type Purchases: Purchases<CallOf<Self>>;
        /// What enactments are scheduled with.
        type Tasks: Anon<
                BlockNumberFor<Self, ()>,
                CallOf<Self>,
                PalletsOriginOf<Self>,
                Hasher = Self::Hashing,
            > + Named<
                BlockNumberFor<Self, ()>,
                CallOf<Self>,
                PalletsOriginOf<Self>,
                Hasher = Self::Hashing,
            >;
        /// What stops the market.
        type SafeMode: SafeMode<BlockNumber = BlockNumberFor<Self, ()>>;
        /// What pauses calls.
        type TxPause: TransactionPause<CallIdentifier = CallName>;
        /// Which calls there are.
        type CallNames: CallNames;
        /// The calls, by pallet and name, without which the market's clocks must stand still.
        type ClockCalls: Get<&'static [(&'static str, &'static str)]>;
        /// Whose tokens neither vote nor count as able to, and are spent by proposals.
        type TreasuryAccount: Get<Self::AccountId>;
        /// The least and the largest price floor.
        type PriceBounds: Get<(Balance, Balance)>;
        /// The price floor where none was set.
        type DefaultPriceFloor: Get<Balance>;
        /// Benchmarked weights.
        type WeightInfo: WeightInfo;

        /// What a perfect reputation adds to a vote, as a part of it.
        #[pallet::constant]
        type MaxBonus: Get<Permill>;
        /// A newcomer's score, which adds nothing.
        #[pallet::constant]
        type PriorScore: Get<Permill>;
        /// Most that one proposal of class [`Class::Treasury`] spends.
        #[pallet::constant]
        type SpendLimit: Get<Balance>;
        /// Part of the treasury that may be paid out in a month.
        #[pallet::constant]
        type MonthlyShare: Get<Permill>;
        /// Blocks after which a stop ends unless it is renewed.
        type StopDuration: Get<BlockNumberFor<Self, ()>>;
        /// Most weight of an enactment.
        #[pallet::constant]
        type MaxEnactment: Get<Weight>;
        /// Most holders of one role.
        #[pallet::constant]
        type MaxHolders: Get<u32>;
        /// Most calls that are paused at once.
        #[pallet::constant]
        type MaxPaused: Get<u32>;
        /// Most acts a day of one account, by role or as the technical account: nobody pushes what
        /// was done before out of the record.
        #[pallet::constant]
        type MaxActs: Get<u32>;
        /// How many acts the record holds; the oldest make room.
        #[pallet::constant]
        type RecordCapacity: Get<u32>;
    }

    /// How this pallet lays out its storage; raised with every change, by a migration.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::origin]
    pub type Origin<T> = RawOrigin<<T as frame_system::Config>::AccountId>;

    #[pallet::type_value]
    pub fn DefaultDay() -> u32 {
        DEFAULT_DAY
    }

    /// Blocks per day of every clock here. Only genesis writes it.
    #[pallet::storage]
    pub type DayLength<T> = StorageValue<_, u32, ValueQuery, DefaultDay>;

    /// The account that may stop things.
    #[pallet::storage]
    pub type Technical<T: Config> = StorageValue<_, T::AccountId>;

    /// Who has which role.
    #[pallet::storage]
    pub type Roles<T: Config> = StorageMap<
        _,
        Twox64Concat,
        Role,
        BoundedVec<Grant<T::AccountId, BlockNumberFor<T, ()>>, <T as Config>::MaxHolders>,
        ValueQuery,
    >;

    /// Approved proposals in their timelock.
    #[pallet::storage]
    pub type Waiting<T: Config> = StorageMap<_, Twox64Concat, u32, (Class, BoundedCallOf<T, ()>)>;

    /// What reputation added to each direct vote, by referendum and voter.
    #[pallet::storage]
    pub type Bonuses<T: Config> =
        StorageDoubleMap<_, Twox64Concat, u32, Blake2_128Concat, T::AccountId, Bonus>;

    /// The sum of it by referendum.
    #[pallet::storage]
    pub type PollBonus<T: Config> = StorageMap<_, Twox64Concat, u32, Bonus>;

    /// Paused calls and the last block of each pause.
    #[pallet::storage]
    pub type PausedUntil<T: Config> = StorageValue<
        _,
        BoundedVec<(CallName, BlockNumberFor<T, ()>), <T as Config>::MaxPaused>,
        ValueQuery,
    >;

    /// The least price of a job, where it was set.
    #[pallet::storage]
    pub type PriceFloor<T: Config> = StorageValue<_, Balance>;

    /// What the treasury paid in the current month.
    #[pallet::storage]
    pub type Paid<T: Config> = StorageValue<_, Month<BlockNumberFor<T, ()>>>;

    /// The record of privileged acts, by number.
    #[pallet::storage]
    pub type Acts<T: Config> =
        StorageMap<_, Twox64Concat, u64, Entry<T::AccountId, BlockNumberFor<T, ()>>>;

    /// The number of the next act.
    #[pallet::storage]
    pub type NextAct<T> = StorageValue<_, u64, ValueQuery>;

    /// How often an account has acted by role or as the technical account, since the block of the
    /// first time in the last day.
    #[pallet::storage]
    pub type ActsOfDay<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, (BlockNumberFor<T, ()>, u32)>;

    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// Blocks per day of every clock of governance.
        pub day: u32,
        /// The account that may stop things.
        pub technical: Option<T::AccountId>,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            Self {
                day: DEFAULT_DAY,
                technical: None,
            }
        }
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            assert!(
                self.day > 0,
                "genesis governance: a day has at least one block"
            );
            DayLength::<T>::put(self.day);
            Technical::<T>::set(self.technical.clone());
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Something privileged was done, and is on record.
        ActRecorded {
            /// Its number in the record.
            number: u64,
            /// Who did it.
            actor: Actor<T::AccountId>,
            /// What was done.
            act: Act<T::AccountId, BlockNumberFor<T, ()>>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The call is not known to the chain: note its preimage first.
        PreimageMissing,
        /// The bytes are no call of this runtime, or are nested too deeply.
        NotACall,
        /// The call weighs more than a block can enact.
        TooHeavy,
        /// The call is of a graver class now than the one it was approved as.
        GraverThanApproved,
        /// No proposal of this number is voted on or waits for its timelock.
        UnknownProposal,
        /// The technical account may not cancel what reins it in, nor end a stop that began with
        /// a failed migration.
        BeyondTechnical,
        /// A proposal of this class may not give or take this role.
        ClassTooLight,
        /// The term of the role is over already.
        TermOver,
        /// No role is given for that long.
        TermTooLong,
        /// The role has as many holders as it may have.
        TooManyHolders,
        /// The account does not have the role.
        NotHolder,
        /// The runtime has no such call.
        UnknownCall,
        /// This call is never paused: consensus or governance needs it.
        NeverPaused,
        /// As many calls are paused as may be.
        TooManyPaused,
        /// The call is not paused.
        NotPaused,
        /// The market could not be stopped.
        CannotStop,
        /// The market is not stopped.
        NotStopped,
        /// There is no technical account.
        NoTechnical,
        /// The price is out of its bounds.
        PriceOutOfBounds,
        /// The treasury has paid this month's share; try again next month.
        BudgetSpent,
        /// The treasury does not buy what this call buys: it buys public jobs.
        NotForSale,
        /// The proposal buys for more than one of its class may spend.
        BeyondLimit,
        /// The purchase took more from the treasury than it is said to cost.
        CostsMoreThanSaid,
        /// A vote needs some stake.
        EmptyVote,
        /// The call is named by its hash alone: name its length, too.
        LengthMissing,
        /// The call is too long to be given by value: note its preimage and name its hash.
        InlineTooLong,
        /// No deposit is left of this proposal, or it did not lose it.
        NoDeposit,
        /// The account has acted as often today as one may; try again tomorrow.
        TooManyActs,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<SystemBlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(_: SystemBlockNumberFor<T>) -> Weight {
            let ended = Self::end_pauses(Self::now());
            <T as Config>::WeightInfo::end_pauses(ended)
        }

        fn integrity_test() {
            Self::assert_constants();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: SystemBlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Puts a call to the vote, whose preimage must be noted. Its class follows from the call.
        #[pallet::call_index(0)]
        #[pallet::weight(<T as Config>::WeightInfo::propose(call.lookup_len().unwrap_or(0)))]
        pub fn propose(origin: OriginFor<T>, call: BoundedCallOf<T, ()>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let inner = enactment::fetch::<T>(&call)?;
            let class = T::ClassOf::class_of(&inner);
            let metadata = inner.get_call_metadata();
            let called = name(metadata.pallet_name, metadata.function_name)?;
            let weight = inner.get_dispatch_info().call_weight;
            ensure!(weight.all_lte(T::MaxEnactment::get()), Error::<T>::TooHeavy);
            let index = ReferendumCount::<T>::get();
            // What could not be scheduled would be voted on in vain.
            enactment::task::<T>(index, class, weight, &call)?;
            let hash = enactment::hash::<T>(&call);
            pallet_referenda::Pallet::<T>::submit(
                RawOrigin::Proposer(who.clone()).into(),
                Box::new(
                    RawOrigin::Tabled {
                        index,
                        class,
                        weight,
                    }
                    .into(),
                ),
                call,
                DispatchTime::After(0u32.into()),
            )?;
            Self::record(
                Actor::Account(who),
                Act::Proposed {
                    index,
                    class,
                    name: called,
                    call: hash,
                },
            );
            Ok(())
        }

        /// Enacts an approved proposal. Only the scheduler calls this, after the timelock.
        #[pallet::call_index(1)]
        #[pallet::weight(
            <T as Config>::WeightInfo::enact(call.lookup_len().unwrap_or(0))
                .saturating_add(*weight)
        )]
        pub fn enact(
            origin: OriginFor<T>,
            index: u32,
            class: Class,
            #[allow(unused_variables)] weight: Weight,
            call: BoundedCallOf<T, ()>,
        ) -> DispatchResult {
            ensure_root(origin)?;
            ensure!(
                Waiting::<T>::take(index).is_some_and(|waiting| waiting == (class, call.clone())),
                Error::<T>::UnknownProposal
            );
            let result = Self::dispatch_approved(index, class, &call);
            Self::record(
                Actor::Proposal { index, class },
                Act::Enacted {
                    call: enactment::hash::<T>(&call),
                    result,
                },
            );
            Ok(())
        }

        /// Cancels a proposal that is voted on or waits for its timelock. Deposits go back.
        #[pallet::call_index(2)]
        #[pallet::weight(<T as Config>::WeightInfo::cancel())]
        pub fn cancel(origin: OriginFor<T>, index: u32) -> DispatchResult {
            let actor = Self::stopper(origin)?;
            Self::take_back(index, actor)
        }

        /// Gives a role to an account until a block, on one thing or on everything; replaces what
        /// the account had of this role.
        #[pallet::call_index(3)]
        #[pallet::weight(<T as Config>::WeightInfo::grant_role())]
        pub fn grant_role(
            origin: OriginFor<T>,
            role: Role,
            holder: T::AccountId,
            scope: Option<H256>,
            expires: BlockNumberFor<T, ()>,
        ) -> DispatchResult {
            let actor = EnsureClass::<T, class::Cancel>::ensure_origin(origin)?;
            let grant = Grant {
                holder,
                scope,
                expires,
            };
            Self::do_grant(actor, role, grant)
        }

        /// Takes a role from an account.
        #[pallet::call_index(4)]
        #[pallet::weight(<T as Config>::WeightInfo::revoke_role())]
        pub fn revoke_role(
            origin: OriginFor<T>,
            role: Role,
            holder: T::AccountId,
        ) -> DispatchResult {
            let actor = EnsureClass::<T, class::Cancel>::ensure_origin(origin)?;
            Self::do_revoke(actor, role, holder)
        }

        /// Lays a role of the caller's down.
        #[pallet::call_index(5)]
        #[pallet::weight(<T as Config>::WeightInfo::renounce_role())]
        pub fn renounce_role(origin: OriginFor<T>, role: Role) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_revoke(Actor::Holder(who.clone()), role, who)
        }

        /// Stops the market for a time, or renews its stop.
        #[pallet::call_index(6)]
        #[pallet::weight((<T as Config>::WeightInfo::stop(), DispatchClass::Operational))]
        pub fn stop(origin: OriginFor<T>) -> DispatchResult {
            let actor = EnsureTechnical::<T>::ensure_origin(origin)?;
            Self::do_stop(actor)
        }

        /// Ends the stop of the market before its time.
        #[pallet::call_index(7)]
        #[pallet::weight((<T as Config>::WeightInfo::resume(), DispatchClass::Operational))]
        pub fn resume(origin: OriginFor<T>) -> DispatchResult {
            let actor = Self::stopper(origin)?;
            Self::do_resume(actor)
        }

        /// Pauses a call, named as in the metadata, for a time, or renews its pause.
        #[pallet::call_index(8)]
        #[pallet::weight((<T as Config>::WeightInfo::pause_call(), DispatchClass::Operational))]
        pub fn pause_call(origin: OriginFor<T>, call: CallName) -> DispatchResult {
            let actor = EnsureTechnical::<T>::ensure_origin(origin)?;
            Self::do_pause(actor, call)
        }

        /// Lets a paused call be made again before its time.
        #[pallet::call_index(9)]
        #[pallet::weight((<T as Config>::WeightInfo::resume_call(), DispatchClass::Operational))]
        pub fn resume_call(origin: OriginFor<T>, call: CallName) -> DispatchResult {
            let actor = Self::stopper(origin)?;
            Self::do_resume_call(actor, call)
        }

        /// Lets an account, which is best a multisig's, stop things.
        #[pallet::call_index(10)]
        #[pallet::weight(<T as Config>::WeightInfo::appoint_technical())]
        pub fn appoint_technical(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
            let actor = EnsureClass::<T, class::Upgrade>::ensure_origin(origin)?;
            if let Some(former) = Technical::<T>::mutate(|technical| technical.replace(who.clone()))
            {
                Self::forget_acts(&former);
            }
            Self::record(actor, Act::TechnicalAppointed { who });
            Ok(())
        }

        /// Takes the power to stop things away, until it is given to somebody else.
        #[pallet::call_index(11)]
        #[pallet::weight(<T as Config>::WeightInfo::dismiss_technical())]
        pub fn dismiss_technical(origin: OriginFor<T>) -> DispatchResult {
            let actor = EnsureClass::<T, class::Cancel>::ensure_origin(origin)?;
            let former = Technical::<T>::take().ok_or(Error::<T>::NoTechnical)?;
            Self::forget_acts(&former);
            Self::record(actor, Act::TechnicalDismissed);
            Ok(())
        }

        /// Moves the least price of a job within its bounds.
        #[pallet::call_index(12)]
        #[pallet::weight(<T as Config>::WeightInfo::set_price_floor())]
        pub fn set_price_floor(origin: OriginFor<T>, price: Balance) -> DispatchResult {
            let actor =
                <EnsureRole<T, role::AdjustPrices> as EnsureOrigin<_>>::ensure_origin(origin)?;
            let (least, most) = T::PriceBounds::get();
            ensure!(
                (least..=most).contains(&price),
                Error::<T>::PriceOutOfBounds
            );
            PriceFloor::<T>::put(price);
            Self::record(actor, Act::PriceFloorSet { price });
            Ok(())
        }

        /// Makes a purchase for everybody as the treasury's account and at its cost, within what one
        /// proposal may spend and what is left of the month's share.
        #[pallet::call_index(13)]
        #[pallet::weight(
            <T as Config>::WeightInfo::buy_public()
                .saturating_add(call.get_dispatch_info().call_weight)
        )]
        pub fn buy_public(origin: OriginFor<T>, call: Box<CallOf<T>>) -> DispatchResult {
            let limit = <EnsureSpend<T> as EnsureOrigin<_>>::ensure_origin(origin)?;
            Self::do_buy(limit, *call)
        }

        /// Takes what a proposal was submitted with from its proposer, if it was rejected or nobody
        /// put up its decision deposit in time. Anyone may.
        #[pallet::call_index(14)]
        #[pallet::weight(<T as Config>::WeightInfo::collect_deposit())]
        pub fn collect_deposit(origin: OriginFor<T>, index: u32) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_collect(index)
        }
    }

    impl<T: Config> Pallet<T> {
        /// The technical account, or a proposal that cancels.
        fn stopper(origin: OriginFor<T>) -> Result<Actor<T::AccountId>, DispatchError> {
            EnsureTechnical::<T>::try_origin(origin)
                .or_else(EnsureClass::<T, class::Cancel>::try_origin)
                .map_err(|_| DispatchError::BadOrigin)
        }
    }
}
