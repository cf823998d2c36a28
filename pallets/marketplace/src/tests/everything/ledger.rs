//! What a sequence has seen: which jobs there are, how each ended, and what it cost whom.

use crate::{mock::*, Event};
use sp_core::H256;
use std::collections::{BTreeMap, BTreeSet};
use swarmwork_primitives::JobCurrency;

/// What a sequence has seen.
#[derive(Default)]
pub struct Ledger {
    pub jobs: Vec<H256>,
    payers: BTreeMap<H256, (AccountId, JobCurrency)>,
    pub ends: BTreeMap<H256, u32>,
    members: BTreeSet<(H256, AccountId)>,
    /// Coins that were sold for tokens to burn.
    sold: BTreeMap<H256, Balance>,
    /// What somebody parted with, less what it was rewarded.
    pub spent: BTreeMap<(AccountId, JobCurrency), i128>,
}

impl Ledger {
    /// A job that fits, if there is one; otherwise any.
    pub fn pick(&self, number: usize, fits: impl Fn(H256) -> bool) -> H256 {
        let fitting: Vec<_> = self.jobs.iter().filter(|id| fits(**id)).collect();
        match (fitting.len(), self.jobs.len()) {
            (0, 0) => H256::zero(),
            (0, all) => self.jobs[number % all],
            (some, _) => *fitting[number % some],
        }
    }

    fn spend(&mut self, who: AccountId, currency: JobCurrency, amount: i128) {
        *self.spent.entry((who, currency)).or_default() += amount;
    }

    /// Its payer has parted with so much for a job.
    fn part(&mut self, job: H256, amount: Balance) {
        let (who, currency) = self.payers[&job].clone();
        self.spend(who, currency, amount as i128);
    }

    /// Of a price in coins no tokens of its payer's are burned.
    fn burn(&mut self, job: H256, burned: Balance) {
        if self.payers[&job].1 == NATIVE {
            self.part(job, burned);
        }
    }

    pub fn read(&mut self) {
        for event in events() {
            match event {
                Event::JobSubmitted {
                    job,
                    requester,
                    currency,
                    ..
                } => {
                    self.jobs.push(job);
                    self.payers.insert(job, (requester, currency));
                }
                Event::TokensBought { job, sold, .. } => {
                    *self.sold.entry(job).or_default() += sold;
                    self.part(job, sold);
                }
                Event::JobCompleted {
                    job,
                    paid_provider,
                    paid_treasury,
                    burned,
                    paid_owner,
                    ..
                } => {
                    *self.ends.entry(job).or_default() += 1;
                    self.part(job, paid_provider + paid_treasury + paid_owner);
                    self.burn(job, burned);
                }
                Event::MemberPaid {
                    job,
                    provider,
                    paid_provider,
                    paid_treasury,
                    burned,
                    paid_owner,
                } => {
                    assert!(self.members.insert((job, provider)), "paid twice");
                    self.part(job, paid_provider + paid_treasury + paid_owner);
                    self.burn(job, burned);
                }
                Event::JobCancelled {
                    job,
                    paid,
                    paid_provider,
                    paid_treasury,
                    burned,
                    paid_owner,
                    ..
                } => {
                    *self.ends.entry(job).or_default() += 1;
                    let sold = self.sold.get(&job).copied().unwrap_or_default();
                    let gone = if self.payers[&job].1 == NATIVE {
                        burned
                    } else {
                        sold
                    };
                    let parts = paid_provider + paid_treasury + gone + paid_owner;
                    assert_eq!(paid, parts, "a cancelled job did not cost its parts");
                    self.part(job, paid - sold);
                }
                Event::JobExpired { job, .. }
                | Event::JobFailed { job, .. }
                | Event::JobAgreed { job, .. }
                | Event::JobUndecided { job, .. } => *self.ends.entry(job).or_default() += 1,
                Event::Tipped { job, amount, .. } | Event::BytesPaid { job, amount, .. } => {
                    self.part(job, amount)
                }
                Event::PriorityPaid { job, burned, .. } => {
                    let (who, _) = self.payers[&job].clone();
                    self.spend(who, NATIVE, burned as i128);
                }
                Event::ChallengeAnswered {
                    challenger,
                    burned,
                    paid,
                    ..
                } => self.spend(challenger, NATIVE, (burned + paid) as i128),
                Event::ChallengerRewarded {
                    challenger, reward, ..
                } => self.spend(challenger, NATIVE, -(reward as i128)),
                _ => {}
            }
        }
    }
}
