//! Content-addressed blobs on disk: a blob's name is the BLAKE3 digest of its bytes.
//!
//! On chain a content id is the bare 32-byte digest; people and URLs use the CIDv1 string of it
//! (codec `raw` 0x55, multihash `blake3` 0x1e, base32 lower case, so it begins with `bafkr4i`).
//! A [`Store`] never hands out bytes that do not hash to the id they were asked for by.

mod blob;
mod content_id;
mod store;

pub use blob::{BlobReader, BlobWriter};
pub use content_id::{ContentId, ParseContentIdError};
pub use store::{Store, StoreError};
