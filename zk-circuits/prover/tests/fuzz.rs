//! The bodies of the fuzz targets on valid, mutated and random inputs, without a fuzzer.

#[path = "../../fuzz/src/bodies.rs"]
mod bodies;

use bodies::Samples;
use rand::{rngs::StdRng, Rng, SeedableRng};

/// Lengths and counts that readers must survive.
const NUMBERS: [u64; 8] = [
    0,
    1,
    0x7f,
    0xff,
    u32::MAX as u64,
    1 << 28,
    i64::MAX as u64,
    u64::MAX,
];

/// One to three changes of the kinds a fuzzer makes.
fn mutate(input: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..rng.gen_range(1..4) {
        if bytes.is_empty() {
            bytes.push(rng.gen());
        }
        // Half of the changes fall on the first bytes, where lengths and names are.
        let end = match rng.gen() {
            true => bytes.len(),
            false => bytes.len().min(600),
        };
        let at = rng.gen_range(0..end);
        match rng.gen_range(0..8) {
            0 | 1 => bytes[at] ^= 1 << rng.gen_range(0..8),
            2 => bytes[at] = rng.gen(),
            3 => bytes.truncate(at),
            4 => bytes.insert(at, rng.gen()),
            5 => {
                bytes.remove(at);
            }
            6 => {
                let number = NUMBERS[rng.gen_range(0..NUMBERS.len())].to_le_bytes();
                let width = [1, 4, 8][rng.gen_range(0..3)].min(bytes.len() - at);
                bytes[at..at + width].copy_from_slice(&number[..width]);
            }
            _ => {
                let from = rng.gen_range(0..bytes.len());
                let count = rng.gen_range(0..64).min(bytes.len() - at.max(from));
                bytes.copy_within(from..from + count, at);
            }
        }
    }
    bytes
}

/// Valid inputs, then `mutated` changed ones, then `random` ones, some behind a valid beginning.
fn run(target: &str, body: fn(&[u8]), mutated: usize, random: usize) {
    let samples = Samples::shared().by_target();
    let (_, valid) = samples
        .into_iter()
        .find(|(name, _)| *name == target)
        .expect("every target has samples");
    valid.iter().for_each(|input| body(input));
    let mut rng = StdRng::seed_from_u64(1);
    for round in 0..mutated {
        body(&mutate(&valid[round % valid.len()], &mut rng));
    }
    for round in 0..random {
        let input = &valid[round % valid.len()];
        let kept = match rng.gen() {
            true => 0,
            false => rng.gen_range(0..input.len()),
        };
        let mut bytes = input[..kept].to_vec();
        let added = match rng.gen() {
            // The length of a valid input, so that the first check passes.
            true => input.len() - kept,
            false => rng.gen_range(0..2048),
        };
        bytes.extend((0..added).map(|_| rng.gen::<u8>()));
        body(&bytes);
    }
}

#[test]
fn proofs() {
    run("proof", bodies::proof, 2000, 1000);
}

#[test]
fn statements() {
    run("statement", bodies::statement, 2000, 1000);
}

#[test]
fn verifying_keys() {
    run("verifying_key", bodies::verifying_key, 2000, 1000);
}

#[test]
fn commitment_keys() {
    run("commitment_key", bodies::commitment_key, 3000, 500);
}

#[test]
fn proving_keys() {
    run("proving_key", bodies::proving_key, 3000, 500);
}

#[test]
fn powers_of_tau() {
    run("phase1", bodies::phase1, 3000, 500);
}

#[test]
fn ceremonies() {
    run("ceremony", bodies::ceremony, 3000, 500);
}

#[test]
fn topologies() {
    run("topology", bodies::topology, 4000, 500);
}

#[test]
fn tensors() {
    run("tensors", bodies::tensors, 4000, 500);
}

#[test]
fn onnx() {
    run("onnx", bodies::onnx, 900, 300);
}

#[test]
fn verify() {
    run("verify", bodies::verify, 1500, 500);
}

#[test]
fn verify_batch() {
    run("verify_batch", bodies::verify_batch, 600, 200);
}

/// The fuzzer's targets are those that have samples, and all of those are run above.
#[test]
fn every_target_is_run() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/fuzz_targets");
    let files = std::fs::read_dir(folder).unwrap();
    let mut targets: Vec<String> = files
        .map(|file| file.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    targets.sort_unstable();
    let mut samples: Vec<_> = Samples::shared().by_target();
    samples.sort_unstable();
    let samples: Vec<&str> = samples.iter().map(|(target, _)| *target).collect();
    assert_eq!(targets, samples);
    for target in targets {
        let run = format!("run(\"{target}\", bodies::{target}, ");
        assert!(include_str!("fuzz.rs").contains(&run), "{target}");
    }
}
