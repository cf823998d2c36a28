//! Delivery of outputs: what a requester may ask for beside the proofs, and how it goes on.

use crate::{CircuitId, Commitment, MAX_BATCHES};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::DispatchError;

/// Bytes of an element of an opening: a scalar of BN254, little-endian.
pub const ELEMENT_BYTES: u32 = 32;
/// Elements of a part that is published at once, of all parts of a batch but its last.
pub const PART_ELEMENTS: u32 = 1024;
/// Longest output of a job that can be published on chain, in bytes of its elements.
pub const MAX_OUTPUT_BYTES: u32 = 256 * 1024;
/// Most elements of it.
pub const MAX_OUTPUT_ELEMENTS: u32 = MAX_OUTPUT_BYTES / ELEMENT_BYTES;
/// Most parts of it: each batch has one that is not full.
pub const MAX_OUTPUT_PARTS: u32 = MAX_OUTPUT_ELEMENTS / PART_ELEMENTS + MAX_BATCHES;

/// A part of an opening: elements, one after the other.
pub type OutputPart = BoundedVec<u8, ConstU32<{ PART_ELEMENTS * ELEMENT_BYTES }>>;

/// The delivery that a requester has asked for with a job.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Delivery<Balance, BlockNumber> {
    /// Held from the requester for the bytes, in what the job is paid in.
    pub prepaid: Balance,
    /// Elements that open the commitment to the output of a batch.
    pub elements: u32,
    /// How far it is.
    pub stage: DeliveryStage<BlockNumber>,
}

/// How far a delivery is.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub enum DeliveryStage<BlockNumber> {
    /// Not every batch is proven yet.
    Asked,
    /// Every batch is, and the pay waits for the requester's word.
    Waiting {
        /// The block of the last proof.
        proven: BlockNumber,
        /// Last block for it; then the provider is paid.
        until: BlockNumber,
    },
    /// The requester says that it has no output: the provider publishes it.
    Disputed {
        /// The block of the last proof.
        proven: BlockNumber,
        /// Last block for that; then the requester has its money back.
        until: BlockNumber,
        /// How many parts are published, of all batches in their order.
        parts: u32,
        /// The commitment to those of the batch that is not complete, if there are any.
        sum: Option<Commitment>,
    },
    /// The job has ended.
    Over {
        /// How many parts were published.
        parts: u32,
    },
}

impl<Balance, BlockNumber> Delivery<Balance, BlockNumber> {
    /// Parts of a batch's output.
    pub fn batch_parts(&self) -> u32 {
        self.elements.div_ceil(PART_ELEMENTS)
    }

    /// Bytes of a part, by its place among those of its batch.
    pub fn part_bytes(&self, within: u32) -> u32 {
        let before = within.saturating_mul(PART_ELEMENTS);
        let elements = self.elements.saturating_sub(before).min(PART_ELEMENTS);
        elements.saturating_mul(ELEMENT_BYTES)
    }

    /// Whether every batch of the job is proven, and it has not ended.
    pub fn is_due(&self) -> bool {
        matches!(
            self.stage,
            DeliveryStage::Waiting { .. } | DeliveryStage::Disputed { .. }
        )
    }

    /// The same with other block numbers.
    pub fn with_blocks<Other>(
        self,
        block: impl Fn(BlockNumber) -> Other,
    ) -> Delivery<Balance, Other> {
        let stage = match self.stage {
            DeliveryStage::Asked => DeliveryStage::Asked,
            DeliveryStage::Waiting { proven, until } => DeliveryStage::Waiting {
                proven: block(proven),
                until: block(until),
            },
            DeliveryStage::Disputed {
                proven,
                until,
                parts,
                sum,
            } => DeliveryStage::Disputed {
                proven: block(proven),
                until: block(until),
                parts,
                sum,
            },
            DeliveryStage::Over { parts } => DeliveryStage::Over { parts },
        };
        Delivery {
            prepaid: self.prepaid,
            elements: self.elements,
            stage,
        }
    }
}

/// The bases of circuits' commitments to outputs, with which a chain computes such a commitment
/// itself.
pub trait OutputBases {
    /// Elements of 32 bytes that open the commitment to the output of a batch, where the circuit's
    /// bases are on chain.
    fn elements(circuit: &CircuitId) -> Option<u32>;
    /// The commitment to the parts of an opening up to `part`, its `elements`, from that to the parts
    /// before it; `None` before the first.
    fn commit_part(
        circuit: &CircuitId,
        part: u32,
        before: Option<&Commitment>,
        elements: &[u8],
    ) -> Result<Commitment, DispatchError>;
    /// Stores bases for the outputs of [`crate::Circuits::benchmark_circuit`], for benchmarks: so
    /// many, all the same.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_bases(circuit: &CircuitId, elements: u32);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(elements: u32) -> Delivery<u128, u32> {
        Delivery {
            prepaid: 0,
            elements,
            stage: DeliveryStage::Asked,
        }
    }

    #[test]
    fn parts_are_full_but_the_last() {
        for (elements, parts, last) in [
            (1, 1, 1),
            (PART_ELEMENTS, 1, PART_ELEMENTS),
            (PART_ELEMENTS + 1, 2, 1),
            (MAX_OUTPUT_ELEMENTS, 8, PART_ELEMENTS),
        ] {
            let delivery = delivery(elements);
            assert_eq!(delivery.batch_parts(), parts);
            for within in 0..parts - 1 {
                assert_eq!(delivery.part_bytes(within), PART_ELEMENTS * ELEMENT_BYTES);
            }
            assert_eq!(delivery.part_bytes(parts - 1), last * ELEMENT_BYTES);
            assert_eq!(delivery.part_bytes(parts), 0);
        }
    }

    #[test]
    fn no_output_has_more_parts_than_the_most() {
        for batches in 1..=MAX_BATCHES {
            let parts = delivery(MAX_OUTPUT_ELEMENTS / batches).batch_parts();
            assert!(parts * batches <= MAX_OUTPUT_PARTS);
        }
    }
}
