//! Audits: a share of the jobs that are given to several providers is done once more, by a provider
//! of high standing that is drawn by lot.
//!
//! Whether a job is audited, and by whom, is drawn from blocks after the results were sealed: nobody
//! works more carefully because of it. The auditor takes a seat beside the others. It seals its results
//! before anybody reveals any, so it cannot echo them; it disputes what it finds to be wrong, and
//! loses its collateral as the others do where its own results are not shown, are refuted, or differ
//! from what stands. It does not count for a majority: only a proof of its overturns one. The treasury
//! pays it, out of its own share of what jobs cost; in tokens, whatever the job is paid in.

use crate::{
    field::Field,
    lanes::Seed,
    matching::Wanted,
    pallet::{AuditShare, BalanceOf, Config, Error, Event, Jobs, Pallet, Panels},
    types::Agenda,
    PanelOf,
};
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{fungible::Mutate, tokens::Preservation, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchResult, Permill,
};
use swarm_scoring::Lottery;
use swarmwork_primitives::{
    JobCurrency, JobId, Member, PanelStage, ProviderStanding, Rejection, RejectionCounts,
    Reputation,
};

/// Who may audit.
const LEAST_STANDING: ProviderStanding = ProviderStanding::Trusted;

impl<T: Config> Pallet<T> {
    /// The part of the jobs given to several providers that is audited.
    pub fn audit_share() -> Permill {
        AuditShare::<T>::get()
    }

    /// Sets that part; see [`crate::Call::set_audit_share`].
    pub(crate) fn book_audit_share(share: Permill) -> DispatchResult {
        ensure!(
            share <= T::MaxAuditShare::get(),
            Error::<T>::AuditShareTooLarge
        );
        AuditShare::<T>::put(share);
        Self::deposit_event(Event::AuditShareSet { share });
        Ok(())
    }

    /// Draws whether a job is audited, and by whom. Where nobody fits, it is not.
    pub(crate) fn draw_audit(
        id: JobId,
        mut panel: PanelOf<T>,
        seed: &Seed<T>,
        now: BlockNumberFor<T>,
    ) {
        if !matches!(panel.stage, PanelStage::Drawing { .. }) {
            return;
        }
        let mut lottery = Lottery::of_audit(&id, seed.outputs);
        let ticket = lottery.below(u64::from(Permill::one().deconstruct()));
        let audited = ticket < u64::from(Self::audit_share().deconstruct());
        match audited.then(|| Self::seat_auditor(id, &panel, seed, &mut lottery)) {
            Some(Ok(auditor)) => {
                let until = now.saturating_add(T::AuditTime::get());
                Self::deposit_event(Event::AuditorDrawn {
                    job: id,
                    auditor: auditor.provider.clone(),
                    until: Self::chain_block(until),
                });
                if panel.members.try_push(auditor).is_err() {
                    frame_support::defensive!("a panel has no seat for an auditor");
                }
                panel.stage = PanelStage::Auditing { until };
                Self::schedule(Agenda::Close, until, id);
            }
            nobody => {
                if let Some(Err(rejected)) = nobody {
                    Self::deposit_event(Event::NoAuditor { job: id, rejected });
                }
                Self::open_reveals(id, &mut panel, now);
            }
        }
        Panels::<T>::insert(id, panel);
    }

    /// Seats an auditor from a sample of the active set: one of the standing for it that takes the
    /// work for what the costliest member gets. Otherwise, why nobody fits.
    fn seat_auditor(
        id: JobId,
        panel: &PanelOf<T>,
        seed: &Seed<T>,
        lottery: &mut Lottery,
    ) -> Result<Member<T::AccountId, BalanceOf<T>>, RejectionCounts> {
        let asked = Jobs::<T>::get(id).and_then(|job| {
            let demand = Self::demand(&job)?;
            Some((job, demand))
        });
        let Some((job, mut demand)) = asked else {
            return Err(RejectionCounts::default());
        };
        demand.max_price = panel
            .members
            .iter()
            .filter_map(|member| Self::value_of(&job.currency, member.price))
            .max()
            .unwrap_or_else(Zero::zero);
        let may = |who: &T::AccountId| -> Result<bool, Rejection> {
            let seated = panel.members.iter().any(|member| member.provider == *who);
            if seated || *who == job.requester {
                return Ok(false);
            }
            ensure!(
                T::Reputation::standing(who) >= LEAST_STANDING,
                Rejection::Standing
            );
            Ok(true)
        };
        let wanted = Wanted::<T>::drawn(id, &job, demand, &seed.frozen).paid(None);
        let mut field = Field::sample(lottery, &wanted, &seed.frozen, may);
        while let Some((who, offer)) = field.choose() {
            match Self::seat(id, &JobCurrency::Native, who, offer, true) {
                Ok(auditor) => return Ok(auditor),
                Err(_) => field.rejected.add(Rejection::Busy),
            }
        }
        Err(field.rejected)
    }

    /// Pays an auditor that was right, if the treasury can: no end of a job depends on it.
    pub(crate) fn pay_auditor(id: JobId, auditor: &Member<T::AccountId, BalanceOf<T>>) {
        let paid = with_storage_layer(|| {
            T::Currency::transfer(
                &T::TreasuryAccount::get(),
                &auditor.provider,
                auditor.price,
                Preservation::Preserve,
            )
        });
        Self::deposit_event(Event::AuditorPaid {
            job: id,
            auditor: auditor.provider.clone(),
            amount: paid.unwrap_or_else(|_| Zero::zero()),
        });
    }
}
