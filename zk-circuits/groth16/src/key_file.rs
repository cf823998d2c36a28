//! Files of keys and ceremonies: uncompressed points, read in parallel, checked on reading.
//!
//! Magic, format version, then sections of little-endian integers and of points as in
//! [`crate::uncompressed`]. No trailing bytes.

use std::io::{self, Write};

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use rayon::prelude::*;

use crate::{
    subgroup,
    uncompressed::{canonical, read_g1, read_g2, write_g1, write_g2, G1_BYTES, G2_BYTES},
    KeyError, VerifyingKey, VERIFYING_KEY_BYTES,
};

const VERSION: u32 = 2;
/// Points converted per task, and per write.
const CHUNK: usize = 4096;

/// How much of a key file is checked on reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// Everything: coordinates canonical, points on the curve and in their subgroup.
    Full,
    /// All but the subgroup checks. Only for a file whose digest this machine recorded after it
    /// had made the file, or had read it with [`Validation::Full`].
    LocallyVerified,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    Commitment,
    Proving,
    /// Powers of tau: what a ceremony starts from.
    #[cfg(any(test, feature = "ceremony"))]
    Phase1,
    #[cfg(any(test, feature = "ceremony"))]
    Ceremony,
}

impl FileKind {
    fn magic(self) -> [u8; 8] {
        match self {
            Self::Commitment => *b"swarm-ck",
            Self::Proving => *b"swarm-pk",
            #[cfg(any(test, feature = "ceremony"))]
            Self::Phase1 => *b"swarm-p1",
            #[cfg(any(test, feature = "ceremony"))]
            Self::Ceremony => *b"swarm-cs",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Commitment => "commitment key",
            Self::Proving => "proving key",
            #[cfg(any(test, feature = "ceremony"))]
            Self::Phase1 => "phase 1",
            #[cfg(any(test, feature = "ceremony"))]
            Self::Ceremony => "ceremony",
        }
    }
}

/// Why a file of keys or of a ceremony is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyFileError {
    /// Not a file of this kind.
    Magic { expected: &'static str },
    /// A format version this program does not know.
    Version(u32),
    /// The file ends inside the named section.
    Truncated(&'static str),
    /// Bytes after the last section.
    Trailing(usize),
    /// A section's length contradicts the rest of the file.
    Count {
        section: &'static str,
        found: u64,
        limit: u64,
    },
    /// A column index is out of order or beyond the last.
    Column { section: &'static str, index: usize },
    /// A point is not canonical, not on the curve, in the wrong subgroup, or zero where it may not be.
    Point { section: &'static str, index: usize },
    /// Some point of the section is outside the subgroup of order r.
    Subgroup { section: &'static str },
    /// A scalar is not below r.
    Scalar { section: &'static str, index: usize },
    /// The commitment bases are not those that the verifying key names.
    Bases,
    /// The verifying key inside is refused.
    VerifyingKey(KeyError),
    /// The file cannot be read.
    Read(String),
}

impl core::fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Magic { expected } => write!(f, "this is not a {expected} file"),
            Self::Version(version) => write!(f, "file format {version} is unknown"),
            Self::Truncated(section) => write!(f, "the file ends inside section {section}"),
            Self::Trailing(count) => {
                write!(f, "the file has {count} bytes after its last section")
            }
            Self::Count {
                section,
                found,
                limit,
            } => write!(
                f,
                "section {section} of the file claims {found} entries, {limit} at most fit"
            ),
            Self::Column { section, index } => {
                write!(f, "column {index} of section {section} is out of order")
            }
            Self::Point { section, index } => {
                write!(f, "point {index} of section {section} is not valid")
            }
            Self::Subgroup { section } => {
                write!(f, "section {section} has a point outside the subgroup")
            }
            Self::Scalar { section, index } => {
                write!(f, "scalar {index} of section {section} is not below r")
            }
            Self::Bases => f.write_str(
                "the commitment bases in the key file are not those its verifying key names",
            ),
            Self::Read(reason) => write!(f, "the key file cannot be read: {reason}"),
            Self::VerifyingKey(error) => {
                write!(f, "the verifying key in the file is refused: {error}")
            }
        }
    }
}

impl std::error::Error for KeyFileError {}

/// Writes the sections of a file.
pub(crate) struct Output<W: Write> {
    pub(crate) writer: W,
}

impl<W: Write> Output<W> {
    pub fn new(writer: W, kind: FileKind) -> io::Result<Self> {
        let mut output = Self { writer };
        output.bytes(&kind.magic())?;
        output.bytes(&VERSION.to_le_bytes())?;
        Ok(output)
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)
    }

    pub fn count(&mut self, count: usize) -> io::Result<()> {
        self.bytes(&(count as u64).to_le_bytes())
    }

    pub fn columns(&mut self, columns: &[u32]) -> io::Result<()> {
        let bytes: Vec<u8> = columns.iter().flat_map(|c| c.to_le_bytes()).collect();
        self.bytes(&bytes)
    }

    pub fn g1(&mut self, points: &[G1Affine]) -> io::Result<()> {
        self.points::<G1_BYTES, _>(points, write_g1)
    }

    pub fn g2(&mut self, points: &[G2Affine]) -> io::Result<()> {
        self.points::<G2_BYTES, _>(points, write_g2)
    }

    pub fn flush(mut self) -> io::Result<()> {
        self.writer.flush()
    }

    fn points<const SIZE: usize, P: Sync>(
        &mut self,
        points: &[P],
        encode: impl Fn(&P, &mut [u8]) + Sync,
    ) -> io::Result<()> {
        for chunk in points.chunks(8 * CHUNK) {
            let mut bytes = vec![0u8; chunk.len() * SIZE];
            bytes
                .par_chunks_mut(SIZE)
                .zip(chunk)
                .with_min_len(CHUNK)
                .for_each(|(bytes, point)| encode(point, bytes));
            self.bytes(&bytes)?;
        }
        Ok(())
    }
}

/// Reads the sections of a file from memory.
pub(crate) struct Input<'a> {
    rest: &'a [u8],
    /// Bytes of the file that come after those in memory.
    beyond: u64,
    validation: Validation,
}

impl<'a> Input<'a> {
    pub fn new(
        bytes: &'a [u8],
        kind: FileKind,
        validation: Validation,
    ) -> Result<Self, KeyFileError> {
        let mut input = Self {
            rest: bytes,
            beyond: 0,
            validation,
        };
        let wrong = KeyFileError::Magic {
            expected: kind.name(),
        };
        if input.take("magic", 8).map_err(|_| wrong.clone())? != kind.magic() {
            return Err(wrong);
        }
        match u32::from_le_bytes(input.array("version")?) {
            VERSION => Ok(input),
            other => Err(KeyFileError::Version(other)),
        }
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(
        &mut self,
        section: &'static str,
    ) -> Result<[u8; N], KeyFileError> {
        let mut bytes = [0u8; N];
        bytes.copy_from_slice(self.take(section, N)?);
        Ok(bytes)
    }

    /// Says how many bytes follow those in memory: counts may be of entries among them.
    pub fn before(mut self, beyond: u64) -> Self {
        self.beyond = beyond;
        self
    }

    /// Points alone, from the middle of a file.
    pub fn points_of(bytes: &'a [u8], validation: Validation) -> Self {
        Self {
            rest: bytes,
            beyond: 0,
            validation,
        }
    }

    pub fn verifying_key(&mut self) -> Result<VerifyingKey, KeyFileError> {
        let bytes = self.take("verifying key", VERIFYING_KEY_BYTES)?;
        VerifyingKey::from_bytes(bytes).map_err(KeyFileError::VerifyingKey)
    }

    /// A length of at most `limit`.
    pub fn length(&mut self, section: &'static str, limit: u64) -> Result<usize, KeyFileError> {
        let found = u64::from_le_bytes(self.array(section)?);
        if found > limit {
            return Err(KeyFileError::Count {
                section,
                found,
                limit,
            });
        }
        Ok(found as usize)
    }

    /// A length that the rest of the file can hold at `size` bytes an entry.
    pub fn count(&mut self, section: &'static str, size: usize) -> Result<usize, KeyFileError> {
        let limit = (self.rest.len() as u64 + self.beyond) / size as u64;
        self.length(section, limit)
    }

    /// Strictly increasing columns below `limit`.
    pub fn columns(
        &mut self,
        section: &'static str,
        count: usize,
        limit: usize,
    ) -> Result<Vec<u32>, KeyFileError> {
        let bytes = self.take(section, count.saturating_mul(4))?;
        let columns: Vec<u32> = bytes
            .chunks_exact(4)
            .map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]]))
            .collect();
        let mut next = 0usize;
        for (index, column) in columns.iter().enumerate() {
            if (*column as usize) < next || *column as usize >= limit {
                return Err(KeyFileError::Column { section, index });
            }
            next = *column as usize + 1;
        }
        Ok(columns)
    }

    pub fn g1(
        &mut self,
        section: &'static str,
        count: usize,
    ) -> Result<Vec<G1Affine>, KeyFileError> {
        self.points::<G1_BYTES, _>(section, count, |bytes| read_g1(bytes, canonical))
    }

    pub fn g1_nonzero(
        &mut self,
        section: &'static str,
        count: usize,
    ) -> Result<Vec<G1Affine>, KeyFileError> {
        self.points::<G1_BYTES, _>(section, count, |bytes| {
            read_g1(bytes, canonical).filter(|p| !p.is_zero())
        })
    }

    pub fn g2(
        &mut self,
        section: &'static str,
        count: usize,
    ) -> Result<Vec<G2Affine>, KeyFileError> {
        let points =
            self.points::<G2_BYTES, _>(section, count, |bytes| read_g2(bytes, canonical))?;
        if self.validation == Validation::Full && !subgroup::all_in_g2(&points) {
            return Err(KeyFileError::Subgroup { section });
        }
        Ok(points)
    }

    /// Refuses bytes after the last section.
    pub fn finish(self) -> Result<(), KeyFileError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(KeyFileError::Trailing(self.rest.len()))
        }
    }

    fn take(&mut self, section: &'static str, count: usize) -> Result<&'a [u8], KeyFileError> {
        if count > self.rest.len() {
            return Err(KeyFileError::Truncated(section));
        }
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(taken)
    }

    fn points<const SIZE: usize, P: Send>(
        &mut self,
        section: &'static str,
        count: usize,
        decode: impl Fn(&[u8]) -> Option<P> + Sync,
    ) -> Result<Vec<P>, KeyFileError> {
        decode_points::<SIZE, P>(
            section,
            self.take(section, count.saturating_mul(SIZE))?,
            decode,
        )
    }
}

/// Decodes points of `SIZE` bytes each, in parallel; the error names the first that is not valid.
pub(crate) fn decode_points<const SIZE: usize, P: Send>(
    section: &'static str,
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> Option<P> + Sync,
) -> Result<Vec<P>, KeyFileError> {
    bytes
        .par_chunks_exact(SIZE)
        .enumerate()
        .with_min_len(CHUNK)
        .map(|(index, bytes)| decode(bytes).ok_or(KeyFileError::Point { section, index }))
        .collect()
}
