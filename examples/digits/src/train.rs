//! Trains 64-32-10 with Burn on the CPU.
//!
//! In 64-bit floats, over the whole training part at once and from our own first weights: what
//! still differs between machines (order of additions, last bit of `exp`) stays some ten orders
//! of magnitude below a quantisation step, so that the quantised model comes out the same.

use anyhow::{anyhow, Result};
use burn::{
    module::Param,
    nn::{loss::CrossEntropyLossConfig, Linear, Relu},
    optim::{decay::WeightDecayConfig, AdamConfig, GradientsParams},
    prelude::*,
    tensor::DType,
};

use crate::data::{Images, SplitMix64, BRIGHTEST, CLASSES, PIXELS};

/// Width of the hidden layer.
pub const HIDDEN: usize = 32;

const STEPS: usize = 400;
const LEARNING_RATE: f64 = 0.02;
const WEIGHT_DECAY: f32 = 1e-3;
const FIRST_WEIGHTS_SEED: u64 = 7;

/// One trained layer: `y = W·x + b`.
#[derive(Clone, Debug)]
pub struct FloatLayer {
    /// Values in.
    pub inputs: usize,
    /// `[outputs × inputs]`
    pub weight: Vec<f64>,
    /// `[outputs]`
    pub bias: Vec<f64>,
}

impl FloatLayer {
    /// The layer's value for one row.
    pub fn forward(&self, row: &[f64]) -> Vec<f64> {
        self.weight
            .chunks(self.inputs)
            .zip(&self.bias)
            .map(|(weights, bias)| weights.iter().zip(row).map(|(w, x)| w * x).sum::<f64>() + bias)
            .collect()
    }
}

/// The trained network, pixels scaled to 0..=1.
#[derive(Clone, Debug)]
pub struct FloatNetwork {
    /// 64 → 32, followed by ReLU.
    pub hidden: FloatLayer,
    /// 32 → 10, the logits.
    pub output: FloatLayer,
}

impl FloatNetwork {
    /// Logits of each image.
    pub fn logits(&self, images: &Images) -> Vec<Vec<f64>> {
        images
            .pixels
            .chunks(PIXELS)
            .map(|pixels| {
                let row: Vec<f64> = pixels.iter().map(|&p| scaled(p)).collect();
                let hidden: Vec<f64> = self
                    .hidden
                    .forward(&row)
                    .into_iter()
                    .map(|v| v.max(0.0))
                    .collect();
                self.output.forward(&hidden)
            })
            .collect()
    }
}

fn scaled(pixel: u8) -> f64 {
    f64::from(pixel) / f64::from(BRIGHTEST)
}

#[derive(Module, Debug)]
struct Mlp {
    hidden: Linear,
    activation: Relu,
    output: Linear,
}

impl Mlp {
    fn new(device: &Device) -> Self {
        let mut random = SplitMix64(FIRST_WEIGHTS_SEED);
        Self {
            hidden: first_weights(PIXELS, HIDDEN, &mut random, device),
            activation: Relu::new(),
            output: first_weights(HIDDEN, CLASSES, &mut random, device),
        }
    }

    fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        let hidden = self.activation.forward(self.hidden.forward(input));
        self.output.forward(hidden)
    }
}

/// Uniform in ±1/√inputs, Burn's own habit, but from our generator.
fn first_weights(
    inputs: usize,
    outputs: usize,
    random: &mut SplitMix64,
    device: &Device,
) -> Linear {
    let bound = (inputs as f64).sqrt().recip();
    let mut draw =
        |count: usize| -> Vec<f64> { (0..count).map(|_| random.symmetric() * bound).collect() };
    let weight = TensorData::new(draw(inputs * outputs), [inputs, outputs]);
    let bias = TensorData::new(draw(outputs), [outputs]);
    Linear {
        weight: Param::from_tensor(Tensor::from_data(weight, (device, DType::F64))),
        bias: Some(Param::from_tensor(Tensor::from_data(
            bias,
            (device, DType::F64),
        ))),
    }
}

/// Trains on these images; `progress` hears the step, the number of steps and the loss.
pub fn train(images: &Images, mut progress: impl FnMut(usize, usize, f64)) -> Result<FloatNetwork> {
    let device = Device::flex().autodiff();
    let pixels: Vec<f64> = images.pixels.iter().map(|&p| scaled(p)).collect();
    let input = Tensor::<2>::from_data(
        TensorData::new(pixels, [images.len(), PIXELS]),
        (&device, DType::F64),
    );
    let labels: Vec<i64> = images.labels.iter().map(|&l| i64::from(l)).collect();
    let labels = Tensor::<1, Int>::from_data(TensorData::new(labels, [images.len()]), &device);
    let loss = CrossEntropyLossConfig::new().init(&device);
    let mut optimiser = AdamConfig::new()
        .with_weight_decay(Some(WeightDecayConfig::new(WEIGHT_DECAY)))
        .init();

    let mut model = Mlp::new(&device);
    for step in 1..=STEPS {
        let value = loss.forward(model.forward(input.clone()), labels.clone());
        let gradients = GradientsParams::from_grads(value.backward(), &model);
        model = optimiser.step(LEARNING_RATE, model, gradients);
        if step % 50 == 0 {
            progress(step, STEPS, value.into_scalar::<f64>());
        }
    }
    Ok(FloatNetwork {
        hidden: exported(&model.hidden)?,
        output: exported(&model.output)?,
    })
}

fn exported(layer: &Linear) -> Result<FloatLayer> {
    let weight = layer.weight.val();
    let [inputs, _] = weight.dims();
    let bias = layer
        .bias
        .as_ref()
        .ok_or_else(|| anyhow!("a layer was trained without its bias"))?;
    Ok(FloatLayer {
        inputs,
        weight: weight.transpose().try_into_vec_as::<f64>()?,
        bias: bias.val().try_into_vec_as::<f64>()?,
    })
}
