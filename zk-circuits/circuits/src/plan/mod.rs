//! Choices that make a circuit from a shape: lanes, limbs and tables, with the fewest rows.

mod flow;
mod product;
mod requant;

use crate::packing::{Grid, Lanes, PACKED_BITS};
use crate::tables::TablePlanner;
use crate::Error;
pub(crate) use flow::{Drain, Flow, Outlet};
pub(crate) use product::Geometry;
use product::Product;
pub use product::{Combine, ProductPlan};
pub use requant::RequantPlan;
pub(crate) use requant::{channels, scaled_range};
use requant::{fewest_elements, Requantised};
use swarm_network::{
    Node, Operation, Requant, Source, TensorType, Topology, Weighted, MAX_BATCH, WEIGHT_MIN,
};

/// Most terms of all sums that are not rows of their own.
const MAX_TERMS: u64 = 1 << 27;

/// Everything the matrices depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Inferences per proof.
    pub batch: usize,
    /// Type of the network's input.
    pub input: TensorType,
    /// The topology's layers.
    pub nodes: Vec<Node>,
    /// One for each of them.
    pub layers: Vec<LayerPlan>,
    /// Lanes of the output where y repeats sums of other variables.
    pub copy: Option<Lanes>,
    /// Sizes of the look-up tables, ascending.
    pub tables: Vec<u64>,
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
    pub fn new(topology: &Topology, batch: usize) -> Result<Self, Error> {
        if !(1..=MAX_BATCH).contains(&batch) {
            return Err(Error::BatchSize {
                found: batch,
                max: MAX_BATCH,
            });
        }
        check_terms(topology, batch)?;
        let mut planner = Planner {
            topology,
            flow: Flow::of(topology),
            batch,
            tables: TablePlanner::default(),
            layers: vec![LayerPlan::Sums; topology.nodes().len()],
            copy: None,
        };
        for (layer, node) in topology.nodes().iter().enumerate() {
            planner.layer(layer, node)?;
        }
        planner.output();
        let plan = Self {
            batch,
            input: topology.tensor(Source::Input).clone(),
            nodes: topology.nodes().to_vec(),
            layers: planner.layers,
            copy: planner.copy,
            tables: planner.tables.sizes(),
        };
        plan.check()?;
        Ok(plan)
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

    /// Number of multipliers of requant layer `layer` that are weights of their own: those of
    /// values that no layer with weights gives.
    pub(crate) fn own_multipliers(&self, layer: usize) -> usize {
        let node = &self.nodes[layer];
        let flow = self.flow();
        match &node.operation {
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

    /// Largest power of the challenge that stands in a variable of its own.
    pub(crate) fn max_power(&self) -> usize {
        let products = self.products();
        let powers = products.map(|(_, w, plan)| plan.geometry(w).max_power(plan.lanes.col_groups));
        powers.max().unwrap_or(0)
    }

    /// Number of identities in the challenge: one for each group of packed outputs where there is
    /// more than one column, and one sum for each table.
    pub(crate) fn identities(&self) -> usize {
        let checked = self.products().map(|(_, weighted, plan)| {
            match plan.geometry(weighted).steps(plan.lanes.col_groups) {
                0 => 0,
                _ => plan.row_groups(weighted),
            }
        });
        checked.sum::<usize>() + self.tables.len()
    }

    /// The rules that a circuit's sizes must keep, whoever planned it: true range ⊂ gadget range ⊂
    /// lane range for every layer, where the true range is the worst case over all weights and
    /// inputs in range; exact look-ups of activations and remainders; a table for every limb.
    pub fn check(&self) -> Result<(), Error> {
        if self.tables.first() == Some(&0) || self.tables.windows(2).any(|t| t[0] >= t[1]) {
            return Err(Error::TableOrder);
        }
        for (layer, (node, plan)) in self.nodes.iter().zip(&self.layers).enumerate() {
            self.check_range(layer, node)?;
            match (&node.operation, plan) {
                (Operation::Weighted(weighted), LayerPlan::Product(plan)) => {
                    self.check_product(layer, weighted, plan)?;
                }
                (Operation::Requant(requant), LayerPlan::Requant(plan)) => {
                    self.check_requant(node, requant, plan)?;
                }
                (Operation::MaxPool(_), LayerPlan::MaxPool(plan)) => {
                    self.check_maxpool(layer, node, plan)?;
                }
                (
                    Operation::AvgPool(_) | Operation::Add(_) | Operation::Flatten,
                    LayerPlan::Sums,
                ) => {}
                _ => return Err(Error::OtherLayer { layer }),
            }
        }
        self.check_copy()
    }

    /// The range that is counted on holds whatever comes out for values in range.
    fn check_range(&self, layer: usize, node: &Node) -> Result<(), Error> {
        let x = self.tensor(node.source);
        let output = &node.output;
        let (lo, hi) = match &node.operation {
            Operation::Weighted(weighted) => {
                let operand = x.hi.max(-x.lo).max(weighted.operand);
                let worst = weighted.inputs as i64 * -WEIGHT_MIN * operand + weighted.bias_bound;
                let bound = weighted.acc_bound;
                if worst > bound {
                    return Err(Error::ShapeBound {
                        layer,
                        bound,
                        worst,
                    });
                }
                (-bound, bound)
            }
            Operation::Requant(requant) => (requant.lo.into(), requant.hi.into()),
            Operation::AvgPool(windows) => {
                let taps = windows.taps() as i64;
                let padded = windows.window.padding != [0; 4];
                let zero = |value: i64| if padded { 0 } else { value };
                (taps * x.lo.min(zero(x.lo)), taps * x.hi.max(zero(x.hi)))
            }
            Operation::Add(add) => {
                let y = self.tensor(add.with);
                let [a, b] = add.scale;
                (a * x.lo + b * y.lo, a * x.hi + b * y.hi)
            }
            Operation::MaxPool(_) | Operation::Flatten => (x.lo, x.hi),
        };
        if output.lo > lo || output.hi < hi {
            return Err(Error::ShapeBound {
                layer,
                bound: output.hi.min(-output.lo),
                worst: hi.max(-lo),
            });
        }
        Ok(())
    }

    fn check_product(
        &self,
        layer: usize,
        weighted: &Weighted,
        plan: &ProductPlan,
    ) -> Result<(), Error> {
        let bound = weighted.acc_bound;
        if (weighted.positions() == 1) != (plan.combine == Combine::One) {
            return Err(Error::Combine { layer });
        }
        let reach = match self.flow().drain(layer) {
            // The gadget's reach, against these lanes, is checked with the requant.
            Drain::Requant(drain) => match &self.layers[drain] {
                LayerPlan::Requant(requant) if requant.lanes != plan.lanes => {
                    return Err(Error::OtherLanes { layer, drain });
                }
                _ => self.folded(layer).map_or(1, Requant::max_factor) * bound,
            },
            Drain::Output => bound,
        };
        let outputs = weighted.outputs / weighted.groups();
        check_lanes(layer, &plan.lanes, reach, outputs, self.batch)
    }

    fn check_requant(
        &self,
        node: &Node,
        requant: &Requant,
        plan: &RequantPlan,
    ) -> Result<(), Error> {
        let input = self.tensor(node.source);
        let product = self.flow().product(node.source);
        let layer = product.unwrap_or(requant.layer);
        plan.check(requant, &self.tables)?;
        let (lo, hi) = plan.gadget_range(requant);
        let (from, to) = scaled_range(input, requant);
        if lo > from || hi < to {
            return Err(Error::GadgetRange {
                layer,
                lo,
                hi,
                from,
                to,
            });
        }
        let groups = match product {
            Some(product) => match &self.nodes[product].operation {
                Operation::Weighted(weighted) => weighted.groups(),
                _ => return Err(Error::OtherLayer { layer: product }),
            },
            None => requant.multipliers().max(1),
        };
        let shared = self.own_multipliers(requant.layer) == 0 || product.is_none();
        if plan.groups != groups || !shared && plan.lanes.rows != 1 {
            return Err(Error::Lanes { layer });
        }
        let grid = plan.grid(input);
        check_lanes(layer, &plan.lanes, hi.max(-lo), grid.outputs, self.batch)
    }

    fn check_maxpool(&self, layer: usize, node: &Node, plan: &MaxPoolPlan) -> Result<(), Error> {
        if self.tables.binary_search(&plan.table).is_err() {
            return Err(Error::MissingTable {
                layer,
                table: plan.table,
            });
        }
        let range = differences(self.tensor(node.source));
        if plan.table < range {
            return Err(Error::ShortTable {
                layer,
                table: plan.table,
                range,
            });
        }
        Ok(())
    }

    fn check_copy(&self) -> Result<(), Error> {
        let layer = self.nodes.len() - 1;
        match (self.flow().outlet(), self.copy_grid()) {
            (Outlet::Own(_), None) => Ok(()),
            (Outlet::Copy, Some(grid)) => {
                if let Some(product) = self.flow().product(Source::Layer(layer)) {
                    match &self.layers[product] {
                        LayerPlan::Product(plan) if plan.lanes == grid.lanes => {}
                        _ => {
                            return Err(Error::OtherLanes {
                                layer: product,
                                drain: layer,
                            })
                        }
                    }
                }
                let output = &self.nodes[layer].output;
                let reach = output.hi.max(-output.lo);
                check_lanes(layer, &grid.lanes, reach, grid.outputs, self.batch)
            }
            _ => Err(Error::OtherLayer { layer }),
        }
    }
}

/// Lanes that hold `-reach..=reach` and every output of every batch item once.
fn check_lanes(
    layer: usize,
    lanes: &Lanes,
    reach: i64,
    outputs: usize,
    batch: usize,
) -> Result<(), Error> {
    if !(2..64).contains(&lanes.bits) {
        return Err(Error::Lanes { layer });
    }
    let limit = (1i64 << (lanes.bits - 1)) - 1;
    if reach > limit
        || u64::from(lanes.bits) * (lanes.rows * lanes.cols) as u64 > PACKED_BITS.into()
    {
        return Err(Error::LaneBound {
            layer,
            bound: reach,
            limit,
            bits: lanes.bits,
        });
    }
    if !lanes.hold(outputs, batch) {
        return Err(Error::Lanes { layer });
    }
    Ok(())
}

/// Number of differences `y − x` of a max pool.
fn differences(input: &TensorType) -> u64 {
    (input.hi - input.lo + 1) as u64
}

/// Sums that are no rows of their own stay small enough to be written down.
fn check_terms(topology: &Topology, batch: usize) -> Result<(), Error> {
    // What a layer commits to itself is as large as its rows; only sums of such are counted.
    let own = 8;
    let terms = Flow::of(topology).terms(|_| own);
    let summed = |source: Source| match source {
        Source::Input => 0,
        Source::Layer(layer) => terms[layer].saturating_sub(own),
    };
    let mut total = 0u64;
    for (layer, node) in topology.nodes().iter().enumerate() {
        let len = |tensor: &TensorType| tensor.len() as u64 * batch as u64;
        let input = len(topology.tensor(node.source)).saturating_mul(summed(node.source));
        let uses = match &node.operation {
            Operation::Weighted(weighted) => {
                let taps = (weighted.groups() * weighted.inputs) as u64;
                let positions = weighted.conv.map_or(0, |conv| conv.windows.positions());
                taps.saturating_mul(positions as u64).saturating_add(input)
            }
            Operation::MaxPool(windows) => len(&node.output)
                .saturating_mul(windows.taps() as u64)
                .saturating_mul(summed(node.source).saturating_add(own)),
            Operation::Requant(_) => input,
            _ if layer + 1 == topology.nodes().len() => {
                len(&node.output).saturating_mul(terms[layer].saturating_sub(own))
            }
            _ => 0,
        };
        total = total.saturating_add(uses);
        if total > MAX_TERMS {
            return Err(Error::TooDense {
                layer,
                max: MAX_TERMS,
            });
        }
    }
    Ok(())
}

struct Planner<'a> {
    topology: &'a Topology,
    flow: Flow<'a>,
    batch: usize,
    tables: TablePlanner,
    layers: Vec<LayerPlan>,
    copy: Option<Lanes>,
}

impl Planner<'_> {
    fn layer(&mut self, layer: usize, node: &Node) -> Result<(), Error> {
        match &node.operation {
            Operation::Weighted(weighted) => self.product(layer, weighted),
            Operation::Requant(requant) => {
                // One that takes accumulators is planned with the layer that gives them.
                if !self.topology.tensor(node.source).is_accumulators() {
                    let plan = self.requant(requant, node.source, None)?;
                    self.layers[layer] = LayerPlan::Requant(plan);
                }
                Ok(())
            }
            Operation::MaxPool(_) => {
                let range = differences(self.topology.tensor(node.source));
                let table = self.tables.at_least(range);
                self.layers[layer] = LayerPlan::MaxPool(MaxPoolPlan { table });
                Ok(())
            }
            Operation::AvgPool(_) | Operation::Add(_) | Operation::Flatten => Ok(()),
        }
    }

    /// A layer with weights, and the requant in which its accumulators end.
    fn product(&mut self, layer: usize, weighted: &Weighted) -> Result<(), Error> {
        let nodes = self.topology.nodes();
        let geometry = Geometry::best(weighted);
        let drain = self.flow.drain(layer);
        let ended = match drain {
            Drain::Requant(drain) => self.topology.tensor(nodes[drain].source),
            Drain::Output => self.topology.output(),
        };
        let product = Product {
            weighted,
            geometry: &geometry,
            batch: self.batch,
            first: self.flow.input_packed_by() == Some(layer),
            drain,
            drained: ended.len() / weighted.outputs,
            copied: self.flow.outlet() == Outlet::Copy,
            shared: product::shared(&self.flow, nodes, drain),
        };
        let lanes = match drain {
            Drain::Output => {
                let lanes = product.best_lanes(ended.hi.max(-ended.lo)).0;
                self.copy = product.copied.then_some(lanes);
                lanes
            }
            Drain::Requant(drain) => {
                let Operation::Requant(requant) = &nodes[drain].operation else {
                    unreachable!("it is one")
                };
                let plan = self.requant(requant, nodes[drain].source, Some(product))?;
                let lanes = plan.lanes;
                self.layers[drain] = LayerPlan::Requant(plan);
                lanes
            }
        };
        self.layers[layer] = LayerPlan::Product(ProductPlan {
            lanes,
            combine: geometry.combine,
        });
        Ok(())
    }

    fn requant(
        &mut self,
        requant: &Requant,
        source: Source,
        product: Option<Product>,
    ) -> Result<RequantPlan, Error> {
        let requantised = Requantised {
            requant,
            input: self.topology.tensor(source),
            batch: self.batch,
            product,
        };
        let choice = requantised.best(&self.tables)?;
        self.tables = choice.tables;
        Ok(choice.requant)
    }

    /// Lanes of an output that repeats sums of values; one that repeats accumulators has theirs.
    fn output(&mut self) {
        let output = self.topology.output();
        if self.flow.outlet() == Outlet::Copy && !output.is_accumulators() {
            let reach = output.hi.max(-output.lo);
            self.copy = Some(fewest_elements(reach, output.len(), self.batch).0);
        }
    }
}

#[cfg(test)]
mod tests;
