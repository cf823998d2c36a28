//! `swarm circuit`: keys of network shapes.

use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};
use clap::{Args, Subcommand};
use serde_json::{json, Value};
use sp_core::H256;
use subxt::utils::Static;
use swarm_prover::{COMMITMENT_KEY_FILE, PROVING_KEY_FILE, VERIFYING_KEY_FILE};
use swarmwork_primitives::{ELEMENT_BYTES, MAX_OUTPUT_BYTES, MAX_VERIFYING_KEY_BYTES};

use crate::{
    app::{off_chain, read_file, url_text, App, StoreArgs},
    chain::CircuitView,
    keys::{commitment_key, key_file},
    output::Report,
    transact::{account_of, send},
    units::{address, parse_id, Amount},
};

#[derive(Subcommand)]
pub enum CircuitCommand {
    /// Upload a circuit's keys and register its verifying key (for a deposit).
    Register(Register),
    /// Put the bases of a circuit's outputs on chain (for a deposit by the byte), so that jobs under it
    /// can be submitted with --deliver. The chain checks them against the verifying key.
    RegisterOutputs {
        /// Circuit id.
        #[arg(value_parser = parse_id)]
        circuit: H256,
        /// Folder with the circuit's keys; otherwise the commitment key is fetched.
        #[arg(long, value_name = "DIR")]
        keys: Option<PathBuf>,
    },
    /// Take a circuit of yours out that no model is of; its deposits come back.
    Unregister {
        /// Circuit id.
        #[arg(value_parser = parse_id)]
        circuit: H256,
    },
    /// What the chain knows of a circuit.
    Show {
        /// Circuit id.
        #[arg(value_parser = parse_id)]
        circuit: H256,
    },
}

#[derive(Args)]
pub struct Register {
    /// Folder with verifying.key, proving.key and commitment.key.
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    #[command(flatten)]
    store: StoreArgs,
}

pub async fn run(app: &App, command: CircuitCommand) -> Result<Report> {
    match command {
        CircuitCommand::Register(args) => register(app, args).await,
        CircuitCommand::RegisterOutputs { circuit, keys } => {
            register_outputs(app, circuit, keys.as_deref()).await
        }
        CircuitCommand::Unregister { circuit } => unregister(app, circuit).await,
        CircuitCommand::Show { circuit } => show(app, circuit).await,
    }
}

async fn register(app: &App, args: Register) -> Result<Report> {
    let path = key_file(&args.keys, VERIFYING_KEY_FILE)?;
    let (verifying_key, id, development) = read_verifying_key(&path)?;
    let proving_key = key_file(&args.keys, PROVING_KEY_FILE)?;
    let commitment_key = key_file(&args.keys, COMMITMENT_KEY_FILE)?;
    let chain = app.chain().await?;
    let known = chain.find_circuit(id).await?;
    // Uploaded even if the circuit is known: the store may have lost them.
    let proving_key = args.store.publish(app, &proving_key).await?;
    let commitment_key = args.store.publish(app, &commitment_key).await?;
    if let Some(known) = known {
        let mut json = view_json(id, &known);
        json["already_registered"] = json!(true);
        return Ok(Report::new(json)
            .line("circuit", format!("{id:?}"))
            .line("", "is registered already")
            .lines(view_lines(&known)));
    }
    if !args.store.names_a_source() {
        app.progress.say(
            "note: no --store or --source: providers and requesters need the key files from you",
        );
    }
    if development {
        app.progress
            .say("note: this is a development key; only development chains take it");
    }
    let key = app.key()?;
    let included = send(
        &chain,
        &key,
        "Circuits",
        "register_circuit",
        (
            Static(verifying_key),
            Static(proving_key),
            Static(commitment_key),
        ),
        app.certainty(),
    )
    .await?;
    let view = chain.circuit(id).await?;
    let mut json = view_json(id, &view);
    json["already_registered"] = json!(false);
    json["block"] = json!(included.number);
    Ok(Report::new(json)
        .line("circuit", format!("{id:?}"))
        .line("block", included.number)
        .lines(view_lines(&view)))
}

async fn register_outputs(app: &App, id: H256, folder: Option<&Path>) -> Result<Report> {
    let signer = app.key()?;
    let chain = app.chain().await?;
    let view = chain.circuit(id).await?;
    let key = commitment_key(app, id, &view, folder).await?;
    let (bases, others) = key.output_bases();
    if bases.len() > MAX_OUTPUT_BYTES as usize {
        bail!(
            "the outputs under circuit {id:?} have {} bytes in elements; the chain takes \
             {MAX_OUTPUT_BYTES} at most",
            bases.len()
        );
    }
    let elements = bases.len() / ELEMENT_BYTES as usize;
    let others = others.map(|(count, digest)| (count, H256(digest)));
    let args = (Static(id), Static(others), Static(bases));
    let call = "register_output_bases";
    let included = send(&chain, &signer, "Circuits", call, args, app.certainty()).await?;
    Ok(Report::new(json!({
        "circuit": format!("{id:?}"),
        "elements": elements,
        "block": included.number,
    }))
    .line("circuit", format!("{id:?}"))
    .line(
        "outputs",
        format!("{elements} elements a batch, each of {ELEMENT_BYTES} bytes"),
    )
    .line("block", included.number))
}

async fn unregister(app: &App, id: H256) -> Result<Report> {
    let key = app.key()?;
    let who = account_of(&key);
    let chain = app.chain().await?;
    let view = chain.circuit(id).await?;
    if view.owner != who {
        bail!(
            "circuit {id:?} belongs to {}; {} cannot take it out",
            address(&view.owner),
            address(&who)
        );
    }
    let (call, args) = ("unregister_circuit", (Static(id),));
    let included = send(&chain, &key, "Circuits", call, args, app.certainty()).await?;
    let funds = chain.funds(&who).await?;
    Ok(Report::new(json!({
        "circuit": format!("{id:?}"),
        "block": included.number,
        "free": funds.free.to_string(),
        "held": funds.held.to_string(),
    }))
    .line("taken out", format!("{id:?}"))
    .line("block", included.number)
    .line("free", Amount(funds.free))
    .line("held", Amount(funds.held)))
}

/// The key's bytes, its circuit id, and whether it is a development key.
fn read_verifying_key(path: &Path) -> Result<(Vec<u8>, H256, bool)> {
    let bytes = read_file(path)?;
    if bytes.len() > MAX_VERIFYING_KEY_BYTES as usize {
        bail!(
            "{} has {} bytes; a verifying key has at most {MAX_VERIFYING_KEY_BYTES}",
            path.display(),
            bytes.len()
        );
    }
    let info = swarm_groth16::inspect_key(&bytes)
        .map_err(|e| anyhow::anyhow!("{e}"))
        .with_context(|| format!("{} is no verifying key", path.display()))?;
    Ok((bytes, H256(info.id), info.development))
}

async fn show(app: &App, id: H256) -> Result<Report> {
    let view = app.chain().await?.circuit(id).await?;
    Ok(Report::new(view_json(id, &view))
        .line("circuit", format!("{id:?}"))
        .lines(view_lines(&view)))
}

fn view_json(id: H256, view: &CircuitView) -> Value {
    let info = &view.info;
    json!({
        "circuit": format!("{id:?}"),
        "owner": address(&view.owner),
        "attested": info.attested,
        "batch": info.batch,
        "input_len": info.input_len,
        "output_len": info.output_len,
        "macs": info.macs,
        "verifying_key_bytes": view.verifying_key.len(),
        "proving_key": off_chain(view.proving_key.content).to_string(),
        "proving_key_source": url_text(&view.proving_key.source),
        "commitment_key": off_chain(view.commitment_key.content).to_string(),
        "commitment_key_source": url_text(&view.commitment_key.source),
    })
}

fn view_lines(view: &CircuitView) -> Vec<(String, String)> {
    let info = &view.info;
    let line = |name: &str, value: String| (name.to_string(), value);
    let place = |source: Option<String>| source.unwrap_or_else(|| "from its owner".to_string());
    vec![
        line("owner", address(&view.owner)),
        line(
            "attested",
            if info.attested {
                "yes".into()
            } else {
                "no: whoever made the key could forge proofs".into()
            },
        ),
        line(
            "network",
            format!("{} values in, {} out", info.input_len, info.output_len),
        ),
        line(
            "batch",
            format!(
                "{} inferences, {} multiply-accumulates per proof",
                info.batch, info.macs
            ),
        ),
        line("proving key", place(url_text(&view.proving_key.source))),
        line(
            "commitment key",
            place(url_text(&view.commitment_key.source)),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_are_no_verifying_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("verifying.key");
        for bytes in [vec![], vec![0; 100], b"not a key".to_vec()] {
            std::fs::write(&path, bytes).unwrap();
            let message = format!("{:#}", read_verifying_key(&path).unwrap_err());
            assert!(message.contains("no verifying key"), "{message}");
        }
        std::fs::write(&path, vec![0; 5000]).unwrap();
        let message = format!("{:#}", read_verifying_key(&path).unwrap_err());
        assert!(message.contains("5000 bytes"), "{message}");
    }
}
