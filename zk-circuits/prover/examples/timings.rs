//! Prints what each step of a proof of 784-128-10 takes: `timings [batch] [proofs]`.

use rand::{rngs::StdRng, Rng, SeedableRng};
use std::time::Instant;
use swarm_network::{ActivationType, JobInput, Layer, LinearWeights, Matrix, Model, Topology};
use swarm_prover::{setup_development, StatementTag};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<usize>());
    let batch = arguments.next().transpose()?.unwrap_or(63);
    let proofs = arguments.next().transpose()?.unwrap_or(3);
    let mut rng = StdRng::seed_from_u64(1);
    let layers = vec![
        Layer::Linear {
            inputs: 784,
            outputs: 128,
        },
        Layer::Requant {
            shift: 8,
            lo: 0,
            hi: 255,
        },
        Layer::Linear {
            inputs: 128,
            outputs: 10,
        },
    ];
    let topology = Topology::new(vec![784], ActivationType::U8, layers)?;
    let weights = topology
        .weighted()
        .map(|weighted| LinearWeights {
            weight: (0..weighted.weight_len()).map(|_| rng.gen()).collect(),
            bias: (0..weighted.outputs)
                .map(|_| rng.gen_range(-10_000..10_000))
                .collect(),
        })
        .collect();
    let model = Model::new(topology.clone(), weights)?;
    let pixels = (0..batch * 784).map(|_| rng.gen_range(0..256)).collect();
    let rows = Matrix::new(batch, 784, pixels)?;
    let input = JobInput::new(rows, batch, vec![], vec![])?.get(0)?;
    let output = model.run_batch(&input)?;

    let start = Instant::now();
    let keys = setup_development(&topology, batch, &mut rng)?;
    println!("setup      {:8.3} s", start.elapsed().as_secs_f64());
    println!("rows       {:8}", keys.proving.verifying_key().rows);

    let folder = std::env::temp_dir().join(format!("swarm-timings-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    keys.write(&folder)?;
    let start = Instant::now();
    let keys = swarm_prover::Keys::read(&folder)?;
    println!("read keys  {:8.3} s", start.elapsed().as_secs_f64());
    for entry in std::fs::read_dir(&folder)? {
        let entry = entry?;
        let bytes = entry.metadata()?.len();
        println!("  {:<16} {bytes:10} bytes", entry.file_name().display());
    }
    std::fs::remove_dir_all(&folder)?;

    let start = Instant::now();
    keys.commitment.commit_weights(&model)?;
    println!("commit w   {:8.3} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    keys.commitment.commit_input(&input)?;
    println!("commit x   {:8.3} s", start.elapsed().as_secs_f64());

    let job = StatementTag {
        genesis: [1; 32],
        job: [2; 32],
        batch: 0,
        provider: [3; 32],
    };
    for _ in 0..proofs {
        let start = Instant::now();
        let mut steps = Vec::new();
        let mut progress = |p: swarm_prover::Progress| steps.push((p.stage, start.elapsed()));
        let proof = keys
            .proving
            .prove(&model, &input, &output, &job, &mut rng, &mut progress)?;
        let total = start.elapsed().as_secs_f64();
        let per_item = 1000.0 * total / batch as f64;
        println!("prove      {total:8.3} s, {per_item:.1} ms per inference");
        for pair in steps.windows(2) {
            let took = (pair[1].1 - pair[0].1).as_secs_f64();
            println!("  {:<12} {took:8.3} s", format!("{:?}", pair[0].0));
        }
        swarm_prover::verify(&keys.verifying, &proof.statement, &proof.bytes)?;
    }
    Ok(())
}
