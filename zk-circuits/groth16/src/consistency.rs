//! Which instance variables need a consistency row.
//!
//! Two properties of Groth16 rest on the columns of A, B and C, stacked. Commitments bind only if
//! no combination of committed columns vanishes: else two openings have one commitment. And a proof
//! cannot be turned into one of another statement only if no vanishing combination of columns has a
//! non-zero instance part: then the difference of the two statements would be provable from witness
//! columns alone (the monomials in beta, alpha and 1 of the verification equation are the rows of
//! A, B and C, with one common vector; Baghery, Kohlweiss, Siim, Volkhov, "Another Look at
//! Extraction and Randomization of Groth16's zk-SNARK", FC 2021). Both hold if **every vector in
//! the kernel of [A; B; C] is zero on the instance**.
//!
//! libsnark ensures that with one row per instance variable, the variable alone in A. Most of those
//! rows are needless: a row of A, B or C without witness variables says that a combination of
//! instance variables is zero on a kernel vector, and if all of them but one are known to be zero
//! there, so is the last. A variable gets a row only if this induction does not reach it. One,
//! challenge, tag and every segment's blind keep theirs in any case.

use crate::{ConstraintMatrices, Segment};
use ark_ff::Zero;

/// The rows of A, B and C without witness variables, and what of them is settled.
struct Rows {
    /// Columns of each row.
    columns: Vec<Vec<usize>>,
    /// In which rows an instance column occurs.
    with: Vec<Vec<usize>>,
    /// Columns of each row that are not settled yet.
    open: Vec<usize>,
    /// Columns known to be zero on every kernel vector.
    settled: Vec<bool>,
}

impl Rows {
    fn of(matrices: &ConstraintMatrices) -> Self {
        let instance = matrices.num_instance();
        let mut rows = Self {
            columns: Vec::new(),
            with: vec![Vec::new(); instance],
            open: Vec::new(),
            settled: vec![false; instance],
        };
        for row in [&matrices.a, &matrices.b, &matrices.c]
            .into_iter()
            .flatten()
        {
            if row.iter().any(|(_, column)| *column >= instance) {
                continue;
            }
            let mut columns: Vec<usize> = row.iter().map(|(_, column)| *column).collect();
            columns.sort_unstable();
            // A column that occurs twice may cancel itself; such a row shows nothing.
            let distinct = columns.windows(2).all(|pair| pair[0] != pair[1]);
            if !distinct || row.iter().any(|(coefficient, _)| coefficient.is_zero()) {
                continue;
            }
            for column in &columns {
                rows.with[*column].push(rows.columns.len());
            }
            rows.open.push(columns.len());
            rows.columns.push(columns);
        }
        rows
    }

    /// Settles a column and all that follow from it.
    fn settle(&mut self, column: usize) {
        let mut found = vec![column];
        while let Some(column) = found.pop() {
            if std::mem::replace(&mut self.settled[column], true) {
                continue;
            }
            for row in &self.with[column] {
                self.open[*row] -= 1;
                if self.open[*row] == 1 {
                    let last = self.columns[*row].iter().find(|c| !self.settled[**c]);
                    found.extend(last);
                }
            }
        }
    }

    /// Settles the columns that stand alone in a row, and all that follow.
    fn settle_alone(&mut self) {
        for row in 0..self.columns.len() {
            if let [alone] = self.columns[row][..] {
                self.settle(alone);
            }
        }
    }
}

/// Columns with a consistency row of their own in any case: one, challenge, tag, blinds.
fn always(matrices: &ConstraintMatrices) -> impl Iterator<Item = usize> {
    let blinds = Segment::ALL.map(|segment| matrices.layout.columns(segment).end - 1);
    (0..3).chain(blinds)
}

/// The first instance column that must have a consistency row and is not among `kept`, or that
/// neither those rows nor the constraints settle. The matrices must be valid.
#[cfg(any(test, feature = "dev-setup", feature = "ceremony"))]
pub(crate) fn unsettled(matrices: &ConstraintMatrices, kept: &[usize]) -> Option<usize> {
    let mut rows = Rows::of(matrices);
    for column in kept {
        rows.settle(*column);
    }
    rows.settle_alone();
    let missing = always(matrices).find(|column| !kept.contains(column));
    missing.or_else(|| rows.settled.iter().position(|settled| !settled))
}

/// The instance columns that need a consistency row, ascending. The matrices must be valid.
pub(crate) fn needed(matrices: &ConstraintMatrices) -> Vec<usize> {
    let mut rows = Rows::of(matrices);
    let mut needed: Vec<usize> = always(matrices).collect();
    for column in &needed {
        rows.settle(*column);
    }
    rows.settle_alone();
    for column in 0..matrices.num_instance() {
        if !rows.settled[column] {
            needed.push(column);
            rows.settle(column);
        }
    }
    needed.sort_unstable();
    needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Row, SegmentLayout};
    use ark_bn254::Fr;
    use ark_ff::{Field, One};
    use proptest::prelude::*;

    const LAYOUT: SegmentLayout = SegmentLayout {
        weights: 2,
        input: 2,
        intermediate: 2,
        output: 2,
    };
    const INSTANCE: usize = 11;
    const WITNESS: usize = 3;
    /// One, challenge, tag, and the last variable of each segment.
    const ALWAYS: [usize; 7] = [0, 1, 2, 4, 6, 8, 10];

    fn circuit(a: Vec<Row>, b: Vec<Row>, c: Vec<Row>) -> ConstraintMatrices {
        let matrices = ConstraintMatrices {
            layout: LAYOUT,
            num_witness: WITNESS,
            a,
            b,
            c,
        };
        matrices.validate().expect("in order");
        matrices
    }

    fn row(terms: &[(i64, usize)]) -> Row {
        terms
            .iter()
            .map(|(k, column)| (Fr::from(*k), *column))
            .collect()
    }

    /// Whether a vector that all rows send to zero can be non-zero on the instance: whether the
    /// rank over the instance, once the witness is eliminated, is less than its size.
    fn kernel_reaches_the_instance(matrices: &ConstraintMatrices, consistency: &[usize]) -> bool {
        let columns = matrices.num_columns();
        let mut rows: Vec<Vec<Fr>> = [&matrices.a, &matrices.b, &matrices.c]
            .into_iter()
            .flatten()
            .map(|row| {
                let mut dense = vec![Fr::zero(); columns];
                for (k, column) in row {
                    dense[*column] += k;
                }
                dense
            })
            .collect();
        rows.extend(consistency.iter().map(|column| {
            let mut dense = vec![Fr::zero(); columns];
            dense[*column] = Fr::one();
            dense
        }));
        // Witness columns first: what is left of the rows then speaks of the instance alone.
        let mut instance_rank = 0;
        let mut from = 0;
        for column in (INSTANCE..columns).chain(0..INSTANCE) {
            let Some(pivot) = (from..rows.len()).find(|i| !rows[*i][column].is_zero()) else {
                continue;
            };
            rows.swap(from, pivot);
            let inverse = rows[from][column].inverse().expect("not zero");
            let head = rows[from].clone();
            for row in &mut rows[from + 1..] {
                let factor = row[column] * inverse;
                for (value, other) in row.iter_mut().zip(&head) {
                    *value -= factor * other;
                }
            }
            from += 1;
            instance_rank += usize::from(column < INSTANCE);
        }
        instance_rank < INSTANCE
    }

    #[test]
    fn what_nothing_shows_keeps_its_row() {
        let matrices = circuit(vec![row(&[(1, 0)])], vec![vec![]], vec![vec![]]);
        assert_eq!(needed(&matrices), (0..INSTANCE).collect::<Vec<_>>());
    }

    #[test]
    fn a_row_with_a_witness_variable_shows_nothing() {
        let with = circuit(
            vec![row(&[(1, 3), (1, INSTANCE)])],
            vec![vec![]],
            vec![vec![]],
        );
        assert!(needed(&with).contains(&3));
    }

    #[test]
    fn rows_of_each_matrix_show_their_variable() {
        let matrices = circuit(
            vec![row(&[(2, 3)]), vec![]],
            vec![row(&[(1, 1), (1, 5)]), vec![]],
            vec![row(&[(1, 7), (-1, 5), (1, 3)]), row(&[(3, 9), (1, 7)])],
        );
        assert_eq!(needed(&matrices), ALWAYS);
    }

    #[test]
    fn a_chain_needs_only_its_first_row() {
        // 3 + 5 = 0, 5 + 7 = 0, 7 + 9 = 0
        let matrices = circuit(
            vec![row(&[(1, 3), (1, 5)]), row(&[(1, 7), (1, 9)])],
            vec![row(&[(1, 5), (1, 7)]), vec![]],
            vec![vec![], vec![]],
        );
        assert_eq!(needed(&matrices), [0, 1, 2, 3, 4, 6, 8, 10]);
    }

    #[test]
    fn a_variable_that_cancels_itself_is_not_shown() {
        for terms in [&[(1, 3), (-1, 3)][..], &[(0, 3)]] {
            let matrices = circuit(vec![row(terms)], vec![vec![]], vec![vec![]]);
            assert!(needed(&matrices).contains(&3), "{terms:?}");
        }
    }

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let term = (-2i64..3, 0..INSTANCE + WITNESS);
        let row = prop::collection::vec(term, 0..4).prop_map(|terms| row(&terms));
        prop::collection::vec(row, 9)
    }

    proptest! {
        /// Against Gaussian elimination: with the rows kept, no kernel vector has an instance part.
        #[test]
        fn the_kernel_is_zero_on_the_instance((a, b, c) in (rows(), rows(), rows())) {
            let matrices = circuit(a, b, c);
            prop_assert!(!kernel_reaches_the_instance(&matrices, &needed(&matrices)));
        }

        /// Key generation's check: what is needed passes, and whatever passes keeps the kernel zero.
        #[test]
        fn unsettled_columns_are_found(
            (a, b, c) in (rows(), rows(), rows()),
            left_out in 0..INSTANCE,
        ) {
            let matrices = circuit(a, b, c);
            let mut kept = needed(&matrices);
            prop_assert_eq!(unsettled(&matrices, &kept), None);
            kept.retain(|column| *column != left_out);
            match unsettled(&matrices, &kept) {
                None => prop_assert!(!kernel_reaches_the_instance(&matrices, &kept)),
                Some(column) => prop_assert!(!kept.contains(&column)),
            }
            if ALWAYS.contains(&left_out) {
                prop_assert_eq!(unsettled(&matrices, &kept), Some(left_out));
            }
        }
    }
}
