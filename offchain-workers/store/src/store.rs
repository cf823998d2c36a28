//! The folder of blobs: `blobs/<first byte of the digest>/<CID>`, `tmp/` for what is half written.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tempfile::NamedTempFile;

use crate::{BlobReader, BlobWriter, ContentId};

/// Handle to a folder of blobs; clones share it, and several processes may.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    blobs: PathBuf,
    temporary: PathBuf,
    lock: PathBuf,
    max_blob_bytes: u64,
    /// Sum of the sizes of all blobs; its lock also makes "is it new?" and the rename one step.
    total_bytes: Mutex<u64>,
}

/// What can go wrong with a blob.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the blob is larger than the limit of {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the content is {found}, not the {expected} it was given as")]
    OtherContent {
        expected: ContentId,
        found: ContentId,
    },
    #[error("blob {id} was damaged on disk ({}) and has been removed; fetch it again", path.display())]
    Damaged { id: ContentId, path: PathBuf },
    #[error("{}: {source}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl StoreError {
    pub(crate) fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io {
            path: path.into(),
            source,
        }
    }
}

impl Store {
    /// Opens or makes the folder `root`. No blob over `max_blob_bytes` is taken in. What a process
    /// that died had half written is removed, unless another process is writing at this moment.
    ///
    /// # Errors
    /// [`StoreError::Io`] naming the path that cannot be made or read.
    pub fn open(root: impl AsRef<Path>, max_blob_bytes: u64) -> Result<Self, StoreError> {
        let root = root.as_ref();
        let blobs = root.join("blobs");
        let temporary = root.join("tmp");
        let lock = root.join("writers.lock");
        for folder in [&blobs, &temporary] {
            fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, e))?;
        }
        let total_bytes = Mutex::new(0);
        let inner = Inner {
            blobs,
            temporary,
            lock,
            max_blob_bytes,
            total_bytes,
        };
        let store = Self {
            inner: Arc::new(inner),
        };
        store.remove_half_written()?;
        *store.total() = store.list()?.iter().map(|(_, len)| len).sum();
        Ok(store)
    }

    /// Size cap of one blob, bytes.
    pub fn max_blob_bytes(&self) -> u64 {
        self.inner.max_blob_bytes
    }

    /// Sum of the sizes of all blobs this handle knows of, bytes.
    pub fn total_bytes(&self) -> u64 {
        *self.total()
    }

    /// Takes in these bytes and gives their id.
    pub fn put(&self, bytes: &[u8]) -> Result<ContentId, StoreError> {
        let mut writer = self.writer(None, u64::MAX)?;
        writer.write(bytes)?;
        writer.finish()
    }

    /// Takes in these bytes if they are the content `expected`.
    pub fn put_expected(&self, expected: ContentId, bytes: &[u8]) -> Result<(), StoreError> {
        let mut writer = self.writer(Some(expected), u64::MAX)?;
        writer.write(bytes)?;
        writer.finish().map(|_| ())
    }

    /// Takes in all that `source` gives, verified against `expected` where it is known.
    pub fn put_reader(
        &self,
        expected: Option<ContentId>,
        mut source: impl Read,
    ) -> Result<ContentId, StoreError> {
        let mut writer = self.writer(expected, u64::MAX)?;
        let mut piece = vec![0; 1 << 16];
        loop {
            match source.read(&mut piece) {
                Ok(0) => return writer.finish(),
                Ok(read) => writer.write(&piece[..read])?,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(StoreError::io("the source of the blob", e)),
            }
        }
    }

    /// Begins a blob that comes in pieces; `limit` narrows the store's own size cap.
    pub fn writer(
        &self,
        expected: Option<ContentId>,
        limit: u64,
    ) -> Result<BlobWriter, StoreError> {
        let lock = self.lock_file()?;
        lock.lock_shared()
            .map_err(|e| StoreError::io(&self.inner.lock, e))?;
        let file = NamedTempFile::new_in(&self.inner.temporary)
            .map_err(|e| StoreError::io(&self.inner.temporary, e))?;
        let limit = limit.min(self.inner.max_blob_bytes);
        Ok(BlobWriter::new(self.clone(), file, expected, limit, lock))
    }

    /// Whether the blob is here.
    pub fn has(&self, id: &ContentId) -> bool {
        self.path(id).is_file()
    }

    /// Size of the blob in bytes, if it is here.
    pub fn size(&self, id: &ContentId) -> Option<u64> {
        fs::metadata(self.path(id))
            .ok()
            .filter(fs::Metadata::is_file)
            .map(|m| m.len())
    }

    /// The whole blob, verified; `None` if it is not here.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the file's bytes have another digest; the file is removed, so
    /// that the blob counts as missing from then on.
    pub fn get(&self, id: &ContentId) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(mut reader) = self.reader(id)? else {
            return Ok(None);
        };
        let mut bytes = Vec::with_capacity(usize::try_from(reader.len()).unwrap_or(0));
        match reader.read_to_end(&mut bytes) {
            Ok(_) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                self.remove(id)?;
                Err(StoreError::Damaged {
                    id: *id,
                    path: self.path(id),
                })
            }
            Err(e) => Err(StoreError::io(self.path(id), e)),
        }
    }

    /// The blob as a stream that fails before its last piece if the bytes are damaged; `None` if
    /// it is not here.
    pub fn reader(&self, id: &ContentId) -> Result<Option<BlobReader>, StoreError> {
        let path = self.path(id);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(StoreError::io(path, e)),
        };
        let len = file.metadata().map_err(|e| StoreError::io(&path, e))?.len();
        Ok(Some(BlobReader::new(file, path, *id, len)))
    }

    /// Removes the blob; `false` if it was not here.
    pub fn remove(&self, id: &ContentId) -> Result<bool, StoreError> {
        let path = self.path(id);
        let mut total = self.total();
        let len = self.size(id).unwrap_or(0);
        match fs::remove_file(&path) {
            Ok(()) => {
                *total = total.saturating_sub(len);
                Ok(true)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(StoreError::io(path, e)),
        }
    }

    /// Every blob with its size in bytes, by id. Files with other names are passed over.
    pub fn list(&self) -> Result<Vec<(ContentId, u64)>, StoreError> {
        let mut found = Vec::new();
        for folder in entries(&self.inner.blobs)? {
            if !folder.is_dir() {
                continue;
            }
            for file in entries(&folder)? {
                let id = file.file_name().and_then(|name| name.to_str());
                let Some(id) = id.and_then(|name| ContentId::from_cid(name).ok()) else {
                    continue;
                };
                if file != self.path(&id) {
                    continue;
                }
                if let Some(len) = self.size(&id) {
                    found.push((id, len));
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Moves a complete temporary file to its name, durably.
    pub(crate) fn keep(
        &self,
        id: ContentId,
        file: NamedTempFile,
        len: u64,
    ) -> Result<(), StoreError> {
        let path = self.path(&id);
        let folder = path.parent().unwrap_or(&self.inner.blobs);
        file.as_file()
            .sync_all()
            .map_err(|e| StoreError::io(file.path(), e))?;
        if !folder.is_dir() {
            fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, e))?;
            sync_folder(&self.inner.blobs)?;
        }
        {
            let mut total = self.total();
            // A blob already here is written anew all the same: its file may be damaged.
            let before = self.size(&id).unwrap_or(0);
            file.persist(&path)
                .map_err(|e| StoreError::io(&path, e.error))?;
            *total = total.saturating_sub(before).saturating_add(len);
        }
        sync_folder(folder)
    }

    fn path(&self, id: &ContentId) -> PathBuf {
        self.inner
            .blobs
            .join(format!("{:02x}", id.digest()[0]))
            .join(id.to_string())
    }

    fn total(&self) -> std::sync::MutexGuard<'_, u64> {
        // A poisoned count is still a count: it is only a figure for metrics.
        self.inner
            .total_bytes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_file(&self) -> Result<File, StoreError> {
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&self.inner.lock)
            .map_err(|e| StoreError::io(&self.inner.lock, e))
    }

    fn remove_half_written(&self) -> Result<(), StoreError> {
        let lock = self.lock_file()?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(()),
            Err(TryLockError::Error(e)) => return Err(StoreError::io(&self.inner.lock, e)),
        }
        for file in entries(&self.inner.temporary)? {
            fs::remove_file(&file).map_err(|e| StoreError::io(file, e))?;
        }
        Ok(())
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let read = || {
        fs::read_dir(folder)?
            .map(|entry| entry.map(|e| e.path()))
            .collect()
    };
    let found: io::Result<Vec<PathBuf>> = read();
    found.map_err(|e| StoreError::io(folder, e))
}

/// Makes a rename in this folder survive a power cut.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(|e| StoreError::io(folder, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAP: u64 = 1 << 20;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), CAP).unwrap();
        (folder, store)
    }

    fn temporary_files(folder: &tempfile::TempDir) -> usize {
        fs::read_dir(folder.path().join("tmp")).unwrap().count()
    }

    #[test]
    fn what_was_put_is_got_and_listed() {
        let (folder, store) = store();
        let id = store.put(b"hello").unwrap();
        assert_eq!(id, ContentId::of(b"hello"));
        assert!(store.has(&id));
        assert_eq!(store.size(&id), Some(5));
        assert_eq!(store.get(&id).unwrap().as_deref(), Some(&b"hello"[..]));
        let empty = store.put(b"").unwrap();
        assert_eq!(store.get(&empty).unwrap().as_deref(), Some(&b""[..]));
        let mut expected = vec![(id, 5), (empty, 0)];
        expected.sort_unstable();
        assert_eq!(store.list().unwrap(), expected);
        assert_eq!(store.total_bytes(), 5);
        assert_eq!(temporary_files(&folder), 0);

        let again = Store::open(folder.path(), CAP).unwrap();
        assert_eq!(again.list().unwrap(), expected);
        assert_eq!(again.total_bytes(), 5);
        assert!(again.remove(&id).unwrap());
        assert!(!again.remove(&id).unwrap());
        assert!(!again.has(&id));
        assert_eq!(again.total_bytes(), 0);
    }

    #[test]
    fn an_absent_blob_is_none() {
        let (_folder, store) = store();
        let id = ContentId::of(b"never put");
        assert!(!store.has(&id));
        assert_eq!(store.size(&id), None);
        assert!(store.get(&id).unwrap().is_none());
        assert!(store.reader(&id).unwrap().is_none());
    }

    #[test]
    fn wrong_content_is_refused_and_leaves_nothing() {
        let (folder, store) = store();
        let expected = ContentId::of(b"what was promised");
        let refusal = store.put_expected(expected, b"something else").unwrap_err();
        match refusal {
            StoreError::OtherContent { expected: e, found } => {
                assert_eq!((e, found), (expected, ContentId::of(b"something else")));
            }
            other => panic!("{other}"),
        }
        assert!(store.list().unwrap().is_empty());
        assert_eq!(temporary_files(&folder), 0);
    }

    #[test]
    fn size_cap_holds_to_the_byte() {
        let (folder, store) = store();
        let exact = vec![1; CAP as usize];
        store.put(&exact).unwrap();
        let refusal = store.put(&vec![1; CAP as usize + 1]).unwrap_err();
        assert!(
            matches!(refusal, StoreError::TooLarge { limit: CAP }),
            "{refusal}"
        );
        let mut writer = store.writer(None, 4).unwrap();
        writer.write(b"1234").unwrap();
        assert!(matches!(
            writer.write(b"5"),
            Err(StoreError::TooLarge { limit: 4 })
        ));
        drop(writer);
        assert_eq!(store.list().unwrap().len(), 1);
        assert_eq!(temporary_files(&folder), 0);
    }

    #[test]
    fn streams_are_hashed_across_their_pieces() {
        let (_folder, store) = store();
        let bytes: Vec<u8> = (0..200_000u32).map(|i| ((i * 31) >> 3) as u8).collect();
        let id = store.put_reader(None, &bytes[..]).unwrap();
        assert_eq!(id, ContentId::of(&bytes));
        let mut reader = store.reader(&id).unwrap().unwrap();
        assert_eq!(reader.len(), 200_000);
        let mut back = Vec::new();
        reader.read_to_end(&mut back).unwrap();
        assert_eq!(back, bytes);
    }

    #[test]
    fn damage_on_disk_is_found_and_can_be_mended() {
        let (_folder, store) = store();
        for damage in [&b"Xbcdef"[..], b"abcdeX", b"abc", b"", b"abcdefg"] {
            let id = store.put(b"abcdef").unwrap();
            fs::write(store.path(&id), damage).unwrap();
            let mut handed_out = Vec::new();
            let mut reader = store.reader(&id).unwrap().unwrap();
            let mut piece = [0; 4];
            let error = loop {
                match reader.read(&mut piece) {
                    Ok(0) => panic!("damage {damage:?} went unseen"),
                    Ok(read) => handed_out.extend_from_slice(&piece[..read]),
                    Err(e) => break e,
                }
            };
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            assert!(
                handed_out.len() < damage.len().max(1),
                "all of a damaged blob was handed out"
            );
            assert!(reader.read(&mut piece).is_err(), "a damaged reader went on");

            let error = store.get(&id).unwrap_err();
            assert!(
                matches!(error, StoreError::Damaged { id: i, .. } if i == id),
                "{error}"
            );
            assert!(!store.has(&id), "the damaged file stayed");
        }
        let id = store.put(b"abcdef").unwrap();
        fs::write(store.path(&id), b"damage").unwrap();
        store.put(b"abcdef").unwrap();
        assert_eq!(store.get(&id).unwrap().as_deref(), Some(&b"abcdef"[..]));
    }

    #[test]
    fn concurrent_puts_of_one_blob_all_succeed() {
        let (folder, store) = store();
        let bytes = vec![9; 100_000];
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(store.put(&bytes).unwrap(), ContentId::of(&bytes)));
            }
            for n in 0..8u8 {
                let store = store.clone();
                scope.spawn(move || store.put(&[n; 10]).unwrap());
            }
        });
        assert_eq!(store.list().unwrap().len(), 9);
        assert_eq!(store.total_bytes(), 100_080);
        assert_eq!(store.get(&ContentId::of(&bytes)).unwrap(), Some(bytes));
        assert_eq!(temporary_files(&folder), 0);
    }

    #[test]
    fn half_written_files_go_at_the_next_start_but_not_from_under_a_writer() {
        let (folder, store) = store();
        let left = folder.path().join("tmp").join("left-by-a-crash");
        fs::write(&left, b"half").unwrap();
        let mut writer = store.writer(None, CAP).unwrap();
        writer.write(b"whole").unwrap();
        let _second = Store::open(folder.path(), CAP).unwrap();
        assert!(left.exists(), "cleared while a writer was at work");
        let id = writer.finish().unwrap();
        let third = Store::open(folder.path(), CAP).unwrap();
        assert!(!left.exists());
        assert!(third.has(&id));
    }

    #[test]
    fn foreign_files_are_passed_over() {
        let (folder, store) = store();
        let id = store.put(b"mine").unwrap();
        let blobs = folder.path().join("blobs");
        fs::write(blobs.join("README"), b"?").unwrap();
        let misplaced = if id.digest()[0] == 0 { "01" } else { "00" };
        fs::create_dir_all(blobs.join(misplaced)).unwrap();
        fs::write(blobs.join(misplaced).join(id.to_string()), b"mine").unwrap();
        assert_eq!(store.list().unwrap(), vec![(id, 4)]);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"").unwrap();
        let error = Store::open(&file, CAP).err().unwrap();
        assert!(error.to_string().contains("file"), "{error}");
    }
}
