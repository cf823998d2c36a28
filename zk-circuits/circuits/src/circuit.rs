//! A circuit: the shape, its plan and its columns.

use crate::columns::Columns;
use crate::lint::{challenge_identities, lint, Identities, LintError};
use crate::opening;
use crate::plan::Plan;
use crate::witness::{self, Committed};
use crate::{digest, matrices, Error};
use ark_bn254::Fr;
use std::sync::Arc;
use swarm_groth16::{CircuitDescriptor, ConstraintMatrices, Qap, SegmentLayout};
use swarm_network::{Matrix, Model, Source, Topology};

/// The circuit of a network shape, or of one model, for one batch size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circuit {
    topology: Topology,
    plan: Plan,
    columns: Columns,
}

impl Circuit {
    /// For all models of a topology: weights are committed to.
    pub fn new(topology: &Topology, batch: usize) -> Result<Self, Error> {
        Self::of(Plan::new(topology, batch)?, topology)
    }

    /// For one model: its weights are constants of the circuit, which costs no rows for them, and
    /// stand in its keys for everybody to read. Segment w holds the model's name in their place.
    pub fn baked(model: &Model, batch: usize) -> Result<Self, Error> {
        let plan = Plan::baked(&Arc::new(model.clone()), batch)?;
        Self::of(plan, model.topology())
    }

    fn of(plan: Plan, topology: &Topology) -> Result<Self, Error> {
        let columns = Columns::new(&plan)?;
        Ok(Self {
            topology: topology.clone(),
            plan,
            columns,
        })
    }

    /// The model whose weights are constants; `None` for a circuit of all models of its topology.
    pub fn model(&self) -> Option<&Model> {
        self.plan.baked.as_deref()
    }

    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Inferences per proof.
    pub fn batch(&self) -> usize {
        self.plan.batch
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub fn layout(&self) -> SegmentLayout {
        self.columns.layout
    }

    /// The constraints; a function of topology or model and batch alone.
    pub fn matrices(&self) -> ConstraintMatrices {
        matrices::build(&self.plan, &self.columns)
    }

    /// Number of identities in the challenge: Freivalds for each group of outputs, where there is
    /// more than one group of inputs, and one sum per table.
    pub fn identities(&self) -> usize {
        self.plan.identities()
    }

    /// Refuses a circuit that breaks a rule its soundness rests on; key generation must. The plan
    /// must be for the topology and keep its bounds, clamps and ranges ([`Plan::check`]); on the
    /// finished matrices every operand of an identity in the challenge must be fixed before it; and
    /// the matrices must be this circuit's.
    pub fn lint(&self, matrices: &ConstraintMatrices) -> Result<(), LintError> {
        let input = self.topology.tensor(Source::Input);
        let nodes = Plan::nodes_of(&self.topology, self.model());
        let shape = |model: &Model| model.topology() == &self.topology;
        if self.plan.nodes != nodes || self.plan.input != *input || !self.model().is_none_or(shape)
        {
            return Err(LintError::OtherShape);
        }
        self.plan.check()?;
        lint(matrices, self.identities())?;
        let own = self.matrices();
        if *matrices != own {
            let differs = |row: &usize| {
                let of =
                    |m: &ConstraintMatrices| [&m.a, &m.b, &m.c].map(|rows| rows.get(*row).cloned());
                of(matrices) != of(&own)
            };
            let rows = matrices.num_constraints().max(own.num_constraints());
            let row = (0..rows).find(differs).unwrap_or(rows);
            return Err(LintError::OtherMatrices { row });
        }
        Ok(())
    }

    /// What key generation takes: `matrices` with their rows, and what the verifying key will say
    /// about the circuit.
    ///
    /// # Errors
    /// [`LintError`] if the circuit must not get a key (see [`Self::lint`]).
    pub fn key_parts(
        &self,
        matrices: ConstraintMatrices,
    ) -> Result<(Qap, CircuitDescriptor), LintError> {
        self.lint(&matrices)?;
        let descriptor = self.descriptor(&matrices);
        Ok((Qap::new(matrices)?, descriptor))
    }

    /// How many identities in the challenge there are and how large their degrees: wrong committed
    /// values pass for at most `degree` of the 2^253 challenges.
    pub fn challenge_identities(&self) -> Result<Identities, LintError> {
        challenge_identities(&self.matrices())
    }

    /// What a verifying key says about its circuit. `matrices` are this circuit's.
    pub fn descriptor(&self, matrices: &ConstraintMatrices) -> CircuitDescriptor {
        CircuitDescriptor {
            digest: digest::digest(&self.topology, &self.plan, matrices),
            batch: self.plan.batch as u32,
            input_len: self.topology.input_len() as u32,
            output_len: self.topology.output_len() as u32,
            macs: self.topology.macs() * self.plan.batch as u64,
        }
    }

    /// Segment w: everything a commitment to the weights covers.
    pub fn weights(&self, model: &Model, blind: Fr) -> Result<Vec<Fr>, Error> {
        self.check_model(model)?;
        let mut values = witness::weights(&self.plan, model);
        values.push(blind);
        Ok(values)
    }

    /// Segment x of `rows` (`[batch, in]`), with the blind of y that the requester chose.
    /// Refuses another shape and values outside the input type.
    pub fn input(&self, rows: &Matrix, blind_y: Fr, blind_x: Fr) -> Result<Vec<Fr>, Error> {
        self.check_batch(rows)?;
        self.topology.check_input(rows)?;
        let mut values = witness::input(&self.plan, &self.columns, rows);
        values.extend([blind_y, blind_x]);
        Ok(values)
    }

    /// Segment y of `rows` (`[batch, out]`). Refuses another shape and values the network cannot
    /// give: lanes out of range would open the commitment a second time.
    pub fn output(&self, rows: &Matrix, blind_y: Fr) -> Result<Vec<Fr>, Error> {
        self.topology.check_output(rows, self.plan.batch)?;
        // Lanes are no wider than constant weights need.
        let own = self.plan.output();
        rows.check_range("output", own.lo, own.hi)?;
        let mut values = witness::output(&self.plan, rows);
        values.push(blind_y);
        Ok(values)
    }

    /// What [`Self::output`] gave segment y for: rows (`[batch, out]`) and the blind. Refuses values
    /// that it gives for no rows.
    pub fn read_output(&self, values: &[Fr]) -> Result<(Matrix, Fr), Error> {
        let expected = self.layout().output;
        let (blind, packed) = values
            .split_last()
            .filter(|_| values.len() == expected)
            .ok_or(Error::OutputElements {
                found: values.len(),
                expected,
            })?;
        let rows = opening::rows(&self.plan, packed).ok_or(Error::NoOutput)?;
        // There is one opening of the commitment at most, and it is this one.
        if self.output(&rows, *blind)? != values {
            return Err(Error::NoOutput);
        }
        Ok((rows, *blind))
    }

    /// Phase one: everything that is committed before the challenge. `w` is what
    /// [`Self::weights`] gave for this model.
    pub fn commit_values(
        &self,
        model: &Model,
        w: Vec<Fr>,
        rows: &Matrix,
        blinds: Blinds,
    ) -> Result<Committed, Error> {
        self.check_model(model)?;
        if w.len() != self.layout().weights {
            return Err(Error::OtherTopology);
        }
        let x = self.input(rows, blinds.y, blinds.x)?;
        let trace = model.trace(rows)?;
        let y = self.output(trace.output(), blinds.y)?;
        Ok(witness::commit_values(
            &self.plan,
            model,
            (rows.clone(), trace),
            [w, x, y],
            blinds.z,
        ))
    }

    /// Phase two: the assignment of all columns under challenge and tag.
    pub fn assign(&self, committed: &Committed, rho: Fr, tag: Fr) -> Result<Vec<Fr>, Error> {
        witness::assign(&self.plan, &self.columns, committed, rho, tag)
    }

    fn check_model(&self, model: &Model) -> Result<(), Error> {
        if model.topology() != &self.topology {
            return Err(Error::OtherTopology);
        }
        match self.model() {
            Some(own) if own != model => Err(Error::OtherModel),
            _ => Ok(()),
        }
    }

    fn check_batch(&self, rows: &Matrix) -> Result<(), Error> {
        if rows.rows() == self.plan.batch {
            return Ok(());
        }
        Err(Error::Batch {
            found: rows.rows(),
            expected: self.plan.batch,
        })
    }

    #[cfg(test)]
    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    #[cfg(test)]
    pub(crate) fn plan_mut(&mut self) -> &mut Plan {
        &mut self.plan
    }
}

/// Blinds of the commitments that a prover makes or must match; zero does not hide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blinds {
    /// Of the input, chosen by the requester.
    pub x: Fr,
    /// Of the output, chosen by the requester.
    pub y: Fr,
    /// Of the intermediate values: fresh and random for every proof.
    pub z: Fr,
}
