//! The proving key and its file.

use std::io::{self, Write};

use ark_bn254::{Fr, G1Affine, G2Affine};

use crate::{
    bases::segment_digest,
    commitment_key::commit,
    fft,
    key_file::{FileKind, Input, KeyFileError, Output, Validation},
    CommitmentKey, ProverError, Segment, SegmentLayout, VerifyingKey,
};

/// Everything a prover needs: commitment bases of all four segments and the query vectors.
///
/// Columns whose polynomial is zero are left out of the A and B queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvingKey {
    pub(crate) commitments: CommitmentKey,
    pub(crate) intermediate: Vec<G1Affine>,
    pub(crate) num_witness: usize,
    /// Rows padded to the size of an evaluation domain.
    pub(crate) domain_size: usize,
    pub(crate) beta_g1: G1Affine,
    pub(crate) delta_g1: G1Affine,
    pub(crate) a_columns: Vec<u32>,
    pub(crate) a_query: Vec<G1Affine>,
    pub(crate) b_columns: Vec<u32>,
    pub(crate) b_g1_query: Vec<G1Affine>,
    pub(crate) b_g2_query: Vec<G2Affine>,
    pub(crate) h_query: Vec<G1Affine>,
    pub(crate) l_query: Vec<G1Affine>,
}

impl ProvingKey {
    /// The verifying key of the same setup.
    pub fn verifying_key(&self) -> &VerifyingKey {
        self.commitments.verifying_key()
    }

    /// The part that requesters and model owners download.
    pub fn commitment_key(&self) -> &CommitmentKey {
        &self.commitments
    }

    /// Sizes of the segments, blinds included.
    pub fn layout(&self) -> SegmentLayout {
        self.commitments.layout
    }

    /// Commits to the values of a segment, its blind last; one value per variable.
    pub fn commit(&self, segment: Segment, values: &[Fr]) -> Result<G1Affine, ProverError> {
        match segment {
            Segment::Intermediate => commit(&self.intermediate, segment, values),
            other => self.commitments.commit(other, values),
        }
    }

    /// Writes the key; [`ProvingKey::from_bytes`] reads it. Give a buffered writer or a file.
    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        let mut output = Output::new(writer, FileKind::Proving)?;
        self.commitments.write_body(&mut output)?;
        output.count(self.num_witness)?;
        output.count(self.domain_size)?;
        output.count(self.a_columns.len())?;
        output.count(self.b_columns.len())?;
        output.columns(&self.a_columns)?;
        output.columns(&self.b_columns)?;
        output.g1(&self.intermediate)?;
        output.g1(&[self.beta_g1, self.delta_g1])?;
        output.g1(&self.a_query)?;
        output.g1(&self.b_g1_query)?;
        output.g2(&self.b_g2_query)?;
        output.g1(&self.h_query)?;
        output.g1(&self.l_query)?;
        output.flush()
    }

    /// Reads a whole file, checking coordinates, curve, that the commitment bases are those that
    /// the verifying key in the file names and, as `validation` says, subgroups.
    ///
    /// Queries that pass can still be another setup's: proofs with them then fail.
    pub fn from_bytes(bytes: &[u8], validation: Validation) -> Result<Self, KeyFileError> {
        let mut input = Input::new(bytes, FileKind::Proving, validation)?;
        let mut key = Self::read_head(&mut input)?;
        let [a, b, _, h, l] = key.query_lengths();
        key.a_query = input.g1_nonzero("a query", a)?;
        key.b_g1_query = input.g1_nonzero("b query", b)?;
        key.b_g2_query = input.g2("b query in G2", b)?;
        key.h_query = input.g1_nonzero("h query", h)?;
        key.l_query = input.g1("l query", l)?;
        input.finish()?;
        Ok(key)
    }

    /// Everything before the queries; they are left empty.
    pub(crate) fn read_head(input: &mut Input) -> Result<Self, KeyFileError> {
        let commitments = CommitmentKey::read_body(input)?;
        let num_witness = input.count("l query", 64)?;
        let domain_size = input.count("h query", 64)?;
        // Rows may be fewer than instance variables: most have no consistency row.
        let expected = usize::try_from(commitments.vk.rows)
            .ok()
            .and_then(fft::size_for);
        if expected != Some(domain_size) {
            return Err(KeyFileError::Count {
                section: "h query",
                found: domain_size as u64,
                limit: expected.unwrap_or(0) as u64,
            });
        }
        let columns = commitments.layout.num_instance() + num_witness;
        let a_count = input.count("a query", 64)?;
        let b_count = input.count("b query", 64)?;
        let a_columns = input.columns("a columns", a_count, columns)?;
        let b_columns = input.columns("b columns", b_count, columns)?;
        let intermediate = input.g1_nonzero("intermediate", commitments.layout.intermediate)?;
        if segment_digest(&intermediate) != commitments.intermediate {
            return Err(KeyFileError::Bases);
        }
        Ok(Self {
            a_columns,
            b_columns,
            intermediate,
            beta_g1: input.g1_nonzero("beta", 1)?[0],
            delta_g1: input.g1_nonzero("delta", 1)?[0],
            a_query: Vec::new(),
            b_g1_query: Vec::new(),
            b_g2_query: Vec::new(),
            h_query: Vec::new(),
            l_query: Vec::new(),
            commitments,
            num_witness,
            domain_size,
        })
    }

    /// Points of the queries A, B, B in G2, H and L, as the rest of the key gives them.
    pub(crate) fn query_lengths(&self) -> [usize; 5] {
        let (a, b) = (self.a_columns.len(), self.b_columns.len());
        [a, b, b, self.domain_size - 1, self.num_witness]
    }
}
