//! The commitment to all fingerprints of an answer, and its opening at two rows.
//!
//! A leaf hashes sixteen fingerprints (the last one padded with zeros), a node its two children,
//! under different prefixes; a node without sibling moves up as it is. The number of rows, which
//! fixes the tree's shape, is committed to beside the root.

use crate::{Fingerprint, LEAF_ROWS, MAX_ROWS};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_crypto_hashing::blake2_256;

const ROWS: usize = LEAF_ROWS as usize;

/// Longest path of an opening: for [`MAX_ROWS`] rows.
pub const MAX_PATH: u32 = (MAX_ROWS / LEAF_ROWS).trailing_zeros();

/// A hash of the tree.
pub type Hash = [u8; 32];

fn leaf(prints: &[Fingerprint; ROWS]) -> Hash {
    (0u8, prints).using_encoded(blake2_256)
}

fn node(left: &Hash, right: &Hash) -> Hash {
    (1u8, left, right).using_encoded(blake2_256)
}

fn leaves_of(rows: u32) -> u32 {
    rows.div_ceil(LEAF_ROWS)
}

/// How many siblings the path from the leaf of a row has.
pub fn path_len(row: u32, rows: u32) -> u32 {
    let (mut at, mut count, mut len) = (row / LEAF_ROWS, leaves_of(rows), 0);
    while count > 1 {
        len += u32::from(at ^ 1 < count);
        at /= 2;
        count = count.div_ceil(2);
    }
    len
}

/// Why an opening does not fit a commitment.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub enum OpeningError {
    /// The row is not among those committed to.
    RowOutOfRange,
    /// The path is shorter or longer than the tree is high.
    PathLength,
    /// Leaf and path do not lead to the root.
    WrongRoot,
}

impl core::fmt::Display for OpeningError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::RowOutOfRange => "the row is not among those committed to",
            Self::PathLength => "the path is not as long as the tree is high",
            Self::WrongRoot => "leaf and path do not lead to the committed root",
        })
    }
}

/// The leaf that holds a row, and the siblings on its way to the root, lowest first.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub struct Opening {
    /// Sixteen fingerprints.
    pub leaf: [Fingerprint; ROWS],
    /// At most [`MAX_PATH`] hashes.
    pub path: Vec<Hash>,
}

impl MaxEncodedLen for Opening {
    fn max_encoded_len() -> usize {
        // A compact length below 64 takes one byte.
        ROWS * 16 + 1 + 32 * MAX_PATH as usize
    }
}

impl Opening {
    /// The fingerprint that was committed to for a row of this leaf.
    pub fn fingerprint(&self, row: u32) -> &Fingerprint {
        &self.leaf[(row % LEAF_ROWS) as usize]
    }

    /// Checks that this is the leaf of `row` under `root` of `rows` rows.
    pub fn check_path(&self, root: &Hash, rows: u32, row: u32) -> Result<(), OpeningError> {
        if row >= rows {
            return Err(OpeningError::RowOutOfRange);
        }
        if self.path.len() != path_len(row, rows) as usize {
            return Err(OpeningError::PathLength);
        }
        let (mut at, mut count) = (row / LEAF_ROWS, leaves_of(rows));
        let mut hash = leaf(&self.leaf);
        let mut path = self.path.iter();
        while count > 1 {
            if at ^ 1 < count {
                let sibling = path.next().ok_or(OpeningError::PathLength)?;
                hash = if at.is_multiple_of(2) {
                    node(&hash, sibling)
                } else {
                    node(sibling, &hash)
                };
            }
            at /= 2;
            count = count.div_ceil(2);
        }
        if hash != *root {
            return Err(OpeningError::WrongRoot);
        }
        Ok(())
    }
}

/// All hashes of an answer, as its maker keeps them until rows are drawn.
pub struct Tree {
    prints: Vec<Fingerprint>,
    /// Leaves first, the root last.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Of the fingerprints of rows 0, 1, …; `None` if there is none or there are more than
    /// [`MAX_ROWS`].
    pub fn new(prints: Vec<Fingerprint>) -> Option<Self> {
        if prints.is_empty() || prints.len() > MAX_ROWS as usize {
            return None;
        }
        let mut levels = Vec::new();
        let mut level: Vec<Hash> = prints
            .chunks(ROWS)
            .map(|rows| leaf(&padded(rows)))
            .collect();
        while level.len() > 1 {
            let above = level
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => node(left, right),
                    alone => alone[0],
                })
                .collect();
            levels.push(core::mem::replace(&mut level, above));
        }
        levels.push(level);
        Some(Self { prints, levels })
    }

    /// How many rows are committed to.
    pub fn rows(&self) -> u32 {
        // Not more than MAX_ROWS.
        self.prints.len() as u32
    }

    /// What is committed to.
    pub fn root(&self) -> Hash {
        self.levels[self.levels.len() - 1][0]
    }

    /// The opening of a row; `None` if there is no such row.
    pub fn open(&self, row: u32) -> Option<Opening> {
        let mut at = (row / LEAF_ROWS) as usize;
        if row >= self.rows() {
            return None;
        }
        let leaf = padded(self.prints.chunks(ROWS).nth(at)?);
        let mut path = Vec::new();
        for level in &self.levels {
            path.extend(level.get(at ^ 1).copied());
            at /= 2;
        }
        Some(Opening { leaf, path })
    }
}

fn padded(rows: &[Fingerprint]) -> [Fingerprint; ROWS] {
    let mut leaf = [[0; 16]; ROWS];
    leaf[..rows.len()].copy_from_slice(rows);
    leaf
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prints(rows: u32) -> Vec<Fingerprint> {
        (0..rows)
            .map(|row| (u128::from(row) << 64 | 0xabcd).to_le_bytes())
            .collect()
    }

    #[test]
    fn nothing_and_too_much_have_no_tree() {
        assert!(Tree::new(Vec::new()).is_none());
        assert_eq!(MAX_PATH, 26);
    }

    #[test]
    fn the_longest_opening_is_as_long_as_stated() {
        let opening = Opening {
            leaf: [[1; 16]; 16],
            path: alloc::vec![[2; 32]; MAX_PATH as usize],
        };
        assert_eq!(opening.encode().len(), Opening::max_encoded_len());
        assert_eq!(path_len(0, MAX_ROWS), MAX_PATH);
        assert!((0..1_000).all(|rows| path_len(0, rows + 1) <= MAX_PATH));
    }

    #[test]
    fn a_row_that_was_not_committed_to_has_no_opening() {
        let tree = Tree::new(prints(20)).unwrap();
        assert!(tree.open(20).is_none());
        let opening = tree.open(19).unwrap();
        assert_eq!(
            opening.check_path(&tree.root(), 19, 19),
            Err(OpeningError::RowOutOfRange)
        );
    }

    proptest! {
        #[test]
        fn what_was_committed_opens(rows in 1u32..2_000, pick: u32) {
            let tree = Tree::new(prints(rows)).unwrap();
            let row = pick % rows;
            let opening = tree.open(row).unwrap();
            prop_assert_eq!(opening.check_path(&tree.root(), rows, row), Ok(()));
            prop_assert_eq!(opening.fingerprint(row), &prints(rows)[row as usize]);
        }

        #[test]
        fn nothing_else_opens(rows in 2u32..600, pick: u32, other: u32, flip in 0usize..256) {
            let tree = Tree::new(prints(rows)).unwrap();
            let root = tree.root();
            let row = pick % rows;
            let opening = tree.open(row).unwrap();

            let mut bad = opening.clone();
            bad.leaf[flip / 16][flip % 16] ^= 1;
            prop_assert_eq!(bad.check_path(&root, rows, row), Err(OpeningError::WrongRoot));
            if !opening.path.is_empty() {
                let mut bad = opening.clone();
                let at = flip % bad.path.len();
                bad.path[at][flip / 8] ^= 1;
                prop_assert_eq!(bad.check_path(&root, rows, row), Err(OpeningError::WrongRoot));
                let mut bad = opening.clone();
                bad.path.pop();
                prop_assert_eq!(bad.check_path(&root, rows, row), Err(OpeningError::PathLength));
            }
            let mut bad = opening.clone();
            bad.path.push([0; 32]);
            prop_assert_eq!(bad.check_path(&root, rows, row), Err(OpeningError::PathLength));
            // Another row's opening.
            let other = other % rows;
            if other / 16 != row / 16 {
                prop_assert!(tree.open(other).unwrap().check_path(&root, rows, row).is_err());
            }
        }

        #[test]
        fn a_node_is_no_leaf(rows in 17u32..33) {
            // 512 bits of two children could be read as half a leaf; prefixes keep them apart.
            let tree = Tree::new(prints(rows)).unwrap();
            let forged = Opening { leaf: tree.open(0).unwrap().leaf, path: Vec::new() };
            prop_assert!(forged.check_path(&tree.root(), 16, 0).is_err());
        }
    }
}
