//! The worker: takes the jobs whose turn has come, one at a time, and computes and proves them.
//!
//! A proof keeps all cores busy by itself, so a second job at the same time would gain nothing.

use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{atomic::Ordering, Arc},
    time::Instant,
};

use swarm_groth16::PROOF_BYTES;
use swarm_network::{BatchInput, BatchOutput, JobInput, Model};
use swarm_prover::Error as ProverError;
use swarm_store::StoreError;

use crate::{
    jobs::{Executor, Work},
    network_burn::panic_message,
    proving::Circuit,
    queue::{BatchResult, Failure, FailureKind, JobState, QueueError},
    spec::{JobSpec, Locator},
};

/// Most input values that are computed before they are proven.
const VALUES_AHEAD: usize = 1 << 26;

/// Why a run ended before the job was done.
pub(crate) enum Stop {
    Failed(Failure),
    /// Cancelled, or the executor stops: someone else records what is to become of the job.
    Abandoned,
    /// A blob that was here is gone or damaged: it has to be gathered again.
    BlobLost,
}

impl Stop {
    pub(crate) fn failed(kind: FailureKind, message: impl ToString) -> Self {
        Self::Failed(Failure::new(kind, message.to_string()))
    }

    fn internal(error: impl ToString) -> Self {
        Self::failed(FailureKind::Internal, error)
    }
}

impl From<QueueError> for Stop {
    fn from(error: QueueError) -> Self {
        Self::internal(error)
    }
}

/// Works until the executor stops.
pub(crate) fn work(executor: &Arc<Executor>) {
    while let Some(work) = executor.next_work() {
        let run = || Run::prepare(executor, &work)?.finish();
        let outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
            let message = panic_message(panic.as_ref());
            Err(Stop::internal(format!(
                "this is a bug, please report it: {message}"
            )))
        });
        match outcome {
            Ok(()) => executor.end(work.id, work.attempt, Ok(())),
            Err(Stop::Failed(failure)) => executor.end(work.id, work.attempt, Err(failure)),
            Err(Stop::Abandoned) => {}
            Err(Stop::BlobLost) => executor.begin(work.id, work.attempt),
        }
    }
}

/// One run of a job: its parts, read and checked against the chain's commitments.
struct Run<'a> {
    executor: &'a Executor,
    work: &'a Work,
    spec: JobSpec,
    missing: Vec<u32>,
    circuit: Circuit,
    model: Arc<Model>,
    input: JobInput,
}

impl<'a> Run<'a> {
    /// Reads keys, model and input, and recomputes `C_w` and every `C_x` that is to be proven: a
    /// commitment that does not open to the blob would make the proof worthless.
    fn prepare(executor: &'a Executor, work: &'a Work) -> Result<Self, Stop> {
        let job = executor.queue.job(&work.id).ok_or(Stop::Abandoned)?;
        let missing = job.missing();
        let spec = job.record.spec;
        if !executor
            .queue
            .set_state(&work.id, work.attempt, JobState::Running)?
        {
            return Err(Stop::Abandoned);
        }
        executor.note_progress(work, 0.0);
        let circuit = Circuit::load(executor, &spec)?;
        let model = circuit.load_model(executor, &spec)?;
        let input = read_input(executor, &spec, &circuit, &model)?;
        let run = Self {
            executor,
            work,
            spec,
            missing,
            circuit,
            model,
            input,
        };
        run.check_input()?;
        Ok(run)
    }

    fn check_input(&self) -> Result<(), Stop> {
        for batch in &self.missing {
            self.check_cancelled()?;
            let input = self.batch_input(*batch)?;
            let found = self.circuit.commit_input(&input).map_err(|e| {
                Stop::failed(FailureKind::InputInvalid, format!("batch {batch}: {e}"))
            })?;
            let expected = self.spec.commitments[*batch as usize];
            if found != expected {
                return Err(Stop::failed(
                    FailureKind::InputInvalid,
                    format!(
                        "batch {batch} of the input has the commitment {found}, the chain has \
                         {expected}: this is not the input that was submitted, or its blinds differ"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Computes and proves what is missing, as many batches ahead as memory allows.
    fn finish(self) -> Result<(), Stop> {
        let (queue, work) = (&self.executor.queue, self.work);
        queue.set_device(&work.id, work.attempt, &self.executor.devices.label())?;
        let batch_values = self.input.batch_size() * self.input.rows().cols();
        let ahead = (VALUES_AHEAD / batch_values.max(1)).max(1);
        for batches in self.missing.chunks(ahead) {
            self.check_cancelled()?;
            queue.set_state(&work.id, work.attempt, JobState::Running)?;
            let outputs = self.compute(batches)?;
            queue.set_state(&work.id, work.attempt, JobState::Proving)?;
            for (batch, (input, output)) in batches.iter().zip(outputs) {
                self.check_cancelled()?;
                self.prove(*batch, &input, output)?;
            }
        }
        Ok(())
    }

    fn compute(&self, batches: &[u32]) -> Result<Vec<(BatchInput, BatchOutput)>, Stop> {
        let inputs: Vec<BatchInput> = batches
            .iter()
            .map(|batch| self.batch_input(*batch))
            .collect::<Result<_, _>>()?;
        let rows: Vec<_> = inputs.iter().map(|input| &input.rows).collect();
        let began = Instant::now();
        let outputs = self
            .executor
            .devices
            .run(&self.model, &rows)
            .map_err(|e| Stop::failed(FailureKind::InputInvalid, e))?;
        let seconds = began.elapsed().as_secs_f64();
        self.executor.metrics.run_seconds.observe(seconds);
        tracing::info!(job = %self.work.id, batches = batches.len(), seconds, "computed");
        let with_blind = |(input, rows): (BatchInput, _)| {
            let blind_y = input.blind_y;
            (input, BatchOutput { rows, blind_y })
        };
        Ok(inputs.into_iter().zip(outputs).map(with_blind).collect())
    }

    fn prove(&self, batch: u32, input: &BatchInput, output: BatchOutput) -> Result<(), Stop> {
        let began = Instant::now();
        let cannot =
            |error: ProverError| Stop::internal(format!("batch {batch} cannot be proven: {error}"));
        let (proof, output) = match self.prove_output(batch, input, &output) {
            Ok(proof) => (proof, output),
            Err(error @ ProverError::WrongOutput { .. }) => {
                self.executor.devices.distrust(&error.to_string());
                let output = self.model.run_batch(input).map_err(Stop::internal)?;
                (
                    self.prove_output(batch, input, &output).map_err(cannot)?,
                    output,
                )
            }
            Err(error @ ProverError::BadProvingKey(_)) => {
                return Err(Stop::failed(FailureKind::KeyInvalid, error));
            }
            Err(error) => return Err(cannot(error)),
        };
        let seconds = began.elapsed().as_secs_f64();
        // The output's file is in the store before the proof names it.
        let file = output.to_bytes().map_err(Stop::internal)?;
        let content = self.executor.store.put(&file).map_err(Stop::internal)?;
        let result = BatchResult {
            proof,
            output: content,
        };
        if !self
            .executor
            .queue
            .add_result(&self.work.id, self.work.attempt, batch, result)?
        {
            return Err(Stop::Abandoned);
        }
        self.executor.note_progress(self.work, 0.0);
        self.executor.metrics.prove_seconds.observe(seconds);
        self.executor.metrics.batches_proven.inc();
        tracing::info!(job = %self.work.id, batch, seconds, output = %content, "proven");
        Ok(())
    }

    fn prove_output(
        &self,
        batch: u32,
        input: &BatchInput,
        output: &BatchOutput,
    ) -> Result<[u8; PROOF_BYTES], ProverError> {
        let mut note = |share| self.executor.note_progress(self.work, share);
        self.circuit
            .prove(&self.spec, batch, &self.model, input, output, &mut note)
    }

    fn batch_input(&self, batch: u32) -> Result<BatchInput, Stop> {
        self.input
            .get(batch as usize)
            .map_err(|e| Stop::failed(FailureKind::InputInvalid, e))
    }

    fn check_cancelled(&self) -> Result<(), Stop> {
        if self.work.cancelled.load(Ordering::SeqCst) || self.executor.is_stopping() {
            Err(Stop::Abandoned)
        } else {
            Ok(())
        }
    }
}

/// Reads the input file for the model's topology and the circuit's batch size.
fn read_input(
    executor: &Executor,
    spec: &JobSpec,
    circuit: &Circuit,
    model: &Model,
) -> Result<JobInput, Stop> {
    let invalid = |e: String| Stop::failed(FailureKind::InputInvalid, e);
    let bytes = read_blob(executor, &spec.input)?;
    let batch = circuit.batch();
    let input = JobInput::from_bytes(&bytes, model.topology(), batch)
        .map_err(|e| invalid(e.to_string()))?;
    if input.batches() != spec.commitments.len() {
        return Err(invalid(format!(
            "the input has {} batches of {batch} rows, the job has {} commitments",
            input.batches(),
            spec.commitments.len()
        )));
    }
    Ok(input)
}

/// The bytes of a blob that was gathered before.
pub(crate) fn read_blob(executor: &Executor, locator: &Locator) -> Result<Vec<u8>, Stop> {
    match executor.store.get(&locator.content) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Stop::BlobLost),
        Err(error @ StoreError::Damaged { .. }) => {
            tracing::error!(%error, "a blob is fetched again");
            Err(Stop::BlobLost)
        }
        Err(error) => Err(Stop::internal(error)),
    }
}
