//! A job's keys and model, read and checked against what the chain says of them.

use std::sync::Arc;

use rand::rngs::OsRng;
use swarm_groth16::{inspect_key, PROOF_BYTES};
use swarm_network::{BatchInput, BatchOutput, Model, Topology};
use swarm_prover::{CommitmentKey, Error, ProvingKey, StatementTag};

use crate::{
    jobs::Executor,
    queue::FailureKind,
    spec::{Artifact, Bytes32, JobSpec},
    worker::{read_content, Stop},
};

/// Memory of a parsed key or model for each byte of its file: points and matrices take about
/// twice, weights as much.
const KEY_FACTOR: u64 = 2;

/// Reads the commitment key that a job names, or takes it from the cache.
pub(crate) fn commitment_key(
    executor: &Executor,
    spec: &JobSpec,
) -> Result<Arc<CommitmentKey>, Stop> {
    let invalid = |message: String| Stop::failed(FailureKind::KeyInvalid, message);
    let locator = &spec.circuit.commitment_key;
    let key = executor
        .cache
        .get(Artifact::CommitmentKey, locator.content, || {
            let bytes = read_content(executor, &locator.content)?;
            let key = CommitmentKey::from_bytes(&bytes).map_err(|e| invalid(e.to_string()))?;
            Ok::<_, Stop>((key, bytes.len() as u64 * KEY_FACTOR))
        })?;
    if key.verifying_key().to_bytes()[..] != spec.circuit.vk[..] {
        return Err(invalid(
            "the commitment key belongs to another verifying key".into(),
        ));
    }
    Ok(key)
}

/// Keys of one circuit, all three of the same setup.
pub(crate) struct Circuit {
    commitment_key: Arc<CommitmentKey>,
    proving_key: Arc<ProvingKey>,
}

impl Circuit {
    /// Reads the keys that the job names, or takes them from the cache.
    pub fn load(executor: &Executor, spec: &JobSpec) -> Result<Self, Stop> {
        let invalid = |message: String| Stop::failed(FailureKind::KeyInvalid, message);
        let vk = &spec.circuit.vk;
        let info = inspect_key(vk).map_err(|e| invalid(format!("the job's verifying key: {e}")))?;
        if info.id != spec.circuit.id.0 {
            return Err(invalid(format!(
                "the job names circuit {}, but its verifying key is that of circuit {}",
                spec.circuit.id,
                Bytes32(info.id)
            )));
        }
        let commitment_key = commitment_key(executor, spec)?;
        let locator = &spec.circuit.proving_key;
        let proving_key = executor
            .cache
            .get(Artifact::ProvingKey, locator.content, || {
                let bytes = read_content(executor, &locator.content)?;
                let key = ProvingKey::from_bytes(&bytes).map_err(|e| invalid(e.to_string()))?;
                Ok::<_, Stop>((key, bytes.len() as u64 * KEY_FACTOR))
            })?;
        if proving_key.verifying_key_bytes() != vk {
            return Err(invalid(
                "the proving key belongs to another verifying key".into(),
            ));
        }
        Ok(Self {
            commitment_key,
            proving_key,
        })
    }

    /// Rows of one batch.
    pub fn batch(&self) -> usize {
        self.proving_key.batch()
    }

    /// The network that it is for.
    pub fn topology(&self) -> &Topology {
        self.proving_key.topology()
    }

    /// Reads the job's model and checks that it has the circuit's topology and the weights that
    /// the chain's commitment is to.
    pub fn load_model(&self, executor: &Executor, spec: &JobSpec) -> Result<Arc<Model>, Stop> {
        let invalid = |message: String| Stop::failed(FailureKind::ModelInvalid, message);
        let locator = &spec.model.file;
        let model = executor.cache.get(Artifact::Model, locator.content, || {
            let bytes = read_content(executor, &locator.content)?;
            let model = Model::from_bytes(&bytes).map_err(|e| invalid(e.to_string()))?;
            Ok::<_, Stop>((model, bytes.len() as u64))
        })?;
        let (topology, expected) = (model.topology(), self.proving_key.topology());
        if topology != expected {
            return Err(invalid(format!(
                "the model file is a network {}, the circuit is for {}: {} against {}",
                topology.label(),
                expected.label(),
                topology.to_json(),
                expected.to_json()
            )));
        }
        let found = self
            .proving_key
            .commit_weights(&model)
            .map_err(|e| invalid(e.to_string()))?;
        if found != spec.model.commitment.0 {
            return Err(invalid(format!(
                "the file's weights have the commitment {}, the chain has {}: this is not the \
                 model that was registered",
                Bytes32(found),
                spec.model.commitment
            )));
        }
        Ok(model)
    }

    /// `C_x` of a batch.
    pub fn commit_input(&self, input: &BatchInput) -> Result<Bytes32, Error> {
        self.commitment_key.commit_input(input).map(Bytes32)
    }

    /// `C_y` of a batch.
    pub fn commit_output(&self, output: &BatchOutput) -> Result<[u8; 32], Error> {
        self.commitment_key.commit_output(output)
    }

    /// A proof of a batch, bound to the job and its provider; it has been verified.
    pub fn prove(
        &self,
        spec: &JobSpec,
        batch: u32,
        model: &Model,
        input: &BatchInput,
        output: &BatchOutput,
        progress: &mut dyn FnMut(f64),
    ) -> Result<[u8; PROOF_BYTES], Error> {
        let tag = StatementTag {
            genesis: spec.genesis.0,
            job: spec.id.0,
            batch,
            provider: spec.provider.0,
        };
        let proof =
            self.proving_key
                .prove(model, input, output, &tag, &mut OsRng, &mut |progressed| {
                    progress(progressed.fraction.into());
                })?;
        Ok(proof.bytes)
    }
}
