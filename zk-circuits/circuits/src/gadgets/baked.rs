//! Layers with constant weights: `Y = W·X + b` is a sum of variables, written out wherever the
//! accumulators are used.
//!
//! Nothing is multiplied in the circuit, so there is no challenge, and no variable for an
//! accumulator. Lanes are as with committed weights: one element holds several outputs and batch
//! items, and so does one row.

use super::product::{factors, weights};
use crate::columns::BakedColumns;
use crate::matrices::Builder;
use crate::packing::{Element, Grid};
use crate::plan::{LayerPlan, Outlet, Plan, ProductPlan};
use crate::sum::{Sum, Values};
use ark_bn254::Fr;
use ark_ff::Zero;
use swarm_network::{Node, Operation, Weighted};

/// Packed weights and biases of a layer, each times the factor of its channel.
#[derive(Debug)]
pub(crate) struct Constants {
    /// `[row group][weight]`
    weights: Vec<Fr>,
    /// `[row group]`
    biases: Vec<Fr>,
}

/// Those of every layer with weights; none where weights are committed.
pub(crate) fn constants(plan: &Plan) -> Vec<Option<Constants>> {
    let mut of_layers = plan.baked.iter().flat_map(|model| model.weights());
    let mut of = |(layer, (node, layer_plan)): (usize, (&Node, &LayerPlan))| match (
        &node.operation,
        layer_plan,
        &plan.baked,
    ) {
        (Operation::Weighted(weighted), LayerPlan::Product(product), Some(model)) => {
            let own = of_layers.next()?;
            let factors = factors(plan, layer, weighted.outputs, model);
            let mut values = weights(weighted, product, own, &factors);
            let biases = values.split_off(product.row_groups(weighted) * weighted.inputs);
            Some(Constants {
                weights: values,
                biases,
            })
        }
        _ => None,
    };
    let layers = plan.nodes.iter().zip(&plan.layers).enumerate();
    layers.map(&mut of).collect()
}

impl Values<'_> {
    /// An element of the accumulators of layer `layer`, whose grid is `grid`, as a sum of the values
    /// it takes.
    pub fn weighted(
        &self,
        layer: usize,
        weighted: &Weighted,
        grid: &Grid,
        element: Element,
    ) -> Sum {
        let Some(constants) = &self.constants[layer] else {
            unreachable!("committed weights are no constants")
        };
        let (group, col_group) = (grid.group(element), element.col_group);
        let ones = grid.lanes.ones(col_group, self.plan.batch);
        let mut sum = Sum::constant(constants.biases[element.row_group] * ones);
        let own = &constants.weights[element.row_group * weighted.inputs..][..weighted.inputs];
        for (k, weight) in own.iter().enumerate().filter(|(_, w)| !w.is_zero()) {
            if let Some(value) = weighted.operand_of(group, k, element.position) {
                sum.add_sum(*weight, &self.taken(layer, grid, value, col_group));
            }
        }
        sum.merged()
    }
}

/// The accumulators are the output where the layer is the last; elsewhere they have no rows.
pub(crate) fn rows(
    builder: &mut Builder,
    layer: usize,
    weighted: &Weighted,
    plan: &ProductPlan,
    at: &BakedColumns,
) {
    if builder.plan.flow().outlet() != Outlet::Own(layer) {
        return;
    }
    let grid = plan.grid(weighted, weighted.positions());
    for element in grid.elements() {
        let sum = builder.values().weighted(layer, weighted, &grid, element);
        let output = Sum::of(at.accumulators + grid.at(element));
        builder.linear_row(output.minus(&sum));
    }
}
