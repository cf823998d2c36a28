//! The six trapdoors, and what one contribution multiplies them by.

use core::fmt;

use ark_bn254::Fr;
use ark_ff::{One, PrimeField, UniformRand, Zero};
use ark_std::rand::{CryptoRng, RngCore};
use zeroize::Zeroize;

use crate::challenge::{keccak256, padded};

const BEACON_DOMAIN: [u8; 32] = padded(b"swarmwork/ceremony/factor/1");

/// A secret that phase 2 makes; alpha, beta and tau are phase 1's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trapdoor {
    /// Of the witness and the quotient.
    Delta,
    /// Of one, challenge and tag.
    Gamma,
    Weights,
    Input,
    Intermediate,
    Output,
}

impl Trapdoor {
    /// All of them, delta first, the segments' in column order.
    pub const ALL: [Self; 6] = [
        Self::Delta,
        Self::Gamma,
        Self::Weights,
        Self::Input,
        Self::Intermediate,
        Self::Output,
    ];

    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Trapdoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delta => "delta",
            Self::Gamma => "gamma",
            Self::Weights => "gamma_w",
            Self::Input => "gamma_x",
            Self::Intermediate => "gamma_z",
            Self::Output => "gamma_y",
        })
    }
}

/// One factor per trapdoor, in the order of [`Trapdoor::ALL`]; erased when dropped.
pub(crate) struct Factors(pub(crate) [Fr; 6]);

impl Factors {
    /// Independent random factors.
    pub fn random<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self::draw(|_, _| Fr::rand(rng))
    }

    /// The factors that a beacon gives after a given transcript; each is hashed for itself.
    pub fn of_beacon(transcript: &[u8; 32], beacon: &[u8; 32]) -> Self {
        Self::draw(|trapdoor, attempt| {
            // 512 bits reduced modulo r are uniform up to 2^-258.
            let mut wide = [0u8; 64];
            for (half, bytes) in (0u8..).zip(wide.chunks_exact_mut(32)) {
                let mut message = [0u8; 32 * 3 + 4];
                message[..32].copy_from_slice(&BEACON_DOMAIN);
                message[32..64].copy_from_slice(transcript);
                message[64..96].copy_from_slice(beacon);
                message[96] = trapdoor as u8;
                message[97..99].copy_from_slice(&attempt.to_le_bytes());
                message[99] = half;
                bytes.copy_from_slice(&keccak256(&message));
            }
            Fr::from_le_bytes_mod_order(&wide)
        })
    }

    /// Draws until every factor is neither zero nor one nor another trapdoor's.
    fn draw(mut draw: impl FnMut(usize, u16) -> Fr) -> Self {
        let mut factors = Self([Fr::zero(); 6]);
        for trapdoor in 0..6 {
            let (before, rest) = factors.0.split_at_mut(trapdoor);
            rest[0] = (0..=u16::MAX)
                .map(|attempt| draw(trapdoor, attempt))
                .find(|factor| !factor.is_zero() && !factor.is_one() && !before.contains(factor))
                .expect("65536 draws from 2^254 values do not all fail; qed");
        }
        factors
    }

    pub fn of(&self, trapdoor: Trapdoor) -> Fr {
        self.0[trapdoor.index()]
    }
}

impl Drop for Factors {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_one_and_equal_factors_are_drawn_again() {
        let mut values = [0u64, 1, 5, 5, 6, 5, 6, 7, 8, 9, 1, 10].into_iter();
        let factors = Factors::draw(|_, _| Fr::from(values.next().unwrap()));
        assert_eq!(factors.0, [5u64, 6, 7, 8, 9, 10].map(Fr::from));
    }

    #[test]
    fn a_beacon_gives_each_trapdoor_its_own_factor_bound_to_the_transcript() {
        let factors = |t: u8, b: u8| Factors::of_beacon(&[t; 32], &[b; 32]).0;
        let base = factors(1, 2);
        assert_eq!(base, factors(1, 2));
        for (i, factor) in base.iter().enumerate() {
            assert!(!base[i + 1..].contains(factor));
            assert_ne!(*factor, factors(3, 2)[i]);
            assert_ne!(*factor, factors(1, 3)[i]);
        }
    }
}
