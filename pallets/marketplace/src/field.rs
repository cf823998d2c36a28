//! Those among whom a lot decides: a sample of the active set, judged.

use crate::{
    matching::{Candidate, Wanted},
    pallet::{BalanceOf, Config, Pallet},
    types::Snapshot,
};
use alloc::vec::Vec;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::Permill;
use swarm_scoring::Lottery;
use swarmwork_primitives::{Offer, Providers, Rejection, RejectionCounts};

/// Candidates that fit, each with what it offers.
pub(crate) struct Field<T: Config> {
    fitting: Vec<(T::AccountId, Offer<BalanceOf<T>>)>,
    /// In the same order, what the weights follow from.
    scores: Vec<Permill>,
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
            fitting: Vec::new(),
            scores: Vec::new(),
            rejected: RejectionCounts::default(),
        };
        for index in lottery.sample(frozen.count, T::DrawSample::get()) {
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
                Ok(Candidate { offer, score }) => {
                    field.scores.push(score);
                    field.fitting.push((who, offer));
                }
                Err(reason) => field.rejected.add(reason),
            }
        }
        field
    }

    /// Takes one out by lot; `None` if nobody is left.
    pub fn choose(&mut self, lottery: &mut Lottery) -> Option<(T::AccountId, Offer<BalanceOf<T>>)> {
        let chosen = lottery.choose(&self.scores)?;
        self.scores.swap_remove(chosen);
        Some(self.fitting.swap_remove(chosen))
    }
}
