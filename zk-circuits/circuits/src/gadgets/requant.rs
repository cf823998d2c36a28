//! Requantisation: decomposition, clamp and look-ups of every activation.

use crate::columns::RequantColumns;
use crate::matrices::Builder;
use crate::packing::{power_of_two, scalar};
use crate::plan::RequantPlan;
use crate::sum::{limb_sum, output, Packed, Sum};
use crate::tables::Limb;
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use swarm_network::{Node, Requant};

pub(crate) fn rows(
    builder: &mut Builder,
    node: &Node,
    requant: &Requant,
    plan: &RequantPlan,
    at: &RequantColumns,
) {
    decompose(builder, node, requant, plan, at);
    clamp(builder, node, requant, plan, at);
    let mut inverse = at.inverses;
    for activation in 0..node.output.len() * builder.plan.batch {
        for (limb, column) in limb_columns(plan, at, activation) {
            for value in looked_up(limb, column) {
                builder.look_up(inverse, value);
                inverse += 1;
            }
        }
    }
}

/// Every lane of what is requantised is `remainder + 2^shift · (q + e⁺ − e⁻)`.
fn decompose(
    builder: &mut Builder,
    node: &Node,
    requant: &Requant,
    plan: &RequantPlan,
    at: &RequantColumns,
) {
    let input = builder.plan.tensor(node.source);
    let own_multipliers = builder.plan.own_multipliers(requant.layer) > 0;
    let baked = builder.plan.baked.as_deref();
    let multipliers = baked.map_or(&[][..], |model| model.multipliers_of(requant.layer));
    // Multipliers that are not constants are within the weights, or columns of their own.
    let constant = |channel: usize| match (requant.multipliers(), baked) {
        (0, _) | (_, Some(_)) => requant.factor(channel, multipliers),
        _ => 1,
    };
    let grid = plan.grid(input);
    let batch = builder.plan.batch;
    for element in grid.elements() {
        let packed = match input.is_accumulators() {
            true => builder
                .values()
                .accumulators(node.source, &grid, element, &constant),
            false => {
                let factor = |output: usize| constant(channel_of(node, &grid, output));
                Packed {
                    accumulators: Sum::default(),
                    values: builder.values().packed(node.source, &grid, element, factor),
                }
            }
        };
        let mut lanes = Sum::default();
        for (weight, item, output) in grid.lanes_of(element, batch) {
            let activation = item * node.output.len() + grid.index(output, element);
            lanes.add_sum(weight, &scaled(plan, requant, at, activation));
        }
        if own_multipliers {
            let channel = match input.is_accumulators() {
                true => grid.outputs_of(element.row_group).start,
                false => grid.group(element),
            };
            let multiplier = Sum::of(at.multipliers + channel);
            builder.row(multiplier, packed.values, lanes.minus(&packed.accumulators));
        } else {
            let mut sum = packed.accumulators;
            sum.add_sum(Fr::ONE, &packed.values);
            builder.linear_row(sum.minus(&lanes));
        }
    }
}

/// The channel of output `output` of the grid of values.
fn channel_of(node: &Node, grid: &crate::packing::Grid, output: usize) -> usize {
    output * grid.positions / node.output.positions()
}

/// `e⁺ · (hi − q) = 0` and `e⁻ · (q − lo) = 0`
fn clamp(
    builder: &mut Builder,
    node: &Node,
    requant: &Requant,
    plan: &RequantPlan,
    at: &RequantColumns,
) {
    if plan.excess.is_empty() {
        return;
    }
    let hi = Sum::constant(scalar(requant.hi.into()));
    let lo = Sum::constant(scalar(requant.lo.into()));
    for activation in 0..node.output.len() * builder.plan.batch {
        let q = output(plan, requant.lo, at.output, activation);
        let above = Sum::of(at.excess + activation);
        let below = excess(plan, at, activation).minus(&above);
        builder.row(above, hi.clone().minus(&q), Sum::default());
        builder.row(below, q.minus(&lo), Sum::default());
    }
}

/// The values of one limb that are looked up.
fn looked_up(limb: &Limb, column: usize) -> impl Iterator<Item = Sum> {
    let complement = limb
        .paired
        .then(|| Sum::constant(Fr::from(limb.range - 1)).plus(-Fr::ONE, column));
    std::iter::once(Sum::of(column)).chain(complement)
}

/// Limbs of an activation with their columns, in the order of the look-ups.
pub(crate) fn limb_columns<'a>(
    plan: &'a RequantPlan,
    at: &RequantColumns,
    activation: usize,
) -> impl Iterator<Item = (&'a Limb, usize)> {
    let output = at.output + activation * plan.output.len();
    let inner = at.inner + activation * plan.inner_limbs();
    let inner_limbs = plan.remainder.iter().chain(&plan.excess);
    (plan.output.iter().zip(output..)).chain(inner_limbs.zip(inner..))
}

/// `e⁺ + e⁻`
fn excess(plan: &RequantPlan, at: &RequantColumns, activation: usize) -> Sum {
    let first = at.inner + activation * plan.inner_limbs() + plan.remainder.len();
    limb_sum(plan.excess.iter(), first)
}

/// `remainder + 2^shift · (q + 2·e⁺ − (e⁺ + e⁻))`
fn scaled(plan: &RequantPlan, requant: &Requant, at: &RequantColumns, activation: usize) -> Sum {
    let unit = power_of_two(requant.shift());
    let inner = at.inner + activation * plan.inner_limbs();
    let mut sum = limb_sum(plan.remainder.iter(), inner);
    sum.add_sum(unit, &output(plan, requant.lo, at.output, activation));
    if !plan.excess.is_empty() {
        sum.add(unit.double(), at.excess + activation);
        sum.add_sum(-unit, &excess(plan, at, activation));
    }
    sum
}

/// Cuts a value into limbs, least first; the last takes what is left.
pub(crate) fn digits(limbs: &[Limb], value: u64) -> impl Iterator<Item = u64> + '_ {
    let last = limbs.len().saturating_sub(1);
    limbs.iter().enumerate().map(move |(index, limb)| {
        let rest = value / limb.weight;
        if index == last {
            rest
        } else {
            rest % limb.range
        }
    })
}

/// One requantisation as the gadget sees it.
pub(crate) struct Activation {
    /// `q - lo`
    pub output: u64,
    pub remainder: u64,
    /// `e⁺ + e⁻`
    pub excess: u64,
    /// `e⁺`
    pub above: u64,
}

impl Activation {
    /// `scaled` is the value times its factor.
    pub fn cut(requant: &Requant, scaled: i64, q: i64) -> Self {
        let shift = requant.shift();
        let over = (scaled >> shift) - q;
        Self {
            output: (q - i64::from(requant.lo)) as u64,
            remainder: (scaled - ((scaled >> shift) << shift)) as u64,
            excess: over.unsigned_abs(),
            above: over.max(0) as u64,
        }
    }
}
