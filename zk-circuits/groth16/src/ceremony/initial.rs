//! The state a ceremony starts from: a function of phase 1 and the circuit alone.

use core::fmt;
use std::io::{self, Write};

use ark_bn254::{G1Affine, G2Affine};
use ark_std::rand::{CryptoRng, RngCore};

use super::{circuit, digest::digest, points::array, queries::Queries, CeremonyError, Phase1};
use crate::{
    challenge::padded,
    key_file::{Input, KeyFileError, Output},
    CircuitDescriptor, Qap, Segment, SegmentLayout,
};

const DOMAIN: [u8; 32] = padded(b"swarmwork/ceremony/initial/1");

/// What no contribution changes.
#[derive(Clone, Debug)]
pub(crate) struct Fixed {
    pub alpha_g1: G1Affine,
    pub beta_g1: G1Affine,
    pub beta_g2: G2Affine,
    pub a_columns: Vec<u32>,
    pub a_query: Vec<G1Affine>,
    pub b_columns: Vec<u32>,
    pub b_g1_query: Vec<G1Affine>,
    pub b_g2_query: Vec<G2Affine>,
}

/// What a ceremony is about; every record is chained to its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// keccak256 of the part of phase 1 that is used, in our own format.
    pub phase1: [u8; 32],
    /// Phase 1 was made by one party.
    pub development: bool,
    pub descriptor: CircuitDescriptor,
    pub rows: usize,
    pub layout: SegmentLayout,
    pub num_witness: usize,
    pub domain_size: usize,
    /// keccak256 of everything that was computed from phase 1 and the matrices.
    pub state: [u8; 32],
    /// The first initial base under gamma and under each segment's trapdoor.
    pub bases: [G1Affine; 5],
}

/// A step of computing the initial state: each takes seconds to minutes for a large circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Checking that phase 1 holds powers of one tau.
    Powers,
    /// Turning these powers into values of Lagrange polynomials.
    Lagrange(&'static str),
    /// Combining the values into the bases of every column.
    Columns,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Powers => f.write_str("Checking the powers of tau"),
            Self::Lagrange(section) => write!(f, "Computing Lagrange values of {section}"),
            Self::Columns => f.write_str("Computing the bases of every variable"),
        }
    }
}

/// The initial state, all trapdoors one: recomputed by everybody who checks a ceremony.
#[derive(Clone, Debug)]
pub struct Initial {
    pub(crate) header: Header,
    pub(crate) fixed: Fixed,
    pub(crate) queries: Queries,
}

impl Initial {
    /// Checks phase 1 and computes the state for a circuit; `progress` hears what comes next.
    ///
    /// # Errors
    /// [`CeremonyError::Phase1`] if phase 1 is too small or not what it should be,
    /// [`CeremonyError::Unsettled`] if the circuit lacks a consistency row,
    /// [`CeremonyError::UnusedVariable`] if the base of a committed variable is zero.
    pub fn new<R: RngCore + CryptoRng>(
        phase1: Phase1,
        qap: &Qap,
        descriptor: CircuitDescriptor,
        rng: &mut R,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Self, CeremonyError> {
        if let Some(column) = qap.unsettled() {
            return Err(CeremonyError::Unsettled { column });
        }
        let phase1 = phase1.truncated(qap.domain_size())?;
        progress(Step::Powers);
        phase1.check(rng)?;
        let (fixed, queries) = circuit::initial(&phase1, qap, progress)?;
        let matrices = qap.matrices();
        let header = Header {
            phase1: phase1.digest(),
            development: phase1.development,
            descriptor,
            rows: qap.rows(),
            layout: matrices.layout,
            num_witness: matrices.num_witness,
            domain_size: qap.domain_size(),
            state: state_digest(&fixed, &queries),
            bases: queries.first_bases(),
        };
        Ok(Self {
            header,
            fixed,
            queries,
        })
    }

    /// keccak256 of the part of phase 1 that is used, in our own format.
    pub fn phase1(&self) -> [u8; 32] {
        self.header.phase1
    }

    /// Phase 1 was made by one party: keys will carry the development stamp.
    pub fn development(&self) -> bool {
        self.header.development
    }
}

fn state_digest(fixed: &Fixed, queries: &Queries) -> [u8; 32] {
    digest(|output| {
        output.bytes(&DOMAIN)?;
        output.g1(&[fixed.alpha_g1, fixed.beta_g1])?;
        output.g2(&[fixed.beta_g2])?;
        output.count(fixed.a_columns.len())?;
        output.columns(&fixed.a_columns)?;
        output.g1(&fixed.a_query)?;
        output.count(fixed.b_columns.len())?;
        output.columns(&fixed.b_columns)?;
        output.g1(&fixed.b_g1_query)?;
        output.g2(&fixed.b_g2_query)?;
        for length in queries.lengths() {
            output.count(length)?;
        }
        queries.write(output)
    })
}

impl Header {
    /// Hash of the transcript before the first contribution.
    pub fn hash(&self) -> [u8; 32] {
        digest(|output| {
            output.bytes(&DOMAIN)?;
            self.write(output)
        })
    }

    /// Compares a file's header with the recomputed one; the error says what differs.
    pub fn check(&self, recomputed: &Self) -> Result<(), CeremonyError> {
        let other = |same: bool, what| {
            if same {
                Ok(())
            } else {
                Err(CeremonyError::OtherCircuit(what))
            }
        };
        other(self.descriptor == recomputed.descriptor, "descriptors")?;
        other(self.layout == recomputed.layout, "segment sizes")?;
        other(self.num_witness == recomputed.num_witness, "witness sizes")?;
        other(
            self.rows == recomputed.rows && self.domain_size == recomputed.domain_size,
            "row counts",
        )?;
        if (self.phase1, self.development) != (recomputed.phase1, recomputed.development) {
            return Err(CeremonyError::OtherPhase1);
        }
        if self != recomputed {
            return Err(CeremonyError::OtherMatrices);
        }
        Ok(())
    }

    /// Lengths of the queries, in their order.
    pub fn lengths(&self) -> [usize; 7] {
        let layout = &self.layout;
        [
            3,
            layout.weights,
            layout.input,
            layout.intermediate,
            layout.output,
            self.domain_size - 1,
            self.num_witness,
        ]
    }

    pub fn write<W: Write>(&self, output: &mut Output<W>) -> io::Result<()> {
        output.bytes(&self.phase1)?;
        output.bytes(&[self.development.into()])?;
        output.bytes(&self.descriptor.digest)?;
        output.bytes(&self.descriptor.batch.to_le_bytes())?;
        output.bytes(&self.descriptor.input_len.to_le_bytes())?;
        output.bytes(&self.descriptor.output_len.to_le_bytes())?;
        output.bytes(&self.descriptor.macs.to_le_bytes())?;
        output.count(self.rows)?;
        for segment in Segment::ALL {
            output.count(self.layout.len_of(segment))?;
        }
        output.count(self.num_witness)?;
        output.count(self.domain_size)?;
        output.bytes(&self.state)?;
        output.g1(&self.bases)
    }

    /// Sizes are at least one where a base is needed, and at most what the file can hold.
    pub fn read(input: &mut Input) -> Result<Self, KeyFileError> {
        const SECTION: &str = "header";
        let phase1 = input.array(SECTION)?;
        let development = flag(input, "origin")?;
        let descriptor = CircuitDescriptor {
            digest: input.array(SECTION)?,
            batch: u32::from_le_bytes(input.array(SECTION)?),
            input_len: u32::from_le_bytes(input.array(SECTION)?),
            output_len: u32::from_le_bytes(input.array(SECTION)?),
            macs: u64::from_le_bytes(input.array(SECTION)?),
        };
        let rows = input.length("rows", 1 << 28)?;
        let layout = SegmentLayout {
            weights: positive(input, "weights")?,
            input: positive(input, "input")?,
            intermediate: positive(input, "intermediate")?,
            output: positive(input, "output")?,
        };
        let num_witness = input.count("l query", 64)?;
        let domain_size = positive(input, "h query")?;
        Ok(Self {
            phase1,
            development,
            descriptor,
            rows,
            layout,
            num_witness,
            domain_size,
            state: input.array(SECTION)?,
            bases: array(input.g1(SECTION, 5)?),
        })
    }
}

fn positive(input: &mut Input, section: &'static str) -> Result<usize, KeyFileError> {
    match input.count(section, 64)? {
        0 => Err(KeyFileError::Truncated(section)),
        count => Ok(count),
    }
}

/// A byte that is 0 or 1.
pub(crate) fn flag(input: &mut Input, section: &'static str) -> Result<bool, KeyFileError> {
    match input.array(section)? {
        [0] => Ok(false),
        [1] => Ok(true),
        [other] => Err(KeyFileError::Count {
            section,
            found: other.into(),
            limit: 1,
        }),
    }
}
