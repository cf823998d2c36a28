//! The file that names a job's inputs in pieces.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use swarm_merkle::MAX_LEAVES;
use swarm_store::ContentId;

/// Most pieces of one job: a manifest of so many has about 4 MiB.
pub const MAX_PIECES: usize = 1 << 16;
/// Largest manifest that is read, bytes.
pub const MAX_MANIFEST_BYTES: u64 = 8 << 20;
/// Largest piece, bytes: a provider holds one in memory, decoded, at a time.
pub const MAX_PIECE_BYTES: u64 = 64 << 20;

/// What a piece is meant to have, bytes.
const PIECE_BYTES: u64 = 4 << 20;
const FORMAT: &str = "swarmwork-inputs";
const VERSION: u32 = 1;

/// How many batches of so many bytes of input go into a piece.
pub fn per_piece(batches: u32, batch_bytes: u64) -> u32 {
    let wanted = PIECE_BYTES / batch_bytes.max(1);
    let least = u64::from(batches).div_ceil(MAX_PIECES as u64);
    u32::try_from(wanted.max(least).max(1))
        .unwrap_or(u32::MAX)
        .min(batches.max(1))
}

/// A job's inputs in pieces: each is an input file of [`Manifest::per_piece`] batches, the last of
/// what remains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    batches: u32,
    per_piece: u32,
    commitments: ContentId,
    pieces: Vec<ContentId>,
}

/// Why a file is no manifest, or not that of a job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    #[error("the manifest does not read: {0}")]
    Json(String),
    #[error("the manifest's format is {format:?}, version {version}; this program reads \"{FORMAT}\", version {VERSION}")]
    Format { format: String, version: u32 },
    #[error("the manifest's {field} is no content id: {reason}")]
    ContentId { field: String, reason: String },
    #[error("the manifest is of {0} batches; a job has 1 to {MAX_LEAVES}")]
    Batches(u32),
    #[error("the manifest is of {found} batches, the job has {expected}")]
    OtherBatches { found: u32, expected: u32 },
    #[error("the manifest names {found} pieces of {per_piece} batches; {batches} batches need {expected}, and {MAX_PIECES} are the most")]
    Pieces {
        found: usize,
        per_piece: u32,
        batches: u32,
        expected: u32,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    batches: u32,
    per_piece: u32,
    commitments: String,
    pieces: Vec<String>,
}

impl Manifest {
    /// Of these pieces, in order, each with so many batches.
    ///
    /// # Errors
    /// Where the numbers do not fit each other.
    pub fn new(
        batches: u32,
        per_piece: u32,
        commitments: ContentId,
        pieces: Vec<ContentId>,
    ) -> Result<Self, ManifestError> {
        if !(1..=MAX_LEAVES).contains(&batches) {
            return Err(ManifestError::Batches(batches));
        }
        let expected = batches.checked_div(per_piece).map_or(0, |whole| {
            whole + u32::from(!batches.is_multiple_of(per_piece))
        });
        let fits = per_piece > 0 && u32::try_from(pieces.len()) == Ok(expected);
        if !fits || pieces.len() > MAX_PIECES {
            return Err(ManifestError::Pieces {
                found: pieces.len(),
                per_piece,
                batches,
                expected,
            });
        }
        Ok(Self {
            batches,
            per_piece,
            commitments,
            pieces,
        })
    }

    /// Reads the manifest of a job of so many batches.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_bytes(bytes: &[u8], batches: u32) -> Result<Self, ManifestError> {
        let document: Document =
            serde_json::from_slice(bytes).map_err(|e| ManifestError::Json(e.to_string()))?;
        if document.format != FORMAT || document.version != VERSION {
            return Err(ManifestError::Format {
                format: document.format.chars().take(80).collect(),
                version: document.version,
            });
        }
        if document.batches != batches {
            return Err(ManifestError::OtherBatches {
                found: document.batches,
                expected: batches,
            });
        }
        let content = |field: &dyn Fn() -> String, text: &str| {
            ContentId::from_cid(text).map_err(|e| ManifestError::ContentId {
                field: field(),
                reason: e.to_string().chars().take(200).collect(),
            })
        };
        let commitments = content(&|| "commitments".into(), &document.commitments)?;
        let pieces = document
            .pieces
            .iter()
            .enumerate()
            .map(|(n, text)| content(&|| format!("piece {n}"), text))
            .collect::<Result<_, _>>()?;
        Self::new(document.batches, document.per_piece, commitments, pieces)
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let document = Document {
            format: FORMAT.into(),
            version: VERSION,
            batches: self.batches,
            per_piece: self.per_piece,
            commitments: self.commitments.to_string(),
            pieces: self.pieces.iter().map(ContentId::to_string).collect(),
        };
        serde_json::to_vec(&document).expect("strings and numbers have a JSON; qed")
    }

    /// Number of batches.
    pub fn batches(&self) -> u32 {
        self.batches
    }

    /// Batches of each piece but the last.
    pub fn per_piece(&self) -> u32 {
        self.per_piece
    }

    /// The list of commitments to the batches.
    pub fn commitments(&self) -> ContentId {
        self.commitments
    }

    /// The pieces, in order.
    pub fn pieces(&self) -> &[ContentId] {
        &self.pieces
    }

    /// Everything that the manifest names, in the order in which it is needed.
    pub fn blobs(&self) -> impl Iterator<Item = ContentId> + '_ {
        std::iter::once(self.commitments).chain(self.pieces.iter().copied())
    }

    /// Which piece a batch is in, and its place there.
    pub fn piece_of(&self, batch: u32) -> (usize, usize) {
        // Never zero, as `new` saw to it.
        let per_piece = self.per_piece.max(1);
        ((batch / per_piece) as usize, (batch % per_piece) as usize)
    }

    /// The batches of a piece; none if there is no such piece.
    pub fn batches_of(&self, piece: usize) -> Range<u32> {
        let start = u32::try_from(piece)
            .unwrap_or(u32::MAX)
            .saturating_mul(self.per_piece)
            .min(self.batches);
        start..start.saturating_add(self.per_piece).min(self.batches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: usize) -> ContentId {
        ContentId::of(&n.to_le_bytes())
    }

    fn manifest(batches: u32, per_piece: u32) -> Manifest {
        let pieces = (0..batches.div_ceil(per_piece) as usize).map(id).collect();
        Manifest::new(batches, per_piece, id(999), pieces).unwrap()
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let written = manifest(40, 16);
        assert_eq!(
            Manifest::from_bytes(&written.to_bytes(), 40),
            Ok(written.clone())
        );
        assert_eq!(written.piece_of(39), (2, 7));
        assert_eq!(written.batches_of(2), 32..40);
        assert!(written.batches_of(3).is_empty());
        assert_eq!(
            written.blobs().collect::<Vec<_>>(),
            [id(999), id(0), id(1), id(2)]
        );
    }

    #[test]
    fn whatever_is_wrong_is_named() {
        let text = String::from_utf8(manifest(40, 16).to_bytes()).unwrap();
        let refused = |from: &str, to: &str, words: &str| {
            let changed = text.replace(from, to);
            assert_ne!(changed, text, "{from} is not in it");
            let error = Manifest::from_bytes(changed.as_bytes(), 40).unwrap_err();
            let error = error.to_string();
            assert!(error.contains(words), "{error:?} lacks {words:?}");
        };
        refused(
            "swarmwork-inputs",
            "swarmwork-network",
            "\"swarmwork-network\"",
        );
        refused("\"version\":1", "\"version\":2", "version 2");
        refused(
            "\"batches\":40",
            "\"batches\":39",
            "of 39 batches, the job has 40",
        );
        refused("\"per_piece\":16", "\"per_piece\":20", "3 pieces of 20");
        refused("\"per_piece\":16", "\"per_piece\":0", "3 pieces of 0");
        refused(&id(999).to_string(), "bafkr4", "commitments is no content");
        refused(&id(1).to_string(), "x", "piece 1 is no content");
        refused("\"format\"", "\"from\"", "unknown field");
        refused("}", "", "does not read");
        assert_eq!(
            Manifest::new(0, 1, id(0), vec![]),
            Err(ManifestError::Batches(0))
        );
        let many = MAX_LEAVES + 1;
        assert_eq!(
            Manifest::new(many, many, id(0), vec![id(1)]),
            Err(ManifestError::Batches(many))
        );
        let pieces = vec![id(1); MAX_PIECES + 1];
        assert!(Manifest::new(MAX_PIECES as u32 + 1, 1, id(0), pieces).is_err());
    }

    proptest! {
        #[test]
        fn pieces_partition_the_batches(batches in 1u32..500, bytes in 1u64..1 << 24) {
            let per_piece = per_piece(batches, bytes);
            let manifest = manifest(batches, per_piece);
            let mut next = 0;
            for piece in 0..manifest.pieces().len() {
                let range = manifest.batches_of(piece);
                prop_assert!(!range.is_empty());
                for (place, batch) in range.enumerate() {
                    prop_assert_eq!(batch, next);
                    prop_assert_eq!(manifest.piece_of(batch), (piece, place));
                    next += 1;
                }
            }
            prop_assert_eq!(next, batches);
        }

        #[test]
        fn as_many_pieces_as_may_be_are_enough(batches in 1u32..=MAX_LEAVES, bytes: u64) {
            let per_piece = per_piece(batches, bytes);
            prop_assert!(per_piece >= 1 && per_piece <= batches);
            prop_assert!(batches.div_ceil(per_piece) as usize <= MAX_PIECES);
        }
    }
}
