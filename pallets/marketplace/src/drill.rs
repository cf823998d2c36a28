//! The upgrade drill: a change of this pallet's storage that was never shipped.
//!
//! Only a runtime for tests has it, to which a running chain is upgraded: jobs' counts become
//! compact. The number of jobs has no bound that a block could serve, so they are migrated over as
//! many blocks as that takes. It is written as any migration of this pallet should be.

use crate::pallet::{BalanceOf, Config, Pallet};
pub use crate::types::Job as Shipped;
use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
    migrations::{MigrationId, SteppedMigration, SteppedMigrationError},
    storage::storage_prefix,
    traits::{Get, PalletInfoAccess, StorageVersion},
    weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
#[cfg(any(test, feature = "try-runtime"))]
use sp_runtime::TryRuntimeError;
use swarmwork_primitives::{
    CircuitId, Commitment, JobCurrency, JobId, JobState, Mode, ModelId, Split,
};

/// A job with compact counts; otherwise as [`Shipped`].
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct Job<AccountId, Balance, BlockNumber> {
    /// Who pays.
    pub requester: AccountId,
    /// The model to run.
    pub model: ModelId,
    /// Who earns the model's share.
    pub owner: AccountId,
    /// The model's circuit.
    pub circuit: CircuitId,
    /// The model's weight commitment.
    pub weights: Commitment,
    /// How its results are checked.
    pub mode: Mode,
    /// How many batches there are.
    #[codec(compact)]
    pub batches: u32,
    /// How many of them are proven.
    #[codec(compact)]
    pub proven: u32,
    /// What is held for the job while it is open or assigned.
    pub max_price: Balance,
    /// What it is paid in.
    pub currency: JobCurrency,
    /// How its price will be divided.
    pub split: Split,
    /// Block of inclusion.
    pub submitted: BlockNumber,
    /// Last block in which a result counts.
    pub deadline: BlockNumber,
    /// Whether its provider is drawn.
    pub swarm: bool,
    /// Draws that found nobody.
    #[codec(compact)]
    pub draws: u32,
    /// Where it stands.
    pub state: JobState<AccountId, Balance, BlockNumber>,
}

impl<AccountId, Balance, BlockNumber: Copy> Job<AccountId, Balance, BlockNumber> {
    /// The block in which it was assigned, while it is.
    pub fn assigned(&self) -> Option<BlockNumber> {
        self.state.assigned()
    }

    /// The block in which the job ended, if it has.
    pub fn ended(&self) -> Option<BlockNumber> {
        self.state.ended()
    }

    /// How many of its batches are proven before it is paid.
    pub fn proofs(&self) -> u32 {
        self.mode.proofs(self.batches)
    }
}

// The derived one counts compact fields as if they were not.
impl<AccountId, Balance, BlockNumber> MaxEncodedLen for Job<AccountId, Balance, BlockNumber>
where
    Self: Encode,
    Shipped<AccountId, Balance, BlockNumber>: MaxEncodedLen,
{
    /// A compact u32 takes up to a byte more than a plain one, and there are three.
    fn max_encoded_len() -> usize {
        Shipped::<AccountId, Balance, BlockNumber>::max_encoded_len().saturating_add(3)
    }
}

impl<A, B, N> From<Shipped<A, B, N>> for Job<A, B, N> {
    fn from(job: Shipped<A, B, N>) -> Self {
        Self {
            requester: job.requester,
            model: job.model,
            owner: job.owner,
            circuit: job.circuit,
            weights: job.weights,
            mode: job.mode,
            batches: job.batches,
            proven: job.proven,
            max_price: job.max_price,
            currency: job.currency,
            split: job.split,
            submitted: job.submitted,
            deadline: job.deadline,
            swarm: job.swarm,
            draws: job.draws,
            state: job.state,
        }
    }
}

type AccountIdOf<T> = <T as frame_system::Config>::AccountId;
type ShippedOf<T> = Shipped<AccountIdOf<T>, BalanceOf<T>, BlockNumberFor<T>>;
type MigratedOf<T> = Job<AccountIdOf<T>, BalanceOf<T>, BlockNumberFor<T>>;

/// Jobs as version 0 of this pallet's storage has them.
pub(crate) mod before {
    use super::*;
    use frame_support::{storage_alias, Identity};

    #[storage_alias]
    pub type Jobs<T: Config> = StorageMap<Pallet<T>, Identity, JobId, ShippedOf<T>>;
}

/// Jobs as version 1 has them.
pub(crate) mod after {
    use super::*;
    use frame_support::{storage_alias, Identity};

    /// The same map, with other values.
    #[storage_alias]
    pub type Jobs<T: Config> = StorageMap<Pallet<T>, Identity, JobId, MigratedOf<T>>;
}

/// Takes jobs from version 0 to version 1, as many in a block as it has room for.
pub struct CompactCounts<T>(PhantomData<T>);

impl<T: Config> CompactCounts<T> {
    /// What one job may cost: finding, reading and writing it. Finding that there is none left, and
    /// writing the version, costs less.
    pub(crate) fn weight_of_one() -> Weight {
        T::DbWeight::get().reads_writes(2, 1)
    }

    /// What [`Self::check`] compares with: every job.
    #[cfg(any(test, feature = "try-runtime"))]
    pub(crate) fn snapshot() -> Result<Vec<u8>, TryRuntimeError> {
        frame_support::ensure!(
            StorageVersion::get::<Pallet<T>>() == 0,
            "the migration is for version 0"
        );
        let jobs: Vec<(JobId, ShippedOf<T>)> = before::Jobs::<T>::iter().collect();
        frame_support::ensure!(
            jobs.len() == before::Jobs::<T>::iter_keys().count(),
            "a job cannot be read"
        );
        Ok(jobs.encode())
    }

    /// That every job is what it was, to the last byte as the new code writes it, and that there is
    /// no other.
    #[cfg(any(test, feature = "try-runtime"))]
    pub(crate) fn check(snapshot: Vec<u8>) -> Result<(), TryRuntimeError> {
        let jobs = Vec::<(JobId, ShippedOf<T>)>::decode(&mut &snapshot[..])
            .map_err(|_| "the snapshot cannot be read")?;
        frame_support::ensure!(
            StorageVersion::get::<Pallet<T>>() == 1,
            "the version was not raised"
        );
        frame_support::ensure!(
            jobs.len() == after::Jobs::<T>::iter_keys().count(),
            "a job came or went"
        );
        for (id, job) in jobs {
            let key = after::Jobs::<T>::hashed_key_for(id);
            frame_support::ensure!(
                frame_support::storage::unhashed::get_raw(&key)
                    == Some(MigratedOf::<T>::from(job).encode()),
                "a job is not what it was"
            );
        }
        #[cfg(feature = "upgrade-drill")]
        Pallet::<T>::do_try_state()?;
        Ok(())
    }
}

impl<T: Config> SteppedMigration for CompactCounts<T> {
    type Cursor = JobId;
    type Identifier = MigrationId<18>;

    fn id() -> Self::Identifier {
        MigrationId {
            pallet_id: *b"pallet-marketplace",
            version_from: 0,
            version_to: 1,
        }
    }

    fn migrating_prefixes() -> Option<impl IntoIterator<Item = Vec<u8>>> {
        Some([storage_prefix(Pallet::<T>::name().as_bytes(), b"Jobs").to_vec()])
    }

    fn step(
        mut cursor: Option<JobId>,
        meter: &mut WeightMeter,
    ) -> Result<Option<JobId>, SteppedMigrationError> {
        let required = Self::weight_of_one();
        if !meter.can_consume(required) {
            return Err(SteppedMigrationError::InsufficientWeight { required });
        }
        let mut ids = match cursor {
            Some(last) => {
                before::Jobs::<T>::iter_keys_from(before::Jobs::<T>::hashed_key_for(last))
            }
            None => before::Jobs::<T>::iter_keys(),
        };
        while meter.try_consume(required).is_ok() {
            let Some(id) = ids.next() else {
                StorageVersion::new(1).put::<Pallet<T>>();
                return Ok(None);
            };
            let job = before::Jobs::<T>::get(id).ok_or(SteppedMigrationError::Failed)?;
            after::Jobs::<T>::insert(id, MigratedOf::<T>::from(job));
            cursor = Some(id);
        }
        Ok(cursor)
    }

    #[cfg(feature = "try-runtime")]
    fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
        Self::snapshot()
    }

    #[cfg(feature = "try-runtime")]
    fn post_upgrade(state: Vec<u8>) -> Result<(), TryRuntimeError> {
        Self::check(state)
    }
}
