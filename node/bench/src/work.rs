//! The model that all jobs are for, and real proofs of it.
//!
//! What a proof costs the chain depends on neither network nor batch, so the network is one whose
//! proofs are made in moments.

use anyhow::{anyhow, Context, Result};
use pallet_circuits::VerifyingKeyBytes;
use pallet_marketplace::{Commitments, ProofBytes};
use rand::{rngs::StdRng, Rng, SeedableRng};
use swarm_network::{ActivationType, Layer, LinearWeights, Matrix, Model, Topology};
use swarm_prover::{inspect_key, setup_development, BatchInput, BatchOutput, Keys, StatementTag};
use swarmwork_primitives::{model_id, Commitment, ContentId, JobId, Locator, ModelId};
use swarmwork_runtime::{AccountId, Hash, RuntimeCall};

/// Where files would lie: as long as a usual address.
const SOURCE: &[u8] = b"https://blobs.example.org";

pub struct Work {
    keys: Keys,
    model: Model,
    input: BatchInput,
    output: BatchOutput,
    weights: Commitment,
    commitment: Commitment,
    circuit: Hash,
    id: ModelId,
    genesis: Hash,
    random: StdRng,
}

impl Work {
    /// Keys for a chain and for the model of an owner on it.
    pub fn new(genesis: Hash, owner: &AccountId) -> Result<Self> {
        let mut random = StdRng::seed_from_u64(1);
        let layers = vec![
            Layer::Linear {
                inputs: 8,
                outputs: 4,
            },
            Layer::Requant {
                shift: 8,
                lo: 0,
                hi: 255,
            },
            Layer::Linear {
                inputs: 4,
                outputs: 2,
            },
        ];
        let topology = Topology::new(vec![8], ActivationType::U8, layers)?;
        let weights = topology
            .weighted()
            .map(|weighted| LinearWeights {
                weight: (0..weighted.weight_len()).map(|_| random.gen()).collect(),
                bias: (0..weighted.outputs)
                    .map(|_| random.gen_range(-1_000..=1_000))
                    .collect(),
            })
            .collect();
        let model = Model::new(topology.clone(), weights)?;
        let pixels = (0..8).map(|_| random.gen_range(0..=255)).collect();
        let input = BatchInput::public(Matrix::new(1, 8, pixels)?);
        let output = BatchOutput {
            rows: model.run(&input.rows)?,
            blind_y: input.blind_y,
        };
        let keys = setup_development(&topology, 1, &mut random).context("no keys for the model")?;
        let weights = keys.commitment.commit_weights(&model)?;
        let commitment = keys.commitment.commit_input(&input)?;
        let circuit = Hash::from(
            inspect_key(&keys.verifying)
                .map_err(|error| anyhow!("the keys are not valid: {error}"))?
                .id,
        );
        Ok(Self {
            id: model_id(owner, &circuit, &weights, &content(1)),
            keys,
            model,
            input,
            output,
            weights,
            commitment,
            circuit,
            genesis,
            random,
        })
    }

    /// The model's id.
    pub fn model(&self) -> ModelId {
        self.id
    }

    /// Calls by which the owner registers circuit and model, in order.
    pub fn registration(&self) -> Result<[RuntimeCall; 2]> {
        let vk = VerifyingKeyBytes::try_from(self.keys.verifying.clone());
        Ok([
            RuntimeCall::Circuits(pallet_circuits::Call::register_circuit {
                vk: vk.map_err(|_| anyhow!("the verifying key is too long"))?,
                proving_key: locator(2),
                commitment_key: locator(3),
            }),
            RuntimeCall::Models(pallet_models::Call::register_model {
                circuit: self.circuit,
                weights_commitment: self.weights,
                content: locator(1),
            }),
        ])
    }

    /// The input file of every job.
    pub fn input(&self) -> Locator {
        locator(4)
    }

    /// Commitments to so many batches of the input.
    pub fn commitments(&self, batches: u32) -> Commitments {
        Commitments::truncate_from(vec![self.commitment; batches as usize])
    }

    /// The id of a requester's job of one batch, its `nonce`-th.
    pub fn job(&self, requester: &AccountId, nonce: u32) -> JobId {
        swarmwork_primitives::job_id(requester, nonce, &self.id, &content(4), &[self.commitment])
    }

    /// Proves a job of one batch.
    pub fn prove(&mut self, job: JobId, provider: &AccountId) -> Result<ProofBytes> {
        let tag = StatementTag {
            genesis: self.genesis.0,
            job: job.0,
            batch: 0,
            provider: provider.clone().into(),
        };
        let proof = self.keys.proving.prove(
            &self.model,
            &self.input,
            &self.output,
            &tag,
            &mut self.random,
            &mut |_| (),
        )?;
        ProofBytes::try_from(proof.bytes.to_vec()).map_err(|_| anyhow!("the proof is too long"))
    }

    /// The output file that a result names.
    pub fn result(&self) -> ContentId {
        content(5)
    }
}

fn content(tag: u8) -> ContentId {
    ContentId([tag; 32])
}

fn locator(tag: u8) -> Locator {
    Locator {
        content: content(tag),
        source: swarmwork_primitives::Url::truncate_from(SOURCE.to_vec()),
    }
}
