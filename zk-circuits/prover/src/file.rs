//! Key files: the topology that a key is for, followed by the key's points.
//!
//! `"swarmkey"`, format version (1 byte), kind (1 byte), length of the topology (4 bytes,
//! little-endian), topology JSON, then the file of swarm-groth16, which allows no trailing bytes.

use crate::Error;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use swarm_network::Topology;

const MAGIC: &[u8; 8] = b"swarmkey";
const VERSION: u8 = 1;
const HEADER: usize = 8 + 1 + 1 + 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Commitment = 1,
    Proving = 2,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Commitment => "commitment",
            Self::Proving => "proving",
        }
    }
}

/// Topology and the rest of the file.
pub(crate) fn split(bytes: &[u8], kind: Kind) -> Result<(Topology, &[u8]), Error> {
    let name = kind.name();
    let wrong = Error::NotAKey { expected: name };
    let (header, rest) = bytes.split_at_checked(HEADER).ok_or(wrong.clone())?;
    if &header[..8] != MAGIC {
        return Err(wrong);
    }
    if header[8] != VERSION {
        return Err(Error::KeyVersion {
            kind: name,
            found: header[8],
        });
    }
    if header[9] != kind as u8 {
        return Err(wrong);
    }
    let length = [header[10], header[11], header[12], header[13]];
    let length = u32::from_le_bytes(length) as usize;
    let (json, rest) = rest
        .split_at_checked(length)
        .ok_or(Error::Truncated { kind: name })?;
    let json = std::str::from_utf8(json)
        .map_err(|e| swarm_network::Error::Json(format!("not UTF-8: {e}")))?;
    Ok((Topology::from_json(json)?, rest))
}

/// Writes the header; the key follows.
pub(crate) fn header(
    writer: &mut impl Write,
    kind: Kind,
    topology: &Topology,
) -> std::io::Result<()> {
    let json = topology.to_json();
    writer.write_all(MAGIC)?;
    writer.write_all(&[VERSION, kind as u8])?;
    writer.write_all(&(json.len() as u32).to_le_bytes())?;
    writer.write_all(json.as_bytes())
}

/// Topology, the file itself, and where in it the rest starts.
pub(crate) fn open(path: &Path, kind: Kind) -> Result<(Topology, File, u64), Error> {
    let unreadable = |e: std::io::Error| Error::Read {
        path: path.display().to_string(),
        reason: e.to_string(),
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let mut header = Read::by_ref(&mut file).take(HEADER as u64);
    header.read_to_end(&mut bytes).map_err(unreadable)?;
    let length = match bytes[..] {
        [.., a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    };
    let mut json = Read::by_ref(&mut file).take(length.into());
    json.read_to_end(&mut bytes).map_err(unreadable)?;
    let (topology, _) = split(&bytes, kind)?;
    Ok((topology, file, bytes.len() as u64))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|e| Error::Read {
        path: path.display().to_string(),
        reason: e.to_string(),
    })
}

/// Writes a file beside `path` and moves it there once it is whole.
pub(crate) fn write(
    path: &Path,
    content: impl FnOnce(&mut std::fs::File) -> std::io::Result<()>,
) -> Result<(), Error> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    let written = std::fs::File::create(partial)
        .and_then(|mut file| content(&mut file).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(partial, path));
    written.map_err(|e| Error::Write {
        path: path.display().to_string(),
        reason: e.to_string(),
    })
}
