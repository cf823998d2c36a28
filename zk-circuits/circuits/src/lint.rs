//! The rule that keeps identities in the challenge sound: their operands are fixed before it.
//!
//! A prover learns `rho` after committing. An identity in `rho` proves something only if everything
//! in it is a linear combination of committed or public variables, or follows from those and `rho`
//! without a choice. [`lint`] checks exactly that on finished matrices, whoever built them: in a
//! row that holds `rho`, or a variable derived from it, every witness variable must be *derived*,
//! that is, have a row of its own that leaves it one value given instance variables and others
//! derived before. The rows left over are the identities; an operand that should have been
//! committed, but can be solved for, uses one up, so their number is checked too.
//!
//! By Schwartz and Zippel an identity fails to show a wrong value for at most as many challenges as
//! its degree, so the degrees are followed through all derived variables and their sum is bounded:
//! repeated squaring would pass every other rule, and `rho^(r-1) = 1` says nothing.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use swarm_groth16::{ConstraintMatrices, MatrixError, Row};
use thiserror::Error as ThisError;

/// Column of the challenge.
const RHO: usize = 1;
/// Largest sum of degrees: of 2^253 challenges at most one in 2^213 is bad. A circuit of the
/// largest size the field allows stays below 2^29.
const MAX_DEGREE: u64 = 1 << 40;

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
    #[error("the identities in the challenge have degree {found} in all; {max} is allowed")]
    Degree { found: u64, max: u64 },
    #[error("the circuit's plan is for another network than its topology")]
    OtherShape,
    #[error("the matrices are not those of the circuit; first difference in row {row}")]
    OtherMatrices { row: usize },
    #[error(transparent)]
    Plan(#[from] crate::Error),
    #[error(transparent)]
    Matrices(#[from] MatrixError),
}

/// The identities in the challenge that matrices hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identities {
    pub count: usize,
    /// Sum of their degrees in the challenge, denominators cleared: a bound on the number of
    /// challenges for which wrong committed values pass.
    pub degree: u64,
}

/// Bounds on a quotient of polynomials in the challenge.
#[derive(Debug, Clone, Copy)]
struct Degree {
    /// Degree of the numerator less that of the denominator.
    growth: i64,
    /// Degree of the denominator.
    poles: u64,
}

impl Degree {
    const CONSTANT: Self = Self {
        growth: 0,
        poles: 0,
    };
    const CHALLENGE: Self = Self {
        growth: 1,
        poles: 0,
    };

    fn plus(self, other: Self) -> Self {
        Self {
            growth: self.growth.max(other.growth),
            poles: self.poles.saturating_add(other.poles),
        }
    }

    fn times(self, other: Self) -> Self {
        Self {
            growth: self.growth.saturating_add(other.growth),
            poles: self.poles.saturating_add(other.poles),
        }
    }

    /// Divided by the challenge plus a constant.
    fn over_challenge(self) -> Self {
        Self {
            growth: self.growth.saturating_sub(1),
            poles: self.poles.saturating_add(1),
        }
    }

    /// Degree of the numerator: how often the value can be zero.
    fn numerator(self) -> u64 {
        self.growth.saturating_add_unsigned(self.poles).max(0) as u64
    }
}

/// Sum of two values, either of which may be the empty sum.
fn plus(a: Option<Degree>, b: Option<Degree>) -> Option<Degree> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.plus(b)),
        (a, b) => a.or(b),
    }
}

/// Refuses matrices with a row in which the challenge meets a variable that is neither committed
/// nor determined, with another number of identities than the circuit is meant to have, or with
/// identities of too large a degree.
pub fn lint(matrices: &ConstraintMatrices, identities: usize) -> Result<(), LintError> {
    let found = challenge_identities(matrices)?;
    if found.count != identities {
        return Err(LintError::Identities {
            expected: identities,
            found: found.count,
        });
    }
    if found.degree > MAX_DEGREE {
        return Err(LintError::Degree {
            found: found.degree,
            max: MAX_DEGREE,
        });
    }
    Ok(())
}

/// Finds the identities in the challenge; an error where one has an operand that is not fixed
/// before it.
pub fn challenge_identities(matrices: &ConstraintMatrices) -> Result<Identities, LintError> {
    let instance = matrices.num_instance();
    let mut derived: Vec<Option<Degree>> = vec![None; matrices.num_columns()];
    derived[RHO] = Some(Degree::CHALLENGE);
    let mut found = Identities {
        count: 0,
        degree: 0,
    };
    let mut open: Vec<usize> = (0..matrices.num_constraints()).collect();
    loop {
        let before = open.len();
        open.retain(|row| {
            let row = View::of(matrices, *row);
            if !row.columns().any(|column| derived[column].is_some()) {
                return true;
            }
            let mut unknown: Vec<usize> = row
                .columns()
                .filter(|column| *column >= instance && derived[*column].is_none())
                .collect();
            unknown.sort_unstable();
            unknown.dedup();
            match unknown[..] {
                [] => {
                    let left = row.degree(&derived, None).map_or(0, Degree::numerator);
                    found.count += 1;
                    found.degree = found.degree.saturating_add(left);
                    false
                }
                [column] if row.determines(column, instance) => {
                    let degree = row.degree(&derived, Some(column));
                    derived[column] = Some(degree.unwrap_or(Degree::CONSTANT));
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
        if !view.columns().any(|column| derived[column].is_some()) {
            continue;
        }
        let choice = |column: &usize| *column >= instance && derived[*column].is_none();
        if let Some(column) = view.columns().find(choice) {
            return Err(LintError::Uncommitted { row, column });
        }
    }
    Ok(found)
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

    /// Degree of `A · B - C`, or of the variable that this row determines.
    fn degree(&self, derived: &[Option<Degree>], solved: Option<usize>) -> Option<Degree> {
        let of = |row: &Row| {
            row.iter()
                .filter(|(_, column)| Some(*column) != solved)
                .map(|(_, column)| derived[*column].unwrap_or(Degree::CONSTANT))
                .reduce(Degree::plus)
        };
        let (a, b, c) = (of(self.a), of(self.b), of(self.c));
        let in_a = |column: usize| self.a.iter().any(|term| term.1 == column);
        if solved.is_some_and(in_a) {
            // The variable is C / B less the rest of A.
            return plus(c.map(Degree::over_challenge), a);
        }
        let product = a.zip(b).map(|(a, b)| a.times(b));
        plus(product, c)
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
