//! The cheapest plan, layer by layer.

use super::flow::{Drain, Flow, Outlet};
use super::product::{shared, Combine, Geometry, Product, ProductPlan};
use super::requant::{fewest_elements, RequantPlan, Requantised};
use super::{differences, LayerPlan, MaxPoolPlan, Plan};
use crate::packing::Lanes;
use crate::tables::TablePlanner;
use crate::Error;
use swarm_network::{Node, Operation, Requant, Source, TensorType, Weighted};

/// Most terms of all sums that are not rows of their own.
const MAX_TERMS: u64 = 1 << 27;

/// The terms so far with those of another layer's sums.
fn add_terms(total: u64, terms: u64, layer: usize) -> Result<u64, Error> {
    let total = total.saturating_add(terms);
    if total > MAX_TERMS {
        return Err(Error::TooDense {
            layer,
            max: MAX_TERMS,
        });
    }
    Ok(total)
}

/// Sums that are no rows of their own stay small enough to be written down.
fn check_terms(plan: &Plan) -> Result<(), Error> {
    // What a layer commits to itself is as large as its rows; only sums of such are counted.
    let own = 8;
    let terms = plan.flow().terms(|_| own);
    let summed = |source: Source| match source {
        Source::Input => 0,
        Source::Layer(layer) => terms[layer].saturating_sub(own),
    };
    let mut total = 0u64;
    for (layer, node) in plan.nodes.iter().enumerate() {
        let len = |tensor: &TensorType| tensor.len() as u64 * plan.batch as u64;
        let input = len(plan.tensor(node.source)).saturating_mul(summed(node.source));
        let uses = match &node.operation {
            // Counted once the lanes are known.
            Operation::Weighted(_) if plan.baked.is_some() => 0,
            Operation::Weighted(weighted) => {
                let taps = (weighted.groups() * weighted.inputs) as u64;
                let positions = weighted.conv.map_or(0, |conv| conv.windows.positions());
                taps.saturating_mul(positions as u64).saturating_add(input)
            }
            Operation::MaxPool(windows) => len(&node.output)
                .saturating_mul(windows.taps() as u64)
                .saturating_mul(summed(node.source).saturating_add(own)),
            Operation::Requant(_) => input,
            _ if layer + 1 == plan.nodes.len() => {
                len(&node.output).saturating_mul(terms[layer].saturating_sub(own))
            }
            _ => 0,
        };
        total = add_terms(total, uses, layer)?;
    }
    Ok(())
}

impl Plan {
    /// The same for sums of values times constant weights.
    pub(super) fn check_baked_terms(&self) -> Result<(), Error> {
        if self.baked.is_none() {
            return Ok(());
        }
        let flow = self.flow();
        let limbs = flow.terms(|layer| match &self.layers[layer] {
            LayerPlan::Requant(requant) => requant.output.len() as u64,
            _ => 1,
        });
        let cells = flow.terms(|_| 1);
        let mut total = 0u64;
        for (layer, weighted, plan) in self.products() {
            let ended = match flow.drain(layer) {
                Drain::Requant(drain) => self.nodes[drain].source,
                Drain::Output => Source::Layer(self.nodes.len() - 1),
            };
            let positions = self.tensor(ended).len() / weighted.outputs;
            let summed = match ended {
                Source::Input => 1,
                Source::Layer(layer) => cells[layer],
            };
            let value = match self.nodes[layer].source {
                Source::Layer(source) if flow.input_packed_by() != Some(layer) => {
                    limbs[source].saturating_mul(plan.lanes.cols as u64)
                }
                _ => 1,
            };
            let elements = plan.grid(weighted, positions).len() as u64;
            let uses = [summed, weighted.inputs as u64, value].into_iter();
            let uses = uses.fold(elements, u64::saturating_mul);
            total = add_terms(total, uses, layer)?;
        }
        Ok(())
    }
}

/// A plan while it is made.
pub(super) struct Planner<'a> {
    /// Without layers yet.
    plan: &'a Plan,
    flow: Flow<'a>,
    pub tables: TablePlanner,
    pub layers: Vec<LayerPlan>,
    /// Lanes of the output where it repeats sums of other variables.
    pub copy: Option<Lanes>,
}

impl<'a> Planner<'a> {
    /// Layer by layer; each takes what is cheapest with the tables that those before it need.
    pub fn plan(plan: &'a Plan) -> Result<Self, Error> {
        check_terms(plan)?;
        let mut planner = Self {
            plan,
            flow: plan.flow(),
            tables: TablePlanner::default(),
            layers: vec![LayerPlan::Sums; plan.nodes.len()],
            copy: None,
        };
        for (layer, node) in plan.nodes.iter().enumerate() {
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
                if !self.plan.tensor(node.source).is_accumulators() {
                    let plan = self.requant(requant, node.source, None)?;
                    self.layers[layer] = LayerPlan::Requant(plan);
                }
                Ok(())
            }
            Operation::MaxPool(_) => {
                let range = differences(self.plan.tensor(node.source));
                let table = self.tables.at_least(range);
                self.layers[layer] = LayerPlan::MaxPool(MaxPoolPlan { table });
                Ok(())
            }
            Operation::AvgPool(_) | Operation::Add(_) | Operation::Flatten => Ok(()),
        }
    }

    /// A layer with weights, and the requant in which its accumulators end.
    fn product(&mut self, layer: usize, weighted: &Weighted) -> Result<(), Error> {
        let nodes = &self.plan.nodes;
        let committed = self.plan.baked.is_none();
        let geometry = committed.then(|| Geometry::best(weighted));
        let drain = self.flow.drain(layer);
        let ended = match drain {
            Drain::Requant(drain) => self.plan.tensor(nodes[drain].source),
            Drain::Output => self.plan.output(),
        };
        let product = Product {
            weighted,
            geometry: geometry.as_ref(),
            batch: self.plan.batch,
            first: self.flow.input_packed_by() == Some(layer),
            drain,
            drained: ended.len() / weighted.outputs,
            copied: self.flow.outlet() == Outlet::Copy,
            shared: shared(self.plan, drain),
        };
        let lanes = match drain {
            Drain::Output => {
                let lanes = product.best_lanes(ended.hi.max(-ended.lo).max(1)).0;
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
            combine: geometry.map_or(Combine::Baked, |geometry| geometry.combine),
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
            input: self.plan.tensor(source),
            batch: self.plan.batch,
            most: self.plan.max_factor(requant),
            groups: self.plan.own_multipliers(requant.layer).max(1),
            product,
        };
        let choice = requantised.best(&self.tables)?;
        self.tables = choice.tables;
        Ok(choice.requant)
    }

    /// Lanes of an output that repeats sums of values; one that repeats accumulators has theirs.
    fn output(&mut self) {
        let output = self.plan.output();
        if self.flow.outlet() == Outlet::Copy && !output.is_accumulators() {
            let reach = output.hi.max(-output.lo);
            self.copy = Some(fewest_elements(reach, output.len(), self.plan.batch).0);
        }
    }
}
