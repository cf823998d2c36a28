//! Predictions and how many of them are right.

use anyhow::{bail, ensure, Context, Result};
use safetensors::{Dtype, SafeTensors};
use std::path::Path;
use swarm_network::Matrix;

use crate::data::{Images, CLASSES};

/// The digit each row of logits speaks for: the largest, the first of equals.
pub fn predictions<T: PartialOrd + Copy>(rows: impl Iterator<Item = impl AsRef<[T]>>) -> Vec<u8> {
    rows.map(|row| {
        let mut best = 0;
        for (digit, logit) in row.as_ref().iter().enumerate() {
            if *logit > row.as_ref()[best] {
                best = digit;
            }
        }
        best as u8
    })
    .collect()
}

/// How many predictions are right.
pub fn correct(predictions: &[u8], images: &Images) -> usize {
    predictions
        .iter()
        .zip(&images.labels)
        .filter(|(predicted, label)| predicted == label)
        .count()
}

/// Reads tensors named `output`, I32 `[rows, 10]`, and puts their rows one after another.
pub fn read_outputs(paths: &[impl AsRef<Path>]) -> Result<Matrix> {
    let mut values = Vec::new();
    for path in paths {
        let path = path.as_ref();
        let bytes =
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        values.extend(output_tensor(&bytes).with_context(|| format!("in {}", path.display()))?);
    }
    Ok(Matrix::new(values.len() / CLASSES, CLASSES, values)?)
}

fn output_tensor(bytes: &[u8]) -> Result<Vec<i32>> {
    let file = SafeTensors::deserialize(bytes).context("this is no safetensors file")?;
    let tensor = file
        .tensor("output")
        .context("the file has no tensor `output`; write it with `swarm job result --out`")?;
    ensure!(
        tensor.dtype() == Dtype::I32,
        "`output` has type {:?} instead of I32",
        tensor.dtype()
    );
    let [_, CLASSES] = tensor.shape() else {
        bail!(
            "`output` has shape {:?} instead of [rows, 10]",
            tensor.shape()
        );
    };
    Ok(tensor
        .data()
        .chunks_exact(4)
        .map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::tensor::TensorView;

    fn file(name: &str, dtype: Dtype, shape: Vec<usize>, bytes: &[u8]) -> Vec<u8> {
        let view = TensorView::new(dtype, shape, bytes).unwrap();
        safetensors::serialize([(name, view)], None).unwrap()
    }

    #[test]
    fn first_of_equal_logits_wins() {
        let rows = [[1, 5, 5, 0], [0, 0, 0, 0], [-4, -3, -2, -1]];
        assert_eq!(predictions(rows.iter()), [1, 0, 3]);
    }

    #[test]
    fn counts_only_matches() {
        let images = Images {
            pixels: vec![],
            labels: vec![1, 2, 3],
        };
        assert_eq!(correct(&[1, 0, 3], &images), 2);
    }

    #[test]
    fn reads_files_in_the_order_given() {
        let folder = tempfile::tempdir().unwrap();
        let mut paths = Vec::new();
        for first in [0i32, 10, 20] {
            let bytes: Vec<u8> = (first..first + 10).flat_map(i32::to_le_bytes).collect();
            let path = folder.path().join(first.to_string());
            std::fs::write(&path, file("output", Dtype::I32, vec![1, 10], &bytes)).unwrap();
            paths.push(path);
        }
        let rows = read_outputs(&paths).unwrap();
        assert_eq!(rows.values(), (0..30).collect::<Vec<_>>());
    }

    #[test]
    fn refuses_other_tensors_by_what_is_wrong() {
        let cases = [
            (vec![1, 2, 3], "no safetensors file"),
            (file("y", Dtype::I32, vec![1, 10], &[0; 40]), "no tensor"),
            (
                file("output", Dtype::U8, vec![1, 10], &[0; 10]),
                "instead of I32",
            ),
            (file("output", Dtype::I32, vec![2, 5], &[0; 40]), "[2, 5]"),
        ];
        for (bytes, reason) in cases {
            let message = format!("{:#}", output_tensor(&bytes).unwrap_err());
            assert!(message.contains(reason), "{message}");
        }
    }
}
