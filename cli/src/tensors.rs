//! Input rows from the user's file, and output rows into one, by the file's ending.

use std::path::Path;

use anyhow::{bail, ensure, Context, Result};
use rand::{CryptoRng, RngCore};
use swarm_groth16::decode_scalar;
use swarm_network::{BatchOutput, JobInput, Matrix, Topology, NO_BLIND};

use crate::{app::read_file, npy};

/// The kinds of file that hold tensors here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Npy,
    Safetensors,
}

fn format_of(path: &Path) -> Result<Format> {
    match path.extension().and_then(|e| e.to_str()) {
        Some("npy") => Ok(Format::Npy),
        Some("safetensors") => Ok(Format::Safetensors),
        _ => bail!(
            "{}: the name must end in .npy or .safetensors",
            path.display()
        ),
    }
}

/// Refuses a name of another kind and a file that is not there, before anything slow is done.
pub fn check_input_file(path: &Path) -> Result<()> {
    format_of(path)?;
    std::fs::File::open(path)
        .map(|_| ())
        .with_context(|| format!("cannot read {}", path.display()))
}

/// Input rows `[rows, in]` for this network, any number of them.
pub fn read_input(path: &Path, topology: &Topology) -> Result<Matrix> {
    let format = format_of(path)?;
    let bytes = read_file(path)?;
    let rows = match format {
        Format::Npy => npy::read(&bytes),
        Format::Safetensors => JobInput::from_bytes(&bytes, topology, 1)
            .map(|input| input.rows().clone())
            .map_err(Into::into),
    }
    .with_context(|| path.display().to_string())?;
    check_input(&rows, topology).with_context(|| path.display().to_string())?;
    Ok(rows)
}

fn check_input(rows: &Matrix, topology: &Topology) -> Result<()> {
    ensure!(rows.rows() > 0, "the input has no rows");
    ensure!(
        rows.cols() == topology.input_len(),
        "the input has shape [{}, {}]; this model takes rows of {} values",
        rows.rows(),
        rows.cols(),
        topology.input_len()
    );
    let dtype = topology.input_type();
    rows.check_range("input", dtype.min(), dtype.max())?;
    Ok(())
}

/// The rows in whole batches, the last one padded with zero rows; hidden behind fresh blinds if
/// asked.
pub fn batches(
    rows: Matrix,
    batch: usize,
    hide: Option<&mut (impl RngCore + CryptoRng)>,
) -> Result<JobInput> {
    let plain = JobInput::padded(rows, batch)?;
    let Some(rng) = hide else {
        return Ok(plain);
    };
    let mut blinds = || (0..plain.batches()).map(|_| blind(rng)).collect();
    Ok(JobInput::new(
        plain.rows().clone(),
        batch,
        blinds(),
        blinds(),
    )?)
}

/// A uniform scalar below the modulus, by rejection.
fn blind(rng: &mut (impl RngCore + CryptoRng)) -> [u8; 32] {
    loop {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        // The modulus has 254 bits.
        bytes[31] &= 0x3f;
        if decode_scalar(&bytes).is_some() && bytes != NO_BLIND {
            return bytes;
        }
    }
}

/// Output rows of the user's file, `[rows, out]`.
pub fn read_output(path: &Path, rows: usize, topology: &Topology) -> Result<Matrix> {
    let format = format_of(path)?;
    let bytes = read_file(path)?;
    match format {
        Format::Npy => npy::read(&bytes),
        Format::Safetensors => BatchOutput::from_bytes(&bytes, topology, rows)
            .map(|output| output.rows)
            .map_err(Into::into),
    }
    .with_context(|| path.display().to_string())
}

/// Whether outputs can be written under this name; asked before anything is fetched.
pub fn check_output_name(path: &Path) -> Result<()> {
    format_of(path).map(|_| ())
}

/// Writes output rows.
pub fn write_output(path: &Path, rows: Matrix) -> Result<()> {
    let bytes = match format_of(path)? {
        Format::Npy => npy::write(&rows),
        Format::Safetensors => BatchOutput {
            rows,
            blind_y: NO_BLIND,
        }
        .to_bytes()?,
    };
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{rngs::StdRng, SeedableRng};
    use swarm_network::{ActivationType, Layer};

    fn topology() -> Topology {
        let layers = vec![Layer::Linear {
            inputs: 3,
            outputs: 2,
        }];
        Topology::new(vec![3], ActivationType::U8, layers).unwrap()
    }

    fn matrix(rows: usize, cols: usize) -> Matrix {
        let values = (0..rows * cols).map(|v| v as i32 % 256).collect();
        Matrix::new(rows, cols, values).unwrap()
    }

    #[test]
    fn both_kinds_of_input_give_the_same_rows() {
        let folder = tempfile::tempdir().unwrap();
        let rows = matrix(5, 3);
        let npy = folder.path().join("x.npy");
        std::fs::write(&npy, npy::write(&rows)).unwrap();
        let safetensors = folder.path().join("x.safetensors");
        let input = JobInput::new(rows.clone(), 1, vec![], vec![]).unwrap();
        std::fs::write(&safetensors, input.to_bytes(ActivationType::U8).unwrap()).unwrap();
        for path in [npy, safetensors] {
            assert_eq!(read_input(&path, &topology()).unwrap(), rows);
        }
    }

    #[test]
    fn bad_inputs_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.npy");
        let cases = [
            (matrix(2, 4), "rows of 3 values"),
            (Matrix::zeros(0, 3), "no rows"),
            (Matrix::new(1, 3, vec![0, 256, 0]).unwrap(), "[0, 1] is 256"),
            (Matrix::new(1, 3, vec![0, 0, -1]).unwrap(), "[0, 2] is -1"),
        ];
        for (rows, reason) in cases {
            std::fs::write(&path, npy::write(&rows)).unwrap();
            let message = format!("{:#}", read_input(&path, &topology()).unwrap_err());
            assert!(message.contains(reason), "{message}");
            assert!(message.contains("x.npy"), "{message}");
        }
        for (name, reason) in [
            ("x.csv", ".npy or .safetensors"),
            ("none.npy", "cannot read"),
        ] {
            let path = folder.path().join(name);
            let message = format!("{:#}", check_input_file(&path).unwrap_err());
            assert!(message.contains(reason), "{message}");
        }
        assert!(check_input_file(&path).is_ok());
    }

    #[test]
    fn last_batch_is_padded_and_blinds_differ() {
        let mut rng = StdRng::seed_from_u64(1);
        let plain = batches(matrix(5, 3), 2, None::<&mut StdRng>).unwrap();
        assert_eq!((plain.batches(), plain.rows().rows()), (3, 6));
        assert_eq!(plain.rows().row(5), [0, 0, 0]);
        assert_eq!(plain.get(0).unwrap().blind_x, NO_BLIND);

        let hidden = batches(matrix(5, 3), 2, Some(&mut rng)).unwrap();
        assert_eq!(hidden.rows(), plain.rows());
        let mut blinds: Vec<_> = (0..3)
            .map(|i| hidden.get(i).unwrap())
            .flat_map(|b| [b.blind_x, b.blind_y])
            .collect();
        blinds.sort_unstable();
        blinds.dedup();
        assert_eq!(blinds.len(), 6);
        assert!(!blinds.contains(&NO_BLIND));
    }

    #[test]
    fn outputs_are_read_as_written() {
        let folder = tempfile::tempdir().unwrap();
        let rows = Matrix::new(3, 2, vec![1, -2, 3, -4, 5, -6]).unwrap();
        for name in ["y.npy", "y.safetensors"] {
            let path = folder.path().join(name);
            write_output(&path, rows.clone()).unwrap();
            assert_eq!(read_output(&path, 3, &topology()).unwrap(), rows);
        }
        assert!(check_output_name(Path::new("y.txt")).is_err());
    }
}
