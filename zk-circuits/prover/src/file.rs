//! Key files: the network that a key is for, followed by the key's points.
//!
//! `"swarmkey"`, format version (1 byte), kind (1 byte), length of the network (4 bytes,
//! little-endian), the network, then the file of swarm-groth16, which allows no trailing bytes. The
//! network is a topology as JSON, or, for a circuit with constant weights, a model file; the kind
//! says which.

use crate::Error;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use swarm_circuits::Circuit;
use swarm_network::{Model, Topology};

const MAGIC: &[u8; 8] = b"swarmkey";
const VERSION: u8 = 1;
const HEADER: usize = 8 + 1 + 1 + 4;
/// Added to the kind of a key whose circuit has constant weights.
const BAKED: u8 = 2;

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

/// What the circuit of a key is for.
#[derive(Debug)]
pub(crate) enum Network {
    /// Every model of a topology.
    Shape(Topology),
    /// One model.
    Model(Box<Model>),
}

impl Network {
    pub fn circuit(&self, batch: usize) -> Result<Circuit, Error> {
        Ok(match self {
            Self::Shape(topology) => Circuit::new(topology, batch)?,
            Self::Model(model) => Circuit::baked(model, batch)?,
        })
    }
}

/// Network and the rest of the file.
pub(crate) fn split(bytes: &[u8], kind: Kind) -> Result<(Network, &[u8]), Error> {
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
    let baked = header[9] == kind as u8 + BAKED;
    if header[9] != kind as u8 && !baked {
        return Err(wrong);
    }
    let length = [header[10], header[11], header[12], header[13]];
    let length = u32::from_le_bytes(length) as usize;
    let (network, rest) = rest
        .split_at_checked(length)
        .ok_or(Error::Truncated { kind: name })?;
    let network = match baked {
        true => Network::Model(Box::new(Model::from_bytes(network)?)),
        false => {
            let json = std::str::from_utf8(network)
                .map_err(|e| swarm_network::Error::Json(format!("not UTF-8: {e}")))?;
            Network::Shape(Topology::from_json(json)?)
        }
    };
    Ok((network, rest))
}

/// Writes the header; the key follows.
pub(crate) fn header(
    writer: &mut impl Write,
    kind: Kind,
    circuit: &Circuit,
) -> std::io::Result<()> {
    let (kind, network) = match circuit.model() {
        None => (kind as u8, circuit.topology().to_json().into_bytes()),
        Some(model) => {
            let bytes = model.to_bytes().map_err(std::io::Error::other)?;
            (kind as u8 + BAKED, bytes)
        }
    };
    let length = u32::try_from(network.len())
        .map_err(|_| std::io::Error::other("the network takes 4 GiB or more"))?;
    writer.write_all(MAGIC)?;
    writer.write_all(&[VERSION, kind])?;
    writer.write_all(&length.to_le_bytes())?;
    writer.write_all(&network)
}

/// Network, the file itself, and where in it the rest starts.
pub(crate) fn open(path: &Path, kind: Kind) -> Result<(Network, File, u64), Error> {
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
    let mut network = Read::by_ref(&mut file).take(length.into());
    network.read_to_end(&mut bytes).map_err(unreadable)?;
    let (network, _) = split(&bytes, kind)?;
    Ok((network, file, bytes.len() as u64))
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
