//! Making a proof from matrices and a full assignment; nothing is synthesised per proof.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Projective};
use ark_ec::CurveGroup;
use ark_ff::{BigInt, One, UniformRand};
use ark_std::rand::{CryptoRng, RngCore};

use crate::{
    msm::{gather, integers, msm_g1, msm_g2},
    KeyFileError, Proof, ProvingKey, Qap, Segment,
};

/// The queries in G1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Query {
    A,
    B,
    H,
    L,
}

/// Where the points of a key's queries are.
pub(crate) trait Queries: Sync {
    /// The query's points times as many scalars, summed.
    fn g1(&self, query: Query, scalars: &[BigInt<4>]) -> Result<G1Projective, ProverError>;
    /// The points of B in G2 times as many scalars, summed.
    fn b_g2(&self, scalars: &[BigInt<4>]) -> Result<G2Projective, ProverError>;
}

/// In memory.
impl Queries for ProvingKey {
    fn g1(&self, query: Query, scalars: &[BigInt<4>]) -> Result<G1Projective, ProverError> {
        let points = match query {
            Query::A => &self.a_query,
            Query::B => &self.b_g1_query,
            Query::H => &self.h_query,
            Query::L => &self.l_query,
        };
        Ok(msm_g1(points, scalars))
    }

    fn b_g2(&self, scalars: &[BigInt<4>]) -> Result<G2Projective, ProverError> {
        Ok(msm_g2(&self.b_g2_query, scalars))
    }
}

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
    /// The key stays in its file, and that can no longer be read.
    KeyFile(KeyFileError),
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
            Self::KeyFile(error) => error.fmt(f),
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
        self.prove_with(self, qap, assignment, c_z, c_y, rng)
    }

    /// The same with queries from elsewhere.
    pub(crate) fn prove_with<R: RngCore + CryptoRng>(
        &self,
        queries: &impl Queries,
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
        let blinds = [Fr::rand(rng), Fr::rand(rng)];
        self.assemble(queries, h, assignment, [c_z, c_y], blinds)
    }

    /// The proof elements for a quotient and an assignment that fit; the blinds hide the witness.
    pub(crate) fn assemble(
        &self,
        queries: &impl Queries,
        h: Vec<Fr>,
        assignment: &[Fr],
        [c_z, c_y]: [G1Affine; 2],
        [r, s]: [Fr; 2],
    ) -> Result<Proof, ProverError> {
        let vk = &self.commitments.vk.points;
        let h_values = integers(&h[..self.domain_size - 1]);
        drop(h);
        let values = integers(assignment);
        let l_values = &values[self.layout().num_instance()..];
        let a_values = gather(&values, &self.a_columns);
        let b_values = gather(&values, &self.b_columns);
        // Side by side: where one has too few windows left for all threads, another has more.
        let ((h_sum, l_sum), (a_sum, (b_sum, b_g2_sum))) = rayon::join(
            || {
                rayon::join(
                    || queries.g1(Query::H, &h_values),
                    || queries.g1(Query::L, l_values),
                )
            },
            || {
                rayon::join(
                    || queries.g1(Query::A, &a_values),
                    || {
                        rayon::join(
                            || queries.g1(Query::B, &b_values),
                            || queries.b_g2(&b_values),
                        )
                    },
                )
            },
        );
        let (h_sum, l_sum) = (h_sum?, l_sum?);
        let a = a_sum? + self.delta_g1 * r + vk.alpha;
        let b_g1 = b_sum? + self.delta_g1 * s + self.beta_g1;
        let b = b_g2_sum? + vk.delta * s + vk.beta;
        let c = h_sum + l_sum + a * s + b_g1 * r - self.delta_g1 * (r * s);
        Ok(Proof {
            a: a.into_affine(),
            b: b.into_affine(),
            c: c.into_affine(),
            c_z,
            c_y,
        })
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
