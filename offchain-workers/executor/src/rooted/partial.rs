//! The results of a job as far as they are computed: the beginning of its list, in a file of its own.
//!
//! The queue notes how many results the file holds once they are on disk. What lies behind them was
//! being written when the process ended, and is written again.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use swarm_rooted::{Entry, ENTRY_BYTES};

use crate::spec::JobId;

/// The file of one job.
pub(crate) struct Partial {
    path: PathBuf,
    file: File,
}

impl Partial {
    fn path(data: &Path, id: &JobId) -> PathBuf {
        data.join("rooted").join(hex::encode(id.0))
    }

    /// Opens or makes the file of a job of which so many results are said to be on disk; how many
    /// are, which is none where the file was lost.
    ///
    /// # Errors
    /// Where the folder of data cannot be written.
    pub fn open(data: &Path, id: &JobId, computed: u32) -> io::Result<(Self, u32)> {
        let path = Self::path(data, id);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)?;
        let wanted = u64::from(computed) * ENTRY_BYTES as u64;
        let (length, computed) = if file.metadata()?.len() < wanted {
            (0, 0)
        } else {
            (wanted, computed)
        };
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length))?;
        Ok((Self { path, file }, computed))
    }

    /// Adds results; they are on disk when this returns.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn append(&mut self, entries: &[Entry]) -> io::Result<()> {
        let bytes: Vec<u8> = entries.iter().flat_map(Entry::to_bytes).collect();
        self.file.write_all(&bytes)?;
        self.file.sync_data()
    }

    /// All results so far.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Removes the file: the list is complete and kept as a blob.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }

    /// The results in the file of a job that is no longer known; none if there is no file.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn left_by(data: &Path, id: &JobId) -> io::Result<Vec<Entry>> {
        match fs::read(Self::path(data, id)) {
            Ok(bytes) => {
                let (rows, _) = bytes.as_chunks::<ENTRY_BYTES>();
                Ok(rows.iter().map(Entry::from_bytes).collect())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Removes the file of a job that is no longer known, if there is one.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn forget(data: &Path, id: &JobId) -> io::Result<()> {
        match fs::remove_file(Self::path(data, id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Bytes32;
    use swarm_store::ContentId;

    const ID: JobId = Bytes32([7; 32]);

    fn entry(byte: u8) -> Entry {
        Entry {
            commitment: [byte; 32],
            output: ContentId::from_digest([byte; 32]),
        }
    }

    #[test]
    fn what_was_not_noted_is_written_again_and_what_was_is_kept() {
        let data = tempfile::tempdir().unwrap();
        let open = |computed| Partial::open(data.path(), &ID, computed).unwrap();
        let (mut partial, computed) = open(0);
        assert_eq!(computed, 0);
        partial.append(&[entry(1), entry(2)]).unwrap();
        // Written, but not noted; and half of another.
        partial.append(&[entry(3)]).unwrap();
        partial.file.write_all(&[4; 10]).unwrap();
        drop(partial);

        let (mut partial, computed) = open(2);
        assert_eq!(computed, 2);
        partial.append(&[entry(5)]).unwrap();
        let expected: Vec<u8> = [1, 2, 5]
            .iter()
            .flat_map(|n| entry(*n).to_bytes())
            .collect();
        assert_eq!(partial.bytes().unwrap(), expected);
        drop(partial);
        let left = Partial::left_by(data.path(), &ID).unwrap();
        assert_eq!(left, [entry(1), entry(2), entry(5)]);

        // More is noted than is there: it was lost, and nothing of it counts.
        let (mut partial, computed) = open(4);
        assert_eq!(computed, 0);
        assert!(partial.bytes().unwrap().is_empty());
        partial.remove().unwrap();
        assert!(Partial::left_by(data.path(), &ID).unwrap().is_empty());
        assert!(Partial::forget(data.path(), &ID).is_ok());
    }
}
