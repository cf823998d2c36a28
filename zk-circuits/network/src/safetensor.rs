//! Reading and writing integer tensors in safetensors files.

use crate::Error;
use safetensors::tensor::{serialize, Dtype, SafeTensors, TensorView};
use std::collections::HashMap;

/// Integers of a tensor together with their shape.
pub(crate) struct Integers {
    pub shape: Vec<usize>,
    pub values: Vec<i64>,
}

pub(crate) fn parse(bytes: &[u8]) -> Result<SafeTensors<'_>, Error> {
    SafeTensors::deserialize(bytes).map_err(|e| Error::Safetensors(e.to_string()))
}

/// The file's string metadata under `key`.
pub(crate) fn metadata(bytes: &[u8], key: &str) -> Result<Option<String>, Error> {
    let (_, header) =
        SafeTensors::read_metadata(bytes).map_err(|e| Error::Safetensors(e.to_string()))?;
    let found = header.metadata().as_ref().and_then(|m| m.get(key));
    Ok(found.cloned())
}

/// Reads any integer tensor; wider types than needed are taken, so that a value out of range can
/// be named instead of a type.
pub(crate) fn integers(
    file: &SafeTensors,
    tensor: &str,
    expected: &'static str,
) -> Result<Integers, Error> {
    let view = file.tensor(tensor).map_err(|_| Error::MissingTensor {
        tensor: tensor.into(),
    })?;
    let data = view.data();
    let values = match view.dtype() {
        Dtype::I8 => data.iter().map(|b| i64::from(*b as i8)).collect(),
        Dtype::U8 => data.iter().map(|b| i64::from(*b)).collect(),
        Dtype::I16 => fixed(data, |b| i16::from_le_bytes(b).into()),
        Dtype::U16 => fixed(data, |b| u16::from_le_bytes(b).into()),
        Dtype::I32 => fixed(data, |b| i32::from_le_bytes(b).into()),
        Dtype::U32 => fixed(data, |b| u32::from_le_bytes(b).into()),
        Dtype::I64 => fixed(data, i64::from_le_bytes),
        other => {
            return Err(Error::Type {
                tensor: tensor.into(),
                found: format!("{other:?}"),
                expected,
            })
        }
    };
    Ok(Integers {
        shape: view.shape().to_vec(),
        values,
    })
}

fn fixed<const N: usize>(data: &[u8], value: impl Fn([u8; N]) -> i64) -> Vec<i64> {
    let chunks = data.chunks_exact(N);
    chunks
        .map(|c| value(c.try_into().expect("chunks have N bytes; qed")))
        .collect()
}

/// A tensor to be written.
pub(crate) struct Raw {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

/// One file; equal tensors and metadata give equal bytes as long as there is at most one entry of
/// metadata.
pub(crate) fn write(tensors: &[Raw], metadata: Option<(&str, String)>) -> Result<Vec<u8>, Error> {
    let views = tensors
        .iter()
        .map(|t| {
            let view = TensorView::new(t.dtype, t.shape.clone(), &t.bytes);
            view.map(|view| (t.name.as_str(), view))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| Error::Safetensors(e.to_string()))?;
    let metadata = metadata.map(|(key, value)| HashMap::from([(key.to_string(), value)]));
    serialize(views, metadata).map_err(|e| Error::Safetensors(e.to_string()))
}
