//! What it takes to commit to weights, inputs and outputs, without the proving key.

use std::io::{self, Write};

use ark_bn254::{Fr, G1Affine};
use ark_ec::CurveGroup;

use crate::{
    bases::{digest, segment_digest},
    encode_g1,
    key_file::{FileKind, Input, KeyFileError, Output, Validation},
    msm::{integers, msm_g1},
    ProverError, Segment, SegmentLayout, VerifyingKey,
};

/// Commitment bases of the segments that somebody other than the prover commits to or opens.
///
/// The intermediate segment is the prover's alone; its bases are in the proving key. Which bases
/// belong to a verifying key, and in which order, its bytes say by a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentKey {
    pub(crate) vk: VerifyingKey,
    pub(crate) layout: SegmentLayout,
    pub(crate) weights: Vec<G1Affine>,
    pub(crate) input: Vec<G1Affine>,
    pub(crate) output: Vec<G1Affine>,
    /// Digest of the intermediate segment's bases.
    pub(crate) intermediate: [u8; 32],
}

impl CommitmentKey {
    /// The verifying key these bases belong to.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.vk
    }

    /// Sizes of the segments, blinds included.
    pub fn layout(&self) -> SegmentLayout {
        self.layout
    }

    /// Commits to the values of a segment, its blind last.
    ///
    /// Fails for `Intermediate`, and unless there is exactly one value per variable.
    pub fn commit(&self, segment: Segment, values: &[Fr]) -> Result<G1Affine, ProverError> {
        let bases = match segment {
            Segment::Weights => &self.weights,
            Segment::Input => &self.input,
            Segment::Output => &self.output,
            Segment::Intermediate => return Err(ProverError::NotInCommitmentKey),
        };
        commit(bases, segment, values)
    }

    /// The bases of segment y, canonically compressed, one after the other.
    pub fn output_bases(&self) -> Vec<u8> {
        self.output.iter().flat_map(encode_g1).collect()
    }

    /// What [`crate::check_output_bases`] takes of the other segments: lengths and digests.
    pub fn other_segments(&self) -> [(u64, [u8; 32]); 3] {
        let layout = self.layout;
        [
            (layout.weights as u64, segment_digest(&self.weights)),
            (layout.input as u64, segment_digest(&self.input)),
            (layout.intermediate as u64, self.intermediate),
        ]
    }

    /// Writes the key; [`CommitmentKey::from_bytes`] reads it.
    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        let mut output = Output::new(writer, FileKind::Commitment)?;
        self.write_body(&mut output)?;
        output.flush()
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes)
            .expect("writing to memory does not fail; qed");
        bytes
    }

    /// Reads a whole file: every point is checked to be on the curve and not zero, and all of them
    /// to be the bases that the verifying key in the file names.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyFileError> {
        let mut input = Input::new(bytes, FileKind::Commitment, Validation::Full)?;
        let key = Self::read_body(&mut input)?;
        input.finish()?;
        Ok(key)
    }

    pub(crate) fn write_body<W: Write>(&self, output: &mut Output<W>) -> io::Result<()> {
        output.bytes(&self.vk.to_bytes())?;
        for segment in Segment::ALL {
            output.count(self.layout.len_of(segment))?;
        }
        output.g1(&self.weights)?;
        output.g1(&self.input)?;
        output.g1(&self.output)?;
        output.bytes(&self.intermediate)
    }

    /// Bytes that [`Self::read_body`] reads after the counts: bases and a digest.
    pub(crate) fn bases_bytes([weights, input, _, output]: [u64; 4]) -> u64 {
        let bases = weights.saturating_add(input).saturating_add(output);
        bases.saturating_mul(64).saturating_add(32)
    }

    pub(crate) fn read_body(input: &mut Input) -> Result<Self, KeyFileError> {
        let vk = input.verifying_key()?;
        let layout = SegmentLayout {
            weights: input.count("weights", 64)?,
            input: input.count("input", 64)?,
            // The intermediate bases are elsewhere: bound by what a proving key could hold.
            intermediate: input.length("intermediate", 1 << 28)?,
            output: input.count("output", 64)?,
        };
        let weights = input.g1_nonzero("weights", layout.weights)?;
        let inputs = input.g1_nonzero("input", layout.input)?;
        let outputs = input.g1_nonzero("output", layout.output)?;
        let intermediate = input.array("intermediate")?;
        let (w, (x, y)) = rayon::join(
            || segment_digest(&weights),
            || rayon::join(|| segment_digest(&inputs), || segment_digest(&outputs)),
        );
        if digest(layout, &[w, x, intermediate, y]) != vk.bases {
            return Err(KeyFileError::Bases);
        }
        Ok(Self {
            vk,
            layout,
            weights,
            input: inputs,
            output: outputs,
            intermediate,
        })
    }
}

/// `sum values[i] * bases[i]`, lengths checked.
pub(crate) fn commit(
    bases: &[G1Affine],
    segment: Segment,
    values: &[Fr],
) -> Result<G1Affine, ProverError> {
    if bases.len() != values.len() {
        return Err(ProverError::SegmentLength {
            segment,
            expected: bases.len(),
            found: values.len(),
        });
    }
    Ok(msm_g1(bases, &integers(values)).into_affine())
}
