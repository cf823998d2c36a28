//! Phase-1 files of snarkjs.
//!
//! `ptau`, version 1 and the number of sections (4 bytes each), then sections: kind (4 bytes),
//! length (8 bytes), content; integers are little-endian. Section 1 is the header: bytes a
//! coordinate, modulus, power. Sections 2 to 6 are the points, in the order and numbers of our own
//! format, coordinates in Montgomery form. The others (contributions, and for files prepared for
//! phase 2 points in the Lagrange basis) are left alone: the former are checked with snarkjs, the
//! latter computed anew.

use std::io::{ErrorKind, Read, Seek, SeekFrom};

use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ff::{BigInteger, PrimeField};

use super::{
    phase1::{ALPHA_G1, BETA_G1, BETA_G2, TAU_G1, TAU_G2},
    Phase1, Phase1Error,
};
use crate::{
    key_file::{decode_points, KeyFileError},
    subgroup,
    uncompressed::{montgomery, read_g1, read_g2, G1_BYTES, G2_BYTES},
};

pub(crate) const MAGIC: [u8; 4] = *b"ptau";
const VERSION: u32 = 1;
const HEADER: &str = "header";
/// The largest domain of the field.
const MAX_POWER: u32 = 28;

/// Where sections lie in the file.
struct Sections {
    /// Kind, offset, length.
    found: Vec<(u32, u64, u64)>,
}

/// Reads what circuits of `size` rows need, checking curve and subgroups.
pub(crate) fn read(source: &mut (impl Read + Seek), size: usize) -> Result<Phase1, Phase1Error> {
    let sections = Sections::locate(source)?;
    let powers = header(source, &sections)?;
    if powers < size {
        return Err(Phase1Error::TooSmall {
            powers,
            needed: size,
        });
    }
    let mut g1 = |kind: u32, name: &'static str, held: usize, needed: usize| {
        let bytes = sections.prefix(source, (kind, name), held * G1_BYTES, needed * G1_BYTES)?;
        let points = decode_points::<G1_BYTES, G1Affine>(name, &bytes, |b| read_g1(b, montgomery))?;
        Ok::<_, Phase1Error>(points)
    };
    let tau_g1 = g1(2, TAU_G1, 2 * powers - 1, 2 * size - 1)?;
    let alpha_g1 = g1(4, ALPHA_G1, powers, size)?;
    let beta_g1 = g1(5, BETA_G1, powers, size)?;
    let mut g2 = |kind: u32, name: &'static str, held: usize, needed: usize| {
        let bytes = sections.prefix(source, (kind, name), held * G2_BYTES, needed * G2_BYTES)?;
        let points = decode_points::<G2_BYTES, G2Affine>(name, &bytes, |b| read_g2(b, montgomery))?;
        if !subgroup::all_in_g2(&points) {
            return Err(KeyFileError::Subgroup { section: name }.into());
        }
        Ok::<_, Phase1Error>(points)
    };
    Ok(Phase1 {
        development: false,
        tau_g2: g2(3, TAU_G2, powers, size)?,
        beta_g2: g2(6, BETA_G2, 1, 1)?[0],
        tau_g1,
        alpha_g1,
        beta_g1,
    })
}

/// Checks the header; how many powers the file holds.
fn header(source: &mut (impl Read + Seek), sections: &Sections) -> Result<usize, Phase1Error> {
    let (offset, length) = sections.of(1, HEADER)?;
    source.seek(SeekFrom::Start(offset)).map_err(io)?;
    let width = u32::from_le_bytes(array(source, HEADER)?);
    let modulus: [u8; 32] = array(source, HEADER)?;
    if width != 32 || modulus[..] != Fq::MODULUS.to_bytes_le()[..] {
        return Err(Phase1Error::OtherCurve);
    }
    let power = u32::from_le_bytes(array(source, HEADER)?);
    if length < 40 || power == 0 || power > MAX_POWER {
        return Err(Phase1Error::Section(HEADER));
    }
    Ok(1 << power)
}

impl Sections {
    fn locate(source: &mut (impl Read + Seek)) -> Result<Self, Phase1Error> {
        let end = source.seek(SeekFrom::End(0)).map_err(io)?;
        source
            .seek(SeekFrom::Start(MAGIC.len() as u64))
            .map_err(io)?;
        match u32::from_le_bytes(array(source, "version")?) {
            VERSION => {}
            other => return Err(KeyFileError::Version(other).into()),
        }
        let count = u32::from_le_bytes(array(source, "sections")?);
        let mut found = Vec::new();
        let mut offset = MAGIC.len() as u64 + 8;
        for _ in 0..count {
            let kind = u32::from_le_bytes(array(source, "sections")?);
            let length = u64::from_le_bytes(array(source, "sections")?);
            offset += 12;
            if length > end - offset {
                return Err(KeyFileError::Truncated(name(kind)).into());
            }
            found.push((kind, offset, length));
            offset = source.seek(SeekFrom::Start(offset + length)).map_err(io)?;
        }
        if offset != end {
            return Err(KeyFileError::Trailing((end - offset) as usize).into());
        }
        Ok(Self { found })
    }

    /// Offset and length of the only section of a kind.
    fn of(&self, kind: u32, name: &'static str) -> Result<(u64, u64), Phase1Error> {
        let mut all = self.found.iter().filter(|section| section.0 == kind);
        match (all.next(), all.next()) {
            (Some((_, offset, length)), None) => Ok((*offset, *length)),
            _ => Err(Phase1Error::Section(name)),
        }
    }

    /// The first `needed` bytes of a section of exactly `held`.
    fn prefix(
        &self,
        source: &mut (impl Read + Seek),
        (kind, name): (u32, &'static str),
        held: usize,
        needed: usize,
    ) -> Result<Vec<u8>, Phase1Error> {
        let (offset, length) = self.of(kind, name)?;
        if length != held as u64 {
            return Err(Phase1Error::Section(name));
        }
        source.seek(SeekFrom::Start(offset)).map_err(io)?;
        let mut bytes = vec![0u8; needed];
        source.read_exact(&mut bytes).map_err(io)?;
        Ok(bytes)
    }
}

fn name(kind: u32) -> &'static str {
    match kind {
        1 => HEADER,
        2 => TAU_G1,
        3 => TAU_G2,
        4 => ALPHA_G1,
        5 => BETA_G1,
        6 => BETA_G2,
        _ => "after the points",
    }
}

fn array<const N: usize>(
    source: &mut impl Read,
    section: &'static str,
) -> Result<[u8; N], Phase1Error> {
    let mut bytes = [0u8; N];
    source
        .read_exact(&mut bytes)
        .map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => KeyFileError::Truncated(section).into(),
            _ => io(error),
        })?;
    Ok(bytes)
}

fn io(error: std::io::Error) -> Phase1Error {
    Phase1Error::Io(error.to_string())
}
