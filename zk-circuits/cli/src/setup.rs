//! `setup`: development keys for a topology and a batch size.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use rand::rngs::OsRng;
use serde_json::json;
use swarm_prover::{inspect_key, COMMITMENT_KEY_FILE, PROVING_KEY_FILE, VERIFYING_KEY_FILE};

use crate::files;
use crate::report::{hex, size, Report};

#[derive(clap::Args)]
pub struct Args {
    /// Topology JSON, or a model file (*.safetensors) whose topology is taken.
    #[arg(long, value_name = "FILE")]
    pub topology: PathBuf,
    /// Make the weights of the model file constants of the circuit: one inference is proven in a
    /// fraction of the time, but the keys are for that model alone, and show its weights.
    #[arg(long)]
    pub baked: bool,
    /// Inferences per proof.
    #[arg(long, value_name = "N")]
    pub batch: usize,
    /// Folder for verifying.key, commitment.key and proving.key; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace keys that are there. Proofs and models under them become useless.
    #[arg(long)]
    pub force: bool,
}

pub fn run(args: &Args, report: &Report) -> Result<()> {
    let names = [VERIFYING_KEY_FILE, COMMITMENT_KEY_FILE, PROVING_KEY_FILE];
    let paths = names.map(|name| args.out.join(name));
    files::refuse_existing(&paths, args.force)?;
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("cannot make the folder {}", args.out.display()))?;

    let task = report.task(format!("Making keys, batch {}", args.batch));
    let began = Instant::now();
    let (shape, label) = files::shape(&args.topology, args.baked, args.batch)?;
    let keys = shape.generate_development(&mut OsRng)?;
    let seconds = began.elapsed().as_secs_f64();
    task.say("Writing keys");
    keys.write(&args.out)?;
    drop(task);

    let info = inspect_key(&keys.verifying).context("the new verifying key")?;
    let mut bytes = [0u64; 3];
    for (bytes, path) in bytes.iter_mut().zip(&paths) {
        *bytes = std::fs::metadata(path)
            .with_context(|| format!("cannot read {}", path.display()))?
            .len();
    }
    let value = json!({
        "circuit": hex(info.id),
        "development": info.development,
        "network": label,
        "baked": args.baked,
        "batch": info.batch,
        "rows": info.rows,
        "macs": info.macs,
        "vk_bytes": bytes[0],
        "ck_bytes": bytes[1],
        "pk_bytes": bytes[2],
        "seconds": seconds,
    });
    report.result(
        &value,
        &[
            format!("circuit         {}", hex(info.id)),
            format!("network         {label}, batch {}", info.batch),
            format!("rows            {}", info.rows),
            format!("verifying key   {}", size(bytes[0])),
            format!("commitment key  {}", size(bytes[1])),
            format!("proving key     {}", size(bytes[2])),
            format!("made in         {seconds:.1} s, for development only"),
        ],
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use swarm_network::{ActivationType, Layer, LinearWeights, Model, Topology};
    use swarm_prover::Keys;

    #[test]
    fn weights_become_constants_on_request() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let layers = vec![Layer::Linear {
            inputs: 3,
            outputs: 2,
        }];
        let topology = Topology::new(vec![3], ActivationType::U8, layers).unwrap();
        let weights = LinearWeights {
            weight: vec![1, -2, 3, -4, 5, -6],
            bias: vec![7, -8],
        };
        let model = Model::new(topology.clone(), vec![weights]).unwrap();
        model.write(at("model.safetensors")).unwrap();
        std::fs::write(at("network.json"), topology.to_json()).unwrap();
        let setup = |network: &str, baked: bool, out: &str| {
            let args = Args {
                topology: at(network),
                baked,
                batch: 1,
                out: at(out),
                force: false,
            };
            run(&args, &Report::new(true)).map(|()| Keys::read(at(out)).unwrap())
        };
        let baked = setup("model.safetensors", true, "baked").unwrap();
        assert_eq!(baked.proving.shape().model(), Some(&model));
        for network in ["model.safetensors", "network.json"] {
            let keys = setup(network, false, network.split_once('.').unwrap().0).unwrap();
            assert_eq!(keys.proving.shape().model(), None);
            assert_eq!(keys.proving.topology(), &topology);
        }
        let error = setup("network.json", true, "none").err().unwrap();
        assert!(error.to_string().contains("--baked"), "{error}");
        assert!(!at("none").join(VERIFYING_KEY_FILE).exists());
    }
}
