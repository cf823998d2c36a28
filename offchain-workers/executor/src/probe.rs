//! Testing a device before it is trusted: is it exact, by which method, and how fast?

use std::time::{Duration, Instant};

use burn::tensor::Device;
use swarm_network::{
    ActivationType, Layer, LinearWeights, Matrix, Model, Source, Topology, Window,
};

use crate::network_burn::{BurnNetwork, DeviceFailure, Method};

/// How long a device's throughput is measured.
const PROBE_TIME: Duration = Duration::from_millis(100);

/// What was measured of a device.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// The fastest exact way to multiply.
    pub method: Method,
    /// Multiply-accumulates a second of a small network, transfers included.
    pub macs_per_second: f64,
    /// All ways that are exact.
    pub exact: Vec<Method>,
}

/// Whether the device gives the reference's integers, by which method fastest, and how fast.
pub(crate) fn probe(device: &Device) -> Result<Probe, String> {
    let (model, input) = probe_case().map_err(|e| e.to_string())?;
    let expected = model.run(&input).map_err(|e| e.to_string())?;
    let macs = model.topology().macs() as f64 * input.rows() as f64;
    let (conv, conv_input) = convolutions().map_err(|e| e.to_string())?;
    let conv_expected = conv.run(&conv_input).map_err(|e| e.to_string())?;
    let mut speeds = Vec::new();
    let mut problems = Vec::new();
    for method in [Method::I32, Method::SplitF32] {
        let measured = BurnNetwork::load(&model, device, method).and_then(|network| {
            if network.run(&input)? != expected {
                return Err(DeviceFailure::new("it does not give exact results"));
            }
            if BurnNetwork::load(&conv, device, method)?.run(&conv_input)? != conv_expected {
                return Err(DeviceFailure::new(
                    "it does not give exact results for convolutions",
                ));
            }
            let began = Instant::now();
            let mut runs = 0u32;
            while runs < 2 || began.elapsed() < PROBE_TIME {
                network.run(&input)?;
                runs += 1;
            }
            Ok(macs * f64::from(runs) / began.elapsed().as_secs_f64())
        });
        match measured {
            Ok(speed) => speeds.push((speed, method)),
            Err(failure) => problems.push(format!("{method:?}: {failure}")),
        }
    }
    let fastest = speeds.iter().max_by(|a, b| a.0.total_cmp(&b.0));
    let (macs_per_second, method) = *fastest.ok_or_else(|| problems.join("; "))?;
    Ok(Probe {
        method,
        macs_per_second,
        exact: speeds.into_iter().map(|(_, method)| method).collect(),
    })
}

/// A network and 64 rows of input that tell a device that is not exact: odd sizes, clamping on
/// both sides of both kinds, and output sums beyond what `f32` holds.
pub(crate) fn probe_case() -> Result<(Model, Matrix), swarm_network::Error> {
    let (inputs, rows) = (67, 64);
    let layers = vec![
        Layer::Linear {
            inputs,
            outputs: 41,
        },
        Layer::Requant {
            shift: 12,
            lo: -101,
            hi: 97,
        },
        Layer::Linear {
            inputs: 41,
            outputs: 1031,
        },
        Layer::Requant {
            shift: 7,
            lo: 0,
            hi: 255,
        },
        Layer::Linear {
            inputs: 1031,
            outputs: 13,
        },
    ];
    let topology = Topology::new(vec![inputs], ActivationType::U8, layers)?;
    let mut byte = bytes();
    let mut weights = Vec::new();
    for (weighted, bias) in topology.weighted().zip([-3000, 20_000, 1]) {
        let (i, o) = (weighted.inputs, weighted.outputs);
        // Some outputs have weights of one sign, for the largest sums.
        let weight = (0..i * o).map(|at| match (at / i) % 4 {
            0 => -128,
            1 => 127,
            _ => byte() as i8,
        });
        let weight = weight.collect();
        let bias = (0..o as i32).map(|at| bias + at * 31).collect();
        weights.push(LinearWeights { weight, bias });
    }
    let model = Model::new(topology, weights)?;
    let values = (0..rows * inputs).map(|_| i32::from(byte())).collect();
    let input = Matrix::new(rows, inputs, values)?;
    Ok((model, input))
}

/// Bytes that look random, the same every time.
fn bytes() -> impl FnMut() -> u8 {
    let mut state = 1u64;
    // Multiplier and increment of Knuth's MMIX generator; its high bits are good enough here.
    move || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 56) as u8
    }
}

/// A residual network with every kind of layer, and 16 rows of input: groups, strides, padding of
/// unequal sides, pools before and after the clamp, multipliers and shifts of each channel.
pub(crate) fn convolutions() -> Result<(Model, Matrix), swarm_network::Error> {
    let conv = |channels: [usize; 2], window: Window, groups: usize| Layer::Conv2d {
        in_channels: channels[0],
        out_channels: channels[1],
        window,
        groups,
    };
    let uneven = Window {
        kernel: [3, 2],
        stride: [1, 2],
        padding: [0, 1, 2, 0],
    };
    let pool = Window::square(2, 2);
    let (lo, hi) = (0, 255);
    let layers = vec![
        (conv([3, 8], uneven, 1), Source::Input),
        (Layer::AvgPool { window: pool }, Source::Layer(0)),
        (
            Layer::MultiplierRequant { shift: 23, lo, hi },
            Source::Layer(1),
        ),
        (
            conv([8, 8], Window::square(3, 1).padded(1), 4),
            Source::Layer(2),
        ),
        (
            Layer::Add {
                with: Source::Layer(2),
                scale: [1, 77],
            },
            Source::Layer(3),
        ),
        (
            Layer::ChannelRequant {
                shifts: vec![6, 7, 8, 9, 6, 5, 4, 10],
                lo: -128,
                hi: 127,
            },
            Source::Layer(4),
        ),
        (
            Layer::MaxPool {
                window: Window::square(3, 2).padded(1),
            },
            Source::Layer(5),
        ),
        (
            Layer::AvgPool {
                window: Window::square(2, 1).padded(1),
            },
            Source::Layer(6),
        ),
        (Layer::Flatten, Source::Layer(7)),
        (
            Layer::Linear {
                inputs: 8 * 4 * 2,
                outputs: 10,
            },
            Source::Layer(8),
        ),
    ];
    let topology = Topology::graph(vec![3, 12, 7], ActivationType::U8, layers)?;
    let mut byte = bytes();
    let weights = topology
        .weighted()
        .map(|w| LinearWeights {
            weight: (0..w.weight_len()).map(|_| byte() as i8).collect(),
            bias: (0..w.outputs).map(|_| i32::from(byte()) * 50).collect(),
        })
        .collect();
    let mut word = || u16::from_le_bytes([byte(), byte()]);
    let multipliers = topology
        .multiplied()
        .map(|r| (0..r.multipliers()).map(|_| word()).collect())
        .collect();
    let input_len = topology.input_len();
    let model = Model::with_multipliers(topology, weights, multipliers)?;
    let rows = 16;
    let values = (0..rows * input_len).map(|_| i32::from(byte())).collect();
    Ok((model, Matrix::new(rows, input_len, values)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_probe_case_needs_exact_sums() {
        let (model, input) = probe_case().unwrap();
        let trace = model.trace(&input).unwrap();
        let lossy = |v: &&i32| **v as f32 as i64 != i64::from(**v);
        let output = trace.output().values();
        assert!(output.iter().filter(lossy).count() > output.len() / 4);
        for (layer, lo, hi) in [(1, -101, 97), (3, 0, 255)] {
            let values = trace.layers()[layer].values();
            let inside = values.iter().filter(|v| **v > lo && **v < hi).count();
            assert!(values.contains(&lo) && values.contains(&hi) && inside > values.len() / 10);
        }
        let accumulators = trace.layers()[0].values();
        let negative = accumulators.iter().filter(|v| **v < 0).count();
        assert!(negative > 100, "floor division below zero is not tried");
    }

    /// No layer gives the same whatever is wrong before it.
    #[test]
    fn the_convolutions_use_their_ranges() {
        let (model, input) = convolutions().unwrap();
        let trace = model.trace(&input).unwrap();
        for (layer, lo, hi) in [(2, 0, 255), (5, -128, 127)] {
            let values = trace.layers()[layer].values();
            let inside = values.iter().filter(|v| **v > lo && **v < hi).count();
            let ends = [values.iter().min(), values.iter().max()];
            assert_eq!(ends, [Some(&lo), Some(&hi)], "layer {layer}");
            assert!(inside > values.len() / 10, "layer {layer}");
        }
    }
}
