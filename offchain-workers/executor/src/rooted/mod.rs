//! Jobs with a root: every batch is computed, a piece of the input after the other, and committed
//! to; then batches are proven as they are asked for.
//!
//! ```text
//! manifest ─► commitments ─► piece ─► check C_x ─► run ─► C_y, output file ─► list ─► root
//!                              asked for: batch ─► check C_x ─► prove ─► paths to both roots
//! ```
//!
//! Neither inputs nor outputs are ever in memory together. Results are on disk before the queue notes
//! that they are, so a restart goes on behind the last that was noted.

mod inputs;
mod partial;

use std::{ops::Range, time::Instant};

use rand::Rng;
use swarm_groth16::PROOF_BYTES;
use swarm_network::{BatchInput, BatchOutput, JobInput, Matrix, Model};
use swarm_prover::Error as ProverError;
use swarm_rooted::{Entry, ResultList};
use swarm_store::StoreError;

pub(crate) use inputs::{read_manifest, wanted};
pub(crate) use partial::Partial;

use crate::{
    jobs::{Executor, Work},
    proving::Circuit,
    queue::{BatchResult, FailureKind, JobState, Opening, ResultRoot},
    spec::{Bytes32, JobSpec, RootedSpec},
    worker::{read_content, Stop},
};
use inputs::Inputs;

/// Most batches that are computed before their results are on disk.
const MOST_AT_ONCE: usize = 16;
/// Most input values that are computed at a time.
const VALUES_AT_ONCE: usize = 1 << 26;

/// One run of a job: what is left of its results, then what is asked for.
pub(crate) fn run(executor: &Executor, work: &Work) -> Result<(), Stop> {
    let job = executor.queue.job(&work.id).ok_or(Stop::Abandoned)?;
    let record = job.record;
    let spec = record.spec;
    let Some(rooted) = spec.rooted.clone() else {
        return Err(Stop::internal("the job has no root"));
    };
    if !executor
        .queue
        .set_state(&work.id, work.attempt, JobState::Running)?
    {
        return Err(Stop::Abandoned);
    }
    executor.note_progress(work, 0.0);
    let circuit = Circuit::load(executor, &spec)?;
    let model = circuit.load_model(executor, &spec)?;
    let inputs = Inputs::load(executor, &spec, &rooted)?;
    let run = Run {
        executor,
        work,
        spec: &spec,
        rooted: &rooted,
        circuit: &circuit,
        model: &model,
        inputs,
    };
    let results = match record.results {
        Some(results) => results,
        None => run.compute(record.computed)?,
    };
    run.prove_asked(results)
}

struct Run<'a> {
    executor: &'a Executor,
    work: &'a Work,
    spec: &'a JobSpec,
    rooted: &'a RootedSpec,
    circuit: &'a Circuit,
    model: &'a Model,
    inputs: Inputs,
}

impl Run<'_> {
    /// Computes the results that are not on disk and commits to all of them.
    fn compute(&self, computed: u32) -> Result<ResultRoot, Stop> {
        let (executor, work) = (self.executor, self.work);
        let disk = |error: std::io::Error| Stop::internal(format!("the file of results: {error}"));
        let (mut partial, mut next) =
            Partial::open(&executor.config.data, &work.id, computed).map_err(disk)?;
        let label = executor.devices.label();
        executor.queue.set_device(&work.id, work.attempt, &label)?;
        let batches = self.rooted.batches;
        while next < batches {
            let (piece, _) = self.inputs.manifest.piece_of(next);
            let end = self.inputs.manifest.batches_of(piece).end;
            let input = self.inputs.piece(executor, self.circuit, piece)?;
            while next < end {
                let group = next..end.min(next.saturating_add(group_size(&input)));
                let entries = self.compute_group(&input, group.clone())?;
                partial.append(&entries).map_err(disk)?;
                next = group.end;
                self.note_computed(next, None)?;
                executor.note_progress(work, f64::from(next) / f64::from(batches));
            }
        }
        let bytes = partial.bytes().map_err(disk)?;
        let list = ResultList::from_bytes(&bytes, batches).map_err(Stop::internal)?;
        let root = list.tree().map_err(Stop::internal)?.root();
        let content = executor.store.put(&bytes).map_err(Stop::internal)?;
        let results = ResultRoot {
            root: Bytes32(root),
            list: Bytes32(*content.digest()),
        };
        self.note_computed(batches, Some(results))?;
        partial.remove().map_err(disk)?;
        tracing::info!(job = %work.id, batches, root = %results.root, list = %content, "all results computed");
        Ok(results)
    }

    fn note_computed(&self, computed: u32, results: Option<ResultRoot>) -> Result<(), Stop> {
        let (queue, work) = (&self.executor.queue, self.work);
        if queue.set_computed(&work.id, work.attempt, computed, results)? {
            Ok(())
        } else {
            Err(Stop::Abandoned)
        }
    }

    /// Computes batches of one piece; their output files are in the store when this returns.
    fn compute_group(&self, input: &JobInput, group: Range<u32>) -> Result<Vec<Entry>, Stop> {
        let mut inputs = Vec::new();
        for batch in group.clone() {
            self.work.check(self.executor)?;
            inputs.push(self.inputs.batch(self.circuit, input, batch)?.0);
        }
        let began = Instant::now();
        let outputs = self.outputs(&inputs)?;
        let seconds = began.elapsed().as_secs_f64();
        self.executor.metrics.run_seconds.observe(seconds);
        let mut entries = Vec::new();
        for (batch, (input, rows)) in group.zip(inputs.iter().zip(outputs)) {
            self.work.check(self.executor)?;
            let output = BatchOutput {
                rows,
                blind_y: input.blind_y,
            };
            let commitment = self
                .circuit
                .commit_output(&output)
                .map_err(|e| Stop::internal(format!("batch {batch}: {e}")))?;
            let file = output.to_bytes().map_err(Stop::internal)?;
            let output = self.executor.store.put(&file).map_err(Stop::internal)?;
            entries.push(Entry { commitment, output });
        }
        self.executor
            .metrics
            .batches_computed
            .inc_by(entries.len() as u64);
        Ok(entries)
    }

    /// What the devices give, one batch of it compared with the reference interpreter: nothing else
    /// would find a device's fault before the provider has committed to it.
    fn outputs(&self, inputs: &[BatchInput]) -> Result<Vec<Matrix>, Stop> {
        let invalid =
            |e: swarm_network::Error| Stop::failed(FailureKind::InputInvalid, e.to_string());
        let rows: Vec<&Matrix> = inputs.iter().map(|input| &input.rows).collect();
        let outputs = self
            .executor
            .devices
            .run(self.model, &rows)
            .map_err(invalid)?;
        if rows.is_empty() {
            return Ok(outputs);
        }
        let looked_at = rand::thread_rng().gen_range(0..rows.len());
        let reference = self.model.run(rows[looked_at]).map_err(invalid)?;
        if outputs.get(looked_at) == Some(&reference) {
            return Ok(outputs);
        }
        self.executor
            .devices
            .distrust("it gave another output than the reference interpreter");
        rows.into_iter()
            .map(|rows| self.model.run(rows).map_err(invalid))
            .collect()
    }

    /// Proves what is asked for, until nothing is.
    fn prove_asked(&self, results: ResultRoot) -> Result<(), Stop> {
        let (queue, work) = (&self.executor.queue, self.work);
        let missing = || Ok::<_, Stop>(queue.job(&work.id).ok_or(Stop::Abandoned)?.missing());
        if missing()?.is_empty() {
            return Ok(());
        }
        if !queue.set_state(&work.id, work.attempt, JobState::Proving)? {
            return Err(Stop::Abandoned);
        }
        let list = self.read_list(&results)?;
        let tree = list
            .tree_of(&results.root.0)
            .map_err(|e| Stop::internal(format!("the list of results: {e}")))?;
        loop {
            // More may be asked for meanwhile.
            let missing = missing()?;
            if missing.is_empty() {
                return Ok(());
            }
            for batch in missing {
                work.check_cancelled(self.executor)?;
                let entry = list
                    .get(batch)
                    .ok_or_else(|| Stop::internal(format!("there is no batch {batch}")))?;
                let result_path = tree.path(batch).unwrap_or_default();
                self.prove(batch, entry, result_path)?;
            }
        }
    }

    /// The list of results. Where it is lost, everything is computed again: it is the same.
    fn read_list(&self, results: &ResultRoot) -> Result<ResultList, Stop> {
        let content = swarm_store::ContentId::from_digest(results.list.0);
        match read_content(self.executor, &content) {
            Ok(bytes) => {
                ResultList::from_bytes(&bytes, self.rooted.batches).map_err(Stop::internal)
            }
            Err(Stop::BlobLost) => {
                self.note_computed(0, None)?;
                Err(Stop::BlobLost)
            }
            Err(stop) => Err(stop),
        }
    }

    fn prove(&self, batch: u32, entry: Entry, result_path: Vec<[u8; 32]>) -> Result<(), Stop> {
        let began = Instant::now();
        let (piece, _) = self.inputs.manifest.piece_of(batch);
        let piece = self.inputs.piece(self.executor, self.circuit, piece)?;
        let (input, commitment) = self.inputs.batch(self.circuit, &piece, batch)?;
        let output = self.output(&input, &entry)?;
        let proof = self.prove_output(batch, &input, &output)?;
        let opening = Opening {
            input: commitment,
            input_path: self.inputs.tree.path(batch).unwrap_or_default(),
            result_path,
        };
        let result = BatchResult {
            proof,
            output: entry.output,
            opening: Some(opening),
        };
        let (queue, work) = (&self.executor.queue, self.work);
        if !queue.add_result(&work.id, work.attempt, batch, result)? {
            return Err(Stop::Abandoned);
        }
        self.executor.note_progress(work, 0.0);
        let seconds = began.elapsed().as_secs_f64();
        self.executor.metrics.prove_seconds.observe(seconds);
        self.executor.metrics.batches_proven.inc();
        tracing::info!(job = %work.id, batch, seconds, "proven, as was asked for");
        Ok(())
    }

    /// The output that was committed to: from its file, or computed again where that is lost.
    fn output(&self, input: &BatchInput, entry: &Entry) -> Result<BatchOutput, Stop> {
        let store = &self.executor.store;
        match store.get(&entry.output) {
            Ok(Some(bytes)) => {
                let (topology, batch) = (self.circuit.topology(), self.circuit.batch());
                BatchOutput::from_bytes(&bytes, topology, batch).map_err(Stop::internal)
            }
            Ok(None) | Err(StoreError::Damaged { .. }) => {
                let output = self.model.run_batch(input).map_err(Stop::internal)?;
                let file = output.to_bytes().map_err(Stop::internal)?;
                store.put(&file).map_err(Stop::internal)?;
                Ok(output)
            }
            Err(error) => Err(Stop::internal(error)),
        }
    }

    fn prove_output(
        &self,
        batch: u32,
        input: &BatchInput,
        output: &BatchOutput,
    ) -> Result<[u8; PROOF_BYTES], Stop> {
        let mut note = |share| self.executor.note_progress(self.work, share);
        self.circuit
            .prove(self.spec, batch, self.model, input, output, &mut note)
            .map_err(|error| match error {
                ProverError::WrongOutput { .. } => {
                    self.executor.devices.distrust(&error.to_string());
                    Stop::internal(format!(
                        "batch {batch} was committed to with a wrong output, so that it cannot be \
                         proven: {error}"
                    ))
                }
                ProverError::BadProvingKey(_) => Stop::failed(FailureKind::KeyInvalid, error),
                error => Stop::internal(format!("batch {batch} cannot be proven: {error}")),
            })
    }
}

/// Batches of this input that are computed at a time.
fn group_size(input: &JobInput) -> u32 {
    let values = input.batch_size().saturating_mul(input.rows().cols());
    // At most MOST_AT_ONCE.
    (VALUES_AT_ONCE / values.max(1)).clamp(1, MOST_AT_ONCE) as u32
}
