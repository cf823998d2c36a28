//! The files of jobs that are committed to by roots, as requesters, providers and challengers use
//! them.
//!
//! The chain keeps two roots and two content ids of such a job. The requester's content id is that of
//! a [`Manifest`], which names the inputs in pieces of bounded size and the [`Commitments`] to them;
//! the provider's is that of the [`ResultList`]. Whoever holds a list recomputes its root, so that
//! nothing in these files has to be believed.

mod list;
mod manifest;

pub use list::{Commitments, Entry, ListError, ResultList, COMMITMENT_BYTES, ENTRY_BYTES};
pub use manifest::{
    per_piece, Manifest, ManifestError, MAX_MANIFEST_BYTES, MAX_PIECES, MAX_PIECE_BYTES,
};
