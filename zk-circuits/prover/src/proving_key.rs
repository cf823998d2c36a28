//! Proving one batch.

use crate::commitment_key::{circuit_of, Blinds};
use crate::file::{self, Kind, Network};
use crate::key::Key;
use crate::{CommitmentKey, Error};
use ark_bn254::Fr;
use ark_ff::{UniformRand, Zero};
use rand::{CryptoRng, RngCore};
use std::path::Path;
use std::sync::{Arc, Mutex};
use swarm_circuits::{Circuit, Committed};
use swarm_groth16::{
    challenge, encode_g1, tag, Qap, Segment, Statement, Validation, VerifyingKey, PROOF_BYTES,
};
use swarm_network::{BatchInput, BatchOutput, Matrix, Model, Topology};

/// Everything a provider needs to prove batches of one circuit.
///
/// The circuit is built once, when the key is read; the commitment to the last model used is kept.
#[derive(Debug)]
pub struct ProvingKey {
    circuit: Circuit,
    qap: Qap,
    key: Key,
    /// Canonical bytes of the verifying key.
    verifying_key: Vec<u8>,
    /// keccak256 of those, which the challenge covers.
    id: [u8; 32],
    weights: Mutex<Option<Arc<Weights>>>,
}

/// Segment w of one model with its commitment.
#[derive(Debug)]
struct Weights {
    model: Model,
    values: Vec<Fr>,
    commitment: [u8; 32],
}

/// What a proof is bound to besides the commitments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementTag {
    /// Hash of the chain's genesis block.
    pub genesis: [u8; 32],
    /// Job id.
    pub job: [u8; 32],
    /// Index of the batch within the job.
    pub batch: u32,
    /// Account of the provider whom the proof pays.
    pub provider: [u8; 32],
}

/// Where a proof stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    pub stage: Stage,
    /// Part of the whole that is done, 0 to 1; by typical times, not measured.
    pub fraction: f32,
}

/// What is being done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Running the network and filling in what is committed.
    Evaluating,
    /// Committing to intermediate values and output.
    Committing,
    /// Filling in what depends on the challenge.
    Assigning,
    /// The proof itself.
    Proving,
    /// Checking the proof.
    Checking,
    Done,
}

impl Stage {
    fn progress(self) -> Progress {
        let fraction = match self {
            Self::Evaluating => 0.0,
            Self::Committing => 0.05,
            Self::Assigning => 0.15,
            Self::Proving => 0.2,
            Self::Checking => 0.99,
            Self::Done => 1.0,
        };
        Progress {
            stage: self,
            fraction,
        }
    }
}

/// A proof with the statement that it proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    pub statement: Statement,
    /// Canonical bytes: A, B, C, C_z, C_y.
    pub bytes: [u8; PROOF_BYTES],
}

impl Proof {
    /// The commitment to the output that comes with the proof.
    pub fn c_y(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&self.bytes[PROOF_BYTES - 32..]);
        bytes
    }
}

impl ProvingKey {
    pub(crate) fn new(circuit: Circuit, qap: Qap, key: Key) -> Result<Self, Error> {
        let verifying_key = key.verifying_key().to_bytes().to_vec();
        let id = swarm_groth16::inspect_key(&verifying_key)
            .map_err(Error::VerifyingKey)?
            .id;
        Ok(Self {
            circuit,
            qap,
            key,
            verifying_key,
            id,
            weights: Mutex::new(None),
        })
    }

    /// Reads a key file from anywhere, checking everything that can be checked.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_bytes_with(bytes, Validation::Full)
    }

    /// Reads a key file; [`Validation::LocallyVerified`] is quicker, for a file whose digest this
    /// machine recorded after a full check.
    pub fn from_bytes_with(bytes: &[u8], validation: Validation) -> Result<Self, Error> {
        let (network, rest) = file::split(bytes, Kind::Proving)?;
        let key = swarm_groth16::ProvingKey::from_bytes(rest, validation).map_err(|error| {
            Error::KeyFile {
                kind: Kind::Proving.name(),
                error,
            }
        })?;
        Self::of(&network, Key::Memory(Box::new(key)))
    }

    /// Opens a key file whose queries stay there: a proof then takes memory for 65,536 points of
    /// each at a time (54 MB), besides what the circuit and the commitment bases take.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_with(path, Validation::Full)
    }

    /// The same, checking as much as `validation` says.
    pub fn open_with(path: impl AsRef<Path>, validation: Validation) -> Result<Self, Error> {
        let (network, file, start) = file::open(path.as_ref(), Kind::Proving)?;
        let key = swarm_groth16::StreamedKey::open(file, start, validation).map_err(|error| {
            Error::KeyFile {
                kind: Kind::Proving.name(),
                error,
            }
        })?;
        Self::of(&network, Key::File(Box::new(key)))
    }

    fn of(network: &Network, key: Key) -> Result<Self, Error> {
        let (circuit, matrices) = circuit_of(network, key.verifying_key(), key.layout())?;
        let qap = Qap::new(matrices).map_err(|_| Error::OtherCircuit)?;
        Self::new(circuit, qap, key)
    }

    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::from_bytes(&file::read(path.as_ref())?)
    }

    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        file::write(path.as_ref(), |out| {
            file::header(out, Kind::Proving, &self.circuit)?;
            self.key.write(out)
        })
    }

    /// The part that requesters and model owners download.
    pub fn commitment_key(&self) -> CommitmentKey {
        CommitmentKey::new(self.circuit.clone(), self.key.commitment_key().clone())
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

    /// Canonical bytes of the verifying key.
    pub fn verifying_key_bytes(&self) -> &[u8] {
        &self.verifying_key
    }

    /// `C_w` of a model; kept for the next proof with the same model.
    pub fn commit_weights(&self, model: &Model) -> Result<[u8; 32], Error> {
        Ok(self.weights(model)?.commitment)
    }

    /// Proves that `output` is what the committed model gives for the committed input.
    ///
    /// Refuses an input or output of another shape or out of range, and an output that is not the
    /// network's. Checks the finished proof: a damaged key never yields a bad one.
    pub fn prove<R: RngCore + CryptoRng>(
        &self,
        model: &Model,
        input: &BatchInput,
        output: &BatchOutput,
        job: &StatementTag,
        rng: &mut R,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Proof, Error> {
        progress(Stage::Evaluating.progress());
        let committed = self.evaluate(model, input, output, rng)?;

        progress(Stage::Committing.progress());
        let statement = Statement {
            genesis: job.genesis,
            job: job.job,
            batch: job.batch,
            provider: job.provider,
            c_w: self.weights(model)?.commitment,
            c_x: encode_g1(&self.key.commit(Segment::Input, &committed.x)?),
        };
        let c_z = self.key.commit(Segment::Intermediate, &committed.z)?;
        let c_y = self.key.commit(Segment::Output, &committed.y)?;

        progress(Stage::Assigning.progress());
        let rho = challenge(&self.id, &statement, &encode_g1(&c_z), &encode_g1(&c_y))
            .map_err(Error::Verify)?;
        let assignment = self.circuit.assign(&committed, rho, tag(&statement))?;

        progress(Stage::Proving.progress());
        let proof = self
            .key
            .prove(&self.qap, &assignment, [c_z, c_y], rng)?
            .to_bytes();

        progress(Stage::Checking.progress());
        swarm_groth16::verify(&self.verifying_key, &statement, &proof)
            .map_err(Error::BadProvingKey)?;
        progress(Stage::Done.progress());
        Ok(Proof {
            statement,
            bytes: proof,
        })
    }

    /// Everything that is fixed before the challenge.
    fn evaluate<R: RngCore + CryptoRng>(
        &self,
        model: &Model,
        input: &BatchInput,
        output: &BatchOutput,
        rng: &mut R,
    ) -> Result<Committed, Error> {
        let weights = self.weights(model)?;
        let blinds = Blinds::of(input)?;
        if output.blind_y != input.blind_y {
            return Err(Error::OtherBlind);
        }
        self.topology().check_output(&output.rows, self.batch())?;
        let blinds = swarm_circuits::Blinds {
            x: blinds.x,
            y: blinds.y,
            z: Fr::rand(rng),
        };
        let values = weights.values.clone();
        let committed = self
            .circuit
            .commit_values(model, values, &input.rows, blinds)?;
        same_output(&output.rows, committed.output())?;
        Ok(committed)
    }

    fn weights(&self, model: &Model) -> Result<Arc<Weights>, Error> {
        let mut kept = self.weights.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(weights) = kept.as_ref().filter(|w| w.model == *model) {
            return Ok(weights.clone());
        }
        let values = self.circuit.weights(model, Fr::zero())?;
        let commitment = encode_g1(&self.key.commit(Segment::Weights, &values)?);
        let weights = Arc::new(Weights {
            model: model.clone(),
            values,
            commitment,
        });
        *kept = Some(weights.clone());
        Ok(weights)
    }
}

fn same_output(found: &Matrix, expected: &Matrix) -> Result<(), Error> {
    let pairs = found.values().iter().zip(expected.values());
    match pairs.clone().position(|(f, e)| f != e) {
        None => Ok(()),
        Some(at) => Err(Error::WrongOutput {
            row: at / found.cols(),
            col: at % found.cols(),
            found: found.values()[at],
            expected: expected.values()[at],
        }),
    }
}
