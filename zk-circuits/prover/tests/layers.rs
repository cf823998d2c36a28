//! Proofs of convolutional and residual networks.

use rand::{rngs::StdRng, SeedableRng};
use swarm_network::BatchInput;
use swarm_prover::{setup_development, verify, Keys, StatementTag, Topology, VerifyError};
use swarm_testing::Random;

const JOB: StatementTag = StatementTag {
    genesis: [1; 32],
    job: [2; 32],
    batch: 3,
    provider: [4; 32],
};

/// Padding, strides, groups, sums before and after the clamp, a max pool, a residual add, and
/// scales of each channel.
const RESIDUAL: &str = r#"{"format":"swarmwork-network","version":1,"input":{"shape":[2,6,5],"dtype":"u8"},"layers":[
    {"type":"conv2d","in_channels":2,"out_channels":4,"kernel":[3,3],"stride":[1,1],"padding":[1,1,1,1]},
    {"type":"avgpool","kernel":[2,2],"stride":[2,2]},
    {"type":"requant","shift":27,"multiplier":true,"lo":0,"hi":255},
    {"type":"conv2d","in_channels":4,"out_channels":4,"kernel":[2,2],"stride":[1,1],"padding":[1,0,0,1],"groups":2},
    {"type":"add","with":2,"scale":[1,77]},
    {"type":"requant","shifts":[8,9,10,11],"lo":-128,"hi":127},
    {"type":"maxpool","kernel":[2,2],"stride":[1,1],"padding":[0,1,1,0]},
    {"type":"add","with":5,"scale":[3,2]},
    {"type":"requant","shift":18,"multiplier":true,"lo":-128,"hi":127},
    {"type":"avgpool","kernel":[3,2],"stride":[1,1]},
    {"type":"flatten"},
    {"type":"linear","in":4,"out":3}]}"#;

/// The same with its last layers left out.
fn without(layers: usize) -> Topology {
    let mut lines: Vec<&str> = RESIDUAL.lines().collect();
    lines.truncate(lines.len() - layers);
    let json = lines.join("\n");
    let json = json.trim_end_matches(',').to_string();
    Topology::from_json(&(json + "]}")).unwrap()
}

fn keys(topology: &Topology, batch: usize) -> Keys {
    setup_development(topology, batch, &mut StdRng::seed_from_u64(7)).unwrap()
}

#[test]
fn residual_networks_are_proven() {
    // Ends in accumulators, in a sum of activations, in activations, and in a max pool.
    for (cut, batch) in [(0, 1), (0, 5), (2, 3), (4, 2), (5, 2), (3, 4)] {
        let topology = match cut {
            0 => Topology::from_json(RESIDUAL).unwrap(),
            cut => without(cut),
        };
        let keys = keys(&topology, batch);
        let mut random = Random(batch as u64 + 11);
        let model = random.model(&topology);
        let mut input = BatchInput::public(random.input(&topology, batch));
        input.blind_y[0] = 9;
        let output = model.run_batch(&input).unwrap();
        let mut rng = StdRng::seed_from_u64(9);
        let proof = keys
            .proving
            .prove(&model, &input, &output, &JOB, &mut rng, &mut |_| ())
            .unwrap();
        println!(
            "{}, batch {batch}: {} rows",
            topology.label(),
            keys.proving.verifying_key().rows
        );
        verify(&keys.verifying, &proof.statement, &proof.bytes).unwrap();
        assert_eq!(
            proof.statement.c_w,
            keys.commitment.commit_weights(&model).unwrap()
        );
        assert_eq!(
            proof.statement.c_x,
            keys.commitment.commit_input(&input).unwrap()
        );
        assert!(keys.commitment.opens(&proof.bytes, &output).unwrap());

        // Another output than the network's is neither proven nor opened.
        let mut wrong = output.clone();
        let value = &mut wrong.rows.values_mut()[1];
        *value += if i64::from(*value) < topology.output_range().1 {
            1
        } else {
            -1
        };
        assert!(!keys.commitment.opens(&proof.bytes, &wrong).unwrap());
        let mut bytes = proof.bytes;
        bytes[160..].copy_from_slice(&keys.commitment.commit_output(&wrong).unwrap());
        assert_eq!(
            verify(&keys.verifying, &proof.statement, &bytes),
            Err(VerifyError::EquationFailed)
        );
        // Nor under the commitment to other multipliers.
        if topology.multiplied().next().is_some() {
            let mut multipliers = model.multipliers().to_vec();
            multipliers[0][0] ^= 1;
            let weights = model.weights().to_vec();
            let other = swarm_prover::Model::with_multipliers(topology, weights, multipliers);
            let mut statement = proof.statement;
            statement.c_w = keys.commitment.commit_weights(&other.unwrap()).unwrap();
            assert_ne!(statement.c_w, proof.statement.c_w);
            assert_eq!(
                verify(&keys.verifying, &statement, &proof.bytes),
                Err(VerifyError::EquationFailed)
            );
        }
    }
}

#[test]
fn keys_of_residual_networks_survive_a_round_trip() {
    let topology = without(6);
    let keys = keys(&topology, 2);
    let again = swarm_prover::CommitmentKey::from_bytes(&keys.commitment.to_bytes()).unwrap();
    assert_eq!(again.topology(), &topology);
    assert_eq!(again.to_bytes(), keys.commitment.to_bytes());
}

#[test]
fn random_networks_are_proven() {
    for seed in 0..6 {
        let mut random = Random(seed * 31 + 5);
        let topology = random.topology(7);
        let batch = 1 + seed as usize % 3;
        let keys = keys(&topology, batch);
        let model = random.model(&topology);
        let input = BatchInput::public(random.input(&topology, batch));
        let output = model.run_batch(&input).unwrap();
        let mut rng = StdRng::seed_from_u64(seed);
        let proof = keys
            .proving
            .prove(&model, &input, &output, &JOB, &mut rng, &mut |_| ())
            .unwrap();
        verify(&keys.verifying, &proof.statement, &proof.bytes).unwrap();
        assert!(keys.commitment.opens(&proof.bytes, &output).unwrap());
    }
}
