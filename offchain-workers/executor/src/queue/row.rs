//! A proven batch as a row on disk.

use swarm_groth16::PROOF_BYTES;
use swarm_store::ContentId;

/// Bytes of a hash in a path.
const HASH: usize = 32;

/// A proven batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchResult {
    pub proof: [u8; PROOF_BYTES],
    /// Content id of the batch's output file.
    pub output: ContentId,
    /// What leads from the batch to the roots, where there are roots.
    pub opening: Option<Opening>,
}

/// What leads from a batch to the roots of its job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// `C_x`.
    pub input: [u8; 32],
    /// From it to the requester's root, its own sibling first.
    pub input_path: Vec<[u8; 32]>,
    /// From the result to the provider's root; as long as the other.
    pub result_path: Vec<[u8; 32]>,
}

impl BatchResult {
    /// Proof, output; of an opening then input and both paths.
    pub(super) fn to_row(&self) -> Vec<u8> {
        let mut row = [&self.proof[..], &self.output.digest()[..]].concat();
        if let Some(opening) = &self.opening {
            row.extend(opening.input);
            row.extend(opening.input_path.concat());
            row.extend(opening.result_path.concat());
        }
        row
    }

    /// As [`BatchResult::to_row`] writes it; `None` for other lengths.
    pub(super) fn from_row(row: &[u8]) -> Option<Self> {
        let (proof, rest) = row.split_first_chunk::<PROOF_BYTES>()?;
        let (output, rest) = rest.split_first_chunk::<HASH>()?;
        let opening = match rest.split_first_chunk::<HASH>() {
            None if rest.is_empty() => None,
            None => return None,
            Some((input, paths)) => {
                let (hashes, rest) = paths.as_chunks::<HASH>();
                if !rest.is_empty() || !hashes.len().is_multiple_of(2) {
                    return None;
                }
                let (input_path, result_path) = hashes.split_at(hashes.len() / 2);
                Some(Opening {
                    input: *input,
                    input_path: input_path.to_vec(),
                    result_path: result_path.to_vec(),
                })
            }
        };
        Some(Self {
            proof: *proof,
            output: ContentId::from_digest(*output),
            opening,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_they_were_written_and_in_their_lengths_only() {
        let plain = BatchResult {
            proof: [1; PROOF_BYTES],
            output: ContentId::from_digest([2; 32]),
            opening: None,
        };
        let opened = |depth: u8| BatchResult {
            opening: Some(Opening {
                input: [3; 32],
                input_path: (0..depth).map(|n| [n; 32]).collect(),
                result_path: (0..depth).map(|n| [n + 100; 32]).collect(),
            }),
            ..plain.clone()
        };
        for result in [plain.clone(), opened(0), opened(1), opened(20)] {
            assert_eq!(BatchResult::from_row(&result.to_row()), Some(result));
        }
        let row = opened(2).to_row();
        for length in [
            0,
            PROOF_BYTES,
            PROOF_BYTES + 31,
            PROOF_BYTES + 33,
            row.len() - 1,
            row.len() - 32,
        ] {
            assert_eq!(BatchResult::from_row(&row[..length]), None, "{length}");
        }
    }
}
