//! NumPy's `.npy` files: matrices of small integers, and arrays of real numbers.
//!
//! Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>. Versions 1 to
//! 3 are read, version 1 is written.

use anyhow::{bail, ensure, Context, Result};
use swarm_network::Matrix;

const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads a C-ordered matrix of integers that fit `i32`.
pub fn read(bytes: &[u8]) -> Result<Matrix> {
    let array = array(bytes)?;
    let [rows, cols] = <[usize; 2]>::try_from(array.shape).map_err(|sizes| {
        anyhow::anyhow!(
            "the array has {} dimension(s); reshape it to (rows, values per row)",
            sizes.len()
        )
    })?;
    let values = integers(array.kind, array.data)?;
    ensure!(
        rows.checked_mul(cols) == Some(values.len()),
        "the .npy header promises {rows} x {cols} values; {} follow",
        values.len()
    );
    Ok(Matrix::new(rows, cols, values)?)
}

/// Reads a C-ordered array of any shape, of floats or integers that fit `i32`.
pub fn read_reals(bytes: &[u8]) -> Result<(Vec<usize>, Vec<f64>)> {
    let Array { shape, kind, data } = array(bytes)?;
    let values: Vec<f64> = match kind {
        "<f4" => chunks(data)?
            .map(|b| f32::from_le_bytes(b).into())
            .collect(),
        "<f8" => chunks(data)?.map(f64::from_le_bytes).collect(),
        _ => integers(kind, data)?.into_iter().map(f64::from).collect(),
    };
    let promised = shape
        .iter()
        .try_fold(1usize, |n, size| n.checked_mul(*size));
    ensure!(
        promised == Some(values.len()),
        "the .npy header promises values of shape {shape:?}; {} follow",
        values.len()
    );
    Ok((shape, values))
}

/// An array whose values are not read yet.
struct Array<'a> {
    shape: Vec<usize>,
    /// NumPy's name of the type, such as `<i4`.
    kind: &'a str,
    data: &'a [u8],
}

fn array(bytes: &[u8]) -> Result<Array<'_>> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .context("this is no .npy file: it does not begin with \\x93NUMPY")?;
    let (version, rest) = rest
        .split_at_checked(2)
        .context("the .npy file is cut short")?;
    let length_bytes = match version[0] {
        1 => 2,
        2 | 3 => 4,
        other => bail!("the .npy file has format version {other}; this program reads 1 to 3"),
    };
    let (length, rest) = rest
        .split_at_checked(length_bytes)
        .context("the .npy file is cut short")?;
    let length = length
        .iter()
        .rev()
        .fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
    let (header, data) = rest
        .split_at_checked(length)
        .context("the .npy file ends inside its header")?;
    let header = std::str::from_utf8(header).context("the .npy header is no text")?;

    ensure!(
        value(header, "fortran_order")?.starts_with("False"),
        "the array is in Fortran order; save it with numpy.ascontiguousarray"
    );
    Ok(Array {
        shape: shape(value(header, "shape")?)?,
        kind: quoted(value(header, "descr")?)?,
        data,
    })
}

/// Writes the matrix as little-endian `i32`.
pub fn write(matrix: &Matrix) -> Vec<u8> {
    let [rows, cols] = matrix.shape();
    let mut header =
        format!("{{'descr': '<i4', 'fortran_order': False, 'shape': ({rows}, {cols}), }}");
    // Magic, version and length take 10 bytes; the data begins at a multiple of 64.
    let padded = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.push_str(&" ".repeat(padded - header.len() - 1));
    header.push('\n');
    let length = header.len() as u16;
    let mut bytes = [MAGIC, &[1, 0], &length.to_le_bytes(), header.as_bytes()].concat();
    bytes.extend(matrix.values().iter().flat_map(|v| v.to_le_bytes()));
    bytes
}

/// What follows a key of the header's Python dictionary.
fn value<'a>(header: &'a str, key: &str) -> Result<&'a str> {
    header
        .split_once(&format!("'{key}':"))
        .map(|(_, value)| value.trim_start())
        .with_context(|| format!("the .npy header has no {key}"))
}

fn quoted(text: &str) -> Result<&str> {
    text.strip_prefix('\'')
        .and_then(|t| t.split_once('\''))
        .map(|(text, _)| text)
        .context("the array has a structured type; save a plain integer array")
}

fn shape(text: &str) -> Result<Vec<usize>> {
    let inside = text
        .strip_prefix('(')
        .and_then(|t| t.split_once(')'))
        .map(|(inside, _)| inside)
        .context("the .npy header's shape is no tuple")?;
    inside
        .split(',')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .context("the .npy header's shape has something other than sizes")
}

fn integers(kind: &str, data: &[u8]) -> Result<Vec<i32>> {
    Ok(match kind {
        "|u1" | "u1" => data.iter().map(|b| i32::from(*b)).collect(),
        "|i1" | "i1" => data.iter().map(|b| i32::from(*b as i8)).collect(),
        "<i2" => chunks(data)?
            .map(|b| i16::from_le_bytes(b).into())
            .collect(),
        "<u2" => chunks(data)?
            .map(|b| u16::from_le_bytes(b).into())
            .collect(),
        "<i4" => chunks(data)?.map(i32::from_le_bytes).collect(),
        "<i8" => chunks(data)?
            .map(i64::from_le_bytes)
            .map(|v| i32::try_from(v).with_context(|| format!("the value {v} does not fit i32")))
            .collect::<Result<_>>()?,
        other => bail!(
            "the array has type {other}; convert it to small integers first, for instance with \
             array.astype('uint8')"
        ),
    })
}

fn chunks<const N: usize>(data: &[u8]) -> Result<impl Iterator<Item = [u8; N]> + '_> {
    let (values, rest) = data.as_chunks::<N>();
    ensure!(rest.is_empty(), "the .npy data ends inside a value");
    Ok(values.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
        let mut length = (header.len() as u32).to_le_bytes().to_vec();
        if version == 1 {
            length.truncate(2);
        }
        [MAGIC, &[version, 0], &length, header.as_bytes(), data].concat()
    }

    fn header(kind: &str, order: &str, shape: &str) -> String {
        format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}\n")
    }

    #[test]
    fn writes_what_numpy_writes() {
        let matrix = Matrix::new(2, 3, vec![1, -2, 3, 4, 5, i32::MIN]).unwrap();
        let bytes = write(&matrix);
        // numpy.save(f, numpy.array([[1, -2, 3], [4, 5, -2**31]], dtype='<i4')), version 2.4
        let mut expected = b"\x93NUMPY\x01\x00v\x00".to_vec();
        expected.extend(b"{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }");
        expected.resize(127, b' ');
        expected.push(b'\n');
        for value in matrix.values() {
            expected.extend(value.to_le_bytes());
        }
        assert_eq!(bytes, expected);
        assert_eq!(read(&bytes).unwrap(), matrix);
    }

    #[test]
    fn reads_every_small_integer_type() {
        let cases: [(&str, &[u8], [i32; 2]); 6] = [
            ("|u1", &[1, 255], [1, 255]),
            ("|i1", &[1, 255], [1, -1]),
            ("<u2", &[1, 0, 255, 255], [1, 65_535]),
            ("<i2", &[1, 0, 255, 255], [1, -1]),
            ("<i4", &[1, 0, 0, 0, 254, 255, 255, 255], [1, -2]),
            (
                "<i8",
                &[
                    1, 0, 0, 0, 0, 0, 0, 0, 253, 255, 255, 255, 255, 255, 255, 255,
                ],
                [1, -3],
            ),
        ];
        for version in [1, 2, 3] {
            for (kind, data, expected) in cases {
                let file = file(version, &header(kind, "False", "(1, 2)"), data);
                assert_eq!(read(&file).unwrap().values(), expected, "{kind}");
            }
        }
    }

    #[test]
    fn reads_real_arrays_of_any_shape() {
        let floats = [1.5f32, -2.0, 0.0, 4.0];
        let data: Vec<u8> = floats.iter().flat_map(|v| v.to_le_bytes()).collect();
        let of = |header: String, data: &[u8]| read_reals(&file(1, &header, data));
        let (shape, values) = of(header("<f4", "False", "(1, 2, 2)"), &data).unwrap();
        assert_eq!((shape, values), (vec![1, 2, 2], vec![1.5, -2.0, 0.0, 4.0]));
        let double = 0.1f64.to_le_bytes();
        let (_, values) = of(header("<f8", "False", "(1,)"), &double).unwrap();
        assert_eq!(values, [0.1]);
        let (shape, values) = of(header("|u1", "False", "(2,)"), &[3, 255]).unwrap();
        assert_eq!((shape, values), (vec![2], vec![3.0, 255.0]));
        for (header, reason) in [
            (header("<f4", "False", "(1, 2, 3)"), "4 follow"),
            (header("<f4", "True", "(4,)"), "Fortran"),
            (header("<c8", "False", "(2,)"), "type <c8"),
        ] {
            let message = format!("{:#}", of(header, &data).unwrap_err());
            assert!(message.contains(reason), "{message}");
        }
    }

    #[test]
    fn refuses_other_arrays_by_what_is_wrong() {
        let plain = header("|u1", "False", "(1, 2)");
        let cases = [
            (b"PK\x03\x04".to_vec(), "no .npy file"),
            (MAGIC.to_vec(), "cut short"),
            (file(9, &plain, &[1, 2]), "version 9"),
            (file(1, &plain, &[1, 2])[..30].to_vec(), "inside its header"),
            (file(1, &plain, &[1]), "1 follow"),
            (file(1, &plain, &[1, 2, 3]), "3 follow"),
            (
                file(1, &header("|u1", "True", "(1, 2)"), &[1, 2]),
                "Fortran",
            ),
            (
                file(1, &header("|u1", "False", "(2,)"), &[1, 2]),
                "1 dimension",
            ),
            (file(1, &header("|u1", "False", "()"), &[1]), "0 dimension"),
            (
                file(1, &header("|u1", "False", "(1, 1, 2)"), &[1, 2]),
                "3 dimension",
            ),
            (
                file(1, &header("<f4", "False", "(1, 1)"), &[0; 4]),
                "type <f4",
            ),
            (
                file(1, &header("<i4", "False", "(1, 1)"), &[0; 3]),
                "inside a value",
            ),
            (
                file(
                    1,
                    &header("<i8", "False", "(1, 1)"),
                    &[255, 255, 255, 255, 255, 0, 0, 0],
                ),
                "fit i32",
            ),
            (
                file(
                    1,
                    "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (1, 1), }",
                    &[1],
                ),
                "structured",
            ),
            (file(1, "{'descr': '|u1'}", &[1]), "no fortran_order"),
            (
                file(
                    1,
                    &header("|u1", "False", "(18446744073709551615, 2)"),
                    &[1, 2],
                ),
                "promises",
            ),
        ];
        for (bytes, reason) in cases {
            let message = format!("{:#}", read(&bytes).unwrap_err());
            assert!(message.contains(reason), "{message} does not say {reason}");
        }
    }
}
