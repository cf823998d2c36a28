//! Tensors whose values the file holds.

use crate::error::Error;
use crate::proto::TensorProto;

/// Types of ONNX tensors that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    Float,
    U8,
    I8,
    I32,
    I64,
}

impl Element {
    /// From ONNX's number; half and double precision are widened or narrowed to what is computed.
    pub fn from_onnx(number: i32) -> Option<Self> {
        match number {
            1 | 10 | 11 => Some(Self::Float),
            2 => Some(Self::U8),
            3 => Some(Self::I8),
            6 => Some(Self::I32),
            7 => Some(Self::I64),
            _ => None,
        }
    }

    /// Range of an 8-bit type.
    pub fn range(self) -> Option<(i64, i64)> {
        match self {
            Self::U8 => Some((0, 255)),
            Self::I8 => Some((-128, 127)),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    pub name: String,
    pub shape: Vec<usize>,
    /// Row-major; integers exactly.
    pub values: Vec<f64>,
    pub element: Element,
    /// The integers behind the values, where they were dequantised.
    pub quantised: Option<QuantisedValues>,
}

/// `value = scale · integer`, with one scale or one for each index along `axis`.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantisedValues {
    /// Less their zero point.
    pub integers: Vec<i64>,
    pub scale: Vec<f64>,
    pub axis: usize,
}

impl Constant {
    pub fn from_proto(tensor: &TensorProto) -> Result<Self, Error> {
        let refuse = |reason: String, help: &str| Error::Graph {
            what: format!("tensor {:?}", tensor.name),
            reason,
            help: help.into(),
        };
        if tensor.data_location != 0 {
            return Err(refuse(
                "its values lie in another file".into(),
                "export the model as one file (external_data=False)",
            ));
        }
        let element = Element::from_onnx(tensor.data_type).ok_or_else(|| {
            refuse(
                format!("ONNX's data type {} is not read", tensor.data_type),
                "use float, uint8, int8, int32 or int64",
            )
        })?;
        let sizes = tensor.dims.iter().map(|dim| usize::try_from(*dim));
        let shape: Vec<usize> = sizes
            .collect::<Result<_, _>>()
            .map_err(|_| refuse("it has a negative size".into(), "write the file again"))?;
        let values = values(tensor)
            .ok_or_else(|| refuse("its data is cut short".into(), "write the file again"))?;
        let expected = shape.iter().try_fold(1usize, |n, dim| n.checked_mul(*dim));
        if expected != Some(values.len()) {
            return Err(refuse(
                format!("it has {} values for shape {shape:?}", values.len()),
                "write the file again",
            ));
        }
        if let Some(at) = values.iter().position(|v| !v.is_finite()) {
            return Err(refuse(
                format!("value {at} is {}", values[at]),
                "train or export it again",
            ));
        }
        Ok(Self {
            name: tensor.name.clone(),
            shape,
            values,
            element,
            quantised: None,
        })
    }

    pub fn scalar(&self) -> Option<f64> {
        match self.values[..] {
            [value] => Some(value),
            _ => None,
        }
    }

    /// Swaps the two axes of a matrix; `None` for other shapes.
    pub fn transposed(&self) -> Option<Self> {
        let [rows, cols] = self.shape[..] else {
            return None;
        };
        let cells = || (0..cols).flat_map(move |col| (0..rows).map(move |row| row * cols + col));
        Some(Self {
            name: self.name.clone(),
            shape: vec![cols, rows],
            values: cells().map(|at| self.values[at]).collect(),
            element: self.element,
            quantised: self.quantised.as_ref().map(|q| QuantisedValues {
                integers: cells().map(|at| q.integers[at]).collect(),
                scale: q.scale.clone(),
                axis: 1 - q.axis.min(1),
            }),
        })
    }
}

/// The values from whichever field holds them; `None` where bytes are missing.
fn values(tensor: &TensorProto) -> Option<Vec<f64>> {
    let raw = &tensor.raw_data;
    fn each<const N: usize>(raw: &[u8], of: impl Fn([u8; N]) -> f64) -> Option<Vec<f64>> {
        let (values, rest) = raw.as_chunks::<N>();
        rest.is_empty()
            .then(|| values.iter().map(|bytes| of(*bytes)).collect())
    }
    if raw.is_empty() {
        return Some(match tensor.data_type {
            1 => tensor.float_data.iter().map(|v| f64::from(*v)).collect(),
            7 => tensor.int64_data.iter().map(|v| *v as f64).collect(),
            10 => {
                let bits = tensor.int32_data.iter().map(|v| half(*v as u16));
                bits.collect()
            }
            11 => tensor.double_data.clone(),
            _ => tensor.int32_data.iter().map(|v| f64::from(*v)).collect(),
        });
    }
    match tensor.data_type {
        1 => each(raw, |b| f32::from_le_bytes(b).into()),
        2 => each(raw, |[b]: [u8; 1]| b.into()),
        3 => each(raw, |[b]: [u8; 1]| (b as i8).into()),
        6 => each(raw, |b| i32::from_le_bytes(b).into()),
        7 => each(raw, |b| i64::from_le_bytes(b) as f64),
        10 => each(raw, |b| half(u16::from_le_bytes(b))),
        11 => each(raw, f64::from_le_bytes),
        _ => None,
    }
}

/// IEEE 754 half precision.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
    sign * match exponent {
        0 => fraction * 2f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2f64.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(data_type: i32, dims: Vec<i64>, raw_data: Vec<u8>) -> TensorProto {
        TensorProto {
            name: "w".into(),
            dims,
            data_type,
            raw_data,
            ..Default::default()
        }
    }

    #[test]
    fn every_type_is_read() {
        let cases = [
            (1, 1.5f32.to_le_bytes().to_vec(), 1.5),
            (2, vec![255], 255.0),
            (3, vec![255], -1.0),
            (6, (-7i32).to_le_bytes().to_vec(), -7.0),
            (7, (-8i64).to_le_bytes().to_vec(), -8.0),
            (10, 0xc100u16.to_le_bytes().to_vec(), -2.5),
            (10, 0x0001u16.to_le_bytes().to_vec(), 2f64.powi(-24)),
            (11, 0.1f64.to_le_bytes().to_vec(), 0.1),
        ];
        for (kind, bytes, expected) in cases {
            let constant = Constant::from_proto(&tensor(kind, vec![1], bytes)).unwrap();
            assert_eq!(constant.values, [expected], "type {kind}");
        }
        let fields = TensorProto {
            data_type: 3,
            dims: vec![2],
            int32_data: vec![-128, 127],
            ..Default::default()
        };
        assert_eq!(
            Constant::from_proto(&fields).unwrap().values,
            [-128.0, 127.0]
        );
    }

    #[test]
    fn broken_tensors_are_named() {
        let cases = [
            (tensor(16, vec![1], vec![0, 0]), "data type 16"),
            (tensor(1, vec![1], vec![0, 0, 0]), "cut short"),
            (tensor(1, vec![2], vec![0; 4]), "1 values for shape [2]"),
            (tensor(1, vec![-1], vec![0; 4]), "negative"),
            (tensor(1, vec![1 << 40, 1 << 40], vec![0; 4]), "1 values"),
            (
                tensor(1, vec![1], f32::NAN.to_le_bytes().to_vec()),
                "value 0 is NaN",
            ),
            (
                TensorProto {
                    data_location: 1,
                    ..tensor(1, vec![1], vec![])
                },
                "another file",
            ),
        ];
        for (tensor, reason) in cases {
            let message = Constant::from_proto(&tensor).unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
            assert!(message.contains("tensor"), "{message}");
        }
    }

    #[test]
    fn transposing_moves_the_axis_of_the_scales() {
        let mut constant = Constant::from_proto(&tensor(2, vec![2, 3], (0..6).collect())).unwrap();
        constant.quantised = Some(QuantisedValues {
            integers: (0..6).collect(),
            scale: vec![1.0; 3],
            axis: 1,
        });
        let transposed = constant.transposed().unwrap();
        assert_eq!(transposed.shape, [3, 2]);
        assert_eq!(transposed.values, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        let quantised = transposed.quantised.unwrap();
        assert_eq!(quantised.integers, [0, 3, 1, 4, 2, 5]);
        assert_eq!(quantised.axis, 0);
    }
}
