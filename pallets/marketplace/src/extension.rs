//! What a transaction with proofs has to be before anybody checks one of them, and what becomes of
//! the proofs that are refused.
//!
//! A proof is the dearest thing that the chain looks at, so everything else is looked at first: a
//! transaction whose signer is not the worker, whose job has ended or whose batch is proven already,
//! enters neither the pool nor a block. Of each batch one waits in the pool at a time under one key.
//! A proof itself is checked by the call, for its fee; a refused call leaves no trace, so that it was
//! refused is counted here, after it. The third ends a job whose batches are all proven: its provider
//! cannot prove it. What is asked of a root ends soon by itself, and dearer.

use crate::{
    pallet::{BalanceOf, Call, Config, Error, Event, Jobs, Pallet, Refused},
    together::Entry,
    types::{Opening, Report},
    weights::WeightInfo,
};
use alloc::{collections::BTreeSet, vec, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::marker::PhantomData;
use frame_support::{
    dispatch::{DispatchInfo, PostDispatchInfo},
    traits::{DefensiveSaturating, Get, IsSubType, PalletInfoAccess},
    weights::Weight,
};
use scale_info::TypeInfo;
use sp_runtime::{
    traits::{
        AsSystemOriginSigner, DispatchInfoOf, DispatchOriginOf, Dispatchable, PostDispatchInfoOf,
        TransactionExtension, ValidateResult,
    },
    transaction_validity::{
        InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction,
    },
    DispatchError, DispatchResult, ModuleError,
};
use swarmwork_primitives::{FailureReason, JobId, JobState, Mode, Outcome, Providers, Reputation};

/// So many refused proofs end a job.
pub const MAX_REFUSED: u8 = 3;

/// The calls of a runtime: not those that the offchain worker makes.
type CallOf<T> = <T as frame_system::Config>::RuntimeCall;

/// Lets no transaction into the pool or a block whose results would be refused whatever their proofs,
/// and counts the proofs that are refused. Where it refuses, the code of
/// [`InvalidTransaction::Custom`] is the index of the pallet's error.
///
/// Calls in a batch, or by a proxy, are not looked at: those are paid for even where they succeed.
#[derive(Encode, Decode, DecodeWithMemTracking, Clone, Eq, PartialEq, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct CheckResults<T: Config + Send + Sync>(PhantomData<T>);

impl<T: Config + Send + Sync> Default for CheckResults<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: Config + Send + Sync> core::fmt::Debug for CheckResults<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter) -> core::fmt::Result {
        f.write_str("CheckResults")
    }
}

impl<T: Config + Send + Sync> TransactionExtension<CallOf<T>> for CheckResults<T>
where
    CallOf<T>: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo> + IsSubType<Call<T>>,
    <CallOf<T> as Dispatchable>::RuntimeOrigin: AsSystemOriginSigner<T::AccountId> + Clone,
{
    const IDENTIFIER: &'static str = "CheckResults";
    type Implicit = ();
    // The jobs whose refused proofs count, entry by entry.
    type Val = Vec<JobId>;
    type Pre = Vec<JobId>;

    fn weight(&self, call: &CallOf<T>) -> Weight {
        let call: Option<&Call<T>> = call.is_sub_type();
        call.map_or_else(Weight::zero, |call| {
            let ending = match call {
                Call::submit_result { .. } | Call::submit_results { .. } => {
                    Pallet::<T>::ending_weight()
                }
                _ => Weight::zero(),
            };
            Pallet::<T>::checking_weight(call).saturating_add(ending)
        })
    }

    fn validate(
        &self,
        origin: DispatchOriginOf<CallOf<T>>,
        call: &CallOf<T>,
        _info: &DispatchInfoOf<CallOf<T>>,
        _len: usize,
        _self_implicit: Self::Implicit,
        _inherited_implication: &impl Encode,
        _source: TransactionSource,
    ) -> ValidateResult<Self::Val, CallOf<T>> {
        let worker = origin.as_system_origin_signer().cloned();
        let call: Option<&Call<T>> = call.is_sub_type();
        let (Some(worker), Some(call)) = (worker, call) else {
            return Ok((ValidTransaction::default(), Vec::new(), origin));
        };
        let proven = Pallet::<T>::check_results(&worker, call).map_err(invalid)?;
        // Each once, whatever a call repeats.
        let batches: BTreeSet<_> = proven.iter().copied().collect();
        let validity = ValidTransaction {
            provides: batches
                .into_iter()
                .map(|(job, batch)| ("swarmwork:result", &worker, job, batch).encode())
                .collect(),
            ..Default::default()
        };
        let counted = match call {
            Call::submit_result { .. } | Call::submit_results { .. } => {
                proven.into_iter().map(|(job, _)| job).collect()
            }
            _ => Vec::new(),
        };
        Ok((validity, counted, origin))
    }

    fn prepare(
        self,
        val: Self::Val,
        _origin: &DispatchOriginOf<CallOf<T>>,
        _call: &CallOf<T>,
        _info: &DispatchInfoOf<CallOf<T>>,
        _len: usize,
    ) -> Result<Self::Pre, TransactionValidityError> {
        Ok(val)
    }

    fn post_dispatch_details(
        pre: Self::Pre,
        _info: &DispatchInfoOf<CallOf<T>>,
        _post_info: &PostDispatchInfoOf<CallOf<T>>,
        _len: usize,
        result: &DispatchResult,
    ) -> Result<Weight, TransactionValidityError> {
        let refused = Pallet::<T>::refused_entry(result).and_then(|entry| pre.get(entry));
        let counted = refused.is_some_and(|job| Pallet::<T>::note_refused(*job));
        let unspent = !counted && !pre.is_empty();
        Ok(if unspent {
            Pallet::<T>::ending_weight()
        } else {
            Weight::zero()
        })
    }
}

fn invalid(error: DispatchError) -> TransactionValidityError {
    match error {
        DispatchError::Module(ModuleError {
            error: [code, ..], ..
        }) => InvalidTransaction::Custom(code),
        _ => InvalidTransaction::Call,
    }
    .into()
}

impl<T: Config> Pallet<T> {
    /// Everything about the results in a call that can be checked before their proofs; the batches
    /// that it proves. All may be, as long as jobs cannot be read.
    fn check_results(
        worker: &T::AccountId,
        call: &Call<T>,
    ) -> Result<Vec<(JobId, u32)>, DispatchError> {
        if Self::awaits_migration() {
            return Ok(Vec::new());
        }
        match call {
            Call::submit_result { job, batch, .. } => {
                Self::check_report(worker, *job, *batch)?;
                Ok(vec![(*job, *batch)])
            }
            Call::submit_results { results } => Self::check_each(worker, &results[..]),
            Call::open_batches { openings } => Self::check_each(worker, &openings[..]),
            Call::dispute_results { dispute } => {
                Self::check_dispute(worker, dispute)?;
                Ok(vec![(dispute.job, dispute.batch)])
            }
            _ => Ok(Vec::new()),
        }
    }

    fn check_each<E: Entry<T>>(
        worker: &T::AccountId,
        entries: &[E],
    ) -> Result<Vec<(JobId, u32)>, DispatchError> {
        let check = |entry: &E| -> Result<(JobId, u32), DispatchError> {
            entry.check(worker)?;
            let report = entry.report();
            Ok((report.job, report.batch))
        };
        entries.iter().map(check).collect()
    }

    /// What those checks weigh: less than storing what they let pass.
    fn checking_weight(call: &Call<T>) -> Weight {
        let each = |weight: Weight, len: usize| weight.saturating_mul(len as u64);
        match call {
            Call::submit_result { .. } => <Report as Entry<T>>::weight(false),
            Call::submit_results { results } => {
                each(<Report as Entry<T>>::weight(false), results.len())
            }
            Call::open_batches { openings } => {
                each(<Opening as Entry<T>>::weight(false), openings.len())
            }
            Call::dispute_results { .. } => T::WeightInfo::dispute_results(),
            _ => Weight::zero(),
        }
    }

    /// What ending a job weighs, with its count, its delivery and its provider's bid.
    fn ending_weight() -> Weight {
        T::WeightInfo::fail()
            .saturating_add(T::WeightInfo::asset_legs(1))
            .saturating_add(T::Providers::slashed_weight())
            .saturating_add(T::DbWeight::get().reads_writes(3, 4))
    }

    /// Which of the results of a call was refused because of its proof. All else is checked before:
    /// what is left are errors of whom the market asks about proofs.
    fn refused_entry(result: &DispatchResult) -> Option<usize> {
        let Err(DispatchError::Module(module)) = result else {
            return None;
        };
        let own = <Self as PalletInfoAccess>::index();
        // The call itself is not let through, while it is paused.
        let system = <frame_system::Pallet<T> as PalletInfoAccess>::index();
        let index = usize::from(module.index);
        if index != own {
            return (index != system).then_some(0);
        }
        match Error::<T>::decode(&mut &module.error[..]) {
            Ok(Error::ResultRefused(refusal)) if usize::from(refusal.pallet) != own => {
                Some(refusal.entry.into())
            }
            _ => None,
        }
    }

    /// Counts a proof of a job that was refused; with the last that may be, the job ends. Whether it
    /// was counted.
    fn note_refused(id: JobId) -> bool {
        let Some(job) = Jobs::<T>::get(id).filter(|job| job.mode == Mode::Proven) else {
            return false;
        };
        let Ok((provider, price, collateral)) = Self::assignment(&job) else {
            return false;
        };
        let refused = Refused::<T>::mutate(id, |refused| {
            *refused = refused.saturating_add(1);
            *refused
        });
        Self::deposit_event(Event::ProofRefused {
            job: id,
            provider: provider.clone(),
            refused,
        });
        if refused >= MAX_REFUSED {
            Self::fail_unproven(id, (provider, price, collateral));
        }
        true
    }

    /// Ends a job whose provider cannot prove it: everything goes back, and it has failed. It has
    /// committed to nothing, and another may have its worker key: so it loses of its bond no more than
    /// by giving the job back, which is a part of its bid if it had made one.
    fn fail_unproven(id: JobId, assigned: (T::AccountId, BalanceOf<T>, BalanceOf<T>)) {
        let Some(mut job) = Jobs::<T>::get(id) else {
            return;
        };
        let (provider, price, collateral) = assigned;
        let refunded = job
            .max_price
            .defensive_saturating_add(Self::end_delivery(&id).prepaid);
        Self::refund(id, &job.currency, &job.requester, refunded);
        Self::unassign(&id, &provider, collateral);
        if job.swarm {
            let burned = Self::weight_of_failure(&job, price);
            T::Reputation::record(&provider, &job.requester, id, Outcome::Failed, burned);
        }
        let slashed = Self::forfeit_bid(&id, &job.currency, &provider, price, false);
        let why = FailureReason::ProofsRefused;
        job.state = JobState::Failed {
            provider: provider.clone(),
            why,
            slashed,
            at: Self::now(),
        };
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobFailed {
            job: id,
            provider,
            why,
            refunded,
            slashed,
        });
    }
}
