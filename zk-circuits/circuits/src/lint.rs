//! The rule that keeps identities in the challenge sound: their operands are fixed before it.
//!
//! A prover learns `rho` after committing. An identity in `rho` proves something only if everything
//! in it is a linear combination of committed or public variables, or follows from those and `rho`
//! without a choice. [`lint`] checks exactly that on finished matrices, whoever built them: in a
//! row that holds `rho`, or a variable derived from it, every witness variable must be *derived*,
//! that is, have a row of its own that leaves it one value given instance variables and others
//! derived before. The rows left over are the identities; an operand that should have been
//! committed, but can be solved for, uses one up, so their number is checked too.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use swarm_groth16::{ConstraintMatrices, Row};
use thiserror::Error as ThisError;

/// Column of the challenge.
const RHO: usize = 1;

#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum LintError {
    #[error(
        "row {row}: variable {column} can still be chosen after the challenge, but meets it here; \
         commit to it"
    )]
    Uncommitted { row: usize, column: usize },
    #[error(
        "{found} identities in the challenge instead of {expected}: an operand that is not \
         committed is defined by one"
    )]
    Identities { expected: usize, found: usize },
}

/// Refuses matrices with a row in which the challenge meets a variable that is neither committed
/// nor determined, or with another number of identities than the circuit is meant to have.
pub fn lint(matrices: &ConstraintMatrices, identities: usize) -> Result<(), LintError> {
    let instance = matrices.num_instance();
    let mut derived = vec![false; matrices.num_columns()];
    derived[RHO] = true;
    let mut found = 0;
    let mut open: Vec<usize> = (0..matrices.num_constraints()).collect();
    loop {
        let before = open.len();
        open.retain(|row| {
            let row = View::of(matrices, *row);
            if !row.columns().any(|column| derived[column]) {
                return true;
            }
            let mut unknown: Vec<usize> = row
                .columns()
                .filter(|column| *column >= instance && !derived[*column])
                .collect();
            unknown.sort_unstable();
            unknown.dedup();
            match unknown[..] {
                [] => {
                    found += 1;
                    false
                }
                [column] if row.determines(column, instance) => {
                    derived[column] = true;
                    false
                }
                _ => true,
            }
        });
        if open.len() == before {
            break;
        }
    }
    for row in open {
        let view = View::of(matrices, row);
        if !view.columns().any(|column| derived[column]) {
            continue;
        }
        let choice = |column: &usize| *column >= instance && !derived[*column];
        if let Some(column) = view.columns().find(choice) {
            return Err(LintError::Uncommitted { row, column });
        }
    }
    if found != identities {
        return Err(LintError::Identities {
            expected: identities,
            found,
        });
    }
    Ok(())
}

struct View<'a> {
    a: &'a Row,
    b: &'a Row,
    c: &'a Row,
}

impl<'a> View<'a> {
    fn of(matrices: &'a ConstraintMatrices, row: usize) -> Self {
        Self {
            a: &matrices.a[row],
            b: &matrices.b[row],
            c: &matrices.c[row],
        }
    }

    fn columns(&self) -> impl Iterator<Item = usize> + 'a {
        let terms = self.a.iter().chain(self.b).chain(self.c);
        terms.map(|(_, column)| *column)
    }

    /// Whether the row leaves `column` one value, all other variables given: it stands in C alone,
    /// or in A alone against a factor that is `rho` plus committed variables, which is zero for
    /// hardly any `rho`.
    fn determines(&self, column: usize, instance: usize) -> bool {
        let in_a = coefficient(self.a, column) != Fr::ZERO;
        let in_c = coefficient(self.c, column) != Fr::ZERO;
        let anywhere = |row: &Row| row.iter().any(|(_, c)| *c == column);
        if anywhere(self.b) || anywhere(self.a) && anywhere(self.c) {
            return false;
        }
        let never_zero =
            coefficient(self.b, RHO) != Fr::ZERO && self.b.iter().all(|(_, c)| *c < instance);
        in_c || in_a && never_zero
    }
}

fn coefficient(row: &Row, column: usize) -> Fr {
    let found = row.iter().filter(|(_, c)| *c == column);
    found.map(|(coefficient, _)| *coefficient).sum()
}
