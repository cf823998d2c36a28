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
use swarm_store::{ContentId, StoreError};

use crate::{
    jobs::{Executor, Work},
    network_burn::panic_message,
    proving::Circuit,
    queue::{BatchResult, Failure, FailureKind, JobState, QueueError},
    rooted,
    spec::JobSpec,
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
    /// Another job has to go first: this one goes on from what it has, in its turn.
    Yielded,
}

impl Stop {
    pub(crate) fn failed(kind: FailureKind, message: impl ToString) -> Self {
        Self::Failed(Failure::new(kind, message.to_string()))
    }

    pub(crate) fn internal(error: impl ToString) -> Self {
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
        let run = || {
            if executor.is_rooted(&work.id) {
                rooted::run(executor, &work)
            } else {
                Run::prepare(executor, &work)?.finish()
            }
        };
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
            Err(Stop::Yielded) => executor.take_turn_again(work),
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
            self.work.check(self.executor)?;
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
            work.check(self.executor)?;
            queue.set_state(&work.id, work.attempt, JobState::Running)?;
            let outputs = self.compute(batches)?;
            queue.set_state(&work.id, work.attempt, JobState::Proving)?;
            for (batch, (input, output)) in batches.iter().zip(outputs) {
                work.check(self.executor)?;
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
            opening: None,
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
}

impl Work {
    /// Whether the run may go on at this point, where nothing that it has is lost.
    pub(crate) fn check(&self, executor: &Executor) -> Result<(), Stop> {
        self.check_cancelled(executor)?;
        let limit = executor.config.jobs.work;
        if self.worked + self.began.elapsed() > limit {
            return Err(Stop::failed(
                FailureKind::TimeLimit,
                format!(
                    "it was worked on for the {} s that a job may take (--max-work-hours); what is \
                     done of it is kept",
                    limit.as_secs()
                ),
            ));
        }
        if executor.has_urgent_work() {
            return Err(Stop::Yielded);
        }
        Ok(())
    }

    /// Whether somebody has ended the run: the requester, the chain, or the operator.
    pub(crate) fn check_cancelled(&self, executor: &Executor) -> Result<(), Stop> {
        if self.cancelled.load(Ordering::SeqCst) || executor.is_stopping() {
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
    let bytes = read_content(executor, &spec.input.content)?;
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
pub(crate) fn read_content(executor: &Executor, content: &ContentId) -> Result<Vec<u8>, Stop> {
    match executor.store.get(content) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Stop::BlobLost),
        Err(error @ StoreError::Damaged { .. }) => {
            tracing::error!(%error, "a blob is fetched again");
            Err(Stop::BlobLost)
        }
        Err(error) => Err(Stop::internal(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::atomic::AtomicBool, time::Duration};

    use rand::rngs::OsRng;
    use swarm_network::{ActivationType, Layer, LinearWeights, Matrix, Topology};

    use super::*;
    use crate::{
        device::{DeviceChoice, DeviceId, Devices},
        queue::Submission,
        spec::{Bytes32, CircuitSpec, Locator, ModelSpec},
        token::Token,
        Config, FetchLimits, JobLimits,
    };

    fn config(data: &Path) -> Config {
        Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: data.to_path_buf(),
            token: Token::new("a-token-for-tests-only").unwrap(),
            devices: DeviceChoice::These(vec![DeviceId::Cpu]),
            allow_private_sources: false,
            peers: Vec::new(),
            max_blob_bytes: 1 << 20,
            cache_bytes: 1 << 20,
            fetch: FetchLimits::default(),
            jobs: JobLimits::default(),
        }
    }

    fn work_on(spec: &JobSpec) -> Work {
        Work {
            id: spec.id,
            attempt: 0,
            cancelled: Arc::new(AtomicBool::new(false)),
            worked: Duration::ZERO,
            began: Instant::now(),
        }
    }

    /// A job of one batch of a tiny network, its blobs in the executor's store.
    fn job(executor: &Executor) -> (JobSpec, Model) {
        let layers = vec![Layer::Linear {
            inputs: 3,
            outputs: 2,
        }];
        let topology = Topology::new(vec![3], ActivationType::U8, layers).unwrap();
        let keys = swarm_prover::setup_development(&topology, 1, &mut OsRng).unwrap();
        let weights = LinearWeights {
            weight: vec![1, -2, 3, -4, 5, -6],
            bias: vec![7, -8],
        };
        let model = Model::new(topology, vec![weights]).unwrap();
        let rows = Matrix::new(1, 3, vec![9, 10, 11]).unwrap();
        let input = JobInput::new(rows, 1, vec![], vec![]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        keys.write(folder.path()).unwrap();
        let put = |bytes: &[u8]| Locator {
            content: executor.store.put(bytes).unwrap(),
            source: String::new(),
        };
        let key = |name: &str| put(&std::fs::read(folder.path().join(name)).unwrap());
        let c_x = keys
            .commitment
            .commit_input(&input.get(0).unwrap())
            .unwrap();
        let spec = JobSpec {
            id: Bytes32([1; 32]),
            genesis: Bytes32([2; 32]),
            provider: Bytes32([3; 32]),
            circuit: CircuitSpec {
                id: Bytes32(swarm_groth16::inspect_key(&keys.verifying).unwrap().id),
                vk: keys.verifying.clone(),
                proving_key: key(swarm_prover::PROVING_KEY_FILE),
                commitment_key: key(swarm_prover::COMMITMENT_KEY_FILE),
            },
            model: ModelSpec {
                id: Bytes32([4; 32]),
                commitment: Bytes32(keys.commitment.commit_weights(&model).unwrap()),
                file: put(&model.to_bytes().unwrap()),
            },
            input: put(&input.to_bytes(ActivationType::U8).unwrap()),
            commitments: vec![Bytes32(c_x)],
            rooted: None,
            done: Default::default(),
            priority: 0,
        };
        (spec, model)
    }

    #[tokio::test]
    async fn a_wrong_result_of_a_device_is_replaced_and_the_device_retired() {
        let data = tempfile::tempdir().unwrap();
        let config = config(data.path());
        let devices = Devices::discover(&config.devices).unwrap();
        let executor = Executor::open(config, devices).unwrap();
        let (spec, model) = job(&executor);
        assert_eq!(
            executor.queue.submit(spec.clone()).unwrap(),
            Submission::Accepted
        );
        let work = work_on(&spec);
        let run = Run::prepare(&executor, &work)
            .ok()
            .expect("everything is right");
        let (input, output) = run.compute(&[0]).ok().unwrap().remove(0);
        assert_eq!(output, model.run_batch(&input).unwrap());
        let mut wrong = output.clone();
        wrong.rows.values_mut()[1] += 1;
        assert!(executor.devices.label().starts_with("cpu"));
        assert!(run.prove(0, &input, wrong).is_ok());
        assert_eq!(executor.devices.label(), "reference interpreter");
        let result = &executor.queue.job(&spec.id).unwrap().results[&0];
        assert_eq!(result.output, ContentId::of(&output.to_bytes().unwrap()));
        assert!(executor.store.has(&result.output));
    }

    #[tokio::test]
    async fn a_cancelled_job_is_not_even_prepared() {
        let data = tempfile::tempdir().unwrap();
        let config = config(data.path());
        let devices = Devices::discover(&config.devices).unwrap();
        let executor = Executor::open(config, devices).unwrap();
        let (spec, _) = job(&executor);
        executor.queue.submit(spec.clone()).unwrap();
        let work = work_on(&spec);
        let run = Run::prepare(&executor, &work).ok().unwrap();
        work.cancelled.store(true, Ordering::SeqCst);
        assert!(matches!(run.finish(), Err(Stop::Abandoned)), "it went on");
        executor.queue.cancel(&spec.id).unwrap();
        assert!(matches!(
            Run::prepare(&executor, &work),
            Err(Stop::Abandoned)
        ));
    }

    #[tokio::test]
    async fn a_job_ends_when_its_time_is_over_and_may_be_tried_again() {
        let data = tempfile::tempdir().unwrap();
        let mut config = config(data.path());
        config.jobs.work = Duration::from_secs(60);
        let devices = Devices::discover(&config.devices).unwrap();
        let executor = Executor::open(config, devices).unwrap();
        let (spec, _) = job(&executor);
        executor.queue.submit(spec.clone()).unwrap();
        let mut work = work_on(&spec);
        let run = Run::prepare(&executor, &work).ok().unwrap();
        assert!(run.finish().is_ok(), "it had time");
        work.worked = Duration::from_secs(60);
        let Err(Stop::Failed(failure)) = Run::prepare(&executor, &work)
            .and_then(|run| run.work.check(&executor).map(|()| run))
            .map(|_| ())
        else {
            panic!("it had more time than it may take");
        };
        assert_eq!(failure.kind, FailureKind::TimeLimit);
        assert!(failure.message.contains("--max-work-hours"), "{failure}");
    }
}
