//! One-party key generation, for development: whoever runs it can forge proofs under the key.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{scalar_mul::BatchMulPreprocessing, AffineRepr, CurveGroup};
use ark_ff::{Field, UniformRand, Zero};
use ark_std::rand::{CryptoRng, RngCore};
use rayon::prelude::*;

use crate::{
    bases::{digest, segment_digest},
    fft::powers,
    qap::ColumnValues,
    CircuitDescriptor, CommitmentKey, KeyError, KeyPoints, ProvingKey, Qap, Segment, VerifyingKey,
};

/// The secrets of a key. They exist only while a development key is made, and in tests of what
/// goes wrong when they are known or shared.
#[derive(Clone, Copy)]
pub struct Trapdoors {
    pub alpha: Fr,
    pub beta: Fr,
    pub gamma: Fr,
    pub delta: Fr,
    /// One per segment, in column order.
    pub segments: [Fr; 4],
    /// Where the column polynomials are evaluated.
    pub tau: Fr,
}

impl Trapdoors {
    /// Independent random secrets.
    pub fn random<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self {
            alpha: Fr::rand(rng),
            beta: Fr::rand(rng),
            gamma: Fr::rand(rng),
            delta: Fr::rand(rng),
            segments: [Fr::rand(rng), Fr::rand(rng), Fr::rand(rng), Fr::rand(rng)],
            tau: Fr::rand(rng),
        }
    }
}

/// Why a key cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// A trapdoor is zero, or tau lies in the evaluation domain.
    Trapdoor,
    /// An instance variable of the segment occurs in no row: its commitment base would be zero.
    UnusedVariable { segment: Segment, index: usize },
    /// Neither constraints nor consistency rows settle an instance column: two openings could have
    /// one commitment.
    Unsettled { column: usize },
    /// The key would be weak, or its descriptor is empty.
    Key(KeyError),
}

impl core::fmt::Display for SetupError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Trapdoor => f.write_str("a trapdoor is zero or tau lies in the domain"),
            Self::UnusedVariable { segment, index } => {
                write!(f, "variable {index} of segment {segment:?} is in no row")
            }
            Self::Unsettled { column } => {
                write!(f, "instance column {column} needs a consistency row")
            }
            Self::Key(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SetupError {}

/// Makes a key pair from fresh secrets and stamps it as made for development.
pub fn generate_development<R: RngCore + CryptoRng>(
    qap: &Qap,
    descriptor: CircuitDescriptor,
    rng: &mut R,
) -> Result<(ProvingKey, VerifyingKey), SetupError> {
    if let Some(column) = qap.unsettled() {
        return Err(SetupError::Unsettled { column });
    }
    let keys = generate_with(qap, descriptor, &Trapdoors::random(rng))?;
    keys.1.check().map_err(SetupError::Key)?;
    Ok(keys)
}

/// Makes a key pair from given secrets; nothing checks that they are independent.
pub fn generate_with(
    qap: &Qap,
    descriptor: CircuitDescriptor,
    trapdoors: &Trapdoors,
) -> Result<(ProvingKey, VerifyingKey), SetupError> {
    let matrices = qap.matrices();
    let inverse = |secret: Fr| secret.inverse().ok_or(SetupError::Trapdoor);
    let gamma_inverse = inverse(trapdoors.gamma)?;
    let delta_inverse = inverse(trapdoors.delta)?;
    let columns = qap.evaluate_columns(trapdoors.tau);
    if columns.vanishing.is_zero() || trapdoors.alpha.is_zero() || trapdoors.beta.is_zero() {
        return Err(SetupError::Trapdoor);
    }

    let base = Base::new(2 * matrices.num_columns() + qap.domain_size());
    let ic = base.g1(&combined(&columns, trapdoors, gamma_inverse, 0..3));
    let mut segments = Vec::with_capacity(4);
    for segment in Segment::ALL {
        let scalars = combined(
            &columns,
            trapdoors,
            inverse(trapdoors.segments[segment.index()])?,
            matrices.layout.columns(segment),
        );
        if let Some(index) = scalars.iter().position(Zero::is_zero) {
            return Err(SetupError::UnusedVariable { segment, index });
        }
        segments.push(base.g1(&scalars));
    }
    let witness = matrices.num_instance()..matrices.num_columns();
    let l_query = base.g1(&combined(&columns, trapdoors, delta_inverse, witness));

    let (a_columns, a_values) = non_zero(&columns.a);
    let (b_columns, b_values) = non_zero(&columns.b);
    let h_scale = columns.vanishing * delta_inverse;
    let h_values: Vec<Fr> = powers(trapdoors.tau, h_scale, qap.domain_size() - 1);

    let g2 = |secret: Fr| (G2Affine::generator() * secret).into_affine();
    let g1 = |secret: Fr| (G1Affine::generator() * secret).into_affine();
    let [weights, input, intermediate, output]: [Vec<G1Affine>; 4] =
        segments.try_into().expect("there are four segments; qed");
    let digests = [&weights, &input, &intermediate, &output].map(|bases| segment_digest(bases));
    let vk = VerifyingKey {
        development: true,
        descriptor,
        rows: qap.rows() as u64,
        bases: digest(matrices.layout, &digests),
        points: KeyPoints {
            alpha: g1(trapdoors.alpha),
            beta: g2(trapdoors.beta),
            gamma: g2(trapdoors.gamma),
            delta: g2(trapdoors.delta),
            segments: trapdoors.segments.map(g2),
            ic: [ic[0], ic[1], ic[2]],
        },
    };
    let pk = ProvingKey {
        commitments: CommitmentKey {
            vk,
            layout: matrices.layout,
            weights,
            input,
            output,
            intermediate: digests[Segment::Intermediate.index()],
        },
        intermediate,
        num_witness: matrices.num_witness,
        domain_size: qap.domain_size(),
        beta_g1: g1(trapdoors.beta),
        delta_g1: g1(trapdoors.delta),
        a_query: base.g1(&a_values),
        a_columns,
        b_g1_query: base.g1(&b_values),
        b_g2_query: base_g2(&b_values),
        b_columns,
        h_query: base.g1(&h_values),
        l_query,
    };
    Ok((pk, vk))
}

/// `(beta * A_i + alpha * B_i + C_i) * scale` for a range of columns.
fn combined(
    columns: &ColumnValues,
    trapdoors: &Trapdoors,
    scale: Fr,
    range: core::ops::Range<usize>,
) -> Vec<Fr> {
    range
        .into_par_iter()
        .map(|i| {
            (trapdoors.beta * columns.a[i] + trapdoors.alpha * columns.b[i] + columns.c[i]) * scale
        })
        .collect()
}

fn non_zero(values: &[Fr]) -> (Vec<u32>, Vec<Fr>) {
    values
        .iter()
        .enumerate()
        .filter(|(_, value)| !value.is_zero())
        .map(|(column, value)| (column as u32, *value))
        .unzip()
}

/// Multiples of the generator of G1, by table.
pub(crate) struct Base(BatchMulPreprocessing<G1Projective>);

impl Base {
    pub fn new(expected: usize) -> Self {
        Self(BatchMulPreprocessing::new(
            G1Affine::generator().into_group(),
            expected,
        ))
    }

    pub fn g1(&self, scalars: &[Fr]) -> Vec<G1Affine> {
        self.0.batch_mul(scalars)
    }
}

/// Multiples of the generator of G2.
pub(crate) fn base_g2(scalars: &[Fr]) -> Vec<G2Affine> {
    BatchMulPreprocessing::<G2Projective>::new(G2Affine::generator().into_group(), scalars.len())
        .batch_mul(scalars)
}
