//! The proving key of a circuit, in memory or in its file.

use ark_bn254::{Fr, G1Affine};
use rand::{CryptoRng, RngCore};
use std::io::{self, Write};
use swarm_groth16::{
    CommitmentKey, Proof, ProverError, ProvingKey, Qap, Segment, SegmentLayout, StreamedKey,
    VerifyingKey,
};

#[derive(Debug)]
pub(crate) enum Key {
    Memory(Box<ProvingKey>),
    File(Box<StreamedKey>),
}

impl Key {
    pub fn verifying_key(&self) -> &VerifyingKey {
        match self {
            Self::Memory(key) => key.verifying_key(),
            Self::File(key) => key.verifying_key(),
        }
    }

    pub fn commitment_key(&self) -> &CommitmentKey {
        match self {
            Self::Memory(key) => key.commitment_key(),
            Self::File(key) => key.commitment_key(),
        }
    }

    pub fn layout(&self) -> SegmentLayout {
        self.commitment_key().layout()
    }

    pub fn commit(&self, segment: Segment, values: &[Fr]) -> Result<G1Affine, ProverError> {
        match self {
            Self::Memory(key) => key.commit(segment, values),
            Self::File(key) => key.commit(segment, values),
        }
    }

    pub fn prove<R: RngCore + CryptoRng>(
        &self,
        qap: &Qap,
        assignment: &[Fr],
        [c_z, c_y]: [G1Affine; 2],
        rng: &mut R,
    ) -> Result<Proof, ProverError> {
        match self {
            Self::Memory(key) => key.prove(qap, assignment, c_z, c_y, rng),
            Self::File(key) => key.prove(qap, assignment, c_z, c_y, rng),
        }
    }

    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        match self {
            Self::Memory(key) => key.write(writer),
            Self::File(key) => key.write(writer),
        }
    }
}
