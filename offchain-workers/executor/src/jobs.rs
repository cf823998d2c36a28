//! The life of a job: taken in, its blobs gathered, its turn awaited, shown, cancelled.

mod gather;

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
    },
    time::{Duration, Instant},
};

use swarm_store::{ContentId, Store};
use tokio::{
    runtime::Handle,
    sync::{watch, Notify},
    task::AbortHandle,
};

use crate::{
    artifacts::ArtifactCache,
    bandwidth::Bandwidth,
    capacity::Capacity,
    config::Config,
    device::Devices,
    documents::{InputState, JobDocument, JobSummary, Waiting},
    fetch::Fetcher,
    metrics::Metrics,
    queue::{Failure, Job, JobState, Queue, QueueError, Submission},
    spec::{Artifact, JobId, JobSpec, Locator},
};

use gather::Gathered;

/// One executor: its queue, its blobs, its devices and the jobs at work.
pub struct Executor {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) queue: Queue,
    pub(crate) metrics: Metrics,
    pub(crate) devices: Devices,
    pub(crate) cache: ArtifactCache,
    pub(crate) capacity: Capacity,
    pub(crate) bandwidth: Bandwidth,
    pub(crate) fetcher: Fetcher,
    live: Mutex<HashMap<JobId, Live>>,
    turns: Mutex<BTreeSet<Turn>>,
    turn_came: Condvar,
    /// Changes whenever a blob was uploaded.
    arrivals: watch::Sender<()>,
    stopping: AtomicBool,
    /// Told when a job has ended.
    pub(crate) ended: Notify,
    runtime: Handle,
}

/// What is known of a job at work beyond its record.
struct Live {
    attempt: u64,
    cancelled: Arc<AtomicBool>,
    gathering: Option<AbortHandle>,
    /// Blobs that may be uploaded without a token.
    wanted: Vec<ContentId>,
    /// Those of the input among them, once that is known.
    wanted_input: Option<Vec<ContentId>>,
    waiting_for: Vec<Waiting>,
    /// Whether all blobs are here.
    gathered: bool,
    /// Share of the batch being proven, or of the results being computed, 0 to 1.
    batch_progress: f64,
    /// How long it was worked on before it let another job go first.
    worked: Duration,
}

/// A place in the queue: higher priority first, then the earlier submission.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Turn(Reverse<i32>, u64, JobId);

/// A job whose turn has come.
pub(crate) struct Work {
    pub id: JobId,
    pub attempt: u64,
    pub cancelled: Arc<AtomicBool>,
    /// How long this attempt was worked on before.
    pub worked: Duration,
    pub began: Instant,
}

/// Before every other: what was committed to and is asked for.
const URGENT: i32 = i32::MAX;

impl Executor {
    /// Opens the data folder and the devices.
    ///
    /// # Errors
    /// What is wrong with folder, queue or devices.
    pub fn open(config: Config, devices: Devices) -> anyhow::Result<Arc<Self>> {
        let queue = Queue::open(&config.data.join("queue.redb"))?;
        let store = Store::open(&config.data, config.max_blob_bytes)?;
        let peers = config.peers.clone();
        let limits = config.fetch.clone();
        let fetcher = Fetcher::new(store.clone(), peers, config.allow_private_sources, limits)?;
        Ok(Arc::new(Self {
            cache: ArtifactCache::new(config.cache_bytes),
            capacity: Capacity::default(),
            bandwidth: Bandwidth::default(),
            config,
            store,
            queue,
            metrics: Metrics::new()?,
            devices,
            fetcher,
            live: Mutex::default(),
            turns: Mutex::default(),
            turn_came: Condvar::new(),
            arrivals: watch::Sender::new(()),
            stopping: AtomicBool::new(false),
            ended: Notify::new(),
            runtime: Handle::current(),
        }))
    }

    /// Takes up the jobs that were not finished when the process last ended.
    pub fn resume(self: &Arc<Self>) {
        for job in self.queue.list() {
            if !job.record.state.is_final() {
                let (id, attempt) = (job.record.spec.id, job.record.attempt);
                tracing::info!(job = %id, proven = job.results.len(), "resumed");
                self.begin(id, attempt);
            }
        }
    }

    /// Takes a job in, or finds it known.
    ///
    /// # Errors
    /// Where the queue is full, cannot be written, or has another job at work under this id.
    pub fn submit(
        self: &Arc<Self>,
        spec: JobSpec,
    ) -> Result<(Submission, JobDocument), QueueError> {
        let id = spec.id;
        let submission = self.queue.submit(spec)?;
        let job = self.queue.job(&id).ok_or(QueueError::Unknown(id))?;
        if submission == Submission::Accepted {
            tracing::info!(job = %id, batches = job.record.spec.batches(), "accepted");
            self.begin(id, job.record.attempt);
        }
        Ok((submission, self.show(&job)))
    }

    /// A job by its id.
    pub fn document(&self, id: &JobId) -> Option<JobDocument> {
        self.queue.job(id).map(|job| self.show(&job))
    }

    /// All jobs, in the order they were submitted.
    pub fn summaries(&self) -> Vec<JobSummary> {
        let summary = |job: Job| JobSummary::new(&job, self.progress(&job));
        self.queue.list().into_iter().map(summary).collect()
    }

    /// Cancels a job; one that is done stays done.
    ///
    /// # Errors
    /// Where there is no such job.
    pub fn cancel(&self, id: &JobId) -> Result<JobDocument, QueueError> {
        let job = self.queue.cancel(id)?;
        if job.record.state == JobState::Cancelled {
            if let Some(live) = lock(&self.live).remove(id) {
                live.stop();
                self.metrics
                    .jobs_finished
                    .with_label_values(&[JobState::Cancelled.name()])
                    .inc();
                tracing::info!(job = %id, "cancelled");
            }
            lock(&self.turns).retain(|turn| turn.2 != *id);
        }
        Ok(self.show(&job))
    }

    /// Whether a job waits for this blob.
    pub fn wants(&self, content: &ContentId) -> bool {
        lock(&self.live)
            .values()
            .any(|live| live.wanted.contains(content))
    }

    /// Tells the waiting jobs that a blob was uploaded.
    pub fn blob_arrived(&self) {
        self.arrivals.send_replace(());
    }

    /// Ends the worker after the step it is at, and all fetching. Unfinished jobs stay in the
    /// queue.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        for gathering in lock(&self.live)
            .values()
            .filter_map(|live| live.gathering.as_ref())
        {
            gathering.abort();
        }
        // The lock makes sure that a worker about to wait has seen the flag or is waiting.
        let _turns = lock(&self.turns);
        self.turn_came.notify_all();
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Waits for the next job; `None` when the executor stops.
    pub(crate) fn next_work(&self) -> Option<Work> {
        let mut turns = lock(&self.turns);
        loop {
            if self.is_stopping() {
                return None;
            }
            if let Some(Turn(_, attempt, id)) = turns.pop_first() {
                let live = lock(&self.live)
                    .get(&id)
                    .filter(|live| live.attempt == attempt)
                    .map(|live| (live.cancelled.clone(), live.worked));
                if let Some((cancelled, worked)) = live {
                    return Some(Work {
                        id,
                        attempt,
                        cancelled,
                        worked,
                        began: Instant::now(),
                    });
                }
                continue;
            }
            turns = self
                .turn_came
                .wait(turns)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether a job waits that may not wait long.
    pub(crate) fn has_urgent_work(&self) -> bool {
        let turns = lock(&self.turns);
        turns.first().is_some_and(|turn| turn.0 .0 == URGENT)
    }

    /// Whether a job has a root instead of a list of commitments.
    pub(crate) fn is_rooted(&self, id: &JobId) -> bool {
        let job = self.queue.job(id);
        job.is_some_and(|job| job.record.spec.rooted.is_some())
    }

    /// Gives a job that has let another go first its place again.
    pub(crate) fn take_turn_again(&self, work: Work) {
        self.note(&work.id, work.attempt, |live| {
            live.worked = work.worked + work.began.elapsed();
        });
        if let Some(job) = self.queue.job(&work.id) {
            self.take_turn(&job, work.attempt);
        }
    }

    fn take_turn(&self, job: &Job, attempt: u64) {
        let spec = &job.record.spec;
        let priority = if job.is_urgent() {
            URGENT
        } else {
            // No job gives itself that much, or two would let each other go first for ever.
            spec.priority.min(URGENT - 1)
        };
        lock(&self.turns).insert(Turn(Reverse(priority), attempt, spec.id));
        self.turn_came.notify_one();
    }

    /// Gathers a job's blobs and then gives it its place in the queue.
    pub(crate) fn begin(self: &Arc<Self>, id: JobId, attempt: u64) {
        let live = Live {
            attempt,
            cancelled: Arc::new(AtomicBool::new(false)),
            gathering: None,
            wanted: Vec::new(),
            wanted_input: None,
            waiting_for: Vec::new(),
            gathered: false,
            batch_progress: 0.0,
            worked: Duration::ZERO,
        };
        if let Some(before) = lock(&self.live).insert(id, live) {
            before.stop();
        }
        let executor = self.clone();
        let task = self.runtime.spawn(async move {
            match executor.gather(id, attempt).await {
                Ok(Gathered::Ready(job)) => {
                    executor.note(&id, attempt, |live| live.gathered = true);
                    executor.take_turn(&job, attempt);
                }
                Ok(Gathered::NothingToDo) => executor.end(id, attempt, Ok(())),
                Ok(Gathered::Abandoned) => executor.forget(&id, attempt),
                Err(failure) => executor.end(id, attempt, Err(failure)),
            }
        });
        self.note(&id, attempt, |live| {
            live.gathering = Some(task.abort_handle());
        });
    }

    /// Ends an attempt as done or failed, unless it was cancelled meanwhile.
    pub(crate) fn end(&self, id: JobId, attempt: u64, outcome: Result<(), Failure>) {
        let (ended, state) = match outcome {
            Ok(()) => (
                self.queue.set_state(&id, attempt, JobState::Done),
                JobState::Done,
            ),
            Err(failure) => {
                tracing::warn!(job = %id, kind = ?failure.kind, error = failure.message, "failed");
                (self.queue.fail(&id, attempt, failure), JobState::Failed)
            }
        };
        match ended {
            Ok(true) => {
                self.metrics
                    .jobs_finished
                    .with_label_values(&[state.name()])
                    .inc();
                tracing::info!(job = %id, state = state.name(), "finished");
            }
            Ok(false) => {}
            Err(error) => tracing::error!(job = %id, %error, "cannot record the end of a job"),
        }
        self.forget(&id, attempt);
        self.ended.notify_one();
    }

    fn forget(&self, id: &JobId, attempt: u64) {
        let mut live = lock(&self.live);
        if live.get(id).is_some_and(|live| live.attempt == attempt) {
            live.remove(id);
        }
    }

    /// Notes how far the batch being proven is.
    pub(crate) fn note_progress(&self, work: &Work, share: f64) {
        self.note(&work.id, work.attempt, |live| {
            live.batch_progress = share.clamp(0.0, 1.0);
        });
    }

    fn note_wanted(&self, id: &JobId, attempt: u64, missing: &[(Artifact, Locator)]) {
        self.note(id, attempt, |live| {
            live.wanted = missing.iter().map(|(_, blob)| blob.content).collect();
            let input = missing.iter().filter(|(what, _)| what.is_input());
            live.wanted_input = Some(input.map(|(_, blob)| blob.content).collect());
        });
    }

    fn note_waiting(&self, id: &JobId, attempt: u64, waiting_for: Vec<Waiting>) {
        self.note(id, attempt, |live| live.waiting_for = waiting_for);
    }

    /// Notes something of an attempt, unless it was ended or cancelled meanwhile.
    fn note(&self, id: &JobId, attempt: u64, note: impl FnOnce(&mut Live)) {
        if let Some(live) = lock(&self.live)
            .get_mut(id)
            .filter(|live| live.attempt == attempt)
        {
            note(live);
        }
    }

    fn show(&self, job: &Job) -> JobDocument {
        let rooted = job.record.spec.rooted.is_some();
        let (waiting_for, input) = lock(&self.live)
            .get(&job.record.spec.id)
            .map(|live| (live.waiting_for.clone(), self.input_of(live, rooted)))
            .unwrap_or_default();
        JobDocument::new(job, self.progress(job), waiting_for, input)
    }

    /// How a job at work has its input. What the first file of one in pieces names is known only after
    /// that file, so it is here when everything is.
    fn input_of(&self, live: &Live, rooted: bool) -> Option<InputState> {
        if live.gathered {
            return Some(InputState::Here);
        }
        let absent: Vec<_> = live
            .wanted_input
            .iter()
            .flatten()
            .filter(|content| !self.store.has(content))
            .collect();
        // What this executor cannot store says nothing of who should give it.
        let local = |blob: &Waiting| blob.local && blob.what.is_input();
        if absent.is_empty() {
            let known = live.wanted_input.is_some() && !rooted;
            known.then_some(InputState::Here)
        } else if absent.iter().any(|content| self.fetcher.receives(content)) {
            Some(InputState::Arriving)
        } else {
            let unsaid = live.waiting_for.iter().any(local);
            (!unsaid).then_some(InputState::Missing)
        }
    }

    fn progress(&self, job: &Job) -> f64 {
        if job.record.state == JobState::Done {
            return 1.0;
        }
        let record = &job.record;
        let share = lock(&self.live)
            .get(&record.spec.id)
            .map_or(0.0, |live| live.batch_progress);
        let all = match &record.spec.rooted {
            None => f64::from(record.spec.batches()),
            Some(rooted) if record.results.is_none() => {
                return f64::from(record.computed) / f64::from(rooted.batches.max(1));
            }
            // What is asked for.
            Some(rooted) => rooted.asked.len().max(1) as f64,
        };
        let finished = all - job.missing().len() as f64;
        ((finished + share) / all).min(1.0)
    }
}

impl Live {
    fn stop(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        if let Some(gathering) = &self.gathering {
            gathering.abort();
        }
    }
}

/// The maps behind these locks are changed entry by entry, so they are whole even after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
