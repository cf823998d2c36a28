//! One pallet error for each way in which a key or a proof fails.

use crate::Error;
use swarm_groth16::{KeyError, OpeningError, VerifyError};

impl<T> From<VerifyError> for Error<T> {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::MalformedKey => Error::MalformedVerifyingKey,
            VerifyError::StatementLength => Error::InvalidStatementLength,
            VerifyError::ProofLength => Error::InvalidProofLength,
            VerifyError::MalformedA => Error::MalformedA,
            VerifyError::MalformedB => Error::MalformedB,
            VerifyError::MalformedC => Error::MalformedC,
            VerifyError::MalformedCz => Error::MalformedCz,
            VerifyError::MalformedCy => Error::MalformedCy,
            VerifyError::MalformedCw => Error::MalformedCw,
            VerifyError::MalformedCx => Error::MalformedCx,
            VerifyError::ZeroChallenge => Error::ZeroChallenge,
            VerifyError::EquationFailed => Error::EquationFailed,
        }
    }
}

impl<T> From<KeyError> for Error<T> {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Length => Error::InvalidKeyLength,
            KeyError::Magic => Error::NotAVerifyingKey,
            KeyError::Version => Error::UnknownKeyVersion,
            KeyError::Origin => Error::UnknownKeyOrigin,
            KeyError::Descriptor => Error::EmptyKeyDescriptor,
            KeyError::Malformed(_) => Error::MalformedVerifyingKey,
            KeyError::Identity(_) | KeyError::Generator(_) | KeyError::Shared(..) => {
                Error::WeakVerifyingKey
            }
        }
    }
}

impl<T> From<OpeningError> for Error<T> {
    fn from(error: OpeningError) -> Self {
        match error {
            OpeningError::MalformedKey => Error::MalformedVerifyingKey,
            OpeningError::Length => Error::InvalidOpeningLength,
            OpeningError::Bases => Error::OtherBases,
            OpeningError::MalformedBase => Error::MalformedBase,
            OpeningError::MalformedSum => Error::MalformedSum,
            OpeningError::MalformedElement => Error::MalformedElement,
        }
    }
}
