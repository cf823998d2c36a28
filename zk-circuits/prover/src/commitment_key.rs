//! Committing to weights, inputs and outputs.

use crate::file::{self, Kind, Network};
use crate::Error;
use ark_bn254::Fr;
use ark_ff::Zero;
use std::path::Path;
use swarm_circuits::Circuit;
use swarm_groth16::{
    decode_scalar, encode_g1, encode_scalar, ConstraintMatrices, Segment, SegmentLayout,
    VerifyingKey,
};
use swarm_network::{BatchInput, BatchOutput, Model, Topology};

/// What a model owner, a requester and a provider need to make or open commitments.
///
/// Every method that commits checks the range of every value first: a value out of range could
/// open the same commitment a second time.
#[derive(Debug, Clone)]
pub struct CommitmentKey {
    circuit: Circuit,
    key: swarm_groth16::CommitmentKey,
}

impl CommitmentKey {
    pub(crate) fn new(circuit: Circuit, key: swarm_groth16::CommitmentKey) -> Self {
        Self { circuit, key }
    }

    /// Reads a key file and checks that its verifying key is for the circuit its network gives.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (network, rest) = file::split(bytes, Kind::Commitment)?;
        let key =
            swarm_groth16::CommitmentKey::from_bytes(rest).map_err(|error| Error::KeyFile {
                kind: Kind::Commitment.name(),
                error,
            })?;
        let (circuit, _) = circuit_of(&network, key.verifying_key(), key.layout())?;
        Ok(Self { circuit, key })
    }

    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::from_bytes(&file::read(path.as_ref())?)
    }

    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        file::write(path.as_ref(), |out| {
            file::header(out, Kind::Commitment, &self.circuit)?;
            self.key.write(out)
        })
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        file::header(&mut bytes, Kind::Commitment, &self.circuit)
            .expect("memory takes all bytes, and a model with a circuit fits a file; qed");
        bytes.extend(self.key.to_bytes());
        bytes
    }

    /// Topology, batch size and plan of the circuit.
    pub fn shape(&self) -> &Circuit {
        &self.circuit
    }

    pub fn topology(&self) -> &Topology {
        self.circuit.topology()
    }

    /// Inferences per proof.
    pub fn batch(&self) -> usize {
        self.circuit.batch()
    }

    pub fn verifying_key(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }

    /// `C_w` of a model whose weights are not hidden; of the one model that it is for, where these
    /// are constants of the circuit.
    pub fn commit_weights(&self, model: &Model) -> Result<[u8; 32], Error> {
        let values = self.circuit.weights(model, Fr::zero())?;
        self.commit(Segment::Weights, &values)
    }

    /// `C_x` of one batch.
    pub fn commit_input(&self, input: &BatchInput) -> Result<[u8; 32], Error> {
        let blinds = Blinds::of(input)?;
        let values = self.circuit.input(&input.rows, blinds.y, blinds.x)?;
        self.commit(Segment::Input, &values)
    }

    /// `C_y` of one batch: equals the one in the proof if and only if this is the proven output.
    pub fn commit_output(&self, output: &BatchOutput) -> Result<[u8; 32], Error> {
        let blind = scalar("blind_y", &output.blind_y)?;
        let values = self.circuit.output(&output.rows, blind)?;
        self.commit(Segment::Output, &values)
    }

    /// What opens `C_y` of one batch on chain: the elements of segment y, 32 little-endian bytes each,
    /// the blind last.
    pub fn output_elements(&self, output: &BatchOutput) -> Result<Vec<u8>, Error> {
        let blind = scalar("blind_y", &output.blind_y)?;
        let values = self.circuit.output(&output.rows, blind)?;
        Ok(values.iter().flat_map(encode_scalar).collect())
    }

    /// The output that [`Self::output_elements`] gave these bytes for. Whether it is the proven one,
    /// [`Self::commit_output`] says.
    pub fn read_output(&self, elements: &[u8]) -> Result<BatchOutput, Error> {
        let values: Option<Vec<Fr>> = elements
            .chunks(32)
            .map(|bytes| decode_scalar(bytes.try_into().ok()?))
            .collect();
        let values = values.ok_or(Error::Element)?;
        let (rows, blind) = self.circuit.read_output(&values)?;
        Ok(BatchOutput {
            rows,
            blind_y: encode_scalar(&blind),
        })
    }

    /// The bases of segment y, compressed, and for each of the segments w, x and z how many bases it
    /// has and their digest: what a chain needs to check outputs.
    pub fn output_bases(&self) -> (Vec<u8>, [(u64, [u8; 32]); 3]) {
        (self.key.output_bases(), self.key.other_segments())
    }

    /// Whether `output` is the one that `proof` (192 bytes) is about.
    pub fn opens(&self, proof: &[u8], output: &BatchOutput) -> Result<bool, Error> {
        let proof = swarm_groth16::Proof::from_bytes(proof).map_err(Error::Verify)?;
        Ok(self.commit_output(output)? == encode_g1(&proof.c_y))
    }

    fn commit(&self, segment: Segment, values: &[Fr]) -> Result<[u8; 32], Error> {
        Ok(encode_g1(&self.key.commit(segment, values)?))
    }
}

/// Blinds of a batch as scalars.
pub(crate) struct Blinds {
    pub x: Fr,
    pub y: Fr,
}

impl Blinds {
    pub fn of(input: &BatchInput) -> Result<Self, Error> {
        Ok(Self {
            x: scalar("blind_x", &input.blind_x)?,
            y: scalar("blind_y", &input.blind_y)?,
        })
    }
}

fn scalar(name: &'static str, bytes: &[u8; 32]) -> Result<Fr, Error> {
    decode_scalar(bytes).ok_or(Error::Blind { name })
}

/// The circuit of a network with its matrices, if it is the one the verifying key names.
///
/// The segments' sizes are compared first: the file holds a point for each variable, so matrices
/// are never built for a circuit much larger than the file.
pub(crate) fn circuit_of(
    network: &Network,
    vk: &VerifyingKey,
    layout: SegmentLayout,
) -> Result<(Circuit, ConstraintMatrices), Error> {
    let circuit = network.circuit(vk.descriptor.batch as usize)?;
    if circuit.layout() != layout {
        return Err(Error::OtherCircuit);
    }
    let matrices = circuit.matrices();
    if circuit.descriptor(&matrices) != vk.descriptor {
        return Err(Error::OtherCircuit);
    }
    Ok((circuit, matrices))
}
