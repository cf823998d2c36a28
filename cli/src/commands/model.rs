//! `swarm model`: networks with their weights.

use std::path::PathBuf;

use anyhow::{bail, Context, Result};
use clap::{Args, Subcommand};
use serde_json::{json, Value};
use sp_core::H256;
use subxt::utils::Static;
use swarm_network::{Model, Topology};
use swarmwork_primitives::model_id;

use crate::{
    app::{off_chain, read_file, url_text, App, StoreArgs},
    chain::ModelInfo,
    commands::import::{self, Import},
    failure::Failure,
    keys,
    output::Report,
    transact::{account_of, send},
    units::{address, hex, parse_id},
};

#[derive(Subcommand)]
pub enum ModelCommand {
    /// Make a model file of an ONNX file: take its quantisation over, or quantise it.
    Import(Import),
    /// Commit to a model's weights, upload the file, and register it.
    Register(Register),
    /// What the chain knows of a model.
    Show {
        /// Model id.
        #[arg(value_parser = parse_id)]
        model: H256,
    },
}

#[derive(Args)]
pub struct Register {
    /// Model file: safetensors with the topology in its metadata.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Circuit id.
    #[arg(long, value_parser = parse_id)]
    circuit: H256,
    /// Folder with the circuit's keys; otherwise the commitment key is fetched.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArgs,
}

pub async fn run(app: &App, command: ModelCommand) -> Result<Report> {
    match command {
        ModelCommand::Import(args) => import::run(app, args).await,
        ModelCommand::Register(args) => register(app, args).await,
        ModelCommand::Show { model } => show(app, model).await,
    }
}

async fn register(app: &App, args: Register) -> Result<Report> {
    let bytes = read_file(&args.model)?;
    let model = Model::from_bytes(&bytes)
        .with_context(|| format!("{} is no model file", args.model.display()))?;
    let key = app.key()?;
    let owner = account_of(&key);
    let chain = app.chain().await?;
    let circuit = chain.circuit(args.circuit).await?;
    let commitment_key =
        keys::commitment_key(app, args.circuit, &circuit, args.keys.as_deref()).await?;
    check_topology(model.topology(), commitment_key.topology(), args.circuit)
        .with_context(|| args.model.display().to_string())?;

    let task = app.progress.spinner("committing to the weights");
    let weights = tokio::task::spawn_blocking(move || commitment_key.commit_weights(&model))
        .await
        .context("committing to the weights was interrupted")??;
    drop(task);
    let locator = args.store.publish(app, &args.model).await?;
    let id = model_id(&owner, &args.circuit, &weights, &locator.content);
    if let Some(known) = chain.find_model(id).await? {
        let mut json = view_json(id, &known);
        json["already_registered"] = json!(true);
        return Ok(Report::new(json)
            .line("model", format!("{id:?}"))
            .line("", "is registered already")
            .lines(view_lines(&known)));
    }
    if !args.store.names_a_source() {
        app.progress
            .say("note: no --store or --source: providers need the model file from you");
    }
    let included = send(
        &chain,
        &key,
        "Models",
        "register_model",
        (Static(args.circuit), Static(weights), Static(locator)),
        app.certainty(),
    )
    .await?;
    let registered: H256 = included.first_field("Models", "ModelRegistered")?;
    let view = chain.model(registered).await?;
    let mut json = view_json(registered, &view);
    json["already_registered"] = json!(false);
    json["block"] = json!(included.number);
    Ok(Report::new(json)
        .line("model", format!("{registered:?}"))
        .line("block", included.number)
        .lines(view_lines(&view)))
}

/// Refuses a model of another shape than the circuit's, naming the first difference.
fn check_topology(model: &Topology, circuit: &Topology, id: H256) -> Result<()> {
    if model == circuit {
        return Ok(());
    }
    let source = |topology: &Topology, layer: usize| topology.nodes()[layer].source;
    let common = model.layers().len().min(circuit.layers().len());
    let difference = (0..common).find_map(|layer| {
        let (ours, theirs) = (&model.layers()[layer], &circuit.layers()[layer]);
        if ours != theirs {
            return Some(format!(
                "layer {layer} is {ours:?}, the circuit's is {theirs:?}"
            ));
        }
        let (ours, theirs) = (source(model, layer), source(circuit, layer));
        (ours != theirs)
            .then(|| format!("layer {layer} takes {ours:?}, the circuit's takes {theirs:?}"))
    });
    let difference = match difference {
        Some(difference) => difference,
        None if model.layers().len() != circuit.layers().len() => format!(
            "it has {} layers, the circuit's has {}",
            model.layers().len(),
            circuit.layers().len()
        ),
        None => "its input has another shape or type".to_string(),
    };
    bail!(Failure::Mismatch(format!(
        "the network is not the one that circuit {id:?} was made for: {difference}"
    )))
}

async fn show(app: &App, id: H256) -> Result<Report> {
    let view = app.chain().await?.model(id).await?;
    Ok(Report::new(view_json(id, &view))
        .line("model", format!("{id:?}"))
        .lines(view_lines(&view)))
}

fn view_json(id: H256, view: &ModelInfo) -> Value {
    json!({
        "model": format!("{id:?}"),
        "owner": address(&view.owner),
        "circuit": format!("{:?}", view.circuit),
        "weights_commitment": hex(view.weights),
        "content": off_chain(view.content.content).to_string(),
        "source": url_text(&view.content.source),
    })
}

fn view_lines(view: &ModelInfo) -> Vec<(String, String)> {
    let line = |name: &str, value: String| (name.to_string(), value);
    vec![
        line("owner", address(&view.owner)),
        line("circuit", format!("{:?}", view.circuit)),
        line("weights' commitment", hex(view.weights)),
        line("file", off_chain(view.content.content).to_string()),
        line(
            "fetched from",
            url_text(&view.content.source).unwrap_or_else(|| "its owner".to_string()),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use swarm_network::{ActivationType, Layer, Source};

    fn topology(dtype: ActivationType, outputs: &[usize]) -> Topology {
        let layers: Vec<Layer> = outputs
            .iter()
            .flat_map(|&outputs| {
                [
                    Layer::Linear { inputs: 4, outputs },
                    Layer::Requant {
                        shift: 3,
                        lo: 0,
                        hi: 255,
                    },
                ]
            })
            .collect();
        Topology::new(vec![4], dtype, layers).unwrap()
    }

    #[test]
    fn another_shape_is_refused_by_its_difference() {
        let circuit = topology(ActivationType::U8, &[4, 2]);
        assert!(check_topology(&circuit, &circuit.clone(), H256::zero()).is_ok());
        for (model, reason) in [
            (topology(ActivationType::U8, &[4, 3]), "layer 2"),
            (
                topology(ActivationType::U8, &[4]),
                "2 layers, the circuit's has 4",
            ),
            (topology(ActivationType::I8, &[4, 2]), "shape or type"),
        ] {
            let error = check_topology(&model, &circuit, H256::zero()).unwrap_err();
            assert_eq!(crate::failure::exit_code(&error), 6);
            assert!(error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn another_wiring_is_refused_by_the_layer() {
        let linear = Layer::Linear {
            inputs: 4,
            outputs: 4,
        };
        let requant = Layer::Requant {
            shift: 3,
            lo: 0,
            hi: 255,
        };
        let add = Layer::Add {
            with: Source::Layer(1),
            scale: [1, 1],
        };
        let second_takes = |source: Source| {
            let layers = vec![
                (linear.clone(), Source::Input),
                (requant.clone(), Source::Layer(0)),
                (requant.clone(), source),
                (add.clone(), Source::Layer(2)),
            ];
            Topology::graph(vec![4], ActivationType::U8, layers).unwrap()
        };
        let (model, circuit) = (second_takes(Source::Input), second_takes(Source::Layer(1)));
        let error = check_topology(&model, &circuit, H256::zero()).unwrap_err();
        assert!(error.to_string().contains("layer 2 takes"), "{error}");
    }
}
