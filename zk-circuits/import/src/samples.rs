//! Inputs of the network that stand for what it will be used on.

use crate::error::Error;

/// Rows as the file's input takes them, `[rows, values of one item]`, and what each shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    width: usize,
    values: Vec<f64>,
    labels: Option<Vec<usize>>,
}

impl Samples {
    /// `shape` begins with the number of rows; `labels` are one index of an output for each.
    pub fn new(
        shape: &[usize],
        values: Vec<f64>,
        labels: Option<Vec<usize>>,
    ) -> Result<Self, Error> {
        let expected = shape.iter().try_fold(1usize, |n, dim| n.checked_mul(*dim));
        let rows = shape.first().copied().unwrap_or(0);
        if rows == 0 || values.is_empty() || expected != Some(values.len()) {
            return Err(Error::Samples(format!(
                "the data has shape {shape:?} and {} values; rows of inputs are expected",
                values.len()
            )));
        }
        let width = values.len() / rows;
        if let Some(at) = values.iter().position(|v| !v.is_finite()) {
            return Err(Error::Samples(format!(
                "the data's [{}, {}] is {}",
                at / width,
                at % width,
                values[at]
            )));
        }
        match &labels {
            Some(labels) if labels.len() != rows => Err(Error::Samples(format!(
                "there are {} labels for {rows} rows of data",
                labels.len()
            ))),
            _ => Ok(Self {
                width,
                values,
                labels,
            }),
        }
    }

    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Never: there is a row.
    pub fn is_empty(&self) -> bool {
        false
    }

    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.width)
    }

    pub fn labels(&self) -> Option<&[usize]> {
        self.labels.as_deref()
    }

    /// Refuses rows of another width, labels that no output has, and values that the input's type
    /// does not hold.
    pub(crate) fn check(
        &self,
        inputs: usize,
        outputs: usize,
        range: Option<(i64, i64)>,
    ) -> Result<(), Error> {
        if self.width != inputs {
            return Err(Error::Samples(format!(
                "the data has rows of {} values; the model takes {inputs}",
                self.width
            )));
        }
        let mut labels = self.labels.iter().flatten().enumerate();
        if let Some((row, label)) = labels.find(|(_, label)| **label >= outputs) {
            return Err(Error::Samples(format!(
                "label {row} is {label}; the model has {outputs} outputs"
            )));
        }
        let Some((lo, hi)) = range else { return Ok(()) };
        let fits = |v: &f64| v.fract() == 0.0 && (lo as f64..=hi as f64).contains(v);
        match self.values.iter().position(|v| !fits(v)) {
            None => Ok(()),
            Some(at) => Err(Error::Samples(format!(
                "the data's [{}, {}] is {}; the model takes integers in {lo}..={hi}",
                at / self.width,
                at % self.width,
                self.values[at]
            ))),
        }
    }
}
