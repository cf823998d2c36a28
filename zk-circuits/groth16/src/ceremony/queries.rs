//! The bases that trapdoors divide.

use std::io::{self, Write};

use ark_bn254::{G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;
use ark_std::rand::{CryptoRng, RngCore};
use rayon::prelude::*;

use super::{
    factors::Factors,
    points::Points,
    ratio::{coefficients, combine, same_ratio},
    CeremonyError, Trapdoor,
};
use crate::key_file::{Input, KeyFileError, Output};

/// The queries in the order of a file, with the trapdoor that divides each.
const QUERIES: [(&str, Trapdoor); 7] = [
    ("ic query", Trapdoor::Gamma),
    ("weights", Trapdoor::Weights),
    ("input", Trapdoor::Input),
    ("intermediate", Trapdoor::Intermediate),
    ("output", Trapdoor::Output),
    ("h query", Trapdoor::Delta),
    ("l query", Trapdoor::Delta),
];

/// One vector per entry of [`QUERIES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queries(pub(crate) [Vec<G1Affine>; 7]);

impl Queries {
    pub fn ic(&self) -> [G1Affine; 3] {
        core::array::from_fn(|i| self.0[0][i])
    }

    /// The segments in column order.
    pub fn segments(&self) -> &[Vec<G1Affine>; 4] {
        let [_, segments @ .., _, _] = &self.0;
        segments
    }

    pub fn h(&self) -> &[G1Affine] {
        &self.0[5]
    }

    pub fn l(&self) -> &[G1Affine] {
        &self.0[6]
    }

    /// The first base under gamma and under each segment's trapdoor.
    pub fn first_bases(&self) -> [G1Affine; 5] {
        core::array::from_fn(|i| self.0[i][0])
    }

    pub fn lengths(&self) -> [usize; 7] {
        core::array::from_fn(|i| self.0[i].len())
    }

    /// Divides every base by its trapdoor's factor.
    pub fn divide(&mut self, factors: &Factors) {
        for (bases, (_, trapdoor)) in self.0.iter_mut().zip(QUERIES) {
            let inverse = factors
                .of(trapdoor)
                .inverse()
                .expect("factors are not zero; qed");
            let divided: Vec<G1Projective> = bases.par_iter().map(|b| *b * inverse).collect();
            *bases = G1Projective::normalize_batch(&divided);
        }
    }

    /// Checks that these are the initial bases, each divided by its trapdoor.
    pub fn check<R: RngCore + CryptoRng>(
        &self,
        initial: &Self,
        points: &Points,
        rng: &mut R,
    ) -> Result<(), CeremonyError> {
        let generator = G2Affine::generator();
        for (i, (name, trapdoor)) in QUERIES.into_iter().enumerate() {
            let (now, then) = (&self.0[i], &initial.0[i]);
            let coefficients = coefficients(then.len(), rng);
            let equal = now.len() == then.len()
                && same_ratio(
                    (combine(now, &coefficients), combine(then, &coefficients)),
                    (generator, points.g2[trapdoor.index()]),
                );
            if !equal {
                return Err(CeremonyError::Query(name));
            }
        }
        Ok(())
    }

    pub fn write<W: Write>(&self, output: &mut Output<W>) -> io::Result<()> {
        self.0.iter().try_for_each(|bases| output.g1(bases))
    }

    pub fn read(input: &mut Input, lengths: [usize; 7]) -> Result<Self, KeyFileError> {
        let mut queries = Vec::with_capacity(7);
        for ((name, _), length) in QUERIES.into_iter().zip(lengths) {
            queries.push(input.g1(name, length)?);
        }
        let mut queries = queries.into_iter();
        Ok(Self(core::array::from_fn(|_| {
            queries.next().expect("there are seven; qed")
        })))
    }
}
