//! From R1CS to a quadratic arithmetic program: which rows there are, and the quotient.
//!
//! Rows are the constraints followed by one *consistency row* for some instance variables, with
//! that variable alone in A; see [`crate::consistency`] for which.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, FftField, Field, Zero};
use ark_poly::{EvaluationDomain, MixedRadixEvaluationDomain};
use rayon::prelude::*;

use crate::{
    consistency,
    fft::{self, Transform},
    matrices::{evaluate, ConstraintMatrices},
    MatrixError,
};

/// A circuit's matrices with its consistency rows and its evaluation domain.
#[derive(Clone, Debug)]
pub struct Qap {
    matrices: ConstraintMatrices,
    /// Instance columns with a consistency row, in row order.
    consistency: Vec<usize>,
    domain: MixedRadixEvaluationDomain<Fr>,
    transform: Transform,
}

/// Values of the column polynomials at a point.
#[cfg(any(test, feature = "dev-setup"))]
pub(crate) struct ColumnValues {
    pub a: Vec<Fr>,
    pub b: Vec<Fr>,
    pub c: Vec<Fr>,
    /// Value of the polynomial that vanishes on the domain.
    pub vanishing: Fr,
}

impl Qap {
    /// Checks the matrices and finds the consistency rows they need.
    ///
    /// # Errors
    /// [`MatrixError`] for matrices that are no circuit's, or that have too many rows.
    pub fn new(matrices: ConstraintMatrices) -> Result<Self, MatrixError> {
        matrices.validate()?;
        let consistency = consistency::needed(&matrices);
        Self::with_consistency(matrices, consistency)
    }

    /// With given consistency rows, whether they suffice or not.
    pub(crate) fn with_consistency(
        matrices: ConstraintMatrices,
        consistency: Vec<usize>,
    ) -> Result<Self, MatrixError> {
        let rows = matrices.num_constraints() + consistency.len();
        let size = fft::size_for(rows).ok_or(MatrixError::TooLarge { rows })?;
        Self::over(matrices, consistency, size)
    }

    /// Over a domain of a given size.
    pub(crate) fn over(
        matrices: ConstraintMatrices,
        consistency: Vec<usize>,
        size: usize,
    ) -> Result<Self, MatrixError> {
        let domain = MixedRadixEvaluationDomain::<Fr>::new(size)
            .filter(|domain| domain.size() == size)
            .ok_or(MatrixError::TooLarge { rows: size })?;
        Ok(Self {
            matrices,
            consistency,
            transform: Transform::new(size, domain.group_gen),
            domain,
        })
    }

    /// The first instance column that its rows leave unsettled: commitments under such a key need
    /// not bind.
    #[cfg(any(test, feature = "dev-setup", feature = "ceremony"))]
    pub(crate) fn unsettled(&self) -> Option<usize> {
        consistency::unsettled(&self.matrices, &self.consistency)
    }

    /// The matrices it was made from.
    pub fn matrices(&self) -> &ConstraintMatrices {
        &self.matrices
    }

    /// Constraints plus consistency rows.
    pub fn rows(&self) -> usize {
        self.matrices.num_constraints() + self.consistency.len()
    }

    /// Rows padded to the size of a domain: `2^k`, `3·2^k` or `9·2^k`.
    pub fn domain_size(&self) -> usize {
        self.domain.size()
    }

    /// Instance columns with a consistency row, in the order of those rows, which come after the
    /// constraints.
    #[cfg(any(test, feature = "ceremony"))]
    pub(crate) fn consistency(&self) -> &[usize] {
        &self.consistency
    }

    /// The roots of unity, one per row.
    #[cfg(any(test, feature = "ceremony"))]
    pub(crate) fn domain(&self) -> &MixedRadixEvaluationDomain<Fr> {
        &self.domain
    }

    /// Evaluates the column polynomials of A, B and C at `tau`.
    #[cfg(any(test, feature = "dev-setup"))]
    pub(crate) fn evaluate_columns(&self, tau: Fr) -> ColumnValues {
        let matrices = &self.matrices;
        let lagrange = self.domain.evaluate_all_lagrange_coefficients(tau);
        let columns = matrices.num_columns();
        let sum = |rows: &[crate::Row]| {
            let mut values = vec![Fr::zero(); columns];
            for (row, weight) in rows.iter().zip(&lagrange) {
                for (coefficient, column) in row {
                    values[*column] += *weight * coefficient;
                }
            }
            values
        };
        let (mut a, (b, c)) = rayon::join(
            || sum(&matrices.a),
            || rayon::join(|| sum(&matrices.b), || sum(&matrices.c)),
        );
        for (column, weight) in self
            .consistency
            .iter()
            .zip(&lagrange[matrices.num_constraints()..])
        {
            a[*column] += weight;
        }
        ColumnValues {
            a,
            b,
            c,
            vanishing: self.domain.evaluate_vanishing_polynomial(tau),
        }
    }

    /// Coefficients of `(A B - C) / Z` for an assignment of every column, `domain_size` of them
    /// with the last zero; the first unsatisfied constraint if there is one.
    ///
    /// With `Z = X^n - 1` and `A B = H X^n + L`, C, which equals A B on the domain, is `H + L`. On
    /// the coset of g with `g^n = -1`, A B is `L - H`. So H is half the difference, and C itself
    /// need not be known on the coset.
    pub(crate) fn quotient(&self, assignment: &[Fr]) -> Result<Vec<Fr>, usize> {
        let matrices = &self.matrices;
        let constraints = matrices.num_constraints();
        let size = self.domain.size();
        let mut a = vec![Fr::zero(); size];
        let mut b = vec![Fr::zero(); size];
        let mut c = vec![Fr::zero(); size];
        let unsatisfied = a[..constraints]
            .par_iter_mut()
            .zip(&mut b[..constraints])
            .zip(&mut c[..constraints])
            .enumerate()
            .with_min_len(256)
            .filter_map(|(i, ((a, b), c))| {
                *a = evaluate(&matrices.a[i], assignment);
                *b = evaluate(&matrices.b[i], assignment);
                *c = evaluate(&matrices.c[i], assignment);
                (*a * *b != *c).then_some(i)
            })
            .min();
        if let Some(row) = unsatisfied {
            return Err(row);
        }
        for (value, column) in a[constraints..].iter_mut().zip(&self.consistency) {
            *value = assignment[*column];
        }

        let transform = &self.transform;
        let g = Fr::get_root_of_unity(2 * size as u64)
            .expect("sizes are chosen so that the field has one of twice the order; qed");
        let g_inverse = g.inverse().expect("a root of unity is not zero; qed");
        let half = Fr::from(2 * size as u64)
            .inverse()
            .expect("sizes are below the characteristic; qed");
        // A transform gives n times the coefficients, that of X^-k, of -X^(n-k) on the coset, at
        // the place of k; the first stays what it is.
        let mut turn = transform.powers(g_inverse, -half);
        turn[0] = half;
        let to_coset = |values: &mut [Fr]| {
            transform.apart(values);
            values
                .par_iter_mut()
                .zip(&turn)
                .with_min_len(1024)
                .for_each(|(value, turn)| *value *= turn);
            transform.together(values);
        };
        rayon::join(
            || to_coset(&mut a),
            || rayon::join(|| to_coset(&mut b), || transform.apart(&mut c)),
        );
        // Both factors are halved. The values are those at g^-1's coset backwards: that transforms
        // without reversal, and the place of k has the coefficient of X^k.
        a.par_iter_mut()
            .zip(&b)
            .with_min_len(1024)
            .for_each(|(a, b)| *a *= b);
        transform.apart(&mut a);
        let places = transform.places();
        let mut h = b;
        h.par_iter_mut()
            .enumerate()
            .with_min_len(1024)
            .for_each(|(k, h)| {
                let place = places[k] as usize;
                let opposite = places[(size - k) % size] as usize;
                let product = (a[place] * turn[place]).double().double();
                let other = c[opposite] * half;
                *h = if k == 0 {
                    other - product
                } else {
                    other + product
                };
            });
        Ok(h)
    }
}
