//! What requesters say beyond model, input and price: checked, paid for and kept.

use crate::{
    pallet::{BalanceOf, Config, CreditOf, Error, Event, Pallet, Specials},
    types::Special,
    JobOf,
};
use frame_support::{
    ensure,
    traits::{
        fungible::Balanced,
        tokens::{Fortitude, Precision, Preservation},
        Get, Imbalance,
    },
};
use sp_runtime::{traits::CheckedMul, ArithmeticError, DispatchResult};
use swarmwork_primitives::{Assignment, BurnLedger, BurnSource, JobId, Placement, Priority, Terms};

impl<T: Config> Pallet<T> {
    /// Whether what is asked makes sense together.
    pub(crate) fn check_placement(placement: &Placement<T::AccountId>) -> Result<(), Error<T>> {
        let Placement { assignment, terms } = placement;
        let requirements = &terms.requirements;
        ensure!(
            requirements.hard.is_sound() && requirements.soft.is_sound(),
            Error::<T>::MalformedRequirements
        );
        let drawn = *assignment == Assignment::Swarm;
        ensure!(drawn || !terms.fast, Error::<T>::FastNeedsDraw);
        ensure!(
            terms.priority == Priority::Normal || (drawn && !terms.fast),
            Error::<T>::PriorityNeedsDraw
        );
        ensure!(
            terms
                .start_within
                .is_none_or(|blocks| blocks >= T::MinStart::get()),
            Error::<T>::StartTooSoon
        );
        if let Assignment::Auction { blocks } = assignment {
            let (least, most) = T::AuctionBlocks::get();
            ensure!(
                (least..=most).contains(blocks),
                Error::<T>::AuctionBlocksOutOfRange
            );
        }
        Ok(())
    }

    /// Burns the fee of a priority.
    pub(crate) fn pay_priority(
        requester: &T::AccountId,
        id: JobId,
        priority: Priority,
    ) -> DispatchResult {
        let multiple = priority.multiple();
        if multiple == 0 {
            return Ok(());
        }
        let fee = T::PriorityFee::get()
            .checked_mul(&BalanceOf::<T>::from(multiple))
            .ok_or(ArithmeticError::Overflow)?;
        let credit: CreditOf<T> = T::Currency::withdraw(
            requester,
            fee,
            Precision::Exact,
            Preservation::Protect,
            Fortitude::Polite,
        )
        .map_err(|_| Error::<T>::InsufficientBalance)?;
        let burned = credit.peek();
        T::BurnLedger::burn(BurnSource::JobFee, credit);
        Self::deposit_event(Event::PriorityPaid {
            job: id,
            priority,
            burned,
        });
        Ok(())
    }

    /// Whether a job that its provider gives back is drawn for again, and says something of prices:
    /// not if its requester had named the provider.
    pub(crate) fn is_market(id: &JobId, job: &JobOf<T>) -> bool {
        job.swarm
            || Specials::<T>::get(id).is_some_and(|special| special.auction || special.terms.fast)
    }

    /// Keeps what was asked, unless that is nothing.
    pub(crate) fn keep_terms(id: JobId, terms: Terms, auction: bool) {
        let special = Special {
            terms,
            auction,
            won: false,
        };
        if special != Special::default() {
            Specials::<T>::insert(id, special);
        }
    }
}
