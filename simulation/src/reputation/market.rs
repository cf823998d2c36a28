//! A market of providers that behave differently: draws, evidence and pay by the chain's functions.

use pallet_reputation::{Evidence, Influence};
use rand::{rngs::StdRng, Rng};
use serde::Serialize;
use sp_core::H256;
use swarm_scoring::Lottery;
use swarmwork_primitives::{
    parameters::{DRAW_SAMPLE, ENTRUSTED, HALF_LIFE, PRIOR, PRIOR_STRENGTH, SPLIT, STANDINGS},
    Outcome, ProviderStanding,
};

/// How a provider behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Fails hardly ever.
    Honest,
    /// Lets every seventh job or so expire.
    Lazy,
    /// As lazy with strangers' jobs, and does those of the ring's own requesters, who ask for what
    /// nobody but the ring has.
    Colluding,
    /// Honest, but there from half-time only.
    Newcomer,
    /// As lazy, under a new name every few days.
    Returning,
}

impl Kind {
    pub const ALL: [Self; 5] = [
        Self::Honest,
        Self::Lazy,
        Self::Colluding,
        Self::Newcomer,
        Self::Returning,
    ];

    /// How many there are.
    pub fn count(self) -> usize {
        match self {
            Self::Honest => 12,
            Self::Lazy | Self::Newcomer | Self::Returning => 3,
            Self::Colluding => 2,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Honest => "honest",
            Self::Lazy => "lazy",
            Self::Colluding => "colluding",
            Self::Newcomer => "newcomer",
            Self::Returning => "returning",
        }
    }

    /// Chance that it fails a stranger's job.
    fn failure(self) -> f64 {
        match self {
            Self::Honest | Self::Newcomer => 0.002,
            Self::Lazy | Self::Colluding | Self::Returning => 0.15,
        }
    }
}

/// A provider: its record, and what became of strangers' jobs that it was drawn for.
pub struct Provider {
    pub kind: Kind,
    /// Its account; another one where it comes back.
    id: u32,
    /// First block in which it is there.
    from: u64,
    pub evidence: Evidence<u64>,
    pub jobs: u32,
    pub failed: u32,
    /// Its part of the prices.
    pub income: u128,
}

impl Provider {
    fn score(&self) -> sp_arithmetic::Permill {
        self.evidence.score(PRIOR, PRIOR_STRENGTH)
    }

    fn standing(&self) -> ProviderStanding {
        self.evidence.standing(PRIOR, PRIOR_STRENGTH, &STANDINGS)
    }
}

/// What became of one job.
pub enum End {
    /// Nobody that may be given such a job was in the sample.
    Nobody,
    Failed,
    Done,
}

pub struct Market {
    pub providers: Vec<Provider>,
    requesters: Vec<Influence<u32, u64>>,
    names: u32,
    /// Whether scores and standings count in draws.
    counts: bool,
}

impl Market {
    /// A market in which newcomers appear in block `joining`. The ring's requester is the last one.
    pub fn new(strangers: usize, joining: u64, counts: bool) -> Self {
        let kinds = Kind::ALL
            .into_iter()
            .flat_map(|kind| std::iter::repeat_n(kind, kind.count()));
        let providers: Vec<_> = (0u32..)
            .zip(kinds)
            .map(|(id, kind)| Provider {
                kind,
                id,
                from: if kind == Kind::Newcomer { joining } else { 0 },
                evidence: Evidence::default(),
                jobs: 0,
                failed: 0,
                income: 0,
            })
            .collect();
        Self {
            names: providers.len() as u32,
            providers,
            requesters: vec![Influence::default(); strangers + 1],
            counts,
        }
    }

    /// Gives those who come back their new names.
    pub fn come_back(&mut self) {
        for provider in &mut self.providers {
            if provider.kind == Kind::Returning {
                provider.evidence = Evidence::default();
                provider.id = self.names;
                self.names += 1;
            }
        }
    }

    /// Those of a kind that are there, as they stand in a block.
    pub fn of(&self, kind: Kind, now: u64) -> Vec<Evidence<u64>> {
        self.providers
            .iter()
            .filter(|provider| provider.kind == kind && provider.from <= now)
            .map(|provider| aged(&provider.evidence, now))
            .collect()
    }

    /// A stranger's job.
    pub fn job(&mut self, rng: &mut StdRng, requester: usize, price: u128, now: u64) -> End {
        let there = self.places(|provider| provider.from <= now);
        let Some(chosen) = self.draw(rng, &there, price, now) else {
            return End::Nobody;
        };
        let shares = SPLIT.divide(price);
        let failed = rng.gen_bool(self.providers[chosen].kind.failure());
        let provider = &mut self.providers[chosen];
        provider.jobs += 1;
        let outcome = if failed {
            provider.failed += 1;
            Outcome::Failed
        } else {
            provider.income += shares.provider;
            Outcome::Succeeded
        };
        self.record(chosen, requester, outcome, shares.burned, now);
        if failed {
            End::Failed
        } else {
            End::Done
        }
    }

    /// A job of the ring's own, which only the ring can be drawn for. What it costs the ring: all
    /// but the provider's and the owner's share.
    pub fn own_job(&mut self, rng: &mut StdRng, price: u128, now: u64) -> u128 {
        let ring = self.places(|provider| provider.kind == Kind::Colluding);
        let Some(chosen) = self.draw(rng, &ring, price, now) else {
            return 0;
        };
        let shares = SPLIT.divide(price);
        let requester = self.requesters.len() - 1;
        self.record(chosen, requester, Outcome::Succeeded, shares.burned, now);
        shares.burned + shares.treasury
    }

    fn places(&self, fits: impl Fn(&Provider) -> bool) -> Vec<usize> {
        (0..self.providers.len())
            .filter(|place| fits(&self.providers[*place]))
            .collect()
    }

    /// Draws as the marketplace does: a sample, those that may have the job, a choice by score.
    fn draw(&mut self, rng: &mut StdRng, among: &[usize], price: u128, now: u64) -> Option<usize> {
        let mut lottery = Lottery::new(&H256(rng.gen()), &[H256(rng.gen())]);
        let mut fitting: Vec<_> = lottery
            .sample(among.len() as u32, DRAW_SAMPLE)
            .into_iter()
            .map(|index| among[index as usize])
            .collect();
        if !self.counts {
            let scores = vec![PRIOR; fitting.len()];
            return lottery.choose(&scores).map(|chosen| fitting[chosen]);
        }
        for place in &fitting {
            let provider = &mut self.providers[*place];
            provider.evidence = aged(&provider.evidence, now);
        }
        fitting.retain(|place| price <= ENTRUSTED[self.providers[*place].standing() as usize]);
        let scores: Vec<_> = fitting
            .iter()
            .map(|place| self.providers[*place].score())
            .collect();
        lottery.choose(&scores).map(|chosen| fitting[chosen])
    }

    /// Books evidence as the chain does.
    fn record(&mut self, place: usize, requester: usize, outcome: Outcome, burned: u128, now: u64) {
        let provider = &mut self.providers[place];
        let influence = &mut self.requesters[requester];
        influence.age(now - influence.updated, HALF_LIFE.into());
        influence.updated = now;
        let weight = influence.grant(&provider.id, outcome, burned);
        provider.evidence = aged(&provider.evidence, now);
        provider.evidence.add(outcome, weight);
    }
}

/// Evidence as it weighs in a block.
fn aged(evidence: &Evidence<u64>, now: u64) -> Evidence<u64> {
    let mut evidence = evidence.clone();
    evidence.age(now - evidence.updated, HALF_LIFE.into());
    evidence.updated = now;
    evidence
}
