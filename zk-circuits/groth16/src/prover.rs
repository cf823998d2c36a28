//! Making a proof from matrices and a full assignment; nothing is synthesised per proof.

use ark_bn254::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::{One, UniformRand};
use ark_std::rand::{CryptoRng, RngCore};

use crate::{
    msm::{gather, integers, msm_g1, msm_g2},
    Proof, ProvingKey, Qap, Segment,
};

/// Why a commitment or a proof cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProverError {
    /// The circuit is not the one the key was made for.
    KeyMismatch(&'static str),
    /// The assignment does not cover every column.
    AssignmentLength { expected: usize, found: usize },
    /// The assignment's first value is not one.
    ConstantOne,
    /// A constraint does not hold.
    Unsatisfied { row: usize },
    /// A segment is given another number of values than it has variables.
    SegmentLength {
        segment: Segment,
        expected: usize,
        found: usize,
    },
    /// Intermediate values are committed with the proving key.
    NotInCommitmentKey,
}

impl core::fmt::Display for ProverError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::KeyMismatch(what) => {
                write!(f, "the proving key is for another circuit: {what} differ")
            }
            Self::AssignmentLength { expected, found } => {
                write!(
                    f,
                    "the assignment has {found} values for {expected} columns"
                )
            }
            Self::ConstantOne => f.write_str("the assignment must start with one"),
            Self::Unsatisfied { row } => write!(f, "the assignment breaks constraint {row}"),
            Self::SegmentLength {
                segment,
                expected,
                found,
            } => write!(
                f,
                "segment {segment:?} has {expected} variables, {found} values were given"
            ),
            Self::NotInCommitmentKey => {
                f.write_str("intermediate values are committed with the proving key")
            }
        }
    }
}

impl std::error::Error for ProverError {}

impl ProvingKey {
    /// Proves that `assignment`, `[1, rho, tag, w.., x.., z.., y.., witness..]`, satisfies the
    /// circuit the key was made for.
    ///
    /// `c_z` and `c_y` are the commitments from which `rho` was derived; they travel with the
    /// proof and are not recomputed. Checks that every constraint holds.
    pub fn prove<R: RngCore + CryptoRng>(
        &self,
        qap: &Qap,
        assignment: &[Fr],
        c_z: G1Affine,
        c_y: G1Affine,
        rng: &mut R,
    ) -> Result<Proof, ProverError> {
        self.check_shape(qap)?;
        let matrices = qap.matrices();
        if assignment.len() != matrices.num_columns() {
            return Err(ProverError::AssignmentLength {
                expected: matrices.num_columns(),
                found: assignment.len(),
            });
        }
        if !assignment[0].is_one() {
            return Err(ProverError::ConstantOne);
        }
        let h = qap
            .quotient(assignment)
            .map_err(|row| ProverError::Unsatisfied { row })?;
        Ok(self.assemble(&h, assignment, c_z, c_y, Fr::rand(rng), Fr::rand(rng)))
    }

    /// The proof elements for a quotient and an assignment that fit; `r` and `s` hide the witness.
    pub(crate) fn assemble(
        &self,
        h: &[Fr],
        assignment: &[Fr],
        c_z: G1Affine,
        c_y: G1Affine,
        r: Fr,
        s: Fr,
    ) -> Proof {
        let vk = &self.commitments.vk.points;
        let h_sum = msm_g1(&self.h_query, &integers(&h[..self.h_query.len()]));
        let values = integers(assignment);
        let l_sum = msm_g1(&self.l_query, &values[self.layout().num_instance()..]);
        let a =
            msm_g1(&self.a_query, &gather(&values, &self.a_columns)) + self.delta_g1 * r + vk.alpha;
        let b_values = gather(&values, &self.b_columns);
        let b_g1 = msm_g1(&self.b_g1_query, &b_values) + self.delta_g1 * s + self.beta_g1;
        let b = msm_g2(&self.b_g2_query, &b_values) + vk.delta * s + vk.beta;
        let c = h_sum + l_sum + a * s + b_g1 * r - self.delta_g1 * (r * s);
        Proof {
            a: a.into_affine(),
            b: b.into_affine(),
            c: c.into_affine(),
            c_z,
            c_y,
        }
    }

    fn check_shape(&self, qap: &Qap) -> Result<(), ProverError> {
        let matrices = qap.matrices();
        if self.layout() != matrices.layout {
            return Err(ProverError::KeyMismatch("segment sizes"));
        }
        if self.num_witness != matrices.num_witness {
            return Err(ProverError::KeyMismatch("witness sizes"));
        }
        if self.verifying_key().rows != qap.rows() as u64 || self.domain_size != qap.domain_size() {
            return Err(ProverError::KeyMismatch("row counts"));
        }
        Ok(())
    }
}
