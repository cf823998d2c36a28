//! Reading and writing one blob as a stream, hashing on the way.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::PathBuf,
};

use tempfile::NamedTempFile;

use crate::{ContentId, Store, StoreError};

/// A blob on its way into the store; dropping it before [`BlobWriter::finish`] leaves no trace.
pub struct BlobWriter {
    store: Store,
    file: NamedTempFile,
    hasher: blake3::Hasher,
    expected: Option<ContentId>,
    written: u64,
    limit: u64,
    // Shared lock: while any writer lives, no store that opens the folder clears its half-written
    // files.
    _writing: File,
}

impl BlobWriter {
    pub(crate) fn new(
        store: Store,
        file: NamedTempFile,
        expected: Option<ContentId>,
        limit: u64,
        writing: File,
    ) -> Self {
        let hasher = blake3::Hasher::new();
        Self {
            store,
            file,
            hasher,
            expected,
            written: 0,
            limit,
            _writing: writing,
        }
    }

    /// Bytes taken so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Appends a piece.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] as soon as the blob exceeds its cap; nothing of it is kept.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), StoreError> {
        self.written = self.written.saturating_add(piece.len() as u64);
        if self.written > self.limit {
            return Err(StoreError::TooLarge { limit: self.limit });
        }
        self.hasher.update(piece);
        self.file
            .write_all(piece)
            .map_err(|e| StoreError::io(self.file.path(), e))
    }

    /// Puts the blob under its name: it is on disk, complete, when this returns.
    ///
    /// # Errors
    /// [`StoreError::OtherContent`] where the bytes are not those that were announced.
    pub fn finish(self) -> Result<ContentId, StoreError> {
        let found = ContentId::from_digest(*self.hasher.finalize().as_bytes());
        if let Some(expected) = self.expected.filter(|expected| *expected != found) {
            return Err(StoreError::OtherContent { expected, found });
        }
        self.store.keep(found, self.file, self.written)?;
        Ok(found)
    }
}

/// A blob being read; the last piece is handed out only when the whole has the right digest.
pub struct BlobReader {
    file: File,
    path: PathBuf,
    id: ContentId,
    hasher: blake3::Hasher,
    remaining: u64,
    len: u64,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Reading,
    Verified,
    Damaged,
}

impl BlobReader {
    pub(crate) fn new(file: File, path: PathBuf, id: ContentId, len: u64) -> Self {
        let hasher = blake3::Hasher::new();
        Self {
            file,
            path,
            id,
            hasher,
            remaining: len,
            len,
            state: State::Reading,
        }
    }

    /// Size of the whole blob, bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the blob has no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn damaged(&mut self) -> io::Error {
        self.state = State::Damaged;
        let error = StoreError::Damaged {
            id: self.id,
            path: self.path.clone(),
        };
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.state {
            State::Damaged => return Err(self.damaged()),
            State::Verified => return Ok(0),
            State::Reading if buffer.is_empty() => return Ok(0),
            State::Reading => {}
        }
        let wanted = usize::try_from(self.remaining)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let read = self.file.read(&mut buffer[..wanted])?;
        if read == 0 && self.remaining > 0 {
            return Err(self.damaged());
        }
        self.hasher.update(&buffer[..read]);
        self.remaining -= read as u64;
        if self.remaining == 0 {
            if self.hasher.finalize().as_bytes() != self.id.digest() {
                return Err(self.damaged());
            }
            self.state = State::Verified;
        }
        Ok(read)
    }
}
