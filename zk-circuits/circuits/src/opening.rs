//! The rows of an output from the elements of its segment: what [`crate::witness::output`] packs.
//!
//! Elements come from whoever opens a commitment, so nothing is taken for granted of them; whether
//! they are what the rows give is for the caller to see.

use crate::packing::{power_of_two, scalar, Grid};
use crate::plan::{LayerPlan, Outlet, Plan};
use crate::tables::Limb;
use ark_bn254::Fr;
use ark_ff::{BigInteger, Field, PrimeField};
use swarm_network::{Matrix, Operation};

/// The rows (`[batch, out]`) that give these elements, if any do.
pub(crate) fn rows(plan: &Plan, elements: &[Fr]) -> Option<Matrix> {
    let cols = plan.output().len();
    let values = match plan.copy_grid() {
        Some(grid) => unpack(&grid, plan.batch, cols, elements)?,
        None => committed(plan, cols, elements)?,
    };
    Matrix::new(plan.batch, cols, values).ok()
}

/// Values that the last layer commits to itself.
fn committed(plan: &Plan, cols: usize, elements: &[Fr]) -> Option<Vec<i32>> {
    let Outlet::Own(layer) = plan.flow().outlet() else {
        return None;
    };
    let node = &plan.nodes[layer];
    match (&node.operation, &plan.layers[layer]) {
        (Operation::Weighted(weighted), LayerPlan::Product(product)) => {
            let grid = product.grid(weighted, weighted.positions());
            unpack(&grid, plan.batch, cols, elements)
        }
        (Operation::Requant(requant), LayerPlan::Requant(requant_plan)) => {
            let limbs = &requant_plan.output;
            elements
                .chunks(limbs.len().max(1))
                .map(|digits| {
                    let value = value(limbs, digits)?.checked_add(requant.lo.into())?;
                    i32::try_from(value).ok()
                })
                .collect()
        }
        (Operation::MaxPool(_), _) => elements
            .iter()
            .map(|element| i32::try_from(signed(element)?.checked_add(node.output.lo)?).ok())
            .collect(),
        _ => None,
    }
}

/// The value that these limbs have these digits of.
fn value(limbs: &[Limb], digits: &[Fr]) -> Option<i64> {
    limbs
        .iter()
        .zip(digits)
        .try_fold(0i64, |sum, (limb, digit)| {
            let weight = i64::try_from(limb.weight).ok()?;
            sum.checked_add(signed(digit)?.checked_mul(weight)?)
        })
}

/// Values of the lanes of packed elements, in the order of the rows.
fn unpack(grid: &Grid, batch: usize, cols: usize, elements: &[Fr]) -> Option<Vec<i32>> {
    if elements.len() != grid.len() {
        return None;
    }
    let mut values = vec![0i32; batch.checked_mul(cols)?];
    let lanes = grid.lanes.rows * grid.lanes.cols;
    let shift = power_of_two(grid.lanes.bits).inverse()?;
    for (at, packed) in (*grid).elements().zip(elements) {
        let mut rest = *packed;
        let mut digits = Vec::with_capacity(lanes);
        for _ in 0..lanes {
            let digit = low_lane(&rest, grid.lanes.bits)?;
            rest = (rest - scalar(digit)) * shift;
            digits.push(digit);
        }
        for (row, output) in grid.outputs_of(at.row_group).enumerate() {
            for col in 0..grid.lanes.cols_in(at.col_group, batch) {
                let item = at.col_group * grid.lanes.cols + col;
                let place = item * cols + grid.index(output, at);
                let digit = digits.get(row * grid.lanes.cols + col)?;
                *values.get_mut(place)? = i32::try_from(*digit).ok()?;
            }
        }
    }
    Some(values)
}

/// The lowest lane of so many bits of a packed element, signed.
fn low_lane(packed: &Fr, bits: u32) -> Option<i64> {
    let half = 1i64
        .checked_shl(bits.checked_sub(1)?)
        .filter(|half| (1..=1 << 61).contains(half))?;
    let (negative, magnitude) = magnitude(packed);
    // Less than 2^bits, of which there are 62 at most.
    let low = (magnitude.as_ref()[0] & (half as u64).checked_mul(2)?.checked_sub(1)?) as i64;
    let digit = if negative { -low } else { low };
    Some(match digit {
        _ if digit >= half => digit - 2 * half,
        _ if digit < -half => digit + 2 * half,
        _ => digit,
    })
}

/// An element as an integer, if it is a small one of either sign.
fn signed(element: &Fr) -> Option<i64> {
    let (negative, magnitude) = magnitude(element);
    let [low, upper @ ..] = magnitude.0;
    let low = i64::try_from(low).ok().filter(|_| upper == [0; 3])?;
    Some(if negative { -low } else { low })
}

/// An element as a sign and an integer of at most half of the field.
fn magnitude(element: &Fr) -> (bool, <Fr as PrimeField>::BigInt) {
    let integer = element.into_bigint();
    let mut half = Fr::MODULUS;
    half.div2();
    if integer > half {
        (true, (-*element).into_bigint())
    } else {
        (false, integer)
    }
}
