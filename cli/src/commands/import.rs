//! `swarm model import`: from an ONNX file to a model file.

use std::path::{Path, PathBuf};

use anyhow::{ensure, Context, Result};
use clap::Args;
use serde_json::json;
use swarm_import::{Boundary, Comparison, LayerReport, Samples};

use crate::{
    app::{read_file, App},
    npy,
    output::Report,
};

/// Arguments of `swarm model import`.
#[derive(Args)]
pub struct Import {
    /// ONNX file, quantised or of real numbers.
    #[arg(value_name = "FILE.onnx")]
    onnx: PathBuf,
    /// Typical inputs as the file takes them: the first axis of the array counts the rows. A file
    /// of real numbers is quantised by them; either way the model is compared with its file on them.
    #[arg(long, value_name = "DATA.npy")]
    calibrate: Option<PathBuf>,
    /// For each of those inputs, the index of the output that ought to be the largest.
    #[arg(long, value_name = "LABELS.npy", requires = "calibrate")]
    labels: Option<PathBuf>,
    /// Where to write the model file [default: the ONNX file's name with .safetensors]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Imports, writes the model and says what was done.
pub async fn run(app: &App, args: Import) -> Result<Report> {
    let onnx = read_file(&args.onnx)?;
    let samples = match &args.calibrate {
        Some(data) => Some(samples(data, args.labels.as_deref())?),
        None => None,
    };
    let path = args
        .output
        .unwrap_or_else(|| args.onnx.with_extension("safetensors"));
    ensure!(
        path != args.onnx,
        "the model would overwrite {}",
        path.display()
    );

    let task = app.progress.spinner("importing");
    let work = move || swarm_import::import(&onnx, samples.as_ref());
    let import = tokio::task::spawn_blocking(work)
        .await
        .context("the import was interrupted")?
        .with_context(|| format!("{} cannot be imported", args.onnx.display()))?;
    drop(task);
    let bytes = import.model.to_bytes()?;
    std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;

    let report = import.report;
    let mut json = serde_json::to_value(&report).context("the report is no JSON")?;
    json["model"] = json!(path.display().to_string());
    json["topology"] = json!(import.model.topology().label());
    let ranges = match report.calibrated {
        true => "found from the data: the file is not quantised",
        false => "the file's own",
    };
    Ok(Report::new(json)
        .line("model", path.display())
        .line("network", import.model.topology().label())
        .line("ranges", ranges)
        .line("input", boundary(&report.input))
        .lines(report.layers.iter().map(layer))
        .line("output", boundary(&report.output))
        .lines(
            report
                .notes
                .iter()
                .map(|note| ("note".into(), note.clone())),
        )
        .lines(report.comparison.iter().flat_map(comparison)))
}

/// The data, and its labels.
fn samples(data: &Path, labels: Option<&Path>) -> Result<Samples> {
    let (shape, values) =
        npy::read_reals(&read_file(data)?).with_context(|| data.display().to_string())?;
    let labels = labels
        .map(|path| read_labels(path).with_context(|| path.display().to_string()))
        .transpose()?;
    Samples::new(&shape, values, labels).with_context(|| data.display().to_string())
}

fn read_labels(path: &Path) -> Result<Vec<usize>> {
    let (shape, values) = npy::read_reals(&read_file(path)?)?;
    ensure!(
        shape.first() == Some(&values.len()),
        "labels have shape {shape:?}; one number for each row is expected"
    );
    let label = |(row, value): (usize, f64)| {
        ensure!(
            value >= 0.0 && value.fract() == 0.0,
            "label {row} is {value}, no index of an output"
        );
        Ok(value as usize)
    };
    values.into_iter().enumerate().map(label).collect()
}

fn boundary(boundary: &Boundary) -> String {
    let scale = match boundary.scale[..] {
        [scale] => scale.to_string(),
        _ => format!("the scale of its channel ({} scales)", boundary.scale.len()),
    };
    let zero = match boundary.zero {
        0.0 => "integer".to_string(),
        zero => format!("(integer - {zero})"),
    };
    format!(
        "{:?} of {}: real = {zero} * {scale}",
        boundary.shape, boundary.kind
    )
}

fn layer(layer: &LayerReport) -> (String, String) {
    let mut parts = vec![format!("{} {:?}", layer.operator, layer.node)];
    if !layer.note.is_empty() {
        parts.push(layer.note.clone());
    }
    parts.push(format!("{:?}", layer.shape));
    match layer.scale.as_deref() {
        None | Some([]) => {}
        Some([scale]) => parts.push(format!("scale {}", short(*scale))),
        Some(scales) => parts.push(format!("{} scales", scales.len())),
    }
    if let Some(zero) = layer.zero.filter(|zero| *zero != 0.0) {
        parts.push(format!("zero {zero}"));
    }
    if let Some(shift) = layer.shift {
        parts.push(format!("shift {shift}"));
    }
    if let Some([least, most]) = layer.multipliers {
        parts.push(format!("multipliers {least}..={most}"));
    }
    if let Some([lo, hi]) = layer.clamp {
        parts.push(format!("clamp {lo}..={hi}"));
    }
    if let Some(error) = layer.max_error {
        let steps = layer.max_steps.map(|steps| format!(" ({steps:.2} steps)"));
        let error = format!("error at most {}", short(error));
        parts.push(error + &steps.unwrap_or_default());
    }
    (format!("{} {}", layer.layer, layer.kind), parts.join(", "))
}

fn comparison(found: &Comparison) -> Vec<(String, String)> {
    let percent = |part: usize| format!("{:.2} %", 100.0 * part as f64 / found.rows as f64);
    let mut lines = vec![
        (
            "outputs' error".into(),
            format!(
                "at most {}, on average {}, over {} rows",
                short(found.max_error),
                short(found.mean_error),
                found.rows
            ),
        ),
        (
            "same answer".into(),
            format!("{} of {} rows", found.same_answer, found.rows),
        ),
    ];
    if let Some(steps) = found.steps {
        lines.push((
            "outputs' steps".into(),
            format!(
                "{} equal, {} differ by one, {} by more",
                steps.equal, steps.by_one, steps.by_more
            ),
        ));
    }
    if let Some([before, after]) = found.correct {
        lines.push((
            "accuracy".into(),
            format!(
                "{} by the file, {} by the model",
                percent(before),
                percent(after)
            ),
        ));
    }
    lines
}

/// Four digits that count.
fn short(value: f64) -> String {
    format!("{value:.3e}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Common;
    use clap::Parser;
    use swarm_network::{Matrix, Model};

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        import: Import,
    }

    fn models() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../zk-circuits/import/tests/models")
    }

    async fn import(arguments: &[&str]) -> Result<Report> {
        crate::install_crypto();
        let arguments = ["swarm"].iter().chain(arguments);
        let parsed = Arguments::try_parse_from(arguments)?;
        run(&App::new(parsed.common)?, parsed.import).await
    }

    /// Pixels and labels of the first images as .npy files.
    fn digits(folder: &Path, rows: usize) -> (String, String) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/digits/data/digits.csv");
        let table = std::fs::read_to_string(path).unwrap();
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for line in table.lines().take(rows) {
            let numbers: Vec<i32> = line.split(',').map(|v| v.parse().unwrap()).collect();
            pixels.extend(&numbers[..64]);
            labels.push(numbers[64]);
        }
        let write = |name: &str, cols, values| {
            let path = folder.join(name);
            let matrix = Matrix::new(rows, cols, values).unwrap();
            std::fs::write(&path, npy::write(&matrix)).unwrap();
            path.display().to_string()
        };
        (write("x.npy", 64, pixels), write("labels.npy", 1, labels))
    }

    #[tokio::test]
    async fn float_file_becomes_a_model_and_a_report() {
        let folder = tempfile::tempdir().unwrap();
        let (data, labels) = digits(folder.path(), 200);
        let onnx = models().join("mlp.onnx").display().to_string();
        let output = folder.path().join("mlp.safetensors").display().to_string();
        let found = import(&[
            &onnx,
            "--calibrate",
            &data,
            "--labels",
            &labels,
            "--output",
            &output,
        ])
        .await
        .unwrap();
        let json = found.json();
        assert_eq!(json["calibrated"], true);
        assert_eq!(json["comparison"]["rows"], 200);
        let correct = &json["comparison"]["correct"];
        assert!(correct[0].as_u64().unwrap() > 190, "{correct}");
        assert!(correct[1].as_u64().unwrap() > 190, "{correct}");
        let model = Model::read(&output).unwrap();
        let layers = json["layers"].as_array().unwrap();
        assert_eq!(layers.len(), model.topology().layers().len());
        let text = found.text();
        assert!(
            text.contains("accuracy") && text.contains("by the model"),
            "{text}"
        );
        for layer in layers {
            let node = layer["node"].as_str().unwrap();
            assert!(
                text.contains(&format!("{node:?}")),
                "{node} is not in {text}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_missing_or_does_not_fit_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (data, labels) = digits(folder.path(), 20);
        let onnx = models().join("mlp.onnx").display().to_string();
        let other = folder.path().join("narrow.npy");
        std::fs::write(&other, npy::write(&Matrix::zeros(3, 63))).unwrap();
        let other = other.display().to_string();
        let cases: [(&[&str], &str); 5] = [
            (&[&onnx], "--calibrate"),
            (&[&onnx, "--calibrate", &other], "rows of 63 values"),
            (
                &[&onnx, "--calibrate", &labels, "--labels", &data],
                "[20, 64]",
            ),
            (&[&onnx, "--labels", &labels], "--calibrate"),
            (&[&data], "no ONNX model"),
        ];
        for (arguments, reason) in cases {
            let error = import(arguments).await.err().unwrap();
            let message = format!("{error:#}");
            assert!(message.contains(reason), "{message}");
        }
        assert!(!models().join("mlp.safetensors").exists());
    }
}
