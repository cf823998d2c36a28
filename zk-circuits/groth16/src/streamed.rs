//! A proving key whose queries stay in their file.
//!
//! Their points are read and multiplied piece by piece, so that a proof takes memory for one piece
//! instead of the queries. The commitment bases and the columns of the queries are kept.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    sync::{Mutex, MutexGuard, PoisonError},
};

use ark_bn254::{Fr, G1Affine, G1Projective, G2Projective};
use ark_ff::{BigInt, Zero};
use ark_std::rand::{CryptoRng, RngCore};

use crate::{
    key_file::{FileKind, Input, KeyFileError, Validation},
    msm::{msm_g1, msm_g2},
    prover::{Queries, Query},
    CommitmentKey, Proof, ProverError, ProvingKey, Qap, Segment, SegmentLayout, VerifyingKey,
    VERIFYING_KEY_BYTES,
};

/// Points of a query in memory at a time: with their bytes 9 MB in G1 and 18 MB in G2. All five
/// queries may be read at once.
const PIECE: usize = 1 << 16;
/// Magic, version, verifying key and four counts.
const START: u64 = 8 + 4 + VERIFYING_KEY_BYTES as u64 + 4 * 8;
/// Sections of queries in the order of the file, with the bytes of a point.
const SECTIONS: [(&str, u64); 5] = [
    ("a query", 64),
    ("b query", 64),
    ("b query in G2", 128),
    ("h query", 64),
    ("l query", 64),
];
const B_G2: usize = 2;

/// A proving key of which only the commitment bases and the columns are in memory.
#[derive(Debug)]
pub struct StreamedKey {
    /// All but the queries, which are empty.
    key: ProvingKey,
    queries: FileQueries,
}

/// The queries, in a file.
#[derive(Debug)]
struct FileQueries {
    file: Mutex<File>,
    /// Where the key starts and ends.
    extent: (u64, u64),
    /// Where each section starts and how many points it has.
    sections: [(u64, usize); 5],
}

impl StreamedKey {
    /// Opens a file that has a proving key from byte `start` to its end, and checks all of it, as
    /// [`ProvingKey::from_bytes`] does.
    ///
    /// The points are checked to be on their curve again whenever they are read. A file that is
    /// changed in the meantime gives proofs that fail.
    ///
    /// # Errors
    /// Whatever is wrong with the file; [`KeyFileError::Read`] if it cannot be read.
    pub fn open(file: File, start: u64, validation: Validation) -> Result<Self, KeyFileError> {
        let length = file.metadata().map_err(unreadable)?.len();
        let queries = FileQueries {
            file: Mutex::new(file),
            extent: (start, length),
            sections: [(0, 0); 5],
        };
        let head = queries.head_length(start, length)?;
        let bytes = queries.bytes(start, head as usize)?;
        let input = Input::new(&bytes, FileKind::Proving, validation)?;
        let mut input = input.before(length - start - head);
        let key = ProvingKey::read_head(&mut input)?;
        input.finish()?;
        drop(bytes);

        let mut at = start + head;
        let mut sections = [(0, 0); 5];
        for (((name, size), count), section) in SECTIONS
            .into_iter()
            .zip(key.query_lengths())
            .zip(&mut sections)
        {
            *section = (at, count);
            at = at.saturating_add(size.saturating_mul(count as u64));
            if at > length {
                return Err(KeyFileError::Truncated(name));
            }
        }
        if at < length {
            return Err(KeyFileError::Trailing((length - at) as usize));
        }
        let queries = FileQueries {
            sections,
            ..queries
        };
        queries.check(validation)?;
        Ok(Self { key, queries })
    }

    /// The verifying key of the same setup.
    pub fn verifying_key(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }

    /// The part that requesters and model owners download.
    pub fn commitment_key(&self) -> &CommitmentKey {
        self.key.commitment_key()
    }

    /// Sizes of the segments, blinds included.
    pub fn layout(&self) -> SegmentLayout {
        self.key.layout()
    }

    /// Commits as [`ProvingKey::commit`] does.
    pub fn commit(&self, segment: Segment, values: &[Fr]) -> Result<G1Affine, ProverError> {
        self.key.commit(segment, values)
    }

    /// Copies the key, as [`ProvingKey::write`] writes it.
    pub fn write(&self, mut writer: impl Write) -> io::Result<()> {
        let (start, end) = self.queries.extent;
        let mut file = self.queries.file();
        file.seek(SeekFrom::Start(start))?;
        io::copy(&mut Read::by_ref(&mut *file).take(end - start), &mut writer)?;
        writer.flush()
    }

    /// Proves as [`ProvingKey::prove`] does.
    ///
    /// # Errors
    /// [`ProverError::KeyFile`] if the file can no longer be read, besides those.
    pub fn prove<R: RngCore + CryptoRng>(
        &self,
        qap: &Qap,
        assignment: &[Fr],
        c_z: G1Affine,
        c_y: G1Affine,
        rng: &mut R,
    ) -> Result<Proof, ProverError> {
        let queries = &self.queries;
        self.key.prove_with(queries, qap, assignment, c_z, c_y, rng)
    }
}

fn unreadable(error: io::Error) -> KeyFileError {
    KeyFileError::Read(error.to_string())
}

impl FileQueries {
    fn file(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self, at: u64, count: usize) -> Result<Vec<u8>, KeyFileError> {
        let mut bytes = vec![0; count];
        let mut file = self.file();
        file.seek(SeekFrom::Start(at))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(unreadable)?;
        Ok(bytes)
    }

    /// Bytes before the first query, of a key from `start` to `length`.
    fn head_length(&self, start: u64, length: u64) -> Result<u64, KeyFileError> {
        let counts = |at: u64, section| -> Result<[u64; 4], KeyFileError> {
            let end = start.checked_add(at).and_then(|at| at.checked_add(4 * 8));
            if end.is_none_or(|end| end > length) {
                return Err(KeyFileError::Truncated(section));
            }
            let mut counts = [0; 4];
            let bytes = self.bytes(start + at, 4 * 8)?;
            for (count, bytes) in counts.iter_mut().zip(bytes.chunks_exact(8)) {
                let mut integer = [0; 8];
                integer.copy_from_slice(bytes);
                *count = u64::from_le_bytes(integer);
            }
            Ok(counts)
        };
        let segments = counts(START - 4 * 8, "segments")?;
        let bases = START.saturating_add(CommitmentKey::bases_bytes(segments));
        let [_, _, a, b] = counts(bases, "counts")?;
        let columns = a.saturating_add(b).saturating_mul(4);
        let points = segments[2].saturating_add(2).saturating_mul(64);
        let head = [4 * 8, columns, points]
            .into_iter()
            .fold(bases, u64::saturating_add);
        if head > length - start {
            return Err(KeyFileError::Truncated("intermediate"));
        }
        Ok(head)
    }

    /// Hands each piece of a section to `read`, with the index of its first point.
    fn pieces<E: From<KeyFileError>>(
        &self,
        section: usize,
        mut read: impl FnMut(usize, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (at, count) = self.sections[section];
        let size = SECTIONS[section].1;
        for first in (0..count).step_by(PIECE) {
            let points = PIECE.min(count - first);
            let bytes = self.bytes(at + first as u64 * size, points * size as usize)?;
            read(first, &bytes)?;
        }
        Ok(())
    }

    /// What reading the whole key at once would check.
    fn check(&self, validation: Validation) -> Result<(), KeyFileError> {
        for (index, (name, size)) in SECTIONS.into_iter().enumerate() {
            self.pieces(index, |first, bytes| {
                let mut input = Input::points_of(bytes, validation);
                let count = bytes.len() / size as usize;
                let checked = match name {
                    "b query in G2" => input.g2(name, count).map(drop),
                    "l query" => input.g1(name, count).map(drop),
                    _ => input.g1_nonzero(name, count).map(drop),
                };
                checked.map_err(|error| later(error, first))
            })?;
        }
        Ok(())
    }
}

/// An error in a piece as one in the section.
fn later(error: KeyFileError, first: usize) -> KeyFileError {
    match error {
        KeyFileError::Point { section, index } => KeyFileError::Point {
            section,
            index: first + index,
        },
        other => other,
    }
}

impl From<KeyFileError> for ProverError {
    fn from(error: KeyFileError) -> Self {
        Self::KeyFile(error)
    }
}

impl Queries for FileQueries {
    fn g1(&self, query: Query, scalars: &[BigInt<4>]) -> Result<G1Projective, ProverError> {
        let section = match query {
            Query::A => 0,
            Query::B => 1,
            Query::H => 3,
            Query::L => 4,
        };
        let name = SECTIONS[section].0;
        let mut sum = G1Projective::zero();
        self.pieces(section, |first, bytes| {
            let count = bytes.len() / 64;
            // Subgroups are checked when the file is opened; the curve is in any case.
            let mut input = Input::points_of(bytes, Validation::LocallyVerified);
            let points = input.g1(name, count).map_err(|error| later(error, first))?;
            sum += msm_g1(&points, &scalars[first..first + count]);
            Ok::<(), ProverError>(())
        })?;
        Ok(sum)
    }

    fn b_g2(&self, scalars: &[BigInt<4>]) -> Result<G2Projective, ProverError> {
        let mut sum = G2Projective::zero();
        self.pieces(B_G2, |first, bytes| {
            let count = bytes.len() / 128;
            let mut input = Input::points_of(bytes, Validation::LocallyVerified);
            let points = input
                .g2(SECTIONS[B_G2].0, count)
                .map_err(|error| later(error, first))?;
            sum += msm_g2(&points, &scalars[first..first + count]);
            Ok::<(), ProverError>(())
        })?;
        Ok(sum)
    }
}
