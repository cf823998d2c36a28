//! Inputs of a job and outputs of a batch, as tensors and as files.

use crate::safetensor::{self, Raw};
use crate::topology::MAX_BATCH;
use crate::{ActivationType, Error, Matrix, Topology};
use safetensors::tensor::{Dtype, SafeTensors};
use std::path::Path;

const INPUT: &str = "input";
const OUTPUT: &str = "output";
const BLIND_X: &str = "blind_x";
const BLIND_Y: &str = "blind_y";

/// The blind of a commitment that does not hide.
pub const NO_BLIND: [u8; 32] = [0; 32];

/// Input of one proof: a batch of rows, all of one requester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchInput {
    /// `[batch, in]`
    pub rows: Matrix,
    /// Blind of the commitment to the input: little-endian scalar, zero where it does not hide.
    pub blind_x: [u8; 32],
    /// Blind of the commitment to the output, chosen by the requester.
    pub blind_y: [u8; 32],
}

impl BatchInput {
    /// A batch whose commitments do not hide.
    pub fn public(rows: Matrix) -> Self {
        Self {
            rows,
            blind_x: NO_BLIND,
            blind_y: NO_BLIND,
        }
    }
}

/// Input of a whole job: one or more batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobInput {
    rows: Matrix,
    batch: usize,
    /// One entry per batch.
    blind_x: Vec<[u8; 32]>,
    blind_y: Vec<[u8; 32]>,
}

impl JobInput {
    /// `rows` are `[batches * batch, in]`; empty blind lists mean that nothing is hidden.
    pub fn new(
        rows: Matrix,
        batch: usize,
        blind_x: Vec<[u8; 32]>,
        blind_y: Vec<[u8; 32]>,
    ) -> Result<Self, Error> {
        if !(1..=MAX_BATCH).contains(&batch) {
            return Err(Error::BatchSize {
                found: batch,
                max: MAX_BATCH,
            });
        }
        if rows.rows() == 0 || !rows.rows().is_multiple_of(batch) {
            return Err(Error::PartialBatch {
                rows: rows.rows(),
                batch,
            });
        }
        let batches = rows.rows() / batch;
        Ok(Self {
            rows,
            batch,
            blind_x: blinds(BLIND_X, blind_x, batches)?,
            blind_y: blinds(BLIND_Y, blind_y, batches)?,
        })
    }

    /// Fills the last batch with zero rows.
    pub fn padded(rows: Matrix, batch: usize) -> Result<Self, Error> {
        let cols = rows.cols();
        let padded = rows.rows().next_multiple_of(batch.max(1));
        let mut values = rows.into_values();
        values.resize(padded * cols, 0);
        Self::new(Matrix::new(padded, cols, values)?, batch, vec![], vec![])
    }

    /// Reads an input file and checks it against the network.
    pub fn from_bytes(bytes: &[u8], topology: &Topology, batch: usize) -> Result<Self, Error> {
        let file = safetensor::parse(bytes)?;
        only(&file, &[INPUT, BLIND_X, BLIND_Y])?;
        let rows = matrix(&file, INPUT, "U8 or I8", topology.input_len())?;
        topology.check_input(&rows)?;
        let blind_x = scalars(&file, BLIND_X)?;
        let blind_y = scalars(&file, BLIND_Y)?;
        Self::new(rows, batch, blind_x, blind_y)
    }

    pub fn read(path: impl AsRef<Path>, topology: &Topology, batch: usize) -> Result<Self, Error> {
        Self::from_bytes(&read(path.as_ref())?, topology, batch)
    }

    /// The input file; `dtype` is the network's input type. Zero blinds are left out.
    pub fn to_bytes(&self, dtype: ActivationType) -> Result<Vec<u8>, Error> {
        self.rows.check_range(INPUT, dtype.min(), dtype.max())?;
        let mut tensors = vec![Raw {
            name: INPUT.into(),
            dtype: match dtype {
                ActivationType::U8 => Dtype::U8,
                ActivationType::I8 => Dtype::I8,
            },
            shape: self.rows.shape().to_vec(),
            bytes: self.rows.values().iter().map(|v| *v as u8).collect(),
        }];
        for (name, blinds) in [(BLIND_X, &self.blind_x), (BLIND_Y, &self.blind_y)] {
            if blinds.iter().any(|b| *b != NO_BLIND) {
                tensors.push(Raw {
                    name: name.into(),
                    dtype: Dtype::U8,
                    shape: vec![blinds.len(), 32],
                    bytes: blinds.concat(),
                });
            }
        }
        safetensor::write(&tensors, None)
    }

    pub fn batches(&self) -> usize {
        self.blind_x.len()
    }

    /// Number of rows of one batch.
    pub fn batch_size(&self) -> usize {
        self.batch
    }

    /// All rows, `[batches * batch, in]`.
    pub fn rows(&self) -> &Matrix {
        &self.rows
    }

    pub fn get(&self, index: usize) -> Result<BatchInput, Error> {
        if index >= self.batches() {
            return Err(Error::NoSuchBatch {
                index,
                batches: self.batches(),
            });
        }
        let cols = self.rows.cols();
        let from = index * self.batch * cols;
        let values = self.rows.values()[from..from + self.batch * cols].to_vec();
        Ok(BatchInput {
            rows: Matrix::new(self.batch, cols, values)?,
            blind_x: self.blind_x[index],
            blind_y: self.blind_y[index],
        })
    }
}

/// Output of one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchOutput {
    /// `[batch, out]`
    pub rows: Matrix,
    /// The requester's blind of the commitment to the output; zero where it does not hide.
    pub blind_y: [u8; 32],
}

impl BatchOutput {
    /// Reads an output file and checks its shape and ranges against the network.
    pub fn from_bytes(bytes: &[u8], topology: &Topology, batch: usize) -> Result<Self, Error> {
        let file = safetensor::parse(bytes)?;
        only(&file, &[OUTPUT, BLIND_Y])?;
        let rows = matrix(&file, OUTPUT, "I32", topology.output_len())?;
        let blind_y = match file.tensor(BLIND_Y) {
            Err(_) => NO_BLIND,
            Ok(view) if view.dtype() == Dtype::U8 && view.shape() == [32] => {
                view.data().try_into().expect("32 bytes; qed")
            }
            Ok(view) => {
                return Err(Error::Shape {
                    tensor: BLIND_Y.into(),
                    found: view.shape().to_vec(),
                    expected: vec![32],
                })
            }
        };
        let output = Self { rows, blind_y };
        topology.check_output(&output.rows, batch)?;
        Ok(output)
    }

    pub fn read(path: impl AsRef<Path>, topology: &Topology, batch: usize) -> Result<Self, Error> {
        Self::from_bytes(&read(path.as_ref())?, topology, batch)
    }

    /// The output file; equal outputs give equal bytes. A zero blind is left out.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let values = self.rows.values();
        let mut tensors = vec![Raw {
            name: OUTPUT.into(),
            dtype: Dtype::I32,
            shape: self.rows.shape().to_vec(),
            bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }];
        if self.blind_y != NO_BLIND {
            tensors.push(Raw {
                name: BLIND_Y.into(),
                dtype: Dtype::U8,
                shape: vec![32],
                bytes: self.blind_y.to_vec(),
            });
        }
        safetensor::write(&tensors, None)
    }
}

fn blinds(name: &str, blinds: Vec<[u8; 32]>, batches: usize) -> Result<Vec<[u8; 32]>, Error> {
    if blinds.is_empty() {
        return Ok(vec![NO_BLIND; batches]);
    }
    if blinds.len() != batches {
        return Err(Error::Shape {
            tensor: name.into(),
            found: vec![blinds.len(), 32],
            expected: vec![batches, 32],
        });
    }
    Ok(blinds)
}

fn only(file: &SafeTensors, known: &[&str]) -> Result<(), Error> {
    let mut names = file.names();
    names.sort_unstable();
    match names.iter().find(|n| !known.contains(n)) {
        None => Ok(()),
        Some(name) => Err(Error::UnexpectedTensor {
            tensor: name.to_string(),
        }),
    }
}

fn matrix(
    file: &SafeTensors,
    name: &str,
    expected_type: &'static str,
    cols: usize,
) -> Result<Matrix, Error> {
    let found = safetensor::integers(file, name, expected_type)?;
    let rows = match found.shape[..] {
        [rows, found_cols] if found_cols == cols => rows,
        _ => {
            return Err(Error::Shape {
                tensor: name.into(),
                expected: vec![found.shape.first().copied().unwrap_or(0), cols],
                found: found.shape,
            })
        }
    };
    let convert = |(at, value): (usize, &i64)| {
        i32::try_from(*value).map_err(|_| Error::Range {
            tensor: name.into(),
            index: vec![at / cols, at % cols],
            value: *value,
            lo: i32::MIN.into(),
            hi: i32::MAX.into(),
        })
    };
    let values = found.values.iter().enumerate().map(convert);
    Matrix::new(rows, cols, values.collect::<Result<_, _>>()?)
}

fn scalars(file: &SafeTensors, name: &str) -> Result<Vec<[u8; 32]>, Error> {
    let Ok(view) = file.tensor(name) else {
        return Ok(Vec::new());
    };
    if view.dtype() != Dtype::U8 {
        return Err(Error::Type {
            tensor: name.into(),
            found: format!("{:?}", view.dtype()),
            expected: "U8",
        });
    }
    if view.shape().len() != 2 || view.shape()[1] != 32 || view.shape()[0] == 0 {
        return Err(Error::Shape {
            tensor: name.into(),
            found: view.shape().to_vec(),
            expected: vec![view.shape().first().copied().unwrap_or(0).max(1), 32],
        });
    }
    let chunks = view.data().chunks_exact(32);
    Ok(chunks
        .map(|c| c.try_into().expect("32 bytes; qed"))
        .collect())
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|e| Error::Read {
        path: path.display().to_string(),
        reason: e.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layer;

    fn topology(dtype: ActivationType) -> Topology {
        let layers = vec![Layer::Linear {
            inputs: 2,
            outputs: 1,
        }];
        Topology::new(vec![2], dtype, layers).unwrap()
    }

    fn rows(rows: usize) -> Matrix {
        let values = (0..rows as i32 * 2).map(|v| v - 3).collect();
        Matrix::new(rows, 2, values).unwrap()
    }

    fn input_file(name: &str, dtype: Dtype, shape: Vec<usize>, bytes: Vec<u8>) -> Vec<u8> {
        let mut tensors = vec![Raw {
            name: name.into(),
            dtype,
            shape,
            bytes,
        }];
        if name != INPUT {
            tensors.push(Raw {
                name: INPUT.into(),
                dtype: Dtype::U8,
                shape: vec![4, 2],
                bytes: vec![1; 8],
            });
        }
        safetensor::write(&tensors, None).unwrap()
    }

    #[test]
    fn input_files_survive_a_round_trip() {
        let topology = topology(ActivationType::I8);
        let hidden = JobInput::new(rows(4), 2, vec![[1; 32], [2; 32]], vec![]).unwrap();
        for input in [hidden, JobInput::padded(rows(3), 2).unwrap()] {
            let bytes = input.to_bytes(ActivationType::I8).unwrap();
            assert_eq!(JobInput::from_bytes(&bytes, &topology, 2).unwrap(), input);
        }
    }

    #[test]
    fn batches_are_cut_in_order() {
        let input = JobInput::new(rows(4), 2, vec![], vec![[1; 32], [2; 32]]).unwrap();
        assert_eq!(input.batches(), 2);
        let second = input.get(1).unwrap();
        assert_eq!(second.rows.values(), [1, 2, 3, 4]);
        assert_eq!((second.blind_x, second.blind_y), (NO_BLIND, [2; 32]));
        assert!(matches!(input.get(2), Err(Error::NoSuchBatch { .. })));
    }

    #[test]
    fn padding_adds_zero_rows() {
        let input = JobInput::padded(rows(3), 2).unwrap();
        assert_eq!(input.get(1).unwrap().rows.values(), [1, 2, 0, 0]);
        assert!(matches!(
            JobInput::padded(rows(3), 0),
            Err(Error::BatchSize { .. })
        ));
    }

    #[test]
    fn wrong_inputs_are_named() {
        let of = |name, dtype, shape, bytes| {
            let bytes = input_file(name, dtype, shape, bytes);
            JobInput::from_bytes(&bytes, &topology(ActivationType::U8), 2)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            of(INPUT, Dtype::U8, vec![3, 2], vec![0; 6]),
            "tensor input has 3 rows, which is not a whole number of batches of 2; pad the last \
             batch with zero rows"
        );
        assert_eq!(
            of(INPUT, Dtype::U8, vec![2, 3], vec![0; 6]),
            "tensor input has shape [2, 3]; expected [2, 2]"
        );
        assert_eq!(
            of(INPUT, Dtype::I8, vec![2, 2], vec![0, 0, 0, 255]),
            "tensor input[1, 1] is -1, outside 0..=255"
        );
        assert_eq!(
            of(INPUT, Dtype::F32, vec![2, 2], vec![0; 16]),
            "tensor input has type F32; expected U8 or I8"
        );
        assert_eq!(
            of("labels", Dtype::U8, vec![1], vec![0]),
            "tensor labels belongs to no layer of this network"
        );
        assert_eq!(
            of(BLIND_X, Dtype::U8, vec![1, 32], vec![0; 32]),
            "tensor blind_x has shape [1, 32]; expected [2, 32]"
        );
        assert!(of(INPUT, Dtype::U8, vec![0, 2], vec![]).contains("0 rows"));
    }

    #[test]
    fn output_files_survive_a_round_trip() {
        let topology = topology(ActivationType::U8);
        for blind_y in [NO_BLIND, [7; 32]] {
            let rows = Matrix::new(2, 1, vec![-130560, 130560]).unwrap();
            let output = BatchOutput { rows, blind_y };
            let bytes = output.to_bytes().unwrap();
            assert_eq!(
                BatchOutput::from_bytes(&bytes, &topology, 2).unwrap(),
                output
            );
            assert!(BatchOutput::from_bytes(&bytes, &topology, 1).is_err());
        }
    }

    #[test]
    fn outputs_beyond_the_bound_are_named() {
        let rows = Matrix::new(2, 1, vec![0, 130561]).unwrap();
        let output = BatchOutput {
            rows,
            blind_y: NO_BLIND,
        };
        let bytes = output.to_bytes().unwrap();
        assert_eq!(
            BatchOutput::from_bytes(&bytes, &topology(ActivationType::U8), 2)
                .unwrap_err()
                .to_string(),
            "tensor output[1, 0] is 130561, outside -130560..=130560"
        );
    }
}
