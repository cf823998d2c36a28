//! R1CS matrices of a committed-segment circuit and the order of its columns.

use std::ops::Range;

use ark_bn254::Fr;
use ark_ff::Zero;

/// Columns before the first segment: the constant one, the challenge `rho`, the job's `tag`.
pub(crate) const PUBLIC_SCALARS: usize = 3;

/// One linear combination: `(coefficient, column)` pairs.
pub type Row = Vec<(Fr, usize)>;

/// The four committed parts of an instance, in the order of their columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Weights and biases of the model: `C_w`.
    Weights,
    /// Input batch: `C_x`.
    Input,
    /// Everything that must be fixed before the challenge and is neither input nor output: `C_z`.
    Intermediate,
    /// Output batch: `C_y`.
    Output,
}

impl Segment {
    /// All segments in column order.
    pub const ALL: [Segment; 4] = [
        Segment::Weights,
        Segment::Input,
        Segment::Intermediate,
        Segment::Output,
    ];

    /// Position in column order, 0 to 3.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// How many variables each segment holds, its final blind included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentLayout {
    pub weights: usize,
    pub input: usize,
    pub intermediate: usize,
    pub output: usize,
}

impl SegmentLayout {
    /// Number of variables of a segment, blind included.
    pub fn len_of(&self, segment: Segment) -> usize {
        match segment {
            Segment::Weights => self.weights,
            Segment::Input => self.input,
            Segment::Intermediate => self.intermediate,
            Segment::Output => self.output,
        }
    }

    /// Columns of a segment; its last column is the blind.
    pub fn columns(&self, segment: Segment) -> Range<usize> {
        let start = PUBLIC_SCALARS
            + Segment::ALL[..segment.index()]
                .iter()
                .map(|s| self.len_of(*s))
                .sum::<usize>();
        start..start + self.len_of(segment)
    }

    /// Number of instance columns: one, rho, tag and all segments.
    pub fn num_instance(&self) -> usize {
        self.columns(Segment::Output).end
    }
}

/// The constraints `(A v) * (B v) = C v` over columns `[1, rho, tag, w.., x.., z.., y.., witness..]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConstraintMatrices {
    pub layout: SegmentLayout,
    pub num_witness: usize,
    pub a: Vec<Row>,
    pub b: Vec<Row>,
    pub c: Vec<Row>,
}

/// Why matrices cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatrixError {
    /// The three matrices have different numbers of rows.
    RowCounts { a: usize, b: usize, c: usize },
    /// There is no constraint at all.
    Empty,
    /// An entry names a column beyond the last.
    Column {
        matrix: char,
        row: usize,
        column: usize,
        columns: usize,
    },
    /// A segment has no variable: it needs at least its blind.
    EmptySegment(Segment),
    /// More rows or columns than 2^28, the largest domain of the field.
    TooLarge { rows: usize },
}

impl core::fmt::Display for MatrixError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::RowCounts { a, b, c } => {
                write!(f, "matrices A, B, C have {a}, {b} and {c} rows")
            }
            Self::Empty => f.write_str("the matrices hold no constraint"),
            Self::Column {
                matrix,
                row,
                column,
                columns,
            } => write!(
                f,
                "row {row} of matrix {matrix} names column {column} of {columns}"
            ),
            Self::EmptySegment(segment) => {
                write!(f, "segment {segment:?} is empty: it needs its blind")
            }
            Self::TooLarge { rows } => {
                write!(
                    f,
                    "{rows} rows exceed 2^28, the largest evaluation domain of BN254"
                )
            }
        }
    }
}

impl std::error::Error for MatrixError {}

impl ConstraintMatrices {
    /// Number of constraints.
    pub fn num_constraints(&self) -> usize {
        self.a.len()
    }

    /// Number of instance columns.
    pub fn num_instance(&self) -> usize {
        self.layout.num_instance()
    }

    /// Number of all columns.
    pub fn num_columns(&self) -> usize {
        self.num_instance() + self.num_witness
    }

    /// Checks row counts, column indices, sizes and that every segment has its blind.
    pub fn validate(&self) -> Result<(), MatrixError> {
        if self.a.len() != self.b.len() || self.a.len() != self.c.len() {
            return Err(MatrixError::RowCounts {
                a: self.a.len(),
                b: self.b.len(),
                c: self.c.len(),
            });
        }
        if self.a.is_empty() {
            return Err(MatrixError::Empty);
        }
        for segment in Segment::ALL {
            if self.layout.len_of(segment) == 0 {
                return Err(MatrixError::EmptySegment(segment));
            }
        }
        let columns = self.num_columns();
        let rows = self.num_constraints() + self.num_instance();
        if rows > 1 << 28 || columns > 1 << 28 {
            return Err(MatrixError::TooLarge {
                rows: rows.max(columns),
            });
        }
        for (matrix, rows) in [('A', &self.a), ('B', &self.b), ('C', &self.c)] {
            for (row, terms) in rows.iter().enumerate() {
                if let Some(&(_, column)) = terms.iter().find(|(_, column)| *column >= columns) {
                    return Err(MatrixError::Column {
                        matrix,
                        row,
                        column,
                        columns,
                    });
                }
            }
        }
        Ok(())
    }

    /// The first constraint the assignment breaks, if any; the assignment covers every column.
    pub fn first_unsatisfied(&self, assignment: &[Fr]) -> Option<usize> {
        (0..self.num_constraints()).find(|&i| {
            evaluate(&self.a[i], assignment) * evaluate(&self.b[i], assignment)
                != evaluate(&self.c[i], assignment)
        })
    }
}

/// Value of a linear combination under an assignment.
pub(crate) fn evaluate(row: &[(Fr, usize)], assignment: &[Fr]) -> Fr {
    let one = Fr::from(1u64);
    let mut sum = Fr::zero();
    for (coefficient, column) in row {
        let value = assignment[*column];
        if *coefficient == one {
            sum += value;
        } else if !value.is_zero() {
            sum += value * coefficient;
        }
    }
    sum
}
