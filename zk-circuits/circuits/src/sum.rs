//! Linear combinations of variables, and those that the values of the network are.

use crate::columns::{input_column, Columns, LayerColumns, MaxPoolColumns, ONE};
use crate::gadgets::baked::Constants;
use crate::packing::{scalar, Element, Grid};
use crate::plan::{LayerPlan, Plan, RequantPlan};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use swarm_groth16::Row;
use swarm_network::{Node, Operation, Source};

/// A linear combination that is being put together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sum {
    constant: Fr,
    terms: Row,
}

impl Sum {
    pub fn of(column: usize) -> Self {
        Self::default().plus(Fr::ONE, column)
    }

    pub fn constant(value: Fr) -> Self {
        Self::default().plus(value, ONE)
    }

    pub fn plus(mut self, coefficient: Fr, column: usize) -> Self {
        self.add(coefficient, column);
        self
    }

    pub fn add(&mut self, coefficient: Fr, column: usize) {
        if column == ONE {
            self.constant += coefficient;
        } else if coefficient != Fr::ZERO {
            self.terms.push((coefficient, column));
        }
    }

    pub fn add_sum(&mut self, coefficient: Fr, other: &Sum) {
        self.constant += coefficient * other.constant;
        let scaled = other.terms.iter().map(|(c, col)| (coefficient * c, *col));
        self.terms.extend(scaled);
    }

    pub fn minus(mut self, other: &Sum) -> Self {
        self.add_sum(-Fr::ONE, other);
        self
    }

    /// One term for each variable.
    pub fn merged(mut self) -> Self {
        self.terms.sort_unstable_by_key(|(_, column)| *column);
        self.terms.dedup_by(|next, kept| {
            let same = next.1 == kept.1;
            if same {
                kept.0 += next.0;
            }
            same
        });
        self.terms
            .retain(|(coefficient, _)| *coefficient != Fr::ZERO);
        self
    }

    pub fn into_row(mut self) -> Row {
        if self.constant != Fr::ZERO {
            self.terms.insert(0, (self.constant, ONE));
        }
        self.terms
    }
}

/// A packed element of accumulators, to which values may have been added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packed {
    /// Of the layer with weights; the factor of each channel is within the weights.
    pub accumulators: Sum,
    /// Of others, packed in the same lanes, with factors that are constants.
    pub values: Sum,
}

/// What the values of each layer are as sums of committed variables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'a> {
    pub plan: &'a Plan,
    pub columns: &'a Columns,
    /// Of each layer with constant weights.
    pub constants: &'a [Option<Constants>],
}

impl Values<'_> {
    /// Value `index` of batch item `item` of a tensor that holds no accumulators.
    pub fn value(&self, source: Source, item: usize, index: usize) -> Sum {
        let Source::Layer(layer) = source else {
            let len = self.plan.input.len();
            return Sum::of(input_column(self.columns, len, item, index));
        };
        let node = &self.plan.nodes[layer];
        let activation = item * node.output.len() + index;
        match (
            &node.operation,
            &self.plan.layers[layer],
            &self.columns.layers[layer],
        ) {
            (Operation::Requant(requant), LayerPlan::Requant(plan), LayerColumns::Requant(at)) => {
                output(plan, requant.lo, at.output, activation)
            }
            (Operation::MaxPool(_), _, LayerColumns::MaxPool(at)) => {
                self.maxpool(node, at, item, index)
            }
            (Operation::AvgPool(windows), ..) => {
                let (channel, position) =
                    (index / windows.positions(), index % windows.positions());
                let mut sum = Sum::default();
                for cell in windows.covered(position) {
                    let index = channel * windows.cells() + cell;
                    sum.add_sum(Fr::ONE, &self.value(node.source, item, index));
                }
                sum.merged()
            }
            (Operation::Add(add), ..) => {
                let mut sum = Sum::default();
                for (scale, source) in add.scale.into_iter().zip([node.source, add.with]) {
                    sum.add_sum(scalar(scale), &self.value(source, item, index));
                }
                sum.merged()
            }
            _ => self.value(node.source, item, index),
        }
    }

    /// Value `index` of batch item `item` that a max pool gives.
    pub fn maxpool(&self, node: &Node, at: &MaxPoolColumns, item: usize, index: usize) -> Sum {
        let activation = item * node.output.len() + index;
        Sum::of(at.output + activation).plus(scalar(node.output.lo), ONE)
    }

    /// Value `index` of the batch items of column group `group`, packed in the lanes of `grid`.
    pub fn operand(&self, source: Source, grid: &Grid, index: usize, group: usize) -> Sum {
        let lanes = &grid.lanes;
        let mut sum = Sum::default();
        for lane in 0..lanes.cols_in(group, self.plan.batch) {
            let item = group * lanes.cols + lane;
            sum.add_sum(lanes.weight(0, lane), &self.value(source, item, index));
        }
        sum
    }

    /// Value `index`, packed in the lanes of `grid`, of what layer `layer` takes, whose lanes they
    /// are.
    pub fn taken(&self, layer: usize, grid: &Grid, index: usize, group: usize) -> Sum {
        if self.columns.input_packed_by == Some(layer) {
            return Sum::of(self.columns.input + index * grid.lanes.col_groups + group);
        }
        self.operand(self.plan.nodes[layer].source, grid, index, group)
    }

    /// The values that lie in an element of `grid`, each times the factor of its output.
    pub fn packed(
        &self,
        source: Source,
        grid: &Grid,
        element: Element,
        factor: impl Fn(usize) -> i64,
    ) -> Sum {
        let mut sum = Sum::default();
        for (weight, item, output) in grid.lanes_of(element, self.plan.batch) {
            let value = self.value(source, item, grid.index(output, element));
            sum.add_sum(weight * scalar(factor(output)), &value);
        }
        sum
    }

    /// An element of accumulators: `grid` is that of `source`, and `factor` gives the constant
    /// factor of each channel.
    pub fn accumulators(
        &self,
        source: Source,
        grid: &Grid,
        element: Element,
        factor: &dyn Fn(usize) -> i64,
    ) -> Packed {
        let Source::Layer(layer) = source else {
            unreachable!("the input holds no accumulators")
        };
        let node = &self.plan.nodes[layer];
        match (&node.operation, &self.columns.layers[layer]) {
            (Operation::Weighted(_), LayerColumns::Product(at)) => Packed {
                accumulators: Sum::of(at.accumulators + grid.at(element)),
                values: Sum::default(),
            },
            (Operation::Weighted(weighted), LayerColumns::Baked(_)) => Packed {
                accumulators: self.weighted(layer, weighted, grid, element),
                values: Sum::default(),
            },
            (Operation::AvgPool(windows), _) => {
                let before = Grid {
                    positions: windows.cells(),
                    ..*grid
                };
                let mut sum = Packed::default();
                for position in windows.covered(element.position) {
                    let element = Element {
                        position,
                        ..element
                    };
                    let one = self.accumulators(node.source, &before, element, factor);
                    sum.accumulators.add_sum(Fr::ONE, &one.accumulators);
                    sum.values.add_sum(Fr::ONE, &one.values);
                }
                Packed {
                    accumulators: sum.accumulators.merged(),
                    values: sum.values.merged(),
                }
            }
            (Operation::Add(add), _) => {
                let mut sum = Packed::default();
                for (scale, source) in add.scale.into_iter().zip([node.source, add.with]) {
                    let scale = scalar(scale);
                    if self.plan.tensor(source).is_accumulators() {
                        let one = self.accumulators(source, grid, element, factor);
                        sum.accumulators.add_sum(scale, &one.accumulators);
                        sum.values.add_sum(scale, &one.values);
                    } else {
                        let one = self.packed(source, grid, element, factor);
                        sum.values.add_sum(scale, &one);
                    }
                }
                Packed {
                    accumulators: sum.accumulators,
                    values: sum.values.merged(),
                }
            }
            _ => self.accumulators(node.source, grid, element, factor),
        }
    }
}

pub(crate) fn limb_sum<'a>(limbs: impl Iterator<Item = &'a crate::Limb>, first: usize) -> Sum {
    let mut sum = Sum::default();
    for (limb, column) in limbs.zip(first..) {
        sum.add(Fr::from(limb.weight), column);
    }
    sum
}

/// `q` of an activation whose limbs begin at `first` with those of activation 0.
pub(crate) fn output(plan: &RequantPlan, lo: i32, first: usize, activation: usize) -> Sum {
    let mut sum = limb_sum(plan.output.iter(), first + activation * plan.output.len());
    sum.add(scalar(lo.into()), ONE);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_sums_name_each_variable_once() {
        let two = Fr::from(2u64);
        let mut sum = Sum::of(7).plus(two, 5).plus(Fr::ONE, 7).plus(two, ONE);
        sum.add(-two, 5);
        assert_eq!(sum.merged().into_row(), [(two, ONE), (two, 7)]);
        assert!(Sum::of(4).plus(-Fr::ONE, 4).merged().into_row().is_empty());
    }
}
