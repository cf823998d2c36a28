//! The cheapest plan, layer by layer.

use super::flow::{Drain, Flow, Outlet};
use super::product::{shared, Geometry, Product, ProductPlan};
use super::requant::{fewest_elements, RequantPlan, Requantised};
use super::{differences, LayerPlan, MaxPoolPlan};
use crate::packing::Lanes;
use crate::tables::TablePlanner;
use crate::Error;
use swarm_network::{Node, Operation, Requant, Source, TensorType, Topology, Weighted};

/// Most terms of all sums that are not rows of their own.
const MAX_TERMS: u64 = 1 << 27;

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

/// A plan while it is made.
pub(super) struct Planner<'a> {
    topology: &'a Topology,
    flow: Flow<'a>,
    batch: usize,
    pub tables: TablePlanner,
    pub layers: Vec<LayerPlan>,
    /// Lanes of the output where it repeats sums of other variables.
    pub copy: Option<Lanes>,
}

impl<'a> Planner<'a> {
    /// Layer by layer; each takes what is cheapest with the tables that those before it need.
    pub fn plan(topology: &'a Topology, batch: usize) -> Result<Self, Error> {
        check_terms(topology, batch)?;
        let mut planner = Self {
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
        Ok(planner)
    }

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
            shared: shared(&self.flow, nodes, drain),
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
