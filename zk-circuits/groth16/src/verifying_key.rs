//! The verifying key: constant size, with a descriptor of the circuit and its canonical bytes.

use alloc::vec::Vec;
use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{
    challenge::keccak256,
    encoding::{decode_g1, decode_g2, encode_g1, encode_g2},
    KeyElement, KeyError,
};

const MAGIC: [u8; 8] = *b"swarm-vk";
const VERSION: u8 = 2;
const ORIGIN_CEREMONY: u8 = 0;
const ORIGIN_DEVELOPMENT: u8 = 1;
const HEADER_BYTES: usize = 8 + 1 + 1 + 32 + 4 + 4 + 4 + 8 + 8 + 32;

/// Length of a verifying key's canonical bytes.
pub const VERIFYING_KEY_BYTES: usize = HEADER_BYTES + 4 * 32 + 7 * 64;

/// What a key says about its circuit. The digest names the circuit exactly (topology, bounds,
/// packing, batch); the other fields are what prices and shapes are checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitDescriptor {
    /// Digest of the circuit's canonical description.
    pub digest: [u8; 32],
    /// Inferences per proof.
    pub batch: u32,
    /// Input values of one inference.
    pub input_len: u32,
    /// Output values of one inference.
    pub output_len: u32,
    /// Multiply-accumulates of one proof, i.e. of the whole batch.
    pub macs: u64,
}

/// What `inspect_key` returns: the descriptor of a valid key with its id.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub struct KeyInfo {
    /// keccak256 of the key's bytes.
    pub id: [u8; 32],
    /// Made by one party, who can forge proofs under it.
    pub development: bool,
    pub circuit_digest: [u8; 32],
    pub batch: u32,
    pub input_len: u32,
    pub output_len: u32,
    /// Multiply-accumulates per batch.
    pub macs: u64,
    /// Constraints plus consistency rows: what proving costs.
    pub rows: u64,
}

/// The group elements of a verifying key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPoints {
    pub alpha: G1Affine,
    pub beta: G2Affine,
    pub gamma: G2Affine,
    pub delta: G2Affine,
    /// One trapdoor per segment, in column order: weights, input, intermediate, output.
    pub segments: [G2Affine; 4],
    /// IC of one, rho and tag, under gamma.
    pub ic: [G1Affine; 3],
}

/// A verifying key; one that was read from bytes is sound in form and not weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    pub development: bool,
    pub descriptor: CircuitDescriptor,
    /// Constraints plus consistency rows.
    pub rows: u64,
    /// Digest of the commitment bases of all segments: this key's are those and no others.
    pub bases: [u8; 32],
    pub points: KeyPoints,
}

const SEGMENT_ELEMENTS: [KeyElement; 4] = [
    KeyElement::GammaWeights,
    KeyElement::GammaInput,
    KeyElement::GammaIntermediate,
    KeyElement::GammaOutput,
];
const IC_ELEMENTS: [KeyElement; 3] = [
    KeyElement::IcOne,
    KeyElement::IcChallenge,
    KeyElement::IcTag,
];

impl KeyPoints {
    /// Refuses points that give a trapdoor away: zero, a generator, or two that share one.
    ///
    /// A key can be bad in ways that no check of points finds (`gamma_z = 2 * gamma_y`): chains
    /// with value on them accept only keys with a verified ceremony.
    pub fn check(&self) -> Result<(), KeyError> {
        let g1 = core::iter::once((KeyElement::Alpha, self.alpha))
            .chain(IC_ELEMENTS.into_iter().zip(self.ic));
        for (element, point) in g1 {
            if point.is_zero() {
                return Err(KeyError::Identity(element));
            }
        }
        if is_up_to_sign(self.alpha, G1Affine::generator()) {
            return Err(KeyError::Generator(KeyElement::Alpha));
        }
        let g2 = self.g2();
        for (element, point) in g2 {
            if point.is_zero() {
                return Err(KeyError::Identity(element));
            }
            // Gamma may be the generator: the values under it are the verifier's own.
            if element != KeyElement::Gamma && is_up_to_sign(point, G2Affine::generator()) {
                return Err(KeyError::Generator(element));
            }
        }
        for (i, (first, p)) in g2.iter().enumerate() {
            for (second, q) in &g2[i + 1..] {
                if is_up_to_sign(*p, *q) {
                    return Err(KeyError::Shared(*first, *second));
                }
            }
        }
        Ok(())
    }

    fn g2(&self) -> [(KeyElement, G2Affine); 7] {
        [
            (KeyElement::Beta, self.beta),
            (KeyElement::Gamma, self.gamma),
            (KeyElement::Delta, self.delta),
            (SEGMENT_ELEMENTS[0], self.segments[0]),
            (SEGMENT_ELEMENTS[1], self.segments[1]),
            (SEGMENT_ELEMENTS[2], self.segments[2]),
            (SEGMENT_ELEMENTS[3], self.segments[3]),
        ]
    }
}

fn is_up_to_sign<P: AffineRepr>(p: P, q: P) -> bool {
    p == q || p.into_group() == -q.into_group()
}

impl VerifyingKey {
    /// The canonical bytes: magic, version, origin, descriptor, rows, digest of the commitment
    /// bases, points; integers little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(VERIFYING_KEY_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.push(VERSION);
        bytes.push(if self.development {
            ORIGIN_DEVELOPMENT
        } else {
            ORIGIN_CEREMONY
        });
        bytes.extend_from_slice(&self.descriptor.digest);
        bytes.extend_from_slice(&self.descriptor.batch.to_le_bytes());
        bytes.extend_from_slice(&self.descriptor.input_len.to_le_bytes());
        bytes.extend_from_slice(&self.descriptor.output_len.to_le_bytes());
        bytes.extend_from_slice(&self.descriptor.macs.to_le_bytes());
        bytes.extend_from_slice(&self.rows.to_le_bytes());
        bytes.extend_from_slice(&self.bases);
        bytes.extend_from_slice(&encode_g1(&self.points.alpha));
        for (_, point) in self.points.g2() {
            bytes.extend_from_slice(&encode_g2(&point));
        }
        for point in &self.points.ic {
            bytes.extend_from_slice(&encode_g1(point));
        }
        bytes
    }

    /// Reads and checks canonical bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() >= MAGIC.len() && bytes[..MAGIC.len()] != MAGIC {
            return Err(KeyError::Magic);
        }
        if bytes.len() > MAGIC.len() && bytes[MAGIC.len()] != VERSION {
            return Err(KeyError::Version);
        }
        let bytes: &[u8; VERIFYING_KEY_BYTES] = bytes.try_into().map_err(|_| KeyError::Length)?;
        let mut reader = Reader {
            bytes,
            at: MAGIC.len() + 1,
        };
        let development = match reader.take::<1>() {
            [ORIGIN_CEREMONY] => false,
            [ORIGIN_DEVELOPMENT] => true,
            _ => return Err(KeyError::Origin),
        };
        let descriptor = CircuitDescriptor {
            digest: reader.take(),
            batch: u32::from_le_bytes(reader.take()),
            input_len: u32::from_le_bytes(reader.take()),
            output_len: u32::from_le_bytes(reader.take()),
            macs: u64::from_le_bytes(reader.take()),
        };
        let rows = u64::from_le_bytes(reader.take());
        let bases = reader.take();
        let alpha = reader.g1(KeyElement::Alpha)?;
        let beta = reader.g2(KeyElement::Beta)?;
        let gamma = reader.g2(KeyElement::Gamma)?;
        let delta = reader.g2(KeyElement::Delta)?;
        let mut segments = [G2Affine::zero(); 4];
        for (point, element) in segments.iter_mut().zip(SEGMENT_ELEMENTS) {
            *point = reader.g2(element)?;
        }
        let mut ic = [G1Affine::zero(); 3];
        for (point, element) in ic.iter_mut().zip(IC_ELEMENTS) {
            *point = reader.g1(element)?;
        }
        let key = Self {
            development,
            descriptor,
            rows,
            bases,
            points: KeyPoints {
                alpha,
                beta,
                gamma,
                delta,
                segments,
                ic,
            },
        };
        key.check()?;
        Ok(key)
    }

    /// Refuses an empty descriptor and weak points.
    pub fn check(&self) -> Result<(), KeyError> {
        let d = &self.descriptor;
        if d.batch == 0 || d.input_len == 0 || d.output_len == 0 || d.macs == 0 || self.rows == 0 {
            return Err(KeyError::Descriptor);
        }
        self.points.check()
    }

    /// keccak256 of the canonical bytes.
    pub fn id(&self) -> [u8; 32] {
        keccak256(&self.to_bytes())
    }

    /// Id and descriptor.
    pub fn info(&self) -> KeyInfo {
        KeyInfo {
            id: self.id(),
            development: self.development,
            circuit_digest: self.descriptor.digest,
            batch: self.descriptor.batch,
            input_len: self.descriptor.input_len,
            output_len: self.descriptor.output_len,
            macs: self.descriptor.macs,
            rows: self.rows,
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8; VERIFYING_KEY_BYTES],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut field = [0u8; N];
        field.copy_from_slice(&self.bytes[self.at..self.at + N]);
        self.at += N;
        field
    }

    fn g1(&mut self, element: KeyElement) -> Result<G1Affine, KeyError> {
        decode_g1(&self.take()).ok_or(KeyError::Malformed(element))
    }

    fn g2(&mut self, element: KeyElement) -> Result<G2Affine, KeyError> {
        decode_g2(&self.take()).ok_or(KeyError::Malformed(element))
    }
}
