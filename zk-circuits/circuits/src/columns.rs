//! Which variable stands in which column.

use crate::plan::{Geometry, LayerPlan, Outlet, Plan};
use crate::Error;
use std::ops::Range;
use swarm_groth16::SegmentLayout;
use swarm_network::{Node, Operation, Windows};

pub(crate) const ONE: usize = 0;
pub(crate) const RHO: usize = 1;
/// Columns before the segments: one, rho, tag.
pub(crate) const PUBLIC: usize = 3;
/// Largest number of variables: the field's largest evaluation domain.
const MAX_COLUMNS: u128 = 1 << 28;

/// First column of every block of a circuit's variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    pub layout: SegmentLayout,
    pub num_witness: usize,
    pub layers: Vec<LayerColumns>,
    /// Within w: the name of the model whose weights are constants.
    pub model: Option<usize>,
    /// `[value][column group]` where a layer with weights alone takes the input, packed in its
    /// lanes; else `[item][value]`.
    pub input: usize,
    /// The layer in whose lanes the input is packed.
    pub input_packed_by: Option<usize>,
    /// Elements of an output that repeats sums of other variables.
    pub copy: usize,
    /// Within x: equals [`Self::blind_y`], so that the requester can open y.
    pub blind_y_in_x: usize,
    /// Last column of y.
    pub blind_y: usize,
    /// Per table: multiplicities of its entries, in z.
    pub multiplicities: Vec<usize>,
    /// `rho^2, rho^3, ..`
    pub powers: usize,
    /// Largest power of the challenge that stands in a variable of its own.
    pub max_power: usize,
    /// Per table: `multiplicity / (rho + entry)`.
    pub fractions: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LayerColumns {
    Product(ProductColumns),
    Baked(BakedColumns),
    Requant(RequantColumns),
    MaxPool(MaxPoolColumns),
    Sums,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProductColumns {
    pub geometry: Box<Geometry>,
    /// `[row group][weight]`
    pub weight: usize,
    /// `[row group]`
    pub bias: usize,
    /// `[row group][position][column group]`; in y for the outlet, else in z.
    pub accumulators: usize,
    /// Powers of the challenge for the column groups from the third on, where those of positions
    /// lie between.
    pub batch_powers: usize,
    /// What a bias is multiplied by, where there is more than one position.
    pub ones: usize,
    /// Running sums of the values weighted by powers of rho: `[value][column group - 1]`.
    pub input_sums: usize,
    /// Values times the power of their cell, where it is not one.
    pub powered: usize,
    /// Sums of the values that one weight meets: the variables of one tap after those of another.
    pub tap_sums: usize,
    /// Running sums of weights times inputs: `[row group][weight, then bias]`; the last one only
    /// where there is a challenge.
    pub weight_sums: usize,
    /// Running sums of accumulators of one position weighted by powers of rho, where there is more
    /// than one: `[row group][position][column group - 1]`.
    pub position_sums: usize,
    /// Running sums of accumulators weighted by powers of rho, without the last:
    /// `[row group][steps - 1]`.
    pub accumulator_sums: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BakedColumns {
    /// `[row group][position][column group]`, in y; for the outlet only.
    pub accumulators: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequantColumns {
    /// Multipliers that are weights of their own: `[channel]`.
    pub multipliers: usize,
    /// Limbs of `q - lo`: `[activation][limb]`; in y for the outlet, else in z.
    pub output: usize,
    /// Limbs of remainder and excess: `[activation][limb]`
    pub inner: usize,
    /// `e⁺` of each activation.
    pub excess: usize,
    /// Inverses of `rho + looked-up value`: `[activation][look-up]`
    pub inverses: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MaxPoolColumns {
    /// `y - lo`: `[activation]`; in y for the outlet, else in z.
    pub output: usize,
    /// Products of differences, those of one window after those of another.
    pub products: usize,
    /// Inverses of `rho + difference`, those of one window after those of another.
    pub inverses: usize,
}

/// Hands out consecutive columns.
struct Cursor(usize);

impl Cursor {
    fn take(&mut self, columns: usize) -> usize {
        let at = self.0;
        self.0 += columns;
        at
    }
}

/// Differences looked up for windows that hold so many cells.
pub(crate) fn maxpool_lookups(cells: usize) -> usize {
    match cells {
        1 => 0,
        cells => cells,
    }
}

/// Variables for products of differences of windows that hold so many cells.
pub(crate) fn maxpool_products(cells: usize) -> usize {
    cells.saturating_sub(2)
}

pub(crate) fn over_windows(windows: &Windows, of: impl Fn(usize) -> usize) -> usize {
    let positions = 0..windows.positions();
    let channel: usize = positions.map(|p| of(windows.covered(p).count())).sum();
    channel * windows.channels
}

impl Columns {
    pub fn new(plan: &Plan) -> Result<Self, Error> {
        let flow = plan.flow();
        let mut at = Cursor(PUBLIC);
        let mut layers = weights(plan, &mut at);
        let model = plan.baked.as_ref().map(|_| at.take(1));
        at.take(1);
        let w = PUBLIC..at.0;

        let input_packed_by = flow.input_packed_by();
        let groups = match input_packed_by.map(|layer| &plan.layers[layer]) {
            Some(LayerPlan::Product(product)) => product.lanes.col_groups,
            _ => plan.batch,
        };
        let input = at.take(plan.input.len() * groups);
        let blind_y_in_x = at.take(1);
        at.take(1);
        let x = w.end..at.0;

        let outlet = flow.outlet();
        for (layer, columns) in layers.iter_mut().enumerate() {
            let own = outlet == Outlet::Own(layer);
            let sums = matches!(columns, LayerColumns::Baked(_));
            if !own && !sums {
                outputs(plan, layer, columns, &mut at);
            }
            if let (LayerColumns::Requant(columns), LayerPlan::Requant(requant)) =
                (columns, &plan.layers[layer])
            {
                let activations = plan.nodes[layer].output.len() * plan.batch;
                columns.inner = at.take(activations * requant.inner_limbs());
            }
        }
        let table = |at: &mut Cursor| -> Vec<usize> {
            let sizes = plan.tables.iter();
            sizes.map(|size| at.take(*size as usize)).collect()
        };
        let multiplicities = table(&mut at);
        at.take(1);
        let z = x.end..at.0;

        if let Outlet::Own(layer) = outlet {
            outputs(plan, layer, &mut layers[layer], &mut at);
        }
        let copy = at.take(plan.copy_grid().map_or(0, |grid| grid.len()));
        let blind_y = at.take(1);
        let y = z.end..at.0;

        let instance = at.0;
        let max_power = max_power(plan, &layers);
        let powers = at.take(max_power.saturating_sub(1));
        for (layer, columns) in layers.iter_mut().enumerate() {
            witness(plan, layer, columns, &mut at);
        }
        let fractions = table(&mut at);
        let columns = at.0 as u128;
        if columns > MAX_COLUMNS {
            return Err(Error::TooLarge {
                columns,
                max: MAX_COLUMNS,
            });
        }
        Ok(Self {
            layout: SegmentLayout {
                weights: w.len(),
                input: x.len(),
                intermediate: z.len(),
                output: y.len(),
            },
            num_witness: at.0 - instance,
            layers,
            model,
            input,
            input_packed_by,
            copy,
            blind_y_in_x,
            blind_y,
            multiplicities,
            powers,
            max_power,
            fractions,
        })
    }

    /// Column of `rho^exponent`.
    pub fn power(&self, exponent: usize) -> usize {
        match exponent {
            0 => ONE,
            1 => RHO,
            more => self.powers + more - 2,
        }
    }

    /// All witness columns.
    pub fn witness(&self) -> Range<usize> {
        let start = self.layout.num_instance();
        start..start + self.num_witness
    }
}

fn max_power(plan: &Plan, layers: &[LayerColumns]) -> usize {
    let powers = plan.layers.iter().zip(layers).map(|pair| match pair {
        (LayerPlan::Product(product), LayerColumns::Product(at)) => {
            at.geometry.max_power(product.lanes.col_groups)
        }
        _ => 0,
    });
    powers.max().unwrap_or(0)
}

/// Columns in w; every other block of a layer is still to be placed.
fn weights(plan: &Plan, at: &mut Cursor) -> Vec<LayerColumns> {
    let layers = plan.nodes.iter().zip(&plan.layers).enumerate();
    let of = |(layer, (node, layer_plan)): (usize, (&Node, &LayerPlan))| match (
        &node.operation,
        layer_plan,
    ) {
        (Operation::Weighted(_), _) if plan.baked.is_some() => {
            LayerColumns::Baked(BakedColumns { accumulators: 0 })
        }
        (Operation::Weighted(weighted), LayerPlan::Product(product)) => {
            let groups = product.row_groups(weighted);
            LayerColumns::Product(ProductColumns {
                geometry: Box::new(product.geometry(weighted)),
                weight: at.take(groups * weighted.inputs),
                bias: at.take(groups),
                accumulators: 0,
                batch_powers: 0,
                ones: 0,
                input_sums: 0,
                powered: 0,
                tap_sums: 0,
                weight_sums: 0,
                position_sums: 0,
                accumulator_sums: 0,
            })
        }
        (_, LayerPlan::Requant(_)) => LayerColumns::Requant(RequantColumns {
            multipliers: at.take(plan.own_multipliers(layer)),
            output: 0,
            inner: 0,
            excess: 0,
            inverses: 0,
        }),
        (_, LayerPlan::MaxPool(_)) => LayerColumns::MaxPool(MaxPoolColumns {
            output: 0,
            products: 0,
            inverses: 0,
        }),
        _ => LayerColumns::Sums,
    };
    layers.map(of).collect()
}

/// What a layer commits to as its output, in z or y.
fn outputs(plan: &Plan, layer: usize, columns: &mut LayerColumns, at: &mut Cursor) {
    let values = plan.nodes[layer].output.len() * plan.batch;
    match (columns, &plan.layers[layer], &plan.nodes[layer].operation) {
        (
            LayerColumns::Product(columns),
            LayerPlan::Product(product),
            Operation::Weighted(weighted),
        ) => columns.accumulators = at.take(product.grid(weighted, weighted.positions()).len()),
        (
            LayerColumns::Baked(columns),
            LayerPlan::Product(product),
            Operation::Weighted(weighted),
        ) => columns.accumulators = at.take(product.grid(weighted, weighted.positions()).len()),
        (LayerColumns::Requant(columns), LayerPlan::Requant(requant), _) => {
            columns.output = at.take(values * requant.output.len());
        }
        (LayerColumns::MaxPool(columns), _, _) => columns.output = at.take(values),
        _ => {}
    }
}

fn witness(plan: &Plan, layer: usize, columns: &mut LayerColumns, at: &mut Cursor) {
    let node = &plan.nodes[layer];
    let values = node.output.len() * plan.batch;
    match (columns, &plan.layers[layer], &node.operation) {
        (
            LayerColumns::Product(columns),
            LayerPlan::Product(product),
            Operation::Weighted(weighted),
        ) => {
            let (geometry, groups) = (&columns.geometry, product.lanes.col_groups);
            let (rows, positions) = (product.row_groups(weighted), weighted.positions());
            let steps = geometry.steps(groups);
            let apart = if geometry.base() > 1 {
                groups.saturating_sub(2)
            } else {
                0
            };
            columns.batch_powers = at.take(apart);
            columns.ones = at.take(usize::from(positions > 1));
            columns.input_sums = at.take(geometry.values.len() * (groups - 1));
            columns.powered = at.take(geometry.powered());
            let taps = 0..geometry.tap_count();
            columns.tap_sums = at.take(taps.map(|tap| geometry.tap_sums(tap)).sum());
            columns.weight_sums = at.take(rows * columns.weight_sums_of(weighted.inputs, groups));
            let sums = if positions > 1 {
                positions * (groups - 1)
            } else {
                0
            };
            columns.position_sums = at.take(rows * sums);
            columns.accumulator_sums = at.take(rows * steps.saturating_sub(1));
        }
        (LayerColumns::Requant(columns), LayerPlan::Requant(requant), _) => {
            let clamps = usize::from(!requant.excess.is_empty());
            columns.excess = at.take(values * clamps);
            columns.inverses = at.take(values * requant.lookups());
        }
        (LayerColumns::MaxPool(columns), _, Operation::MaxPool(windows)) => {
            columns.products = at.take(over_windows(windows, maxpool_products) * plan.batch);
            columns.inverses = at.take(over_windows(windows, maxpool_lookups) * plan.batch);
        }
        _ => {}
    }
}

impl ProductColumns {
    /// Stored sums of one row group of weights.
    pub fn weight_sums_of(&self, inputs: usize, col_groups: usize) -> usize {
        inputs + usize::from(self.geometry.steps(col_groups) > 0)
    }
}

/// Where one value of the input stands where it is not packed.
pub(crate) fn input_column(columns: &Columns, len: usize, item: usize, index: usize) -> usize {
    debug_assert!(columns.input_packed_by.is_none());
    columns.input + item * len + index
}
