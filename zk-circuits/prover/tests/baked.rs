//! Keys of one model, whose weights are constants of the circuit: the same proofs and checks.

use rand::{rngs::StdRng, SeedableRng};
use swarm_network::{ActivationType, BatchInput, Layer};
use swarm_prover::{
    setup_development, setup_development_baked, verify, CommitmentKey, Error, Keys, Model, Proof,
    ProvingKey, StatementTag, Topology, VerifyError,
};
use swarm_testing::Random;

const JOB: StatementTag = StatementTag {
    genesis: [1; 32],
    job: [2; 32],
    batch: 3,
    provider: [4; 32],
};

fn topology() -> Topology {
    let layers = vec![
        Layer::Linear {
            inputs: 6,
            outputs: 4,
        },
        Layer::MultiplierRequant {
            shift: 24,
            lo: 0,
            hi: 255,
        },
        Layer::Linear {
            inputs: 4,
            outputs: 3,
        },
    ];
    Topology::new(vec![6], ActivationType::U8, layers).unwrap()
}

fn keys(model: &Model, batch: usize) -> Keys {
    setup_development_baked(model, batch, &mut StdRng::seed_from_u64(7)).unwrap()
}

fn prove(key: &ProvingKey, model: &Model, input: &BatchInput) -> Result<Proof, Error> {
    let output = model.run_batch(input).unwrap();
    let mut rng = StdRng::seed_from_u64(9);
    key.prove(model, input, &output, &JOB, &mut rng, &mut |_| ())
}

/// The same model with one weight, one bias or one multiplier changed.
fn neighbours(model: &Model) -> Vec<Model> {
    let with = |weights, multipliers| {
        Model::with_multipliers(model.topology().clone(), weights, multipliers).unwrap()
    };
    let (weights, multipliers) = (model.weights().to_vec(), model.multipliers().to_vec());
    let mut weight = weights.clone();
    weight[0].weight[2] ^= 1;
    let mut bias = weights.clone();
    bias[1].bias[0] ^= 1;
    let mut multiplier = multipliers.clone();
    multiplier[0][1] ^= 1;
    vec![
        with(weight, multipliers.clone()),
        with(bias, multipliers),
        with(weights, multiplier),
    ]
}

#[test]
fn random_networks_are_proven() {
    for seed in 0..8 {
        let mut random = Random(seed * 17 + 3);
        let topology = random.topology(7);
        let batch = 1 + seed as usize % 3;
        let model = random.model(&topology);
        let keys = keys(&model, batch);
        let mut input = BatchInput::public(random.input(&topology, batch));
        input.blind_y[0] = seed as u8;
        input.blind_x[1] = seed as u8;
        let output = model.run_batch(&input).unwrap();
        let proof = prove(&keys.proving, &model, &input).unwrap();
        verify(&keys.verifying, &proof.statement, &proof.bytes).unwrap();
        let commitments = &keys.commitment;
        assert_eq!(
            proof.statement.c_w,
            commitments.commit_weights(&model).unwrap()
        );
        assert_eq!(
            proof.statement.c_x,
            commitments.commit_input(&input).unwrap()
        );
        assert!(commitments.opens(&proof.bytes, &output).unwrap());

        let mut wrong = output.clone();
        let value = &mut wrong.rows.values_mut()[0];
        let hi = keys.proving.shape().plan().nodes.last().unwrap().output.hi;
        *value += if i64::from(*value) < hi { 1 } else { -1 };
        assert!(!commitments.opens(&proof.bytes, &wrong).unwrap());
    }
}

/// What a chain and its providers rely on: a commitment like any other, and no proof for any other.
#[test]
fn a_key_is_for_its_model_alone() {
    let mut random = Random(5);
    let topology = topology();
    let model = random.model(&topology);
    let keys_of_model = keys(&model, 2);
    let input = BatchInput::public(random.input(&topology, 2));
    let proof = prove(&keys_of_model.proving, &model, &input).unwrap();
    verify(&keys_of_model.verifying, &proof.statement, &proof.bytes).unwrap();
    swarm_groth16::check_commitment(&proof.statement.c_w).unwrap();

    let mut committed = std::collections::BTreeSet::from([proof.statement.c_w]);
    for other in neighbours(&model) {
        // Its weights have no commitment under this key, and no proof.
        let refused = Error::Circuit(swarm_circuits::Error::OtherModel);
        assert_eq!(
            keys_of_model.proving.commit_weights(&other),
            Err(refused.clone())
        );
        assert_eq!(
            keys_of_model.commitment.commit_weights(&other),
            Err(refused.clone())
        );
        assert_eq!(prove(&keys_of_model.proving, &other, &input), Err(refused));

        // A proof for one is none for the other: not under its key, whatever the commitment, ...
        let keys_of_other = keys(&other, 2);
        assert_ne!(keys_of_other.verifying, keys_of_model.verifying);
        let c_w = keys_of_other.commitment.commit_weights(&other).unwrap();
        assert!(committed.insert(c_w));
        let mut statement = proof.statement;
        for weights in [proof.statement.c_w, c_w] {
            statement.c_w = weights;
            assert_eq!(
                verify(&keys_of_other.verifying, &statement, &proof.bytes),
                Err(VerifyError::EquationFailed)
            );
        }
        // ... and not under its own key where the chain names the other.
        assert_eq!(
            verify(&keys_of_model.verifying, &statement, &proof.bytes),
            Err(VerifyError::EquationFailed)
        );
    }
}

/// A prover that has the circuit of another model has no proof under this one's key.
#[test]
fn another_models_circuit_does_not_fit_the_key() {
    let mut random = Random(5);
    let model = random.model(&topology());
    let made = keys(&model, 2);
    let folder = tempfile::tempdir().unwrap();
    made.write(folder.path()).unwrap();
    let path = folder.path().join(swarm_prover::PROVING_KEY_FILE);
    let proving = std::fs::read(path).unwrap();
    let commitment = made.commitment.to_bytes();
    for other in neighbours(&model) {
        let (own, bytes) = (model.to_bytes().unwrap(), other.to_bytes().unwrap());
        assert_eq!(own.len(), bytes.len());
        let exchanged = |key: &[u8]| {
            let at = key.windows(own.len()).position(|w| w == own).unwrap();
            let mut key = key.to_vec();
            key[at..at + own.len()].copy_from_slice(&bytes);
            key
        };
        assert_eq!(
            ProvingKey::from_bytes(&exchanged(&proving)).err(),
            Some(Error::OtherCircuit)
        );
        assert_eq!(
            CommitmentKey::from_bytes(&exchanged(&commitment)).err(),
            Some(Error::OtherCircuit)
        );
    }
}

#[test]
fn keys_survive_a_round_trip_and_may_stay_in_their_file() {
    let mut random = Random(6);
    let topology = topology();
    let model = random.model(&topology);
    let made = keys(&model, 2);
    let folder = tempfile::tempdir().unwrap();
    made.write(folder.path()).unwrap();
    let read = Keys::read(folder.path()).unwrap();
    assert_eq!(read.verifying, made.verifying);
    assert_eq!(read.commitment.to_bytes(), made.commitment.to_bytes());
    assert_eq!(read.commitment.shape().model(), Some(&model));
    let input = BatchInput::public(random.input(&topology, 2));
    let proof = prove(&made.proving, &model, &input).unwrap();
    assert_eq!(prove(&read.proving, &model, &input).unwrap(), proof);
    let path = folder.path().join(swarm_prover::PROVING_KEY_FILE);
    let opened = ProvingKey::open(&path).unwrap();
    assert_eq!(prove(&opened, &model, &input).unwrap(), proof);

    // A file says whether it holds a model or a topology, and is not read as the other.
    let bytes = made.commitment.to_bytes();
    let committed = setup_development(&topology, 2, &mut StdRng::seed_from_u64(7)).unwrap();
    let other = committed.commitment.to_bytes();
    assert_ne!(bytes[9], other[9]);
    for (bytes, kind) in [(&bytes, other[9]), (&other, bytes[9])] {
        let mut mislabelled = bytes.clone();
        mislabelled[9] = kind;
        assert!(matches!(
            CommitmentKey::from_bytes(&mislabelled),
            Err(Error::Network(_))
        ));
    }
    assert!(ProvingKey::from_bytes(&bytes).is_err());
    for length in [0, 13, 14, 100, bytes.len() / 2, bytes.len() - 1] {
        assert!(CommitmentKey::from_bytes(&bytes[..length]).is_err());
    }
    // Both kinds of key exist beside each other: the same model, two circuits.
    assert_ne!(
        made.proving.verifying_key().descriptor.digest,
        committed.proving.verifying_key().descriptor.digest
    );
    assert!(made.proving.verifying_key().rows < committed.proving.verifying_key().rows);
}
