//! The last step: factors from a public value that nobody could know before the last contribution.
//!
//! It keeps the last contributor from choosing factors until the key suits. The value is hashed
//! many times, so that nobody has the result by the time the value could still be influenced.

use std::io::{self, Write};

use super::{
    digest::digest, factors::Factors, points::Points, transcript::MAX_ITERATIONS_LOG2,
    CeremonyError,
};
use crate::{
    challenge::{keccak256, padded},
    key_file::{Input, KeyFileError, Output},
};

const DOMAIN: [u8; 32] = padded(b"swarmwork/ceremony/beacon/1");

/// The beacon with the trapdoors after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Beacon {
    pub value: [u8; 32],
    /// The value is hashed 2 to this many times.
    pub iterations_log2: u8,
    pub after: Points,
}

impl Beacon {
    /// The factors a beacon gives after a transcript.
    ///
    /// # Errors
    /// [`CeremonyError::Iterations`] beyond the bound.
    pub fn factors(
        value: &[u8; 32],
        iterations_log2: u8,
        transcript: &[u8; 32],
    ) -> Result<Factors, CeremonyError> {
        if iterations_log2 > MAX_ITERATIONS_LOG2 {
            return Err(CeremonyError::Iterations {
                log2: iterations_log2,
            });
        }
        let mut seed = *value;
        for _ in 0..1u64 << iterations_log2 {
            seed = keccak256(&seed);
        }
        Ok(Factors::of_beacon(transcript, &seed))
    }

    /// Recomputes the step.
    pub fn check(&self, transcript: &[u8; 32], before: &Points) -> Result<(), CeremonyError> {
        let factors = Self::factors(&self.value, self.iterations_log2, transcript)?;
        if before.multiplied(&factors) == self.after {
            Ok(())
        } else {
            Err(CeremonyError::Beacon)
        }
    }

    /// Hash of the whole transcript.
    pub fn hash(&self, transcript: &[u8; 32]) -> [u8; 32] {
        digest(|output| {
            output.bytes(&DOMAIN)?;
            output.bytes(transcript)?;
            self.write(output)
        })
    }

    pub fn write<W: Write>(&self, output: &mut Output<W>) -> io::Result<()> {
        output.bytes(&self.value)?;
        output.bytes(&[self.iterations_log2])?;
        self.after.write(output)
    }

    pub fn read(input: &mut Input) -> Result<Self, KeyFileError> {
        let value = input.array("beacon")?;
        let [iterations_log2] = input.array("beacon")?;
        Ok(Self {
            value,
            iterations_log2,
            after: Points::read(input)?,
        })
    }
}
