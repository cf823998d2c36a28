//! The rules that a circuit's sizes must keep, whoever planned it.

use super::product::Combine;
use super::requant::scaled_range;
use super::{
    differences, ranges, Drain, LayerPlan, MaxPoolPlan, Outlet, Plan, ProductPlan, RequantPlan,
};
use crate::packing::{Lanes, PACKED_BITS};
use crate::Error;
use swarm_network::{Node, Operation, Requant, Source, Weighted, WEIGHT_MIN};

impl Plan {
    /// True range ⊂ gadget range ⊂
    /// lane range for every layer, where the true range is the worst case over all inputs in range,
    /// and over all weights unless these are constants; exact look-ups of activations and
    /// remainders; a table for every limb.
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
        let (lo, hi) = match (&node.operation, &self.baked) {
            (Operation::Weighted(weighted), baked) => {
                let (lo, hi) = match baked {
                    Some(model) => ranges::sums(model, weighted, self.tensor(node.source)),
                    None => self.worst_sums(node, weighted),
                };
                let (bound, worst) = (weighted.acc_bound, hi.max(-lo));
                if worst > bound {
                    return Err(Error::ShapeBound {
                        layer,
                        bound,
                        worst,
                    });
                }
                match baked {
                    Some(_) => (lo, hi),
                    None => (-bound, bound),
                }
            }
            _ => ranges::of(node, |source| self.tensor(source)),
        };
        let output = &node.output;
        if output.lo > lo || output.hi < hi {
            return Err(Error::ShapeBound {
                layer,
                bound: output.hi.min(-output.lo),
                worst: hi.max(-lo),
            });
        }
        Ok(())
    }

    /// Range of a layer's sums over all weights and biases.
    fn worst_sums(&self, node: &Node, weighted: &Weighted) -> (i64, i64) {
        let x = self.tensor(node.source);
        let operand = x.hi.max(-x.lo).max(weighted.operand);
        let worst = weighted.inputs as i64 * -WEIGHT_MIN * operand + weighted.bias_bound;
        (-worst, worst)
    }

    fn check_product(
        &self,
        layer: usize,
        weighted: &Weighted,
        plan: &ProductPlan,
    ) -> Result<(), Error> {
        let bound = weighted.acc_bound;
        let combines = match (self.baked.is_some(), weighted.positions()) {
            (true, _) => plan.combine == Combine::Baked,
            (false, 1) => plan.combine == Combine::One,
            (false, _) => matches!(plan.combine, Combine::Each | Combine::Shifted),
        };
        if !combines {
            return Err(Error::Combine { layer });
        }
        let reach = match self.flow().drain(layer) {
            // The gadget's reach, against these lanes, is checked with the requant.
            Drain::Requant(drain) => match &self.layers[drain] {
                LayerPlan::Requant(requant) if requant.lanes != plan.lanes => {
                    return Err(Error::OtherLanes { layer, drain });
                }
                _ => self.folded(layer).map_or(1, |r| self.max_factor(r)) * bound,
            },
            Drain::Output => bound,
        };
        // Sums of values have no element but where they end, and are checked there.
        let element = self.baked.is_none() || self.flow().outlet() == Outlet::Own(layer);
        let reach = if element { reach } else { 0 };
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
        let (from, to) = scaled_range(input, requant, self.max_factor(requant));
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
            None => self.own_multipliers(requant.layer).max(1),
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
