//! Why a key or a proof is refused.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// Why a proof, or a commitment, is refused; one variant per cause.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub enum VerifyError {
    /// The verifying key does not parse or is weak; `inspect_key` says why.
    MalformedKey,
    /// The proof is not exactly `PROOF_BYTES` long.
    ProofLength,
    /// Proof element A is no canonical, non-zero point of G1.
    MalformedA,
    /// Proof element B is no canonical, non-zero point of the order-r subgroup of G2.
    MalformedB,
    /// Proof element C is no canonical, non-zero point of G1.
    MalformedC,
    /// The commitment to the intermediate values is no canonical point of G1.
    MalformedCz,
    /// The commitment to the output is no canonical point of G1.
    MalformedCy,
    /// The commitment to the weights is no canonical point of G1.
    MalformedCw,
    /// The commitment to the input is no canonical point of G1.
    MalformedCx,
    /// The challenge hashed to zero.
    ZeroChallenge,
    /// The pairing equation does not hold: the proof proves another statement, or none.
    EquationFailed,
    /// The statement is not exactly `STATEMENT_BYTES` long.
    StatementLength,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedKey => "the verifying key is malformed or weak; inspect it",
            Self::ProofLength => "a proof is exactly 192 bytes",
            Self::MalformedA => "proof element A is not a canonical point",
            Self::MalformedB => "proof element B is not a canonical point of the right subgroup",
            Self::MalformedC => "proof element C is not a canonical point",
            Self::MalformedCz => {
                "the commitment to the intermediate values is not a canonical point"
            }
            Self::MalformedCy => "the commitment to the output is not a canonical point",
            Self::MalformedCw => "the commitment to the weights is not a canonical point",
            Self::MalformedCx => "the commitment to the input is not a canonical point",
            Self::ZeroChallenge => "the challenge is zero; commit again",
            Self::EquationFailed => "the proof does not prove this statement",
            Self::StatementLength => "a statement is exactly 164 bytes",
        })
    }
}

impl core::error::Error for VerifyError {}

/// Why a batch of proofs is refused.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub enum BatchError {
    /// The verifying key does not parse or is weak; `inspect_key` says why.
    MalformedKey,
    /// Statements and proofs, as bytes, are not equally many whole ones.
    Length,
    /// More than `MAX_BATCH` proofs.
    TooManyProofs,
    /// The proof at this index, counted from 0, is refused; so may others be.
    Proof { index: u32, error: VerifyError },
}

impl BatchError {
    pub(crate) fn proof(index: usize, error: VerifyError) -> Self {
        Self::Proof {
            index: index as u32,
            error,
        }
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedKey => VerifyError::MalformedKey.fmt(f),
            Self::Length => f.write_str("each statement of 164 bytes needs a proof of 192 bytes"),
            Self::TooManyProofs => write!(f, "a batch has at most {} proofs", crate::MAX_BATCH),
            Self::Proof { index, error } => write!(f, "proof {index}: {error}"),
        }
    }
}

impl core::error::Error for BatchError {}

/// Why bases, or a part of an opening, are refused; one variant per cause.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub enum OpeningError {
    /// The verifying key does not parse or is weak; `inspect_key` says why.
    MalformedKey,
    /// Bases and elements are 32 bytes each, at least one and equally many, a segment is 40 bytes.
    Length,
    /// These are not the bases that the verifying key names.
    Bases,
    /// A base is no canonical, non-zero point of G1.
    MalformedBase,
    /// The commitment to the parts before is no canonical point of G1.
    MalformedSum,
    /// An element is not below r.
    MalformedElement,
}

impl fmt::Display for OpeningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedKey => return VerifyError::MalformedKey.fmt(f),
            Self::Length => {
                "bases and elements are 32 bytes each, one at least and equally many, and other \
                 segments are 40 bytes each"
            }
            Self::Bases => "these are not the bases that the verifying key names",
            Self::MalformedBase => "a base is not a canonical point other than zero",
            Self::MalformedSum => "the commitment to the parts before is not a canonical point",
            Self::MalformedElement => "an element is not below the order of the group",
        })
    }
}

impl core::error::Error for OpeningError {}

/// A group element of a verifying key.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub enum KeyElement {
    Alpha,
    Beta,
    Gamma,
    Delta,
    GammaWeights,
    GammaInput,
    GammaIntermediate,
    GammaOutput,
    IcOne,
    IcChallenge,
    IcTag,
}

/// Why a verifying key is refused.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub enum KeyError {
    /// Not exactly `VERIFYING_KEY_BYTES` long.
    Length,
    /// The first bytes are not those of a verifying key.
    Magic,
    /// A format version this verifier does not know.
    Version,
    /// The origin stamp is neither "development" nor "ceremony".
    Origin,
    /// Batch, lengths or rows are zero.
    Descriptor,
    /// Not a canonical point of the right group.
    Malformed(KeyElement),
    /// The point at infinity.
    Identity(KeyElement),
    /// Plus or minus the generator: its trapdoor is known.
    Generator(KeyElement),
    /// Two elements that must have independent trapdoors are equal up to sign.
    Shared(KeyElement, KeyElement),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("a verifying key has another length"),
            Self::Magic => f.write_str("this is not a swarmwork verifying key"),
            Self::Version => f.write_str("this verifying key has an unknown format version"),
            Self::Origin => f.write_str("the origin stamp of the verifying key is unknown"),
            Self::Descriptor => {
                f.write_str("batch, input, output or rows of the verifying key are zero")
            }
            Self::Malformed(e) => {
                write!(
                    f,
                    "element {e:?} of the verifying key is no canonical point"
                )
            }
            Self::Identity(e) => write!(f, "element {e:?} of the verifying key is zero"),
            Self::Generator(e) => write!(
                f,
                "element {e:?} of the verifying key is a generator: its trapdoor is known"
            ),
            Self::Shared(a, b) => write!(
                f,
                "elements {a:?} and {b:?} of the verifying key share a trapdoor"
            ),
        }
    }
}

impl core::error::Error for KeyError {}
