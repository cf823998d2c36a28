//! Trains, quantises and scores the handwritten-digits network that the demonstration runs.

mod data;
mod quantise;
mod score;
mod train;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{ensure, Context, Result};
use clap::{Parser, Subcommand};
use serde_json::json;
use swarm_network::{ActivationType, JobInput, Matrix, Model};

use data::Images;

const MODEL_FILE: &str = "digits.safetensors";
const TOPOLOGY_FILE: &str = "digits.json";

/// Handwritten digits: 1,797 images of 8 × 8 pixels, a network of 64-32-10.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Print one JSON object on stdout; messages go to stderr.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Train on the CPU, quantise, and write the model (half a minute; the same every time).
    Train {
        /// Folder for digits.safetensors and digits.json.
        #[arg(long, default_value = "examples/digits/model")]
        out: PathBuf,
    },
    /// Run a model on the held-out images with the reference interpreter.
    Evaluate {
        /// The model file.
        #[arg(long, default_value = "examples/digits/model/digits.safetensors")]
        model: PathBuf,
    },
    /// Write the held-out images as input files for `swarm job submit`, and their labels.
    Export {
        /// Folder for heldout-1.safetensors … and heldout-labels.txt.
        #[arg(long)]
        out: PathBuf,
        /// How many files to spread the images over.
        #[arg(long, default_value_t = 1)]
        files: usize,
    },
    /// Compare delivered outputs of the held-out images with the labels and with the model.
    Score {
        /// The model file.
        #[arg(long, default_value = "examples/digits/model/digits.safetensors")]
        model: PathBuf,
        /// Output files, in the order of the input files.
        #[arg(required = true)]
        outputs: Vec<PathBuf>,
    },
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let report = match &cli.command {
        Command::Train { out } => train_model(out)?,
        Command::Evaluate { model } => evaluate(model)?,
        Command::Export { out, files } => export(out, *files)?,
        Command::Score { model, outputs } => score_outputs(model, outputs)?,
    };
    if cli.json {
        println!("{report}");
    }
    Ok(())
}

fn train_model(out: &Path) -> Result<serde_json::Value> {
    let parts = data::split()?;
    eprintln!(
        "Training on {} images; the shift is chosen on {} others.",
        parts.train.len(),
        parts.calibration.len()
    );
    let float = train::train(&parts.train, |step, steps, loss| {
        eprintln!("  step {step} of {steps}: loss {loss:.4}");
    })?;
    let before = score::predictions(float.logits(&parts.held_out).iter());
    let before = Accuracy::of(&before, &parts.held_out);
    let model = quantise::quantise(&float, &parts.calibration)?;
    let after = accuracy_of(&model, &parts.held_out)?;

    make_folder(out)?;
    let file = out.join(MODEL_FILE);
    model.write(&file)?;
    write(&out.join(TOPOLOGY_FILE), model.topology().to_json() + "\n")?;
    eprintln!("Held-out accuracy before quantising: {before}");
    eprintln!("Held-out accuracy after quantising:  {after}");
    eprintln!("Wrote {} and {TOPOLOGY_FILE} beside it.", file.display());
    Ok(json!({
        "model": file,
        "accuracy_before": before.share(),
        "accuracy_after": after.share(),
        "held_out": after.of,
    }))
}

fn evaluate(path: &Path) -> Result<serde_json::Value> {
    let held_out = data::split()?.held_out;
    let model = read_model(path)?;
    let accuracy = accuracy_of(&model, &held_out)?;
    eprintln!("Held-out accuracy of {}: {accuracy}", path.display());
    Ok(json!({
        "model": path,
        "accuracy": accuracy.share(),
        "correct": accuracy.correct,
        "held_out": accuracy.of,
    }))
}

fn export(out: &Path, files: usize) -> Result<serde_json::Value> {
    let held_out = data::split()?.held_out;
    ensure!(
        (1..=held_out.len()).contains(&files),
        "--files {files}: choose 1 to {}",
        held_out.len()
    );
    make_folder(out)?;
    let rows = quantise::input(&held_out)?;
    let mut inputs = Vec::new();
    for file in 0..files {
        let from = held_out.len() * file / files;
        let to = held_out.len() * (file + 1) / files;
        let values = (from..to).flat_map(|row| rows.row(row)).copied().collect();
        // One row per batch: how many make a batch is the circuit's, not the file's.
        let part = JobInput::new(
            Matrix::new(to - from, rows.cols(), values)?,
            1,
            vec![],
            vec![],
        )?;
        let path = out.join(format!("heldout-{}.safetensors", file + 1));
        write(&path, part.to_bytes(ActivationType::U8)?)?;
        inputs.push(json!({ "file": path, "rows": to - from }));
    }
    let labels = out.join("heldout-labels.txt");
    let text: String = held_out.labels.iter().map(|l| format!("{l}\n")).collect();
    write(&labels, text)?;
    eprintln!(
        "Wrote {} held-out images in {files} file(s) to {}.",
        held_out.len(),
        out.display()
    );
    Ok(json!({ "inputs": inputs, "labels": labels, "rows": held_out.len() }))
}

fn score_outputs(model: &Path, outputs: &[PathBuf]) -> Result<serde_json::Value> {
    let held_out = data::split()?.held_out;
    let model = read_model(model)?;
    let delivered = score::read_outputs(outputs)?;
    ensure!(
        delivered.rows() == held_out.len(),
        "the output files hold {} rows together; there are {} held-out images",
        delivered.rows(),
        held_out.len()
    );
    let expected = model.run(&quantise::input(&held_out)?)?;
    let differing = delivered
        .values()
        .iter()
        .zip(expected.values())
        .filter(|(a, b)| a != b)
        .count();
    let accuracy = Accuracy::of(&score::predictions(rows(&delivered)), &held_out);
    let own = Accuracy::of(&score::predictions(rows(&expected)), &held_out);
    eprintln!("Predictions right: {accuracy}; the quantised model's own accuracy: {own}");
    eprintln!(
        "Values that differ from the reference interpreter: {differing} of {}",
        expected.values().len()
    );
    Ok(json!({
        "accuracy": accuracy.share(),
        "correct": accuracy.correct,
        "held_out": accuracy.of,
        "model_accuracy": own.share(),
        "model_correct": own.correct,
        "values_differing": differing,
    }))
}

struct Accuracy {
    correct: usize,
    of: usize,
}

impl Accuracy {
    fn of(predictions: &[u8], images: &Images) -> Self {
        Self {
            correct: score::correct(predictions, images),
            of: images.len(),
        }
    }

    fn share(&self) -> f64 {
        self.correct as f64 / self.of as f64
    }
}

impl std::fmt::Display for Accuracy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = 100.0 * self.share();
        write!(f, "{percent:.2} % ({} of {})", self.correct, self.of)
    }
}

fn rows(matrix: &Matrix) -> impl Iterator<Item = &[i32]> {
    (0..matrix.rows()).map(|row| matrix.row(row))
}

fn accuracy_of(model: &Model, images: &Images) -> Result<Accuracy> {
    let logits = model.run(&quantise::input(images)?)?;
    Ok(Accuracy::of(&score::predictions(rows(&logits)), images))
}

fn read_model(path: &Path) -> Result<Model> {
    Model::read(path).with_context(|| {
        format!(
            "{} is not the digits model; `swarm-digits train` makes it",
            path.display()
        )
    })
}

fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).with_context(|| format!("cannot make the folder {}", path.display()))
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("model")
            .join(name)
    }

    #[test]
    fn committed_model_reaches_its_accuracy() {
        let report = evaluate(&committed(MODEL_FILE)).unwrap();
        assert!(report["accuracy"].as_f64().unwrap() >= 0.95, "{report}");
        assert_eq!(report["held_out"], 360);
    }

    #[test]
    fn committed_topology_is_the_models() {
        let model = Model::read(committed(MODEL_FILE)).unwrap();
        let text = fs::read_to_string(committed(TOPOLOGY_FILE)).unwrap();
        assert_eq!(text, model.topology().to_json() + "\n");
    }

    #[test]
    fn training_gives_the_committed_model() {
        let folder = tempfile::tempdir().unwrap();
        let report = train_model(folder.path()).unwrap();
        assert!(
            report["accuracy_after"].as_f64().unwrap() >= 0.95,
            "{report}"
        );
        let fresh = Model::read(folder.path().join(MODEL_FILE)).unwrap();
        let committed = Model::read(committed(MODEL_FILE)).unwrap();
        assert_eq!(fresh, committed);
    }

    #[test]
    fn exported_parts_score_like_the_model() {
        let folder = tempfile::tempdir().unwrap();
        let model = Model::read(committed(MODEL_FILE)).unwrap();
        let report = export(folder.path(), 3).unwrap();
        let mut outputs = Vec::new();
        for (i, input) in report["inputs"].as_array().unwrap().iter().enumerate() {
            let input =
                JobInput::read(input["file"].as_str().unwrap(), model.topology(), 60).unwrap();
            assert_eq!(input.batches(), 2);
            let rows = model.run(input.rows()).unwrap();
            let output = swarm_network::BatchOutput {
                rows,
                blind_y: swarm_network::NO_BLIND,
            };
            let path = folder.path().join(format!("out-{i}"));
            fs::write(&path, output.to_bytes().unwrap()).unwrap();
            outputs.push(path);
        }
        let report = score_outputs(&committed(MODEL_FILE), &outputs).unwrap();
        assert_eq!(report["values_differing"], 0);
        assert_eq!(report["accuracy"], report["model_accuracy"]);
        let error = score_outputs(&committed(MODEL_FILE), &outputs[1..]).unwrap_err();
        assert!(error.to_string().contains("240 rows"), "{error}");
        let one = outputs[0].clone();
        let repeated = [one.clone(), one.clone(), one];
        let report = score_outputs(&committed(MODEL_FILE), &repeated).unwrap();
        assert_ne!(report["values_differing"], 0);
    }
}
