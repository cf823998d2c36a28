//! What this machine remembers of the jobs it submitted: without it padding and blinds are lost.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sp_core::H256;

use crate::folders::make_private;

/// One submitted job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRecord {
    /// Job id, 0x and hex.
    pub job: String,
    /// Genesis hash of its chain.
    pub genesis: String,
    /// Who pays, SS58.
    pub requester: String,
    /// Model id.
    pub model: String,
    /// Content id (CID) of the input file in the data folder.
    pub input: String,
    /// Rows before padding.
    pub rows: u64,
    /// Whether commitments hide input and output.
    pub hidden: bool,
    /// When the call was sent, Unix milliseconds.
    pub submitted_ms: u64,
}

/// The folder of records.
pub struct Records {
    folder: PathBuf,
}

impl Records {
    /// Records under the user's data folder.
    pub fn open(data: &Path) -> Self {
        Self {
            folder: data.join("jobs"),
        }
    }

    /// Keeps a record, replacing an older one of the same job.
    pub fn save(&self, record: &JobRecord) -> Result<()> {
        let path = self.path(&record.genesis, &record.job);
        let folder = path.parent().unwrap_or(&self.folder);
        make_private(folder)?;
        // Written beside and renamed, so that a crash leaves the old record or the new one.
        let half = path.with_extension("json.new");
        let text = serde_json::to_string_pretty(record)?;
        std::fs::write(&half, text)
            .and_then(|()| std::fs::rename(&half, &path))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// The record of a job, if this machine submitted it.
    pub fn find(&self, genesis: H256, job: H256) -> Result<Option<JobRecord>> {
        read(&self.path(&format!("{genesis:?}"), &format!("{job:?}")))
    }

    /// The records of a chain, oldest first.
    pub fn all(&self, genesis: H256) -> Result<Vec<JobRecord>> {
        let folder = self.folder.join(format!("{genesis:?}"));
        let unreadable = || format!("cannot read {}", folder.display());
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e).with_context(unreadable),
        };
        let mut records = Vec::new();
        for entry in entries {
            let path = entry.with_context(unreadable)?.path();
            // Beside them there may be one that is half written.
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                records.extend(read(&path)?);
            }
        }
        records.sort_by(|a, b| (a.submitted_ms, &a.job).cmp(&(b.submitted_ms, &b.job)));
        Ok(records)
    }

    fn path(&self, genesis: &str, job: &str) -> PathBuf {
        self.folder.join(genesis).join(format!("{job}.json"))
    }
}

/// The record in a file, if there is such a file.
fn read(path: &Path) -> Result<Option<JobRecord>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e).with_context(|| format!("cannot read {}", path.display())),
    };
    serde_json::from_str(&text)
        .map(Some)
        .with_context(|| format!("{} is damaged", path.display()))
}

/// Unix time, milliseconds.
pub fn now_ms() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(rows: u64) -> JobRecord {
        JobRecord {
            job: format!("{:?}", H256::repeat_byte(1)),
            genesis: format!("{:?}", H256::repeat_byte(2)),
            requester: "5Grw".into(),
            model: "0x".into(),
            input: "bafk".into(),
            rows,
            hidden: false,
            submitted_ms: 5,
        }
    }

    #[test]
    fn records_are_found_by_chain_and_job() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::open(folder.path());
        let (genesis, job) = (H256::repeat_byte(2), H256::repeat_byte(1));
        assert_eq!(records.find(genesis, job).unwrap(), None);
        records.save(&record(7)).unwrap();
        records.save(&record(8)).unwrap();
        assert_eq!(records.find(genesis, job).unwrap(), Some(record(8)));
        assert_eq!(records.find(H256::zero(), job).unwrap(), None);
        std::fs::write(records.path(&record(8).genesis, &record(8).job), "{").unwrap();
        let error = records.find(genesis, job).unwrap_err();
        assert!(error.to_string().contains("damaged"), "{error}");
    }

    #[test]
    fn all_of_a_chain_are_listed_oldest_first() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::open(folder.path());
        let genesis = H256::repeat_byte(2);
        assert_eq!(records.all(genesis).unwrap(), vec![]);
        let of = |byte, submitted_ms| JobRecord {
            job: format!("{:?}", H256::repeat_byte(byte)),
            submitted_ms,
            ..record(1)
        };
        let elsewhere = JobRecord {
            genesis: format!("{:?}", H256::zero()),
            ..of(4, 1)
        };
        for each in [of(1, 30), of(3, 10), of(2, 20), elsewhere] {
            records.save(&each).unwrap();
        }
        let half = records.path(&record(1).genesis, "half");
        std::fs::write(half.with_extension("json.new"), "{").unwrap();
        assert_eq!(
            records.all(genesis).unwrap(),
            vec![of(3, 10), of(2, 20), of(1, 30)]
        );
    }
}
