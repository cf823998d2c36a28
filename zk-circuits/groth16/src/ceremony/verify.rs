//! Checking a whole ceremony, and the keys that come out of a finished one.

use ark_std::rand::{CryptoRng, RngCore};

use super::{points::Points, Ceremony, CeremonyError, Initial};
use crate::{
    bases::{digest, segment_digest},
    CommitmentKey, KeyPoints, ProvingKey, Segment, VerifyingKey,
};

/// A ceremony that has passed every check.
#[derive(Debug)]
pub struct Verified<'a> {
    ceremony: &'a Ceremony,
    initial: &'a Initial,
    points: Points,
    hash: [u8; 32],
    /// Digests of the segments' bases, in column order.
    segments: [[u8; 32]; 4],
}

impl Ceremony {
    /// Checks everything against the recomputed initial state: header, records, beacon if there
    /// is one, all bases, and that the key is not weak.
    ///
    /// Order of checks: circuit, phase 1, initial state, records, beacon, bases, number of
    /// contributions, key.
    ///
    /// # Errors
    /// [`CeremonyError`], which names what is wrong.
    pub fn verify<'a, R: RngCore + CryptoRng>(
        &'a self,
        initial: &'a Initial,
        rng: &mut R,
    ) -> Result<Verified<'a>, CeremonyError> {
        let replay = self.check(initial, rng)?;
        if self.contributions.is_empty() {
            return Err(CeremonyError::NoContribution);
        }
        let verified = Verified {
            ceremony: self,
            initial,
            points: replay.points,
            hash: replay.hash,
            segments: self
                .queries
                .segments()
                .each_ref()
                .map(|b| segment_digest(b)),
        };
        verified
            .verifying_key()
            .check()
            .map_err(CeremonyError::Key)?;
        Ok(verified)
    }
}

impl Verified<'_> {
    /// Hash of the transcript: with the beacon's, that of the whole ceremony.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The proving key, which holds the other keys.
    ///
    /// It carries the development stamp only if phase 1 was made by one party.
    ///
    /// # Errors
    /// [`CeremonyError::Unfinished`] without a beacon.
    pub fn proving_key(&self) -> Result<ProvingKey, CeremonyError> {
        if self.ceremony.beacon.is_none() {
            return Err(CeremonyError::Unfinished);
        }
        let header = &self.ceremony.header;
        let queries = &self.ceremony.queries;
        let fixed = &self.initial.fixed;
        let [weights, input, intermediate, output] = queries.segments();
        Ok(ProvingKey {
            commitments: CommitmentKey {
                vk: self.verifying_key(),
                layout: header.layout,
                weights: weights.clone(),
                input: input.clone(),
                output: output.clone(),
                intermediate: self.segments[Segment::Intermediate.index()],
            },
            intermediate: intermediate.clone(),
            num_witness: header.num_witness,
            domain_size: header.domain_size,
            beta_g1: fixed.beta_g1,
            delta_g1: self.points.delta_g1,
            a_columns: fixed.a_columns.clone(),
            a_query: fixed.a_query.clone(),
            b_columns: fixed.b_columns.clone(),
            b_g1_query: fixed.b_g1_query.clone(),
            b_g2_query: fixed.b_g2_query.clone(),
            h_query: queries.h().to_vec(),
            l_query: queries.l().to_vec(),
        })
    }

    fn verifying_key(&self) -> VerifyingKey {
        let header = &self.ceremony.header;
        let [delta, gamma, segments @ ..] = self.points.g2;
        VerifyingKey {
            development: header.development,
            descriptor: header.descriptor,
            rows: header.rows as u64,
            bases: digest(header.layout, &self.segments),
            points: KeyPoints {
                alpha: self.initial.fixed.alpha_g1,
                beta: self.initial.fixed.beta_g2,
                gamma,
                delta,
                segments,
                ic: self.ceremony.queries.ic(),
            },
        }
    }
}
