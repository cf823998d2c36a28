//! What an executor is started with.

use std::{fs, net::SocketAddr, path::PathBuf, time::Duration};

use url::Url;

use crate::{device::DeviceChoice, token::Token};

/// Settings of one executor; the flags of the binary, and limits that have no flag.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address of the HTTP API; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of the queue and the blobs.
    pub data: PathBuf,
    pub token: Token,
    pub devices: DeviceChoice,
    /// Whether blobs may be fetched from loopback and private addresses that a job names.
    pub allow_private_sources: bool,
    /// Further places to ask for blobs; the operator's own choice, so any address is allowed.
    pub peers: Vec<Url>,
    /// Size cap of one blob, bytes.
    pub max_blob_bytes: u64,
    /// Memory bound of loaded models and keys that are kept between jobs, bytes.
    pub cache_bytes: u64,
    pub fetch: FetchLimits,
    pub jobs: JobLimits,
}

/// Time limits of a job.
#[derive(Clone, Debug)]
pub struct JobLimits {
    /// For its blobs to arrive.
    pub wait: Duration,
    /// For computing it, and for proving all of it. Not for proving the batches that are asked for
    /// of a job whose results were committed to: collateral depends on them.
    pub work: Duration,
    /// After its end, until it is forgotten and its blobs are evicted.
    pub retention: Duration,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Default for JobLimits {
    fn default() -> Self {
        Self {
            // The longest that a job may have on chain.
            wait: DAY.saturating_mul(7),
            work: DAY,
            // After that, the chain forgets a job that has ended for as long again.
            retention: DAY.saturating_mul(14),
        }
    }
}

/// Time limits of fetching a blob, or taking it as an upload.
#[derive(Clone, Debug)]
pub struct FetchLimits {
    /// To connect.
    pub connect: Duration,
    /// Between two pieces.
    pub idle: Duration,
    /// Before `least_bytes_per_second` is asked for.
    pub patience: Duration,
    /// Rate below which a transfer is ended, so that a dripping source does not hold a place.
    pub least_bytes_per_second: u64,
    /// Pause after the first failed round; doubles with each until `retry_most`.
    pub retry_first: Duration,
    pub retry_most: Duration,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            patience: Duration::from_secs(60),
            least_bytes_per_second: 32 << 10,
            retry_first: Duration::from_secs(2),
            retry_most: Duration::from_secs(60),
        }
    }
}

/// A quarter of this machine's memory, at most 4 GiB: models and keys kept between jobs.
pub fn default_cache_bytes() -> u64 {
    const MOST: u64 = 4 << 30;
    memory_bytes().map_or(MOST, |total| (total / 4).min(MOST))
}

/// This machine's memory in bytes, where the system tells (`MemTotal` of `/proc/meminfo`).
pub fn memory_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}
