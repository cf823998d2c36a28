//! `export`: verification on an Ethereum virtual machine, as a contract or a call to one.

use std::path::PathBuf;

use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use swarm_evm::{calldata, solidity};
use swarm_groth16::VerifyingKey;
use swarm_prover::verify;

use crate::files;
use crate::proof_file::ProofFile;
use crate::report::{hex, Report};

#[derive(clap::Args)]
pub struct Args {
    /// Folder of keys, or a verifying key file.
    #[arg(long, value_name = "PATH")]
    pub key: PathBuf,
    #[command(flatten)]
    pub what: What,
    /// Proof file made by `prove`, for --calldata.
    #[arg(long, value_name = "FILE", requires = "calldata")]
    pub proof: Option<PathBuf>,
    /// Where the result goes; else to standard output.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct What {
    /// Write the source of a contract that verifies proofs under the key.
    #[arg(long, conflicts_with = "proof")]
    pub solidity: bool,
    /// Write, in hex, the calldata with which that contract verifies a proof.
    #[arg(long, requires = "proof")]
    pub calldata: bool,
}

pub fn run(args: &Args, report: &Report) -> Result<()> {
    files::refuse_existing(args.output.as_slice(), args.force)?;
    let vk = files::verifying_key(&args.key)?;
    let key = VerifyingKey::from_bytes(&vk).context("the verifying key is refused")?;
    let (kind, text) = match &args.proof {
        Some(proof) => ("calldata", call(&vk, key.id(), &ProofFile::read(proof)?)?),
        None => ("solidity", solidity(&key)),
    };
    if key.development {
        report.note("note: a development key; whoever made it can forge proofs under it");
    }
    let mut value = json!({
        "circuit": hex(key.id()),
        "development": key.development,
    });
    let line = match &args.output {
        Some(path) => {
            files::write(path, format!("{}\n", text.trim_end()).as_bytes())?;
            value["output"] = Value::String(path.display().to_string());
            format!("{kind}  {}", path.display())
        }
        None => {
            value[kind] = Value::String(text.clone());
            text.trim_end().to_owned()
        }
    };
    report.result(&value, &[line]);
    Ok(())
}

/// Calldata for a proof that the contract will accept; nobody pays gas to learn that it is refused.
fn call(vk: &[u8], circuit: [u8; 32], file: &ProofFile) -> Result<String> {
    ensure!(
        file.circuit()? == circuit,
        "the proof is for circuit {}, the key is of {}",
        file.circuit,
        hex(circuit)
    );
    let (statement, proof) = (file.statement()?, file.proof()?);
    verify(vk, &statement, &proof)?;
    Ok(hex(calldata(&statement, &proof)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use rand::rngs::OsRng;
    use swarm_network::{LinearWeights, Matrix};
    use swarm_prover::{
        setup_development, BatchInput, Model, StatementTag, Topology, VERIFYING_KEY_FILE,
    };

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn parse(arguments: &[&str]) -> Result<Args, clap::Error> {
        let all = std::iter::once("export").chain(arguments.iter().copied());
        Cli::try_parse_from(all).map(|cli| cli.args)
    }

    fn export(arguments: &[&str]) -> Result<()> {
        run(&parse(arguments)?, &Report::new(true))
    }

    /// A folder with a key, a proof under it and a proof under another key.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let topology = Topology::from_json(
            r#"{"format":"swarmwork-network","version":1,"input":{"shape":[3],"dtype":"u8"},
                "layers":[{"type":"linear","in":3,"out":2}]}"#,
        )
        .unwrap();
        let weights = LinearWeights {
            weight: vec![1, -2, 3, -4, 5, -6],
            bias: vec![7, -8],
        };
        let model = Model::new(topology.clone(), vec![weights]).unwrap();
        let input = BatchInput::public(Matrix::new(1, 3, vec![9, 10, 11]).unwrap());
        let output = model.run_batch(&input).unwrap();
        let job = StatementTag {
            genesis: [1; 32],
            job: [2; 32],
            batch: 0,
            provider: [3; 32],
        };
        for name in ["other.json", "proof.json"] {
            let keys = setup_development(&topology, 1, &mut OsRng).unwrap();
            let proof = keys
                .proving
                .prove(&model, &input, &output, &job, &mut OsRng, &mut |_| ())
                .unwrap();
            let file = ProofFile::new(keys.proving.verifying_key().id(), &proof);
            let json = serde_json::to_vec(&file).unwrap();
            files::write(&folder.path().join(name), &json).unwrap();
            files::write(&folder.path().join(VERIFYING_KEY_FILE), &keys.verifying).unwrap();
        }
        folder
    }

    #[test]
    fn the_contract_and_the_call_are_written_for_the_key() {
        let folder = folder();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (key, sol, call) = (path(""), path("Verifier.sol"), path("call.hex"));
        let solidity = ["--solidity", "--key", &key, "--output", &sol];
        export(&solidity).unwrap();
        let vk = files::verifying_key(folder.path()).unwrap();
        let id = swarm_prover::inspect_key(&vk).unwrap().id;
        let source = std::fs::read_to_string(&sol).unwrap();
        assert!(source.contains(&hex(id)));
        assert!(source.ends_with("}\n"));

        let error = export(&solidity).unwrap_err().to_string();
        assert!(error.contains("--force"), "{error}");
        export(&[&solidity[..], &["--force"]].concat()).unwrap();

        let proof = path("proof.json");
        let calldata = ["--calldata", "--key", &key, "--output", &call, "--proof"];
        export(&[&calldata[..], &[&proof]].concat()).unwrap();
        let written = std::fs::read_to_string(&call).unwrap();
        let digits = written.strip_prefix("0x").unwrap().trim_end();
        let file = ProofFile::read(proof.as_ref()).unwrap();
        let expected =
            swarm_evm::calldata(&file.statement().unwrap(), &file.proof().unwrap()).unwrap();
        assert_eq!(hex::decode(digits).unwrap(), expected);
    }

    #[test]
    fn calldata_that_would_be_refused_is_not_written() {
        let folder = folder();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (key, call) = (path(""), path("call.hex"));
        let refusal = |proof: &str| {
            let error = export(&[
                "--calldata",
                "--key",
                &key,
                "--proof",
                proof,
                "--output",
                &call,
            ])
            .unwrap_err()
            .to_string();
            assert!(!std::path::Path::new(&call).exists());
            error
        };
        let error = refusal(&path("other.json"));
        assert!(error.contains("the proof is for circuit"), "{error}");
        let mut file = ProofFile::read(path("proof.json").as_ref()).unwrap();
        file.statement.batch += 1;
        let changed = path("changed.json");
        files::write(changed.as_ref(), &serde_json::to_vec(&file).unwrap()).unwrap();
        let error = refusal(&changed);
        assert!(error.contains("does not prove this statement"), "{error}");
    }

    #[test]
    fn a_damaged_key_is_refused() {
        let folder = folder();
        let path = folder.path().join("damaged.key");
        let mut vk = files::verifying_key(folder.path()).unwrap();
        vk[200] ^= 1;
        files::write(&path, &vk).unwrap();
        let error = export(&["--solidity", "--key", &path.display().to_string()]).unwrap_err();
        let text = format!("{error:#}");
        assert!(text.starts_with("the verifying key is refused: "), "{text}");
    }

    #[test]
    fn what_is_exported_must_be_said() {
        for wrong in [
            &["--key", "k"][..],
            &["--solidity"],
            &["--key", "k", "--solidity", "--calldata", "--proof", "p"],
            &["--key", "k", "--calldata"],
            &["--key", "k", "--solidity", "--proof", "p"],
        ] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(parse(&["--key", "k", "--solidity"]).is_ok());
        assert!(parse(&["--key", "k", "--calldata", "--proof", "p"]).is_ok());
    }
}
