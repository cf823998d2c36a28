//! Prometheus metrics of one executor.

use prometheus::{
    Encoder, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

use crate::queue::{JobState, Queue};

/// Counters and histograms, all under `swarm_executor_`.
pub struct Metrics {
    registry: Registry,
    jobs: IntGaugeVec,
    queue_length: IntGauge,
    blob_bytes: IntGauge,
    cache_bytes: IntGauge,
    pub batches_proven: IntCounter,
    /// Batches whose results were computed to be committed to.
    pub batches_computed: IntCounter,
    pub blobs_evicted: IntCounter,
    /// Finished jobs by their last state.
    pub jobs_finished: IntCounterVec,
    pub run_seconds: Histogram,
    pub prove_seconds: Histogram,
    pub blobs_fetched: IntCounter,
    pub fetch_failures: IntCounter,
    pub capacity_rows: IntCounter,
}

impl Metrics {
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let jobs = Opts::new("swarm_executor_jobs", "Jobs in the queue by state");
        let finished = Opts::new(
            "swarm_executor_jobs_finished_total",
            "Jobs that ended, by how",
        );
        let counter = |name: &str, help: &str| IntCounter::new(name, help);
        let gauge = |name: &str, help: &str| IntGauge::new(name, help);
        let seconds = |name: &str, help: &str| {
            // 10 ms to 45 min, each bucket 2.5 times the one before.
            let buckets = prometheus::exponential_buckets(0.01, 2.5, 14)?;
            Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets))
        };
        let metrics = Self {
            jobs: IntGaugeVec::new(jobs, &["state"])?,
            queue_length: gauge("swarm_executor_queue_length", "Jobs that are not finished")?,
            blob_bytes: gauge("swarm_executor_blob_bytes", "Bytes of all blobs on disk")?,
            cache_bytes: gauge(
                "swarm_executor_cache_bytes",
                "Memory of loaded models and keys",
            )?,
            batches_proven: counter("swarm_executor_batches_proven_total", "Batches proven")?,
            batches_computed: counter(
                "swarm_executor_batches_computed_total",
                "Batches computed of jobs whose results are committed to",
            )?,
            blobs_evicted: counter(
                "swarm_executor_blobs_evicted_total",
                "Blobs of forgotten jobs that were removed",
            )?,
            jobs_finished: IntCounterVec::new(finished, &["state"])?,
            run_seconds: seconds(
                "swarm_executor_run_seconds",
                "Seconds to compute the network on all missing batches of a job",
            )?,
            prove_seconds: seconds("swarm_executor_prove_seconds", "Seconds to prove a batch")?,
            blobs_fetched: counter("swarm_executor_blobs_fetched_total", "Blobs downloaded")?,
            fetch_failures: counter(
                "swarm_executor_fetch_failures_total",
                "Rounds of asking source and peers for a blob that gave nothing",
            )?,
            capacity_rows: counter(
                "swarm_executor_capacity_rows_total",
                "Rows computed for capacity windows",
            )?,
            registry,
        };
        let registry = &metrics.registry;
        registry.register(Box::new(metrics.jobs.clone()))?;
        registry.register(Box::new(metrics.queue_length.clone()))?;
        registry.register(Box::new(metrics.blob_bytes.clone()))?;
        registry.register(Box::new(metrics.cache_bytes.clone()))?;
        registry.register(Box::new(metrics.batches_proven.clone()))?;
        registry.register(Box::new(metrics.batches_computed.clone()))?;
        registry.register(Box::new(metrics.blobs_evicted.clone()))?;
        registry.register(Box::new(metrics.jobs_finished.clone()))?;
        registry.register(Box::new(metrics.run_seconds.clone()))?;
        registry.register(Box::new(metrics.prove_seconds.clone()))?;
        registry.register(Box::new(metrics.blobs_fetched.clone()))?;
        registry.register(Box::new(metrics.fetch_failures.clone()))?;
        registry.register(Box::new(metrics.capacity_rows.clone()))?;
        Ok(metrics)
    }

    /// The exposition text, with the gauges as they are now.
    pub fn text(
        &self,
        queue: &Queue,
        blob_bytes: u64,
        cache_bytes: u64,
    ) -> Result<String, prometheus::Error> {
        let gauge = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        for state in JobState::ALL {
            let count = queue.count(|found| found == state) as u64;
            self.jobs
                .with_label_values(&[state.name()])
                .set(gauge(count));
        }
        self.queue_length
            .set(gauge(queue.count(|state| !state.is_final()) as u64));
        self.blob_bytes.set(gauge(blob_bytes));
        self.cache_bytes.set(gauge(cache_bytes));
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}
