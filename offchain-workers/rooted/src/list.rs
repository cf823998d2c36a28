//! Lists of 32 or 64 bytes per batch, and the Merkle trees over them.

use swarm_merkle::{input_leaf, result_leaf, Hash, Tree, TreeError};
use swarm_store::ContentId;

/// Bytes of a batch in [`Commitments`].
pub const COMMITMENT_BYTES: usize = 32;
/// Bytes of a batch in a [`ResultList`].
pub const ENTRY_BYTES: usize = 64;

/// Why a file is not the list of a job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    #[error("the list of {what} has {found} bytes; {batches} batches need {expected}")]
    Length {
        what: &'static str,
        found: usize,
        batches: u32,
        expected: usize,
    },
    #[error(
        "the list of {what} has the root 0x{}, the chain has 0x{}",
        hex::encode(found),
        hex::encode(expected)
    )]
    Root {
        what: &'static str,
        found: Hash,
        expected: Hash,
    },
    #[error("the list of {what}: {error}")]
    Tree {
        what: &'static str,
        error: TreeError,
    },
}

/// The commitments to the inputs of all batches, `C_x` after `C_x`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitments(Vec<[u8; COMMITMENT_BYTES]>);

impl Commitments {
    const WHAT: &'static str = "input commitments";

    /// Of these batches, in order.
    pub fn new(commitments: Vec<[u8; COMMITMENT_BYTES]>) -> Self {
        Self(commitments)
    }

    /// Reads the list of so many batches.
    ///
    /// # Errors
    /// [`ListError::Length`] where it is one of another number.
    pub fn from_bytes(bytes: &[u8], batches: u32) -> Result<Self, ListError> {
        rows(Self::WHAT, bytes, batches).map(Self)
    }

    /// The file: 32 bytes per batch.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.concat()
    }

    /// `C_x` of a batch.
    pub fn get(&self, batch: u32) -> Option<&[u8; COMMITMENT_BYTES]> {
        self.0.get(usize::try_from(batch).ok()?)
    }

    /// The tree whose root the requester gives the chain.
    ///
    /// # Errors
    /// [`ListError::Tree`] where no tree has so many leaves.
    pub fn tree(&self) -> Result<Tree, ListError> {
        tree(Self::WHAT, self.0.iter().map(input_leaf).collect())
    }

    /// The tree, if it has this root.
    ///
    /// # Errors
    /// [`ListError::Root`] where it has another one.
    pub fn tree_of(&self, root: &Hash) -> Result<Tree, ListError> {
        with_root(Self::WHAT, self.tree()?, root)
    }
}

/// What a provider commits to of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `C_y`, the commitment to the output.
    pub commitment: [u8; 32],
    /// The output file.
    pub output: ContentId,
}

impl Entry {
    /// `C_y`, then the output file's digest.
    pub fn to_bytes(&self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..32].copy_from_slice(&self.commitment);
        bytes[32..].copy_from_slice(self.output.digest());
        bytes
    }

    /// As [`Entry::to_bytes`] writes it.
    pub fn from_bytes(bytes: &[u8; ENTRY_BYTES]) -> Self {
        let (mut commitment, mut output) = ([0; 32], [0; 32]);
        commitment.copy_from_slice(&bytes[..32]);
        output.copy_from_slice(&bytes[32..]);
        Self {
            commitment,
            output: ContentId::from_digest(output),
        }
    }
}

/// The results of all batches that a provider commits to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultList(Vec<[u8; ENTRY_BYTES]>);

impl ResultList {
    const WHAT: &'static str = "results";

    /// Of these batches, in order.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self(entries.into_iter().map(|entry| entry.to_bytes()).collect())
    }

    /// Reads the list of so many batches.
    ///
    /// # Errors
    /// [`ListError::Length`] where it is one of another number.
    pub fn from_bytes(bytes: &[u8], batches: u32) -> Result<Self, ListError> {
        rows(Self::WHAT, bytes, batches).map(Self)
    }

    /// The file: 64 bytes per batch.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.concat()
    }

    /// What is committed to of a batch.
    pub fn get(&self, batch: u32) -> Option<Entry> {
        let row = self.0.get(usize::try_from(batch).ok()?)?;
        Some(Entry::from_bytes(row))
    }

    /// What is committed to, batch after batch.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        self.0.iter().map(Entry::from_bytes)
    }

    /// The tree whose root the provider gives the chain.
    ///
    /// # Errors
    /// [`ListError::Tree`] where no tree has so many leaves.
    pub fn tree(&self) -> Result<Tree, ListError> {
        let leaf = |entry: Entry| result_leaf(&entry.commitment, entry.output.digest());
        tree(Self::WHAT, self.entries().map(leaf).collect())
    }

    /// The tree, if it has this root.
    ///
    /// # Errors
    /// [`ListError::Root`] where it has another one.
    pub fn tree_of(&self, root: &Hash) -> Result<Tree, ListError> {
        with_root(Self::WHAT, self.tree()?, root)
    }
}

fn rows<const N: usize>(
    what: &'static str,
    bytes: &[u8],
    batches: u32,
) -> Result<Vec<[u8; N]>, ListError> {
    let (rows, rest) = bytes.as_chunks::<N>();
    if !rest.is_empty() || u32::try_from(rows.len()) != Ok(batches) {
        return Err(ListError::Length {
            what,
            found: bytes.len(),
            batches,
            expected: usize::try_from(batches)
                .unwrap_or(usize::MAX)
                .saturating_mul(N),
        });
    }
    Ok(rows.to_vec())
}

fn tree(what: &'static str, leaves: Vec<Hash>) -> Result<Tree, ListError> {
    Tree::new(leaves).map_err(|error| ListError::Tree { what, error })
}

fn with_root(what: &'static str, tree: Tree, expected: &Hash) -> Result<Tree, ListError> {
    let found = tree.root();
    if found == *expected {
        Ok(tree)
    } else {
        Err(ListError::Root {
            what,
            found,
            expected: *expected,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(byte: u8) -> Entry {
        Entry {
            commitment: [byte; 32],
            output: ContentId::from_digest([byte ^ 0xff; 32]),
        }
    }

    #[test]
    fn a_list_has_exactly_its_batches() {
        let list = ResultList::new((0..3).map(entry));
        let bytes = list.to_bytes();
        assert_eq!(bytes.len(), 3 * ENTRY_BYTES);
        assert_eq!(ResultList::from_bytes(&bytes, 3), Ok(list));
        let inputs = Commitments::new(vec![[1; 32], [2; 32]]);
        assert_eq!(
            Commitments::from_bytes(&inputs.to_bytes(), 2),
            Ok(inputs.clone())
        );
        assert_eq!(inputs.get(1), Some(&[2; 32]));
        assert_eq!(inputs.get(2), None);
        for (bytes, batches) in [(&bytes[..], 2), (&bytes[..], 4), (&bytes[1..], 3)] {
            let error = ResultList::from_bytes(bytes, batches).unwrap_err();
            let words = error.to_string();
            assert!(words.contains("list of results"), "{words}");
            assert!(words.contains(&format!("{batches} batches")), "{words}");
        }
        // 64 bytes are one result and two commitments: neither passes for the other.
        assert!(Commitments::from_bytes(&bytes[..ENTRY_BYTES], 1).is_err());
        assert!(Commitments::from_bytes(&[], 0).unwrap().tree().is_err());
    }

    #[test]
    fn a_list_under_another_root_is_named() {
        let inputs = Commitments::new(vec![[1; 32], [2; 32]]);
        let root = inputs.tree().unwrap().root();
        assert!(inputs.tree_of(&root).is_ok());
        let swapped = Commitments::new(vec![[2; 32], [1; 32]]);
        let error = swapped.tree_of(&root).unwrap_err().to_string();
        assert!(error.contains("list of input commitments"), "{error}");
        assert!(error.contains(&hex::encode(root)), "{error}");
        let results = ResultList::new([entry(1), entry(2)]);
        let error = results.tree_of(&root).unwrap_err().to_string();
        assert!(error.contains("list of results"), "{error}");
    }

    proptest! {
        #[test]
        fn every_entry_is_in_the_root_at_its_place(count in 1u32..40, at: u32) {
            let at = at % count;
            let list = ResultList::new((0..count).map(|n| entry(n as u8)));
            let tree = list.tree().unwrap();
            let entry = list.get(at).unwrap();
            let leaf = result_leaf(&entry.commitment, entry.output.digest());
            let path = tree.path(at).unwrap();
            prop_assert!(swarm_merkle::contains(&tree.root(), count, at, &leaf, &path));
            prop_assert_eq!(list.entries().nth(at as usize), Some(entry));
        }
    }
}
