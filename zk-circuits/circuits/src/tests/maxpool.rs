//! The max pool gadget against its native twin, both ways.

use super::support::*;
use crate::columns::LayerColumns;
use crate::Circuit;
use ark_ff::Field;
use swarm_network::{ActivationType, Layer, LinearWeights, Matrix, Model, Topology, Window};

/// The largest of a row of cells, and one neuron that hands it on.
struct Largest {
    circuit: Circuit,
    rows: Rows,
    model: Model,
}

impl Largest {
    fn new(cells: usize) -> Self {
        let window = Window {
            kernel: [1, cells],
            stride: [1, 1],
            padding: [0; 4],
        };
        let layers = vec![
            Layer::MaxPool { window },
            Layer::Linear {
                inputs: 1,
                outputs: 1,
            },
        ];
        let topology = Topology::new(vec![1, 1, cells], ActivationType::I8, layers).unwrap();
        let weights = LinearWeights {
            weight: vec![1],
            bias: vec![0],
        };
        let circuit = Circuit::new(&topology, 1).unwrap();
        Self {
            rows: Rows::of(&circuit),
            circuit,
            model: Model::new(topology, vec![weights]).unwrap(),
        }
    }

    /// Whether an assignment that says that `y` is the largest of `x` can be completed.
    fn accepts(&self, x: &[i32], y: i64) -> bool {
        let input = Matrix::new(1, x.len(), x.to_vec()).unwrap();
        let mut values = assignment(&self.circuit, &self.model, &input);
        let LayerColumns::MaxPool(at) = &self.circuit.columns().layers[0] else {
            panic!("layer 0 is a max pool")
        };
        values[at.output] = fr(y + 128);
        // The neuron after it agrees.
        values[product(&self.circuit, 0).2.accumulators] = fr(y);
        complete(&self.circuit, self.rows.matrices(), &mut values);
        self.rows.admit(&values)
    }
}

#[test]
fn only_the_largest_is_accepted() {
    for cells in 1..=4usize {
        let largest = Largest::new(cells);
        let values = match cells {
            4 => &[-128, -2, 127][..],
            _ => &[-128, -3, -2, 5, 127],
        };
        for at in 0..values.len().pow(cells as u32) {
            let x: Vec<i32> = (0..cells)
                .map(|i| values[at / values.len().pow(i as u32) % values.len()])
                .collect();
            let twin = i64::from(*x.iter().max().unwrap());
            let smaller = x.iter().map(|v| i64::from(*v));
            let guesses = smaller.chain([twin - 1, twin + 1, -129, 128]);
            for y in guesses {
                assert_eq!(largest.accepts(&x, y), y == twin, "{y} of {x:?}");
            }
        }
    }
}

/// Every difference within the range of 8 bits, and those one beyond at both ends.
#[test]
fn every_difference_is_told_from_its_negative() {
    let largest = Largest::new(2);
    for a in (-128..=127).step_by(5).chain([127]) {
        for b in [-128, -1, 0, 127] {
            let twin = i64::from(a.max(b));
            assert!(largest.accepts(&[a, b], twin), "{a}, {b}");
            if a != b {
                let smaller = i64::from(a.min(b));
                assert!(!largest.accepts(&[a, b], smaller), "{a}, {b}");
            }
        }
    }
}

/// The field is no way round: nothing that is neither makes the product zero.
#[test]
fn differences_of_any_size_are_refused() {
    let largest = Largest::new(3);
    let input = Matrix::new(1, 3, vec![1, 4, 2]).unwrap();
    let honest = assignment(&largest.circuit, &largest.model, &input);
    let LayerColumns::MaxPool(at) = &largest.circuit.columns().layers[0] else {
        panic!("layer 0 is a max pool")
    };
    for wrong in [fr(1 << 20), -fr(1 << 20), rho(), fr(3).inverse().unwrap()] {
        let mut values = honest.clone();
        values[at.output] += wrong;
        values[product(&largest.circuit, 0).2.accumulators] += wrong;
        complete(&largest.circuit, largest.rows.matrices(), &mut values);
        assert!(!largest.rows.admit(&values));
    }
}
