//! Choices that make a circuit from a shape: lanes, limbs and tables, with the fewest rows.

mod check;
mod flow;
mod planner;
mod product;
mod ranges;
mod requant;

use crate::packing::{Grid, Lanes};
use crate::Error;
pub(crate) use flow::{Drain, Flow, Outlet};
use planner::Planner;
pub(crate) use product::Geometry;
pub use product::{Combine, ProductPlan};
pub use requant::RequantPlan;
use std::sync::Arc;
use swarm_network::{
    Model, Node, Operation, Requant, Source, TensorType, Topology, Weighted, MAX_BATCH,
};

/// Everything the matrices depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Inferences per proof.
    pub batch: usize,
    /// Type of the network's input.
    pub input: TensorType,
    /// The topology's layers; with constant weights, the ranges are those that these leave.
    pub nodes: Vec<Node>,
    /// One for each of them.
    pub layers: Vec<LayerPlan>,
    /// Lanes of the output where y repeats sums of other variables.
    pub copy: Option<Lanes>,
    /// Sizes of the look-up tables, ascending.
    pub tables: Vec<u64>,
    /// The model whose weights are constants of the circuit; `None` where a segment commits to them.
    pub baked: Option<Arc<Model>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerPlan {
    Product(ProductPlan),
    Requant(RequantPlan),
    MaxPool(MaxPoolPlan),
    /// Sums of other layers' variables.
    Sums,
}

/// How a max pool is checked: the output is committed, `y − x` is looked up for every `x` of its
/// window, so that none is larger, and the product of all of them is zero, so that one is equal. Both
/// lie in the activations' range, so that a negative difference is in no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxPoolPlan {
    /// Size of the table, beyond the largest difference.
    pub table: u64,
}

impl Plan {
    /// With weights that are committed to.
    pub fn new(topology: &Topology, batch: usize) -> Result<Self, Error> {
        Self::made(topology, batch, None)
    }

    /// With the weights of `model` as constants.
    pub fn baked(model: &Arc<Model>, batch: usize) -> Result<Self, Error> {
        Self::made(model.topology(), batch, Some(model.clone()))
    }

    fn made(topology: &Topology, batch: usize, baked: Option<Arc<Model>>) -> Result<Self, Error> {
        if !(1..=MAX_BATCH).contains(&batch) {
            return Err(Error::BatchSize {
                found: batch,
                max: MAX_BATCH,
            });
        }
        let mut plan = Self {
            batch,
            input: topology.tensor(Source::Input).clone(),
            nodes: Self::nodes_of(topology, baked.as_deref()),
            layers: Vec::new(),
            copy: None,
            tables: Vec::new(),
            baked,
        };
        let Planner {
            layers,
            copy,
            tables,
            ..
        } = Planner::plan(&plan)?;
        (plan.layers, plan.copy, plan.tables) = (layers, copy, tables.sizes());
        plan.check()?;
        plan.check_baked_terms()?;
        Ok(plan)
    }

    /// The layers that a plan for a topology must have, or for a model of it with constant weights.
    pub(crate) fn nodes_of(topology: &Topology, baked: Option<&Model>) -> Vec<Node> {
        match baked {
            None => topology.nodes().to_vec(),
            Some(model) => ranges::nodes(model),
        }
    }

    /// The network's output.
    pub(crate) fn output(&self) -> &TensorType {
        self.tensor(Source::Layer(self.nodes.len() - 1))
    }

    pub(crate) fn flow(&self) -> Flow<'_> {
        Flow::new(&self.nodes)
    }

    /// Shape and range of what `source` gives.
    pub(crate) fn tensor(&self, source: Source) -> &TensorType {
        match source {
            Source::Input => &self.input,
            Source::Layer(layer) => &self.nodes[layer].output,
        }
    }

    /// Layers with weights and their plans, with their index.
    pub fn products(&self) -> impl Iterator<Item = (usize, &Weighted, &ProductPlan)> {
        let layers = self.nodes.iter().zip(&self.layers).enumerate();
        layers.filter_map(|(index, (node, layer))| match (&node.operation, layer) {
            (Operation::Weighted(weighted), LayerPlan::Product(plan)) => {
                Some((index, weighted, plan))
            }
            _ => None,
        })
    }

    /// Requant layers and their plans, with their index.
    pub fn requants(&self) -> impl Iterator<Item = (usize, &Requant, &RequantPlan)> {
        let layers = self.nodes.iter().zip(&self.layers).enumerate();
        layers.filter_map(|(index, (node, layer))| match (&node.operation, layer) {
            (Operation::Requant(requant), LayerPlan::Requant(plan)) => Some((index, requant, plan)),
            _ => None,
        })
    }

    /// The requant in which the accumulators of layer `layer` end: the factors of its channels are
    /// within the committed weights.
    pub(crate) fn folded(&self, layer: usize) -> Option<&Requant> {
        match self.flow().drain(layer) {
            Drain::Output => None,
            Drain::Requant(drain) => match &self.nodes[drain].operation {
                Operation::Requant(requant) => Some(requant),
                _ => None,
            },
        }
    }

    /// Largest factor of a requant's channels: of all that a model may have, or of those that are
    /// constants.
    pub(crate) fn max_factor(&self, requant: &Requant) -> i64 {
        match &self.baked {
            Some(model) if requant.multipliers() > 0 => {
                let own = model.multipliers_of(requant.layer).iter();
                own.copied().max().map_or(0, i64::from)
            }
            _ => requant.max_factor(),
        }
    }

    /// Number of multipliers of requant layer `layer` that are committed weights of their own:
    /// those of values that no layer with weights gives.
    pub(crate) fn own_multipliers(&self, layer: usize) -> usize {
        let node = &self.nodes[layer];
        let flow = self.flow();
        match &node.operation {
            _ if self.baked.is_some() => 0,
            Operation::Requant(requant)
                if !self.tensor(node.source).is_accumulators() || flow.is_mixed(node.source) =>
            {
                requant.multipliers()
            }
            _ => 0,
        }
    }

    /// Elements of the output where y repeats sums of other variables.
    pub(crate) fn copy_grid(&self) -> Option<Grid> {
        let lanes = self.copy?;
        let last = Source::Layer(self.nodes.len() - 1);
        let output = self.tensor(last);
        Some(match self.flow().product(last) {
            Some(product) => {
                let Operation::Weighted(weighted) = &self.nodes[product].operation else {
                    unreachable!("only layers with weights give accumulators")
                };
                Grid {
                    lanes,
                    groups: weighted.groups(),
                    outputs: weighted.outputs / weighted.groups(),
                    positions: output.len() / weighted.outputs,
                }
            }
            None => Grid {
                lanes,
                groups: 1,
                outputs: output.len(),
                positions: 1,
            },
        })
    }

    /// Number of identities in the challenge: one for each group of packed outputs where there is
    /// more than one column, and one sum for each table.
    pub(crate) fn identities(&self) -> usize {
        let committed = |(_, _, plan): &(usize, &Weighted, &ProductPlan)| {
            // Constant weights are multiplied without a challenge.
            plan.combine != Combine::Baked
        };
        let products = self.products().filter(committed);
        let checked = products.map(|(_, weighted, plan)| {
            match plan.geometry(weighted).steps(plan.lanes.col_groups) {
                0 => 0,
                _ => plan.row_groups(weighted),
            }
        });
        checked.sum::<usize>() + self.tables.len()
    }
}

/// Number of differences `y − x` of a max pool.
fn differences(input: &TensorType) -> u64 {
    (input.hi - input.lo + 1) as u64
}

#[cfg(test)]
mod tests;
