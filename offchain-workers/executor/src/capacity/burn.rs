//! Rows of a capacity window on a Burn device, in integers exactly.

use burn::tensor::{DType, Device, FloatDType, Int, IntDType, Tensor, TensorData};
use swarm_capacity::{Fingerprint, Matrices, Stream, FOLDS, LAYERS, SHIFT, WIDTH};

use crate::network_burn::{guarded, DeviceFailure};

/// A window's matrices on a device. Products and sums are of `f32`: each partial sum of 1024
/// products of two `i8` is an integer of at most 2^24, which `f32` holds exactly.
pub struct CapacityDevice {
    device: Device,
    /// `[in, out]` each.
    layers: Vec<Tensor<2>>,
    /// `[in, FOLDS]`
    thin: Tensor<2>,
}

impl CapacityDevice {
    /// Copies the matrices to the device.
    ///
    /// # Errors
    /// Where the device fails.
    pub fn load(matrices: &Matrices, device: &Device) -> Result<Self, DeviceFailure> {
        // The matrices are stored by output; the product wants [in, out].
        let placed = |values: &[i8], outputs: usize| {
            let values: Vec<f32> = values.iter().map(|v| f32::from(*v)).collect();
            let data = TensorData::new(values, [outputs, WIDTH]);
            Tensor::<2>::from_data(data, (device, DType::F32)).transpose()
        };
        guarded(|| {
            Ok(Self {
                device: device.clone(),
                layers: (0..LAYERS)
                    .map(|layer| placed(matrices.layer(layer), WIDTH))
                    .collect(),
                thin: placed(matrices.thin(), FOLDS),
            })
        })
    }

    /// The fingerprints of `count` rows from `first` on, in one pass: `count` × 1024 values of
    /// `f32` and `i32` each lie on the device at a time.
    ///
    /// # Errors
    /// Where the device fails.
    pub fn rows(
        &self,
        stream: &Stream,
        first: u32,
        count: u32,
    ) -> Result<Vec<Fingerprint>, DeviceFailure> {
        let rows = count as usize;
        let start: Vec<f32> = (first..first.saturating_add(count))
            .flat_map(|row| stream.row(row).map(f32::from))
            .collect();
        guarded(|| {
            let data = TensorData::new(start, [rows, WIDTH]);
            let mut x = Tensor::<2>::from_data(data, (&self.device, DType::F32));
            for layer in &self.layers {
                x = requantised(x.matmul(layer.clone())).cast(FloatDType::F32);
            }
            let sums = x.matmul(self.thin.clone()).cast(IntDType::I32);
            let sums = sums.try_into_vec_as::<i32>().map_err(DeviceFailure::new)?;
            Ok(sums.chunks_exact(FOLDS).map(fingerprint).collect())
        })
    }
}

/// Back to the range of `i8`: an arithmetic shift is the floor of the division, also below zero.
fn requantised(accumulators: Tensor<2>) -> Tensor<2, Int> {
    accumulators
        .cast(IntDType::I32)
        .bitwise_right_shift_scalar(SHIFT as i32)
        .clamp(i8::MIN, i8::MAX)
}

fn fingerprint(sums: &[i32]) -> Fingerprint {
    let mut print = Fingerprint::default();
    for (bytes, sum) in print.chunks_exact_mut(4).zip(sums) {
        bytes.copy_from_slice(&sum.to_le_bytes());
    }
    print
}

#[cfg(test)]
mod tests {
    use super::*;
    use swarm_capacity::Method;

    #[test]
    fn a_device_computes_what_the_chain_recomputes() {
        let seed = [11; 32];
        let matrices = Matrices::new(&seed);
        let stream = Stream::rows(&seed, &[12; 32]);
        let device = CapacityDevice::load(&matrices, &Device::flex()).unwrap();
        let expected: Vec<_> = (1_000..1_033)
            .map(|row| matrices.fingerprint(&stream, row, Method::Scalar))
            .collect();
        assert_eq!(device.rows(&stream, 1_000, 33).unwrap(), expected);
    }
}
