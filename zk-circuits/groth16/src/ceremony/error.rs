//! Why a phase 1 or a ceremony is refused.

use core::fmt;

use super::Trapdoor;
use crate::{KeyError, KeyFileError, Segment};

/// Why a phase-1 file cannot be used; one variant per cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase1Error {
    /// The file cannot be read.
    Io(String),
    /// The file's form is wrong.
    File(KeyFileError),
    /// A `.ptau` file for another curve than BN254.
    OtherCurve,
    /// A `.ptau` file without one of its sections, or with two of them.
    Section(&'static str),
    /// Fewer powers than the circuit has rows.
    TooSmall { powers: usize, needed: usize },
    /// The first power of tau is not the generator.
    Generator(&'static str),
    /// A secret is zero, or tau is one.
    Degenerate(&'static str),
    /// The points are not multiples by consecutive powers of tau.
    Powers(&'static str),
    /// beta is not the same in both groups.
    Beta,
}

impl fmt::Display for Phase1Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(reason) => write!(f, "the phase-1 file cannot be read: {reason}"),
            Self::File(error) => write!(f, "the phase-1 file is damaged: {error}"),
            Self::OtherCurve => f.write_str("the phase-1 file is for another curve than BN254"),
            Self::Section(name) => write!(
                f,
                "the phase-1 file must hold section {name} once, of the size its header says"
            ),
            Self::TooSmall { powers, needed } => write!(
                f,
                "phase 1 has {powers} powers, the circuit needs {needed}: take a phase-1 file of \
                 power {} or more",
                needed.next_power_of_two().trailing_zeros()
            ),
            Self::Generator(section) => {
                write!(
                    f,
                    "section {section} of phase 1 does not start at the generator"
                )
            }
            Self::Degenerate(secret) => write!(f, "{secret} of phase 1 is zero or known"),
            Self::Powers(section) => write!(
                f,
                "section {section} of phase 1 does not hold consecutive powers of tau"
            ),
            Self::Beta => f.write_str("beta of phase 1 differs between the groups"),
        }
    }
}

impl std::error::Error for Phase1Error {}

impl From<KeyFileError> for Phase1Error {
    fn from(error: KeyFileError) -> Self {
        Self::File(error)
    }
}

/// Why a ceremony is refused, or cannot go on; one variant per cause. Contributions count from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CeremonyError {
    Phase1(Phase1Error),
    /// The ceremony file's form is wrong.
    File(KeyFileError),
    /// An instance variable of the segment occurs in no row: its commitment base would be zero.
    UnusedVariable {
        segment: Segment,
        index: usize,
    },
    /// Neither constraints nor consistency rows settle an instance column: two openings could have
    /// one commitment.
    Unsettled {
        column: usize,
    },
    /// The ceremony started from another phase 1.
    OtherPhase1,
    /// The ceremony is for another circuit: the named part differs.
    OtherCircuit(&'static str),
    /// Phase 1 and all sizes are right, but the initial state is that of other matrices.
    OtherMatrices,
    /// Nobody has contributed.
    NoContribution,
    /// A contribution is not there.
    Missing {
        number: u32,
    },
    /// All contributions are there, in another order.
    Order {
        expected: u32,
        found: u32,
    },
    /// A contribution was not made on top of those before it.
    Chain {
        number: u32,
    },
    /// A contribution made a trapdoor zero.
    ZeroFactor {
        number: u32,
        trapdoor: Trapdoor,
    },
    /// A contribution left a trapdoor as it was.
    FactorOne {
        number: u32,
        trapdoor: Trapdoor,
    },
    /// A contribution multiplied a trapdoor by one factor in G2 and by another in G1.
    UnequalFactor {
        number: u32,
        trapdoor: Trapdoor,
    },
    /// A contribution multiplied two trapdoors by the same factor.
    SharedFactor {
        number: u32,
        first: Trapdoor,
        second: Trapdoor,
    },
    /// The proof that a contributor knows a factor does not hold.
    Knowledge {
        number: u32,
        trapdoor: Trapdoor,
    },
    /// The last step is not what the recorded beacon gives.
    Beacon,
    /// More iterations of the beacon than anybody should be made to compute.
    Iterations {
        log2: u8,
    },
    /// The ceremony has its beacon: nothing can be added.
    Finished,
    /// The ceremony has no beacon yet: there are no keys.
    Unfinished,
    /// The bases of the named query are not the initial ones divided by their trapdoor.
    Query(&'static str),
    /// The resulting key would be weak.
    Key(KeyError),
}

impl fmt::Display for CeremonyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phase1(error) => error.fmt(f),
            Self::File(error) => write!(f, "the ceremony file is damaged: {error}"),
            Self::UnusedVariable { segment, index } => {
                write!(f, "variable {index} of segment {segment:?} is in no row")
            }
            Self::Unsettled { column } => {
                write!(f, "instance column {column} needs a consistency row")
            }
            Self::OtherPhase1 => f.write_str(
                "the ceremony started from another phase 1; give the phase-1 file it names",
            ),
            Self::OtherCircuit(what) => write!(
                f,
                "the ceremony is for another circuit: {what} differ; give the topology and batch \
                 size it was started with"
            ),
            Self::OtherMatrices => f.write_str(
                "the ceremony did not start from the initial state that phase 1 and the circuit \
                 give; it must be started anew",
            ),
            Self::NoContribution => f.write_str("nobody has contributed to the ceremony"),
            Self::Missing { number } => write!(f, "contribution {number} has been left out"),
            Self::Order { expected, found } => write!(
                f,
                "contribution {found} stands where contribution {expected} should"
            ),
            Self::Chain { number } => write!(
                f,
                "contribution {number} was not made on top of those before it"
            ),
            Self::ZeroFactor { number, trapdoor } => {
                write!(f, "contribution {number} makes {trapdoor} zero")
            }
            Self::FactorOne { number, trapdoor } => {
                write!(f, "contribution {number} leaves {trapdoor} as it was")
            }
            Self::UnequalFactor { number, trapdoor } => write!(
                f,
                "contribution {number} changes {trapdoor} differently in the two groups"
            ),
            Self::SharedFactor {
                number,
                first,
                second,
            } => write!(
                f,
                "contribution {number} multiplies {first} and {second} by the same factor"
            ),
            Self::Knowledge { number, trapdoor } => write!(
                f,
                "contribution {number} does not prove that its factor of {trapdoor} was known"
            ),
            Self::Beacon => f.write_str("the last step is not what the recorded beacon gives"),
            Self::Iterations { log2 } => {
                write!(f, "2^{log2} iterations of the beacon are too many")
            }
            Self::Finished => f.write_str("the ceremony is finished: nothing can be added"),
            Self::Unfinished => {
                f.write_str("the ceremony has no beacon yet; finish it to get keys")
            }
            Self::Query(name) => write!(
                f,
                "the bases of the {name} are not the initial ones divided by their trapdoor"
            ),
            Self::Key(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CeremonyError {}

impl From<Phase1Error> for CeremonyError {
    fn from(error: Phase1Error) -> Self {
        Self::Phase1(error)
    }
}

impl From<KeyFileError> for CeremonyError {
    fn from(error: KeyFileError) -> Self {
        Self::File(error)
    }
}
