//! From powers of tau and matrices to the bases of a key, without knowing tau.
//!
//! The values of the Lagrange polynomials at tau are linear in the powers of tau: the inverse
//! Fourier transform of the powers, taken in the group. A column's polynomial at tau is then the
//! combination of Lagrange values that the column's coefficients give.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Projective};
use ark_ec::{
    short_weierstrass::{Affine, Projective, SWCurveConfig},
    AffineRepr, CurveGroup,
};
use ark_ff::{One, PrimeField, Zero};
use ark_poly::EvaluationDomain;
use rayon::prelude::*;

use super::{
    initial::{Fixed, Step},
    phase1::{ALPHA_G1, BETA_G1, TAU_G1, TAU_G2},
    queries::Queries,
    CeremonyError, Phase1, Phase1Error,
};
use crate::{msm::msm, Qap, Row, Segment};

/// Entries of one column: `(row, coefficient)`.
type Column = Vec<(usize, Fr)>;

/// What all contributions leave alone, and the queries with all trapdoors one. Phase 1 has exactly
/// as many powers as the domain has rows.
pub(crate) fn initial(
    phase1: &Phase1,
    qap: &Qap,
    progress: &mut dyn FnMut(Step),
) -> Result<(Fixed, Queries), CeremonyError> {
    let matrices = qap.matrices();
    let (domain, size) = (qap.domain(), qap.domain_size());
    progress(Step::Lagrange(TAU_G1));
    let tau_g1 = lagrange(domain, &phase1.tau_g1[..size]);
    progress(Step::Lagrange(ALPHA_G1));
    let alpha_g1 = lagrange(domain, &phase1.alpha_g1);
    progress(Step::Lagrange(BETA_G1));
    let beta_g1 = lagrange(domain, &phase1.beta_g1);
    progress(Step::Lagrange(TAU_G2));
    let tau_g2 = lagrange(domain, &phase1.tau_g2);

    progress(Step::Columns);
    let columns = matrices.num_columns();
    let mut a = transposed(&matrices.a, columns);
    for (row, column) in (matrices.num_constraints()..).zip(qap.consistency()) {
        a[*column].push((row, Fr::one()));
    }
    let b = transposed(&matrices.b, columns);
    let c = transposed(&matrices.c, columns);

    let combined: Vec<G1Projective> = (0..columns)
        .into_par_iter()
        .map(|i| sum(&beta_g1, &a[i]) + sum(&alpha_g1, &b[i]) + sum(&tau_g1, &c[i]))
        .collect();
    let combined = G1Projective::normalize_batch(&combined);
    for segment in Segment::ALL {
        let bases = &combined[matrices.layout.columns(segment)];
        if let Some(index) = bases.iter().position(|base| base.is_zero()) {
            return Err(CeremonyError::UnusedVariable { segment, index });
        }
    }

    // tau^i * Z(tau) with Z = X^size - 1.
    let h: Vec<G1Projective> = (0..size - 1)
        .into_par_iter()
        .map(|i| G1Projective::from(phase1.tau_g1[size + i]) - phase1.tau_g1[i])
        .collect();
    if h[0].is_zero() {
        return Err(Phase1Error::Degenerate("the vanishing polynomial at tau").into());
    }

    let a_sums: Vec<G1Projective> = a.par_iter().map(|column| sum(&tau_g1, column)).collect();
    let b_sums: Vec<G1Projective> = b.par_iter().map(|column| sum(&tau_g1, column)).collect();
    let b_g2_sums: Vec<G2Projective> = b.par_iter().map(|column| sum(&tau_g2, column)).collect();
    let (a_columns, a_query) = non_zero(&a_sums);
    let (b_columns, b_g1_query) = non_zero(&b_sums);
    let (_, b_g2_query) = non_zero(&b_g2_sums);

    let part = |range: core::ops::Range<usize>| -> Vec<G1Affine> { combined[range].to_vec() };
    let segment = |segment| part(matrices.layout.columns(segment));
    let queries = Queries([
        part(0..3),
        segment(Segment::Weights),
        segment(Segment::Input),
        segment(Segment::Intermediate),
        segment(Segment::Output),
        G1Projective::normalize_batch(&h),
        part(matrices.num_instance()..columns),
    ]);
    let fixed = Fixed {
        alpha_g1: phase1.alpha_g1[0],
        beta_g1: phase1.beta_g1[0],
        beta_g2: phase1.beta_g2,
        a_columns,
        a_query,
        b_columns,
        b_g1_query,
        b_g2_query,
    };
    Ok((fixed, queries))
}

/// The Lagrange polynomials of the domain at tau, times what the powers are multiples of.
pub(crate) fn lagrange<P: SWCurveConfig<ScalarField = Fr>>(
    domain: &impl EvaluationDomain<Fr>,
    powers: &[Affine<P>],
) -> Vec<Affine<P>> {
    let mut values: Vec<Projective<P>> = powers.iter().map(|p| Projective::from(*p)).collect();
    domain.ifft_in_place(&mut values);
    Projective::normalize_batch(&values)
}

fn transposed(rows: &[Row], columns: usize) -> Vec<Column> {
    let mut transposed = vec![Column::new(); columns];
    for (row, terms) in rows.iter().enumerate() {
        for (coefficient, column) in terms {
            transposed[*column].push((row, *coefficient));
        }
    }
    transposed
}

/// A column's combination of Lagrange values. Most coefficients are one or minus one.
fn sum<P: SWCurveConfig<ScalarField = Fr>>(
    lagrange: &[Affine<P>],
    column: &[(usize, Fr)],
) -> Projective<P> {
    let mut total = Projective::zero();
    let (mut bases, mut scalars) = (Vec::new(), Vec::new());
    for (row, coefficient) in column {
        let value = lagrange[*row];
        if coefficient.is_one() {
            total += value;
        } else if (-*coefficient).is_one() {
            total -= value;
        } else {
            bases.push(value);
            scalars.push(coefficient.into_bigint());
        }
    }
    total + msm(&bases, &scalars)
}

/// The columns whose sum is not zero, and their sums.
fn non_zero<P: SWCurveConfig<ScalarField = Fr>>(
    sums: &[Projective<P>],
) -> (Vec<u32>, Vec<Affine<P>>) {
    Projective::normalize_batch(sums)
        .into_iter()
        .enumerate()
        .filter(|(_, sum)| !sum.is_zero())
        .map(|(column, sum)| (column as u32, sum))
        .unzip()
}
