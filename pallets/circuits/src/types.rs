//! What is stored of a circuit.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    traits::{fungible, ConstU32},
    BoundedVec,
};
use scale_info::TypeInfo;
use sp_core::H256;
use swarmwork_primitives::{Locator, MAX_OUTPUT_BYTES, MAX_VERIFYING_KEY_BYTES};

/// Amounts of the token.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Canonical bytes of a verifying key.
pub type VerifyingKeyBytes = BoundedVec<u8, ConstU32<MAX_VERIFYING_KEY_BYTES>>;

/// Bases of commitments to outputs, compressed, one after the other.
pub type BaseBytes = BoundedVec<u8, ConstU32<MAX_OUTPUT_BYTES>>;

/// The bases of a circuit's commitments to outputs; they are stored apart.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct OutputRegistration<AccountId, Balance> {
    /// Who registered them.
    pub owner: AccountId,
    /// Held from it.
    pub deposit: Balance,
    /// How many there are: so many elements has the output of a batch, its blind included.
    pub elements: u32,
}

/// Why a key is trusted.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub enum Attestation {
    /// It is not: whoever made it may be able to forge under it.
    None,
    /// It was registered on a development chain, and is trusted while the chain is one.
    Development,
    /// The privileged origin has named the transcript of the ceremony that made it.
    Ceremony(H256),
}

/// A registered circuit; its verifying key is stored apart.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Registration<AccountId, Balance> {
    /// Who registered it.
    pub owner: AccountId,
    /// Held from its owner.
    pub deposit: Balance,
    /// Why its key is trusted.
    pub attestation: Attestation,
    /// Inferences per proof.
    pub batch: u32,
    /// Values per input row.
    pub input_len: u32,
    /// Values per output row.
    pub output_len: u32,
    /// Multiply-accumulates per proof.
    pub macs: u64,
    /// The proving key.
    pub proving_key: Locator,
    /// What a requester needs to compute commitments.
    pub commitment_key: Locator,
}
