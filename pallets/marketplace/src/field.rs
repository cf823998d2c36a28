//! Those among whom lots decide: a sample of the active set, judged.
//!
//! Each of the sample has its lot, whether it fits or not, and is chosen before another or behind it
//! whatever becomes of the rest. Otherwise an author that knows the seed would have those of its own that
//! lose be absent, busy or in maintenance, until the choice among the others falls on the one that it wants.

use crate::{
    matching::{Candidate, Wanted},
    pallet::{BalanceOf, Config, Pallet},
    types::Snapshot,
};
use alloc::vec::Vec;
use core::cmp::Reverse;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use swarm_scoring::{arrival, Lottery};
use swarmwork_primitives::{Offer, Providers, Rejection, RejectionCounts};

/// A candidate that fits, with what it offers.
struct Runner<T: Config> {
    /// Whoever arrives first is chosen first.
    arrival: u128,
    who: T::AccountId,
    offer: Offer<BalanceOf<T>>,
}

/// Candidates that fit.
pub(crate) struct Field<T: Config> {
    /// The first of them last.
    runners: Vec<Runner<T>>,
    /// How many did not fit, by reason.
    pub rejected: RejectionCounts,
}

impl<T: Config> Field<T> {
    /// Samples the active set as it was, and judges those of the sample that `may` be chosen. The
    /// others are not counted, unless `may` has a reason.
    pub fn sample(
        lottery: &mut Lottery,
        wanted: &Wanted<T>,
        frozen: &Snapshot<BlockNumberFor<T>>,
        may: impl Fn(&T::AccountId) -> Result<bool, Rejection>,
    ) -> Self {
        let since = Pallet::<T>::blocks_since(frozen);
        let mut field = Self {
            runners: Vec::new(),
            rejected: RejectionCounts::default(),
        };
        for index in lottery.sample(frozen.count, T::DrawSample::get()) {
            let lot = lottery.lot();
            let Some(who) = T::Providers::active_before(index, since) else {
                field.rejected.add(Rejection::NotRegistered);
                continue;
            };
            let judged = match may(&who) {
                Ok(true) => Pallet::<T>::judge(&who, wanted),
                Ok(false) => continue,
                Err(reason) => Err(reason),
            };
            match judged {
                Ok(Candidate { offer, score }) => field.runners.push(Runner {
                    arrival: arrival(lot, score),
                    who,
                    offer,
                }),
                Err(reason) => field.rejected.add(reason),
            }
        }
        // Of those that arrive together the one that was sampled before the others.
        field.runners.reverse();
        field.runners.sort_by_key(|runner| Reverse(runner.arrival));
        field
    }

    /// Takes out who is chosen next; `None` if nobody is left.
    pub fn choose(&mut self) -> Option<(T::AccountId, Offer<BalanceOf<T>>)> {
        let Runner { who, offer, .. } = self.runners.pop()?;
        Some((who, offer))
    }
}
