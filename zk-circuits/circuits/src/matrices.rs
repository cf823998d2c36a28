//! The constraints, row by row.
//!
//! Looked-up values stand on the B side and their inverses on the A side: the values are small, so
//! that the expensive B queries of a proof stay cheap. Linear constraints stand in C alone.

use crate::columns::{Columns, LayerColumns, RHO};
use crate::digest;
use crate::gadgets::baked::Constants;
use crate::gadgets::{baked, maxpool, product, requant};
use crate::lookups::lookups;
use crate::plan::{LayerPlan, Plan};
use crate::sum::{Sum, Values};
use ark_bn254::Fr;
use ark_ff::Field;
use swarm_groth16::{ConstraintMatrices, Row};
use swarm_network::{Operation, Source};

pub(crate) struct Builder<'a> {
    pub plan: &'a Plan,
    pub columns: &'a Columns,
    constants: &'a [Option<Constants>],
    a: Vec<Row>,
    b: Vec<Row>,
    c: Vec<Row>,
}

pub(crate) fn build(plan: &Plan, columns: &Columns) -> ConstraintMatrices {
    let constants = baked::constants(plan);
    let mut builder = Builder {
        plan,
        columns,
        constants: &constants,
        a: Vec::new(),
        b: Vec::new(),
        c: Vec::new(),
    };
    builder.powers();
    for layer in 0..plan.layers.len() {
        builder.layer(layer);
    }
    builder.copy();
    builder.tables();
    if let (Some(model), Some(column)) = (&plan.baked, columns.model) {
        let name = Sum::constant(digest::model(model));
        builder.linear_row(Sum::of(column).minus(&name));
    }
    builder.linear_row(Sum::of(columns.blind_y_in_x).minus(&Sum::of(columns.blind_y)));
    ConstraintMatrices {
        layout: columns.layout,
        num_witness: columns.num_witness,
        a: builder.a,
        b: builder.b,
        c: builder.c,
    }
}

impl<'a> Builder<'a> {
    pub fn row(&mut self, a: Sum, b: Sum, c: Sum) {
        self.a.push(a.into_row());
        self.b.push(b.into_row());
        self.c.push(c.into_row());
    }

    /// `sum = 0`
    pub fn linear_row(&mut self, sum: Sum) {
        self.row(Sum::default(), Sum::default(), sum);
    }

    /// `inverse · (rho + value) = 1`
    pub fn look_up(&mut self, inverse: usize, mut value: Sum) {
        value.add(Fr::ONE, RHO);
        self.row(Sum::of(inverse), value, Sum::constant(Fr::ONE));
    }

    pub fn values(&self) -> Values<'a> {
        Values {
            plan: self.plan,
            columns: self.columns,
            constants: self.constants,
        }
    }

    /// `rho^e`
    pub fn power(&self, exponent: usize) -> Sum {
        Sum::of(self.columns.power(exponent))
    }

    /// `rho^e = rho^(e-1) · rho`
    fn powers(&mut self) {
        for e in 2..=self.columns.max_power {
            self.row(self.power(e - 1), self.power(1), self.power(e));
        }
    }

    fn layer(&mut self, layer: usize) {
        let (plan, columns) = (self.plan, self.columns);
        let node = &plan.nodes[layer];
        match (&node.operation, &plan.layers[layer], &columns.layers[layer]) {
            (
                Operation::Weighted(weighted),
                LayerPlan::Product(product),
                LayerColumns::Product(at),
            ) => product::rows(self, layer, weighted, product, at),
            (
                Operation::Weighted(weighted),
                LayerPlan::Product(product),
                LayerColumns::Baked(at),
            ) => baked::rows(self, layer, weighted, product, at),
            (
                Operation::Requant(requant),
                LayerPlan::Requant(requant_plan),
                LayerColumns::Requant(at),
            ) => requant::rows(self, node, requant, requant_plan, at),
            (Operation::MaxPool(windows), _, LayerColumns::MaxPool(at)) => {
                maxpool::rows(self, node, windows, at);
            }
            _ => {}
        }
    }

    /// An output that repeats sums of other variables is equal to them.
    fn copy(&mut self) {
        let Some(grid) = self.plan.copy_grid() else {
            return;
        };
        let last = Source::Layer(self.plan.nodes.len() - 1);
        for element in grid.elements() {
            let output = Sum::of(self.columns.copy + grid.at(element));
            let sum = match self.plan.tensor(last).is_accumulators() {
                true => {
                    let packed = self.values().accumulators(last, &grid, element, &|_| 1);
                    let mut sum = packed.accumulators;
                    sum.add_sum(Fr::ONE, &packed.values);
                    sum
                }
                false => self.values().packed(last, &grid, element, |_| 1),
            };
            self.linear_row(output.minus(&sum));
        }
    }

    /// `Σ 1/(rho + value) = Σ multiplicity/(rho + entry)`, table by table.
    fn tables(&mut self) {
        let blocks = lookups(self.plan, self.columns);
        for (table, size) in self.plan.tables.iter().enumerate() {
            let mut sum = Sum::default();
            for (inverse, of) in blocks.iter().flat_map(|block| block.columns()) {
                if of == *size {
                    sum.add(Fr::ONE, inverse);
                }
            }
            for entry in 0..*size as usize {
                let fraction = self.columns.fractions[table] + entry;
                let multiplicity = self.columns.multiplicities[table] + entry;
                let pole = Sum::constant(Fr::from(entry as u64)).plus(Fr::ONE, RHO);
                self.row(Sum::of(fraction), pole, Sum::of(multiplicity));
                sum.add(-Fr::ONE, fraction);
            }
            self.linear_row(sum);
        }
    }
}
