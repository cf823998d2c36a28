//! One contribution's record: the trapdoors after it, and proofs that its factors were known.
//!
//! The bases are not in the record: initial bases and trapdoors determine them, so that only the
//! last ones need keeping. Records are chained by hashes; a contributor who keeps the hash of the
//! own record recognises it in the published transcript.

use std::io::{self, Write};

use ark_std::rand::{CryptoRng, RngCore};

use super::{
    digest::digest,
    factors::Factors,
    knowledge::Knowledge,
    points::{array, Points, POINTS_BYTES},
    CeremonyError, Trapdoor,
};
use crate::{
    challenge::padded,
    encoding::{decode_scalar, encode_scalar},
    key_file::{Input, KeyFileError, Output},
};

const MESSAGE_DOMAIN: [u8; 32] = padded(b"swarmwork/ceremony/message/1");
const RECORD_DOMAIN: [u8; 32] = padded(b"swarmwork/ceremony/record/1");

/// Bytes of a record in a file.
pub(crate) const CONTRIBUTION_BYTES: usize = 4 + 32 + POINTS_BYTES + 6 * (128 + 32);

/// What a contributor publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contribution {
    /// Counted from one.
    pub number: u32,
    /// Hash of the transcript before.
    pub previous: [u8; 32],
    pub after: Points,
    /// In the order of [`Trapdoor::ALL`].
    pub proofs: [Knowledge; 6],
}

impl Contribution {
    /// Multiplies the trapdoors by factors.
    pub fn new<R: RngCore + CryptoRng>(
        number: u32,
        previous: [u8; 32],
        before: &Points,
        factors: &Factors,
        rng: &mut R,
    ) -> Self {
        let after = before.multiplied(factors);
        let message = message(number, &previous, &after);
        let proofs = Trapdoor::ALL.map(|trapdoor| {
            let base = before.g2[trapdoor.index()];
            Knowledge::prove(base, factors.of(trapdoor), &message, trapdoor, rng)
        });
        Self {
            number,
            previous,
            after,
            proofs,
        }
    }

    /// Checks the step from the state before.
    ///
    /// Order of checks: chain, every trapdoor's factor, factors against each other, proofs.
    pub fn check(&self, previous: &[u8; 32], before: &Points) -> Result<(), CeremonyError> {
        let number = self.number;
        if self.previous != *previous {
            return Err(CeremonyError::Chain { number });
        }
        before.check_step(&self.after, number)?;
        let message = message(number, previous, &self.after);
        for (proof, trapdoor) in self.proofs.iter().zip(Trapdoor::ALL) {
            let (old, new) = (before.g2[trapdoor.index()], self.after.g2[trapdoor.index()]);
            if !proof.holds(old, new, &message, trapdoor) {
                return Err(CeremonyError::Knowledge { number, trapdoor });
            }
        }
        Ok(())
    }

    /// Hash of the transcript up to and including this record.
    pub fn hash(&self) -> [u8; 32] {
        digest(|output| {
            output.bytes(&RECORD_DOMAIN)?;
            self.write(output)
        })
    }

    pub fn write<W: Write>(&self, output: &mut Output<W>) -> io::Result<()> {
        output.bytes(&self.number.to_le_bytes())?;
        output.bytes(&self.previous)?;
        self.after.write(output)?;
        for proof in &self.proofs {
            output.g2(&[proof.commitment])?;
            output.bytes(&encode_scalar(&proof.response))?;
        }
        Ok(())
    }

    pub fn read(input: &mut Input) -> Result<Self, KeyFileError> {
        let number = u32::from_le_bytes(input.array("contributions")?);
        let previous = input.array("contributions")?;
        let after = Points::read(input)?;
        let mut proofs = Vec::with_capacity(6);
        for index in 0..6 {
            let [commitment] = array(input.g2("proofs", 1)?);
            let response = decode_scalar(&input.array("proofs")?).ok_or(KeyFileError::Scalar {
                section: "proofs",
                index,
            })?;
            proofs.push(Knowledge {
                commitment,
                response,
            });
        }
        Ok(Self {
            number,
            previous,
            after,
            proofs: array(proofs),
        })
    }
}

/// What the proofs of a contribution are bound to. `previous` covers the trapdoors before.
fn message(number: u32, previous: &[u8; 32], after: &Points) -> [u8; 32] {
    digest(|output| {
        output.bytes(&MESSAGE_DOMAIN)?;
        output.bytes(&number.to_le_bytes())?;
        output.bytes(previous)?;
        after.write(output)
    })
}
