//! Where every look-up of a circuit stands, and in which table it looks.

use crate::columns::{maxpool_lookups, over_windows, Columns, LayerColumns};
use crate::plan::{LayerPlan, Plan};
use swarm_network::{Node, Operation};

/// Look-ups of one layer: their inverses and the table of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LookupBlock {
    /// First column of the inverses.
    pub inverses: usize,
    /// Sizes of the tables, over and over.
    pub tables: Vec<u64>,
    /// Number of look-ups.
    pub count: usize,
}

impl LookupBlock {
    /// Columns of inverses with the size of their table.
    pub fn columns(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        let columns = self.inverses..self.inverses + self.count;
        columns.zip(self.tables.iter().copied().cycle())
    }
}

/// The look-ups of all layers, in order.
pub(crate) fn lookups(plan: &Plan, columns: &Columns) -> Vec<LookupBlock> {
    let layers = plan.nodes.iter().zip(&plan.layers).zip(&columns.layers);
    let of = |((node, layer), at): ((&Node, &LayerPlan), &LayerColumns)| match (
        layer,
        at,
        &node.operation,
    ) {
        (LayerPlan::Requant(requant), LayerColumns::Requant(at), _) => Some(LookupBlock {
            inverses: at.inverses,
            tables: requant
                .limbs()
                .flat_map(|limb| std::iter::repeat_n(limb.table, limb.lookups()))
                .collect(),
            count: node.output.len() * plan.batch * requant.lookups(),
        }),
        (LayerPlan::MaxPool(maxpool), LayerColumns::MaxPool(at), Operation::MaxPool(windows)) => {
            Some(LookupBlock {
                inverses: at.inverses,
                tables: vec![maxpool.table],
                count: over_windows(windows, maxpool_lookups) * plan.batch,
            })
        }
        _ => None,
    };
    layers.filter_map(of).collect()
}
