//! The largest of a window: `y − x` is looked up for each `x`, and one of them is zero.

use crate::columns::MaxPoolColumns;
use crate::matrices::Builder;
use crate::sum::Sum;
use ark_bn254::Fr;
use ark_ff::Field;
use swarm_network::{Matrix, Node, Windows};

pub(crate) fn rows(builder: &mut Builder, node: &Node, windows: &Windows, at: &MaxPoolColumns) {
    let (mut product, mut inverse) = (at.products, at.inverses);
    for item in 0..builder.plan.batch {
        for channel in 0..windows.channels {
            for position in 0..windows.positions() {
                let index = channel * windows.positions() + position;
                let y = builder.values().maxpool(node, at, item, index);
                let differences: Vec<Sum> = windows
                    .covered(position)
                    .map(|cell| {
                        let cell = channel * windows.cells() + cell;
                        let x = builder.values().value(node.source, item, cell);
                        y.clone().minus(&x).merged()
                    })
                    .collect();
                if let [only] = &differences[..] {
                    builder.linear_row(only.clone());
                    continue;
                }
                for difference in &differences {
                    builder.look_up(inverse, difference.clone());
                    inverse += 1;
                }
                let mut left = differences[0].clone();
                let last = differences.len() - 1;
                for (n, difference) in differences.into_iter().enumerate().skip(1) {
                    let next = match n == last {
                        true => Sum::default(),
                        false => {
                            product += 1;
                            Sum::of(product - 1)
                        }
                    };
                    builder.row(left, difference, next.clone());
                    left = next;
                }
            }
        }
    }
}

/// `y − x` of every cell of every window, window after window.
pub(crate) fn differences<'a>(
    windows: &'a Windows,
    input: &'a Matrix,
    output: &'a Matrix,
) -> impl Iterator<Item = Vec<u64>> + 'a {
    let all = 0..output.rows() * output.cols();
    all.map(move |at| {
        let (item, index) = (at / output.cols(), at % output.cols());
        let (channel, position) = (index / windows.positions(), index % windows.positions());
        let y = output.get(item, index);
        let cells = windows.covered(position);
        let cells = cells.map(|cell| input.get(item, channel * windows.cells() + cell));
        cells.map(|x| i64::from(y).abs_diff(x.into())).collect()
    })
}

/// Products of the differences of all windows.
pub(crate) fn assign(
    windows: &Windows,
    at: &MaxPoolColumns,
    input: &Matrix,
    output: &Matrix,
    values: &mut [Fr],
) {
    let mut column = at.products;
    for window in differences(windows, input, output) {
        let mut product = Fr::ONE;
        for (n, difference) in window.iter().enumerate() {
            product *= Fr::from(*difference);
            if n > 0 && n + 1 < window.len() {
                values[column] = product;
                column += 1;
            }
        }
    }
}
