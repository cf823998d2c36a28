//! The trapdoors of a state as group elements, and what one step may do to them.

use std::io::{self, Write};

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;

use super::{factors::Factors, ratio::same_ratio, CeremonyError, Trapdoor};
use crate::key_file::{Input, KeyFileError, Output};

/// Bytes of the points in a file.
pub(crate) const POINTS_BYTES: usize = 64 + 6 * 128 + 5 * 64;

/// Every trapdoor in G2, and for each a witness in G1 from which its factor can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Points {
    /// The only trapdoor in G1: provers need it.
    pub delta_g1: G1Affine,
    /// In the order of [`Trapdoor::ALL`].
    pub g2: [G2Affine; 6],
    /// The first base under gamma and under each segment's trapdoor. They are part of the state
    /// that goes from hand to hand; the trapdoors themselves, or their inverses, must not be in G1.
    pub bases: [G1Affine; 5],
}

impl Points {
    /// All trapdoors one.
    pub fn initial(bases: [G1Affine; 5]) -> Self {
        Self {
            delta_g1: G1Affine::generator(),
            g2: [G2Affine::generator(); 6],
            bases,
        }
    }

    /// After a step by known factors.
    pub fn multiplied(&self, factors: &Factors) -> Self {
        let mut after = self.clone();
        after.delta_g1 = (self.delta_g1 * factors.of(Trapdoor::Delta)).into_affine();
        for (point, factor) in after.g2.iter_mut().zip(&factors.0) {
            *point = (*point * factor).into_affine();
        }
        for (base, factor) in after.bases.iter_mut().zip(&factors.0[1..]) {
            let inverse = factor.inverse().expect("factors are not zero; qed");
            *base = (*base * inverse).into_affine();
        }
        after
    }

    /// Two points of G1 whose ratio is the factor of a trapdoor in the step to `after`.
    fn ratio(&self, after: &Self, trapdoor: Trapdoor) -> (G1Affine, G1Affine) {
        match trapdoor.index().checked_sub(1) {
            None => (self.delta_g1, after.delta_g1),
            Some(i) => (after.bases[i], self.bases[i]),
        }
    }

    /// Checks that the step to `after`, contribution `number`, multiplies every trapdoor by a
    /// factor of its own that is neither zero nor one, the same in both groups. `self` has passed
    /// already, or is the initial state.
    pub fn check_step(&self, after: &Self, number: u32) -> Result<(), CeremonyError> {
        for trapdoor in Trapdoor::ALL {
            let (old, new) = self.pair(after, trapdoor);
            if new.is_zero() {
                return Err(CeremonyError::ZeroFactor { number, trapdoor });
            }
            if new == old {
                return Err(CeremonyError::FactorOne { number, trapdoor });
            }
            if !same_ratio(self.ratio(after, trapdoor), (old, new)) {
                return Err(CeremonyError::UnequalFactor { number, trapdoor });
            }
        }
        for (i, first) in Trapdoor::ALL.into_iter().enumerate() {
            for second in Trapdoor::ALL.into_iter().skip(i + 1) {
                if same_ratio(self.ratio(after, first), self.pair(after, second)) {
                    return Err(CeremonyError::SharedFactor {
                        number,
                        first,
                        second,
                    });
                }
            }
        }
        Ok(())
    }

    /// A trapdoor in G2 before and after.
    fn pair(&self, after: &Self, trapdoor: Trapdoor) -> (G2Affine, G2Affine) {
        (self.g2[trapdoor.index()], after.g2[trapdoor.index()])
    }

    pub fn write<W: Write>(&self, output: &mut Output<W>) -> io::Result<()> {
        output.g1(&[self.delta_g1])?;
        output.g2(&self.g2)?;
        output.g1(&self.bases)
    }

    pub fn read(input: &mut Input) -> Result<Self, KeyFileError> {
        Ok(Self {
            delta_g1: input.g1("trapdoors", 1)?[0],
            g2: array(input.g2("trapdoors", 6)?),
            bases: array(input.g1("trapdoors", 5)?),
        })
    }
}

/// As many points as were asked for.
pub(crate) fn array<P: Copy, const N: usize>(points: Vec<P>) -> [P; N] {
    core::array::from_fn(|i| points[i])
}
