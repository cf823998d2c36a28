//! A ceremony under way: the records of all contributions and the bases after the last.

use ark_std::rand::{CryptoRng, RngCore};

use super::{
    beacon::Beacon,
    contribution::Contribution,
    factors::Factors,
    initial::{Header, Initial},
    points::Points,
    queries::Queries,
    CeremonyError,
};

/// The largest binary logarithm of a beacon's iterations: minutes for everybody who checks it.
pub const MAX_ITERATIONS_LOG2: u8 = 30;

/// What contributors hand on: header, records, perhaps the beacon, and the current bases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceremony {
    pub(crate) header: Header,
    pub(crate) contributions: Vec<Contribution>,
    pub(crate) beacon: Option<Beacon>,
    pub(crate) queries: Queries,
}

/// Where the records lead.
pub(crate) struct Replay {
    pub points: Points,
    /// Hash of the transcript.
    pub hash: [u8; 32],
}

impl Ceremony {
    /// Starts from the initial state.
    pub fn new(initial: &Initial) -> Self {
        Self {
            header: initial.header.clone(),
            contributions: Vec::new(),
            beacon: None,
            queries: initial.queries.clone(),
        }
    }

    /// How many have contributed; the beacon does not count.
    pub fn contributions(&self) -> usize {
        self.contributions.len()
    }

    /// The beacon and the binary logarithm of its iterations, once there is one.
    pub fn beacon(&self) -> Option<([u8; 32], u8)> {
        self.beacon
            .as_ref()
            .map(|beacon| (beacon.value, beacon.iterations_log2))
    }

    /// Hashes of the records, in order: what contributors look for.
    pub fn hashes(&self) -> Vec<[u8; 32]> {
        self.contributions.iter().map(Contribution::hash).collect()
    }

    /// Contributes fresh secrets, which are erased afterwards; returns the hash of the record.
    ///
    /// Everything before is checked first. A contributor who divided whatever points came along
    /// would be an oracle: a generator in place of one base would come back as the inverse of the
    /// contributor's secret in G1, which is enough to forge, and afterwards nobody could tell.
    ///
    /// # Errors
    /// [`CeremonyError::Finished`] after the beacon; else what is wrong with the ceremony so far.
    pub fn contribute<R: RngCore + CryptoRng>(
        &mut self,
        initial: &Initial,
        rng: &mut R,
    ) -> Result<[u8; 32], CeremonyError> {
        if self.beacon.is_some() {
            return Err(CeremonyError::Finished);
        }
        let before = self.check(initial, rng)?;
        Ok(self.append(&before, &Factors::random(rng), rng))
    }

    /// Appends a contribution by given factors; nothing checks that they are good ones.
    pub(crate) fn append<R: RngCore + CryptoRng>(
        &mut self,
        before: &Replay,
        factors: &Factors,
        rng: &mut R,
    ) -> [u8; 32] {
        let number = self.contributions.len() as u32 + 1;
        let record = Contribution::new(number, before.hash, &before.points, factors, rng);
        let hash = record.hash();
        self.queries.divide(factors);
        self.contributions.push(record);
        hash
    }

    /// Applies the beacon: a public value drawn after the last contribution, hashed
    /// `2^iterations_log2` times. Nothing can be added afterwards.
    ///
    /// # Errors
    /// [`CeremonyError::NoContribution`], [`CeremonyError::Finished`],
    /// [`CeremonyError::Iterations`]; else what is wrong with the records.
    pub fn finish(&mut self, value: [u8; 32], iterations_log2: u8) -> Result<(), CeremonyError> {
        if self.beacon.is_some() {
            return Err(CeremonyError::Finished);
        }
        if self.contributions.is_empty() {
            return Err(CeremonyError::NoContribution);
        }
        let before = self.replay()?;
        let factors = Beacon::factors(&value, iterations_log2, &before.hash)?;
        self.queries.divide(&factors);
        self.beacon = Some(Beacon {
            value,
            iterations_log2,
            after: before.points.multiplied(&factors),
        });
        Ok(())
    }

    /// Checks header, records, beacon and bases against the recomputed initial state.
    pub(crate) fn check<R: RngCore + CryptoRng>(
        &self,
        initial: &Initial,
        rng: &mut R,
    ) -> Result<Replay, CeremonyError> {
        self.header.check(&initial.header)?;
        let replay = self.replay()?;
        self.queries.check(&initial.queries, &replay.points, rng)?;
        Ok(replay)
    }

    /// Checks all records and the beacon. A contribution changes every trapdoor, so one suffices
    /// for at least one contribution to each.
    pub(crate) fn replay(&self) -> Result<Replay, CeremonyError> {
        self.check_numbers()?;
        let mut points = Points::initial(self.header.bases);
        let mut hash = self.header.hash();
        for record in &self.contributions {
            record.check(&hash, &points)?;
            hash = record.hash();
            points = record.after.clone();
        }
        if let Some(beacon) = &self.beacon {
            beacon.check(&hash, &points)?;
            hash = beacon.hash(&hash);
            points = beacon.after.clone();
        }
        Ok(Replay { points, hash })
    }

    /// Tells a contribution that is missing from contributions in another order.
    fn check_numbers(&self) -> Result<(), CeremonyError> {
        let count = self.contributions.len() as u32;
        for number in 1..=count {
            if !self.contributions.iter().any(|c| c.number == number) {
                return Err(CeremonyError::Missing { number });
            }
        }
        match (1..).zip(&self.contributions).find(|(n, c)| *n != c.number) {
            Some((expected, record)) => Err(CeremonyError::Order {
                expected,
                found: record.number,
            }),
            None => Ok(()),
        }
    }
}
