//! Proofs of random small networks verify; anything wrong does not.

use proptest::prelude::*;
use rand::{rngs::StdRng, SeedableRng};
use swarm_network::{ActivationType, BatchInput, BatchOutput, Layer, LinearWeights, Matrix};
use swarm_prover::{
    setup_development, verify, CommitmentKey, Error, Keys, Model, Proof, ProvingKey, Stage,
    StatementTag, Topology, VerifyError,
};

const JOB: StatementTag = StatementTag {
    genesis: [1; 32],
    job: [2; 32],
    batch: 3,
    provider: [4; 32],
};

fn mlp(dtype: ActivationType, widths: &[usize], requant: Layer, last: bool) -> Topology {
    let mut layers = Vec::new();
    for (index, pair) in widths.windows(2).enumerate() {
        layers.push(Layer::Linear {
            inputs: pair[0],
            outputs: pair[1],
        });
        if last || index + 2 < widths.len() {
            layers.push(requant.clone());
        }
    }
    Topology::new(vec![widths[0]], dtype, layers).unwrap()
}

fn relu(shift: u32) -> Layer {
    Layer::Requant {
        shift,
        lo: 0,
        hi: 255,
    }
}

/// Deterministic weights and inputs over the whole of their ranges.
fn sample(topology: &Topology, batch: usize, seed: u64) -> (Model, BatchInput) {
    use rand::Rng;
    let mut rng = StdRng::seed_from_u64(seed);
    let weights = topology
        .weighted()
        .map(|weighted| LinearWeights {
            weight: (0..weighted.weight_len()).map(|_| rng.gen()).collect(),
            bias: (0..weighted.outputs)
                .map(|_| rng.gen_range(-weighted.bias_bound..=weighted.bias_bound) as i32)
                .collect(),
        })
        .collect();
    let multipliers = topology
        .multiplied()
        .map(|requant| (0..requant.multipliers()).map(|_| rng.gen()).collect())
        .collect();
    let model = Model::with_multipliers(topology.clone(), weights, multipliers).unwrap();
    let dtype = topology.input_type();
    let values = (0..batch * topology.input_len())
        .map(|_| rng.gen_range(dtype.min()..=dtype.max()) as i32)
        .collect();
    let rows = Matrix::new(batch, topology.input_len(), values).unwrap();
    (model, BatchInput::public(rows))
}

fn prove(
    keys: &Keys,
    model: &Model,
    input: &BatchInput,
    output: &BatchOutput,
) -> Result<Proof, Error> {
    let mut rng = StdRng::seed_from_u64(9);
    keys.proving
        .prove(model, input, output, &JOB, &mut rng, &mut |_| ())
}

fn keys(topology: &Topology, batch: usize) -> Keys {
    setup_development(topology, batch, &mut StdRng::seed_from_u64(7)).unwrap()
}

fn shapes() -> impl Strategy<Value = (Topology, usize)> {
    let dtype = prop_oneof![Just(ActivationType::U8), Just(ActivationType::I8)];
    let clamp = prop_oneof![
        Just((0, 255)),
        Just((-128, 127)),
        Just((0, 100)),
        Just((-5, 9))
    ];
    let widths = prop::collection::vec(1usize..7, 2..5);
    (dtype, widths, 0u32..16, clamp, any::<bool>(), 1usize..14).prop_map(
        |(dtype, widths, shift, (lo, hi), last, batch)| {
            let requant = Layer::Requant { shift, lo, hi };
            (mlp(dtype, &widths, requant, last), batch)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn random_networks((topology, batch) in shapes(), seed in any::<u64>(), blinded in any::<bool>()) {
        let keys = keys(&topology, batch);
        let (model, mut input) = sample(&topology, batch, seed);
        if blinded {
            input.blind_x[..8].copy_from_slice(&seed.to_le_bytes());
            input.blind_y[8..16].copy_from_slice(&seed.to_le_bytes());
        }
        let output = model.run_batch(&input).unwrap();
        let proof = prove(&keys, &model, &input, &output).unwrap();
        prop_assert_eq!(verify(&keys.verifying, &proof.statement, &proof.bytes), Ok(()));
        prop_assert_eq!(proof.statement.c_w, keys.commitment.commit_weights(&model).unwrap());
        prop_assert_eq!(proof.statement.c_x, keys.commitment.commit_input(&input).unwrap());
        prop_assert_eq!(proof.c_y(), keys.commitment.commit_output(&output).unwrap());
        prop_assert!(keys.commitment.opens(&proof.bytes, &output).unwrap());
    }
}

#[test]
fn digits_shape() {
    let topology = mlp(ActivationType::U8, &[64, 32, 10], relu(8), false);
    let keys = keys(&topology, 60);
    let (model, input) = sample(&topology, 60, 1);
    let output = model.run_batch(&input).unwrap();
    let mut stages = Vec::new();
    let mut rng = StdRng::seed_from_u64(9);
    let start = std::time::Instant::now();
    let proof = keys
        .proving
        .prove(&model, &input, &output, &JOB, &mut rng, &mut |p| {
            stages.push(p)
        })
        .unwrap();
    println!(
        "64-32-10, batch 60: {} rows, proven in {:?}",
        keys.proving.verifying_key().rows,
        start.elapsed()
    );
    verify(&keys.verifying, &proof.statement, &proof.bytes).unwrap();
    assert!(stages.windows(2).all(|p| p[0].fraction < p[1].fraction));
    assert_eq!(stages.last().map(|p| p.stage), Some(Stage::Done));
}

#[test]
fn wrong_statements_do_not_verify() {
    let topology = mlp(ActivationType::U8, &[5, 4, 3], relu(8), false);
    let keys = keys(&topology, 4);
    let (model, input) = sample(&topology, 4, 1);
    let output = model.run_batch(&input).unwrap();
    let proof = prove(&keys, &model, &input, &output).unwrap();
    let refused = |statement, bytes: &[u8]| {
        assert_eq!(
            verify(&keys.verifying, &statement, bytes),
            Err(VerifyError::EquationFailed)
        );
    };

    let (other_model, other_input) = sample(&topology, 4, 2);
    let mut statement = proof.statement;
    statement.c_w = keys.commitment.commit_weights(&other_model).unwrap();
    refused(statement, &proof.bytes);
    let mut statement = proof.statement;
    statement.c_x = keys.commitment.commit_input(&other_input).unwrap();
    refused(statement, &proof.bytes);
    let mut statement = proof.statement;
    statement.provider[0] ^= 1;
    refused(statement, &proof.bytes);
    let mut statement = proof.statement;
    statement.batch += 1;
    refused(statement, &proof.bytes);

    // The commitment to another output under the same proof.
    let mut wrong = output.clone();
    wrong.rows.values_mut()[0] += 1;
    let mut bytes = proof.bytes;
    bytes[160..].copy_from_slice(&keys.commitment.commit_output(&wrong).unwrap());
    refused(proof.statement, &bytes);
    assert!(!keys.commitment.opens(&proof.bytes, &wrong).unwrap());
    assert!(keys.commitment.opens(&proof.bytes, &output).unwrap());
}

#[test]
fn wrong_outputs_are_not_proven() {
    let topology = mlp(ActivationType::U8, &[5, 4, 3], relu(8), false);
    let keys = keys(&topology, 4);
    let (model, input) = sample(&topology, 4, 1);
    let output = model.run_batch(&input).unwrap();
    let mut wrong = output.clone();
    wrong.rows.values_mut()[4] += 1;
    let expected = output.rows.get(1, 1);
    assert_eq!(
        prove(&keys, &model, &input, &wrong),
        Err(Error::WrongOutput {
            row: 1,
            col: 1,
            found: expected + 1,
            expected
        })
    );

    let mut wrong = output.clone();
    wrong.blind_y[0] = 1;
    assert_eq!(prove(&keys, &model, &input, &wrong), Err(Error::OtherBlind));

    let mut huge = output.clone();
    huge.rows.values_mut()[0] = i32::MAX;
    let message = prove(&keys, &model, &input, &huge).unwrap_err().to_string();
    assert!(message.contains("output[0, 0] is 2147483647"), "{message}");

    let mut bright = input.clone();
    bright.rows.values_mut()[7] = 256;
    let message = prove(&keys, &model, &bright, &output)
        .unwrap_err()
        .to_string();
    assert_eq!(message, "tensor input[1, 2] is 256, outside 0..=255");
    assert_eq!(
        keys.commitment
            .commit_input(&bright)
            .unwrap_err()
            .to_string(),
        message
    );

    let mut blind = input.clone();
    blind.blind_x = [255; 32];
    let error = Error::Blind { name: "blind_x" };
    assert_eq!(keys.commitment.commit_input(&blind), Err(error.clone()));
    assert_eq!(prove(&keys, &model, &blind, &output), Err(error));

    let other = mlp(ActivationType::U8, &[5, 4, 3], relu(9), false);
    let (other, _) = sample(&other, 4, 1);
    let message = prove(&keys, &other, &input, &output)
        .unwrap_err()
        .to_string();
    assert!(message.contains("another network"), "{message}");

    let (_, short) = sample(&topology, 3, 1);
    let message = keys
        .commitment
        .commit_input(&short)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("3 rows; this circuit is for 4"),
        "{message}"
    );
}

#[test]
fn blinds_hide_and_bind() {
    let topology = mlp(ActivationType::I8, &[3, 2], relu(6), true);
    let keys = keys(&topology, 2);
    let (model, public) = sample(&topology, 2, 1);
    let mut hidden = public.clone();
    hidden.blind_x[0] = 1;
    hidden.blind_y[0] = 2;
    let commit = |input: &BatchInput| keys.commitment.commit_input(input).unwrap();
    assert_ne!(commit(&public), commit(&hidden));

    let output = model.run_batch(&hidden).unwrap();
    let proof = prove(&keys, &model, &hidden, &output).unwrap();
    verify(&keys.verifying, &proof.statement, &proof.bytes).unwrap();
    assert!(keys.commitment.opens(&proof.bytes, &output).unwrap());
    let unblinded = BatchOutput {
        blind_y: [0; 32],
        ..output
    };
    assert!(!keys.commitment.opens(&proof.bytes, &unblinded).unwrap());
}

#[test]
fn keys_survive_a_round_trip() {
    let topology = mlp(ActivationType::U8, &[4, 3, 2], relu(8), false);
    let made = keys(&topology, 3);
    let folder = tempfile::tempdir().unwrap();
    made.write(folder.path()).unwrap();
    let read = Keys::read(folder.path()).unwrap();
    assert_eq!(read.verifying, made.verifying);
    assert!(read.verifying.len() < 1024);
    assert_eq!(read.commitment.to_bytes(), made.commitment.to_bytes());
    assert_eq!(read.commitment.batch(), 3);
    assert_eq!(read.proving.topology(), &topology);

    let (model, input) = sample(&topology, 3, 1);
    let output = model.run_batch(&input).unwrap();
    let proof = prove(&read, &model, &input, &output).unwrap();
    verify(&made.verifying, &proof.statement, &proof.bytes).unwrap();

    let another = setup_development(&topology, 3, &mut StdRng::seed_from_u64(8)).unwrap();
    another
        .commitment
        .write(folder.path().join(swarm_prover::COMMITMENT_KEY_FILE))
        .unwrap();
    assert_eq!(
        Keys::read(folder.path()).err(),
        Some(Error::MixedKeys("commitment"))
    );
}

/// A wide layer with one output: fewer rows than instance variables, and a domain smaller than both.
#[test]
fn keys_with_fewer_rows_than_variables_survive_a_round_trip() {
    let topology = mlp(ActivationType::U8, &[20, 1], relu(8), false);
    let made = keys(&topology, 1);
    let rows = made.proving.verifying_key().rows as usize;
    assert!(rows.next_power_of_two() < made.proving.shape().layout().num_instance());
    let folder = tempfile::tempdir().unwrap();
    made.write(folder.path()).unwrap();
    let read = Keys::read(folder.path()).unwrap();
    let (model, input) = sample(&topology, 1, 1);
    let output = model.run_batch(&input).unwrap();
    let proof = prove(&read, &model, &input, &output).unwrap();
    verify(&made.verifying, &proof.statement, &proof.bytes).unwrap();
}

#[test]
fn damaged_keys_are_refused() {
    let topology = mlp(ActivationType::U8, &[4, 3], relu(8), true);
    let keys = keys(&topology, 2);
    let folder = tempfile::tempdir().unwrap();
    keys.write(folder.path()).unwrap();
    let proving = std::fs::read(folder.path().join(swarm_prover::PROVING_KEY_FILE)).unwrap();
    let commitment = keys.commitment.to_bytes();

    let not_commitment = Error::NotAKey {
        expected: "commitment",
    };
    for bytes in [&b""[..], b"swarmkey", &proving, &keys.verifying] {
        assert_eq!(
            CommitmentKey::from_bytes(bytes).err(),
            Some(not_commitment.clone())
        );
    }
    let mut version = commitment.clone();
    version[8] = 2;
    assert_eq!(
        CommitmentKey::from_bytes(&version).err(),
        Some(Error::KeyVersion {
            kind: "commitment",
            found: 2
        })
    );
    assert_eq!(
        CommitmentKey::from_bytes(&commitment[..40]).err(),
        Some(Error::Truncated { kind: "commitment" })
    );
    for (name, bytes) in [("commitment", &commitment), ("proving", &proving)] {
        let read = |bytes: &[u8]| match name {
            "proving" => ProvingKey::from_bytes(bytes).err(),
            _ => CommitmentKey::from_bytes(bytes).err(),
        };
        let long = [&bytes[..], &[0]].concat();
        assert!(matches!(read(&long), Some(Error::KeyFile { .. })), "{name}");
        let short = &bytes[..bytes.len() - 1];
        assert!(matches!(read(short), Some(Error::KeyFile { .. })), "{name}");
        let mut flipped = bytes.clone();
        let last = flipped.len() - 40;
        flipped[last] ^= 1;
        assert!(
            matches!(read(&flipped), Some(Error::KeyFile { .. })),
            "{name}"
        );
        // Another topology of the same size in front of the same points.
        let json = topology.to_json().replace("\"shift\":8", "\"shift\":7");
        let mut swapped = bytes.clone();
        swapped[14..14 + json.len()].copy_from_slice(json.as_bytes());
        assert_eq!(read(&swapped), Some(Error::OtherCircuit), "{name}");
    }
    assert!(ProvingKey::from_bytes(&proving).is_ok());
}

/// A proving key whose points are valid but not of its setup gives no proof at all.
#[test]
fn foreign_points_give_no_proof() {
    let topology = mlp(ActivationType::U8, &[4, 3], relu(8), true);
    let keys = keys(&topology, 2);
    let other = setup_development(&topology, 2, &mut StdRng::seed_from_u64(8)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bytes = |keys: &Keys| {
        let path = folder.path().join("key");
        keys.proving.write(&path).unwrap();
        std::fs::read(path).unwrap()
    };
    let (mine, foreign) = (bytes(&keys), bytes(&other));
    let mut mixed = mine.clone();
    let tail = mixed.len() - 64;
    mixed[tail..].copy_from_slice(&foreign[tail..]);
    let mixed = ProvingKey::from_bytes(&mixed).unwrap();
    let (model, input) = sample(&topology, 2, 1);
    let output = model.run_batch(&input).unwrap();
    let proof = mixed.prove(
        &model,
        &input,
        &output,
        &JOB,
        &mut StdRng::seed_from_u64(9),
        &mut |_| (),
    );
    assert_eq!(
        proof,
        Err(Error::BadProvingKey(VerifyError::EquationFailed))
    );
}

/// The queries stay in the file, the proof is the same.
#[test]
fn a_key_left_in_its_file_proves_the_same() {
    let topology = mlp(ActivationType::U8, &[20, 9, 4], relu(8), false);
    let made = keys(&topology, 11);
    let folder = tempfile::tempdir().unwrap();
    made.write(folder.path()).unwrap();
    let path = folder.path().join(swarm_prover::PROVING_KEY_FILE);
    let opened = ProvingKey::open(&path).unwrap();
    assert_eq!(opened.verifying_key_bytes(), made.verifying);
    assert_eq!(opened.topology(), &topology);
    let (model, input) = sample(&topology, 11, 1);
    let output = model.run_batch(&input).unwrap();
    let mut rng = StdRng::seed_from_u64(9);
    let proof = opened
        .prove(&model, &input, &output, &JOB, &mut rng, &mut |_| ())
        .unwrap();
    assert_eq!(proof, prove(&made, &model, &input, &output).unwrap());
    verify(&made.verifying, &proof.statement, &proof.bytes).unwrap();
    assert_eq!(
        opened.commitment_key().to_bytes(),
        made.commitment.to_bytes()
    );

    let copy = folder.path().join("copy");
    opened.write(&copy).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(std::fs::read(copy).unwrap(), bytes);
    for length in [0, 5, 13, 14, 20, bytes.len() / 2, bytes.len() - 1] {
        let cut = folder.path().join("cut");
        std::fs::write(&cut, &bytes[..length]).unwrap();
        assert!(ProvingKey::open(&cut).is_err(), "{length} bytes");
        assert!(ProvingKey::read(&cut).is_err(), "{length} bytes");
    }
}
