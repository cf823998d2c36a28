// What every fuzz target does with its input, and valid inputs to start from. Also a module of the
// tests of swarm-prover, which run it without a fuzzer.

use rand::{rngs::StdRng, SeedableRng};
use std::io::Cursor;
use std::sync::OnceLock;
use swarm_circuits::{Blinds, Circuit};
use swarm_groth16::ceremony::{Ceremony, Initial, Phase1};
use swarm_groth16::{
    challenge, encode_g1, generate_development, tag, BatchError, Fr, PreparedKey, Proof, Segment,
    Statement, Validation, VerifyingKey, PROOF_BYTES, STATEMENT_BYTES, VERIFYING_KEY_BYTES,
};
use swarm_network::{
    ActivationType, BatchInput, BatchOutput, JobInput, Layer, LinearWeights, Matrix, Model,
    Topology,
};

/// Inferences per proof of the samples.
const BATCH: usize = 2;

/// Whatever is read as a proof has these bytes and no others.
pub fn proof(data: &[u8]) {
    if let Ok(proof) = Proof::from_bytes(data) {
        assert_eq!(proof.to_bytes(), data);
    }
}

/// A statement is read from every input of its length.
pub fn statement(data: &[u8]) {
    let statement = Statement::from_bytes(data);
    assert_eq!(statement.is_some(), data.len() == STATEMENT_BYTES);
    if let Some(statement) = statement {
        assert_eq!(statement.to_bytes(), data);
        // Below r by construction: neither reduces.
        tag(&statement);
        let _ = challenge(&[0; 32], &statement, &statement.c_w, &statement.c_x);
    }
}

/// Whatever is read as a key is not weak and has these bytes and no others.
pub fn verifying_key(data: &[u8]) {
    let key = VerifyingKey::from_bytes(data);
    assert_eq!(
        swarm_groth16::inspect_key(data),
        key.as_ref().map(VerifyingKey::info).map_err(|e| *e)
    );
    if let Ok(key) = key {
        assert_eq!(key.to_bytes(), data);
        assert_eq!(key.check(), Ok(()));
    }
}

/// Both forms of the file: the points alone, and with the topology in front.
pub fn commitment_key(data: &[u8]) {
    if let Ok(key) = swarm_groth16::CommitmentKey::from_bytes(data) {
        assert_eq!(key.to_bytes(), data);
    }
    if let Ok(key) = swarm_prover::CommitmentKey::from_bytes(data) {
        // The topology may be spelt in another way, but it is the key's.
        let again = swarm_prover::CommitmentKey::from_bytes(&key.to_bytes())
            .expect("what was written can be read");
        assert_eq!(again.verifying_key(), key.verifying_key());
        assert_eq!(again.topology(), key.topology());
    }
}

/// Both forms of the file, with and without the checks of subgroups.
pub fn proving_key(data: &[u8]) {
    let full = swarm_groth16::ProvingKey::from_bytes(data, Validation::Full);
    let trusted = swarm_groth16::ProvingKey::from_bytes(data, Validation::LocallyVerified);
    if let Ok(key) = &trusted {
        let mut bytes = Vec::new();
        key.write(&mut bytes).expect("memory takes all bytes");
        assert_eq!(bytes, data);
    }
    if let Ok(key) = full {
        assert_eq!(trusted, Ok(key), "the full check accepts less");
    }
    if let Ok(key) = swarm_prover::ProvingKey::from_bytes(data) {
        let id = swarm_groth16::inspect_key(key.verifying_key_bytes()).map(|info| info.id);
        assert_eq!(id, Ok(key.verifying_key().id()));
    }
}

/// Powers of tau in either format: what is read is kept whatever the format.
pub fn phase1(data: &[u8]) {
    const SIZE: usize = 8;
    let read = |data: &[u8]| Phase1::read(Cursor::new(data), SIZE);
    if let Ok(phase1) = read(data) {
        assert_eq!(phase1.size(), SIZE);
        let mut bytes = Vec::new();
        phase1.write(&mut bytes).expect("memory takes all bytes");
        assert_eq!(read(&bytes), Ok(phase1));
    }
}

/// Whatever is read as a ceremony has these bytes and no others.
pub fn ceremony(data: &[u8]) {
    if let Ok(ceremony) = Ceremony::from_bytes(data) {
        let mut bytes = Vec::new();
        ceremony.write(&mut bytes).expect("memory takes all bytes");
        assert_eq!(bytes, data);
    }
}

/// Whatever is read as a topology is written in one way, and has a circuit or a reason against it.
pub fn topology(data: &[u8]) {
    let Ok(json) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(topology) = Topology::from_json(json) {
        let json = topology.to_json();
        let again = Topology::from_json(&json).expect("what was written can be read");
        assert_eq!((again.to_json(), again), (json, topology.clone()));
        if let Ok(circuit) = Circuit::new(&topology, BATCH) {
            circuit.plan().check().expect("a plan keeps its rules");
        }
    }
}

/// Models with and without their topology, inputs, and outputs.
pub fn tensors(data: &[u8]) {
    let sample = &Samples::shared().topology;
    for model in [
        Model::from_bytes(data),
        Model::from_parts(sample.clone(), data),
    ]
    .into_iter()
    .flatten()
    {
        let bytes = model.to_bytes().expect("a model has a file");
        assert_eq!(Model::from_bytes(&bytes).as_ref(), Ok(&model));
    }
    if let Ok(input) = JobInput::from_bytes(data, sample, BATCH) {
        let bytes = input.to_bytes(sample.input_type()).expect("it is in range");
        assert_eq!(JobInput::from_bytes(&bytes, sample, BATCH), Ok(input));
    }
    if let Ok(output) = BatchOutput::from_bytes(data, sample, BATCH) {
        let bytes = output.to_bytes().expect("an output has a file");
        assert_eq!(BatchOutput::from_bytes(&bytes, sample, BATCH), Ok(output));
    }
}

/// Whatever is imported, taken as it is or quantised from data, is a network with a file.
pub fn onnx(data: &[u8]) {
    const IMAGES: [usize; 4] = [2, 1, 8, 8];
    let count: usize = IMAGES.iter().product();
    let pixels = (0..count).map(|at| (at % 17) as f64).collect();
    let images =
        swarm_import::Samples::new(&IMAGES, pixels, None).expect("the shape is that of the values");
    for samples in [None, Some(&images)] {
        if let Ok(import) = swarm_import::import(data, samples) {
            let bytes = import.model.to_bytes().expect("a model has a file");
            assert_eq!(Model::from_bytes(&bytes).as_ref(), Ok(&import.model));
            let layers = import.model.topology().layers().len();
            assert_eq!(import.report.layers.len(), layers);
        }
    }
}

/// Key, statement and proof one after the other: nothing but the honest three verifies. A shorter
/// input stands for the end of the honest three, so that each part is also tried alone.
pub fn verify(data: &[u8]) {
    let samples = Samples::shared();
    let honest = [
        &samples.verifying_key[..],
        &samples.statement,
        &samples.proof,
    ]
    .concat();
    let kept = honest.len().saturating_sub(data.len());
    let all = [&honest[..kept], data].concat();
    let (key, rest) = all.split_at(VERIFYING_KEY_BYTES);
    let (statement, proof) = rest.split_at(STATEMENT_BYTES);
    let statement = Statement::from_bytes(statement).expect("the length is right");
    let result = swarm_groth16::verify(key, &statement, proof);
    assert_eq!(result.is_ok(), all == honest, "{result:?}");
}

/// Statement and proof beside the honest ones: checked together they are refused as they are alone.
/// A shorter input stands for the end of the honest two.
pub fn verify_batch(data: &[u8]) {
    let samples = Samples::shared();
    let honest = [&samples.statement[..], &samples.proof].concat();
    let kept = honest.len().saturating_sub(data.len());
    let other = [&honest[..kept], data].concat();
    let key = PreparedKey::from_bytes(&samples.verifying_key).expect("it is sound");
    let (statement, proof) = pair(&other);
    let alone = key.verify(&statement, proof);
    for index in [0, 1] {
        let mut batch = vec![pair(&honest)];
        batch.insert(index, (statement, proof));
        let expected = alone.map_err(|error| BatchError::Proof {
            index: index as u32,
            error,
        });
        assert_eq!(key.verify_batch(&batch), expected);
    }
}

/// A statement and the proof after it.
fn pair(bytes: &[u8]) -> (Statement, &[u8]) {
    let (statement, proof) = bytes.split_at(STATEMENT_BYTES);
    let statement = Statement::from_bytes(statement).expect("the length is right");
    (statement, proof)
}

/// A valid input of every kind.
pub struct Samples {
    pub topology: Topology,
    pub model: Vec<u8>,
    pub input: Vec<u8>,
    pub output: Vec<u8>,
    pub verifying_key: Vec<u8>,
    /// With the topology in front.
    pub commitment_key: Vec<u8>,
    /// With the topology in front.
    pub proving_key: Vec<u8>,
    /// The same two of the model alone, its weights being constants, with its file in front.
    pub baked_keys: [Vec<u8>; 2],
    /// Length of the topology and what comes before it in the key files.
    pub header: usize,
    pub statement: Vec<u8>,
    pub proof: Vec<u8>,
    /// In our own format and in that of snarkjs, as far as its sections go.
    pub phase1: [Vec<u8>; 2],
    /// Before the first contribution, and finished after one.
    pub ceremony: [Vec<u8>; 2],
}

impl Samples {
    /// Made once for each process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Samples> = OnceLock::new();
        SHARED.get_or_init(Self::new)
    }

    /// Two inputs, one output: small keys, so that many can be read.
    pub fn new() -> Self {
        let layers = vec![Layer::Linear {
            inputs: 2,
            outputs: 1,
        }];
        let topology = Topology::new(vec![2], ActivationType::U8, layers).expect("it is valid");
        let circuit = Circuit::new(&topology, BATCH).expect("it is small");
        let (qap, descriptor) = circuit.key_parts(circuit.matrices()).expect("it is sound");
        let mut rng = StdRng::seed_from_u64(1);
        let (pk, vk) = generate_development(&qap, descriptor, &mut rng).expect("it is sound");

        let weights = LinearWeights {
            weight: vec![3, -5],
            bias: vec![7],
        };
        let model = Model::new(topology.clone(), vec![weights]).expect("it is in range");
        let rows = Matrix::new(BATCH, 2, vec![1, 2, 250, 4]).expect("the shape is right");
        let input = BatchInput::public(rows.clone());
        let output = model.run_batch(&input).expect("it is in range");

        let zero = Fr::from(0u64);
        let w = circuit.weights(&model, zero).expect("it is the model's");
        let blinds = Blinds {
            x: zero,
            y: zero,
            z: Fr::from(11u64),
        };
        let values = circuit
            .commit_values(&model, w, &rows, blinds)
            .expect("it is in range");
        let commit = |segment, values: &[Fr]| pk.commit(segment, values).expect("all are given");
        let statement = Statement {
            genesis: [1; 32],
            job: [2; 32],
            batch: 3,
            provider: [4; 32],
            c_w: encode_g1(&commit(Segment::Weights, &values.w)),
            c_x: encode_g1(&commit(Segment::Input, &values.x)),
        };
        let c_z = commit(Segment::Intermediate, &values.z);
        let c_y = commit(Segment::Output, &values.y);
        let rho = challenge(&vk.id(), &statement, &encode_g1(&c_z), &encode_g1(&c_y))
            .expect("it is not zero");
        let assignment = circuit
            .assign(&values, rho, tag(&statement))
            .expect("it meets no table");
        let proof = pk
            .prove(&qap, &assignment, c_z, c_y, &mut rng)
            .expect("it is satisfied");
        assert_eq!(proof.to_bytes().len(), PROOF_BYTES);

        let json = topology.to_json();
        let file = model.to_bytes().expect("a model has a file");
        let with_header = |kind: u8, network: &[u8], key: Vec<u8>| {
            let mut bytes = b"swarmkey".to_vec();
            bytes.extend([1, kind]);
            bytes.extend((network.len() as u32).to_le_bytes());
            bytes.extend(network);
            bytes.extend(key);
            bytes
        };
        let baked = Circuit::baked(&model, BATCH).expect("it is small");
        let (qap_of_baked, descriptor_of_baked) =
            baked.key_parts(baked.matrices()).expect("it is sound");
        let (baked, _) = generate_development(&qap_of_baked, descriptor_of_baked, &mut rng)
            .expect("it is sound");
        let write = |write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
            let mut bytes = Vec::new();
            write(&mut bytes).expect("memory takes all bytes");
            bytes
        };
        let powers = Phase1::generate_development(qap.domain_size(), &mut rng);
        let phase1 = write(&|out| powers.write(out));
        let initial =
            Initial::new(powers, &qap, descriptor, &mut rng, &mut |_| ()).expect("it is sound");
        let mut ceremony = Ceremony::new(&initial);
        let started = write(&|out| ceremony.write(out));
        ceremony
            .contribute(&initial, &mut rng)
            .expect("it is sound");
        ceremony.finish([5; 32], 1).expect("it is sound");
        let mut proving_key = Vec::new();
        pk.write(&mut proving_key).expect("memory takes all bytes");
        let baked_keys = [
            with_header(3, &file, baked.commitment_key().to_bytes()),
            with_header(4, &file, write(&|out| baked.write(out))),
        ];
        let job = JobInput::new(rows, BATCH, vec![[9; 32]], vec![]).expect("one batch");
        Self {
            header: 14 + json.len(),
            model: file,
            input: job.to_bytes(ActivationType::U8).expect("it is in range"),
            output: output.to_bytes().expect("an output has a file"),
            verifying_key: vk.to_bytes(),
            commitment_key: with_header(1, json.as_bytes(), pk.commitment_key().to_bytes()),
            proving_key: with_header(2, json.as_bytes(), proving_key),
            baked_keys,
            statement: statement.to_bytes().to_vec(),
            proof: proof.to_bytes().to_vec(),
            phase1: [snarkjs(), phase1],
            ceremony: [started, write(&|out| ceremony.write(out))],
            topology,
        }
    }

    /// Valid inputs of each target.
    pub fn by_target(&self) -> Vec<(&'static str, Vec<Vec<u8>>)> {
        let all = [&self.verifying_key[..], &self.statement, &self.proof].concat();
        let [baked_commitment_key, baked_proving_key] = &self.baked_keys;
        let all_of = |file: &[u8], baked: &[u8]| {
            vec![file.to_vec(), file[self.header..].to_vec(), baked.to_vec()]
        };
        vec![
            ("proof", vec![self.proof.clone()]),
            ("statement", vec![self.statement.clone()]),
            ("verifying_key", vec![self.verifying_key.clone()]),
            (
                "commitment_key",
                all_of(&self.commitment_key, baked_commitment_key),
            ),
            ("proving_key", all_of(&self.proving_key, baked_proving_key)),
            ("phase1", self.phase1.to_vec()),
            ("ceremony", self.ceremony.to_vec()),
            ("topology", vec![self.topology.to_json().into_bytes()]),
            (
                "tensors",
                vec![self.model.clone(), self.input.clone(), self.output.clone()],
            ),
            (
                "onnx",
                vec![
                    include_bytes!("../../import/tests/models/mlp.onnx").to_vec(),
                    include_bytes!("../../import/tests/models/mlp.qdq.onnx").to_vec(),
                    include_bytes!("../../import/tests/models/mlp.qoperator.onnx").to_vec(),
                ],
            ),
            (
                "verify",
                vec![
                    self.proof.clone(),
                    all[VERIFYING_KEY_BYTES..].to_vec(),
                    all.clone(),
                ],
            ),
            (
                "verify_batch",
                vec![self.proof.clone(), all[VERIFYING_KEY_BYTES..].to_vec()],
            ),
        ]
    }
}

/// The header and the sections of a phase-1 file of snarkjs for eight rows, all points zero: enough
/// to be read, not to be used.
fn snarkjs() -> Vec<u8> {
    // The modulus of the base field.
    const MODULUS: [u8; 32] = [
        0x47, 0xfd, 0x7c, 0xd8, 0x16, 0x8c, 0x20, 0x3c, 0x8d, 0xca, 0x71, 0x68, 0x91, 0x6a, 0x81,
        0x97, 0x5d, 0x58, 0x81, 0x81, 0xb6, 0x45, 0x50, 0xb8, 0x29, 0xa0, 0x31, 0xe1, 0x72, 0x4e,
        0x64, 0x30,
    ];
    let mut header = 32u32.to_le_bytes().to_vec();
    header.extend(MODULUS);
    header.extend([3u32.to_le_bytes(), 28u32.to_le_bytes()].concat());
    let sections = [header]
        .into_iter()
        .chain([15 * 64, 8 * 128, 8 * 64, 8 * 64, 128].map(|length| vec![0; length]));
    let mut file = [&b"ptau"[..], &1u32.to_le_bytes(), &6u32.to_le_bytes()].concat();
    for (kind, content) in (1u32..).zip(sections) {
        file.extend(kind.to_le_bytes());
        file.extend((content.len() as u64).to_le_bytes());
        file.extend(content);
    }
    file
}

impl Default for Samples {
    fn default() -> Self {
        Self::new()
    }
}
