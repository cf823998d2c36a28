//! Capacity windows: rows of a window's seed computed on every device for a given time, committed
//! to by the root of a tree, and opened where the chain draws.

mod api;
mod burn;
mod compute;

pub(crate) use api::parse_key;
pub use api::{router, CapacityOrder};

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::Serialize;
use swarm_capacity::{Opening, Tree};

use crate::{jobs::Executor, spec::Bytes32};

/// Most rows of one answer: 16 bytes each, and a quarter as much for their tree. The chain asks for
/// fewer.
pub const MOST_ROWS: u32 = 1 << 24;
/// Longest that one answer may be computed.
pub const MOST_MILLIS: u64 = 600_000;
/// Answers that are computed at one time; they share the devices.
const MOST_COMPUTING: usize = 8;
/// Rows of all answers that are kept.
const MOST_KEPT_ROWS: u64 = 1 << 25;
/// How long an answer is kept: windows last minutes.
const KEPT: Duration = Duration::from_secs(900);

/// Whose rows, in which window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub seed: Bytes32,
    pub identity: Bytes32,
}

/// The answers that were asked for lately.
#[derive(Default)]
pub struct Capacity {
    runs: Mutex<HashMap<Key, Run>>,
}

struct Run {
    began: Instant,
    state: State,
}

enum State {
    Computing,
    Ready(Arc<Tree>),
    Failed(String),
}

/// An answer as it is shown.
#[derive(Debug, Serialize)]
pub struct CapacityDocument {
    seed: Bytes32,
    identity: Bytes32,
    state: &'static str,
    rows: u32,
    root: Option<Bytes32>,
    error: Option<String>,
}

/// Why an answer cannot be begun or opened.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapacityError {
    #[error("rows of identity {} in the window of seed {} were not asked for; POST them", .0.identity, .0.seed)]
    Unknown(Key),
    #[error("the rows are being computed")]
    Computing,
    #[error("the rows could not be computed: {0}")]
    Failed(String),
    #[error("there is no row {row} of {rows}")]
    NoSuchRow { row: u32, rows: u32 },
    #[error(
        "{} answers are being computed; try again when one is done",
        MOST_COMPUTING
    )]
    Busy,
}

impl Run {
    fn rows(&self) -> u64 {
        match &self.state {
            State::Ready(tree) => tree.rows().into(),
            State::Computing | State::Failed(_) => 0,
        }
    }

    fn document(&self, key: &Key) -> CapacityDocument {
        let mut document = CapacityDocument {
            seed: key.seed,
            identity: key.identity,
            state: "computing",
            rows: 0,
            root: None,
            error: None,
        };
        match &self.state {
            State::Computing => {}
            State::Ready(tree) => {
                document.state = "ready";
                document.rows = tree.rows();
                document.root = Some(Bytes32(tree.root()));
            }
            State::Failed(reason) => {
                document.state = "failed";
                document.error = Some(reason.clone());
            }
        }
        document
    }
}

impl Capacity {
    /// The answer of a key, if it was asked for.
    pub fn document(&self, key: &Key) -> Option<CapacityDocument> {
        self.lock().get(key).map(|run| run.document(key))
    }

    /// The openings of two rows of an answer.
    ///
    /// # Errors
    /// Where there is no such answer, it is not ready, or it has no such row.
    pub fn open(&self, key: &Key, rows: [u32; 2]) -> Result<[Opening; 2], CapacityError> {
        let tree = match self.lock().get(key).map(|run| &run.state) {
            None => return Err(CapacityError::Unknown(*key)),
            Some(State::Computing) => return Err(CapacityError::Computing),
            Some(State::Failed(reason)) => return Err(CapacityError::Failed(reason.clone())),
            Some(State::Ready(tree)) => tree.clone(),
        };
        let open = |row| {
            let rows = tree.rows();
            tree.open(row).ok_or(CapacityError::NoSuchRow { row, rows })
        };
        Ok([open(rows[0])?, open(rows[1])?])
    }

    /// Notes that an answer is computed from now on; `false` if it is known and did not fail.
    fn enter(&self, key: Key) -> Result<bool, CapacityError> {
        let mut runs = self.lock();
        forget_old(&mut runs);
        match runs.get(&key).map(|run| &run.state) {
            Some(State::Computing | State::Ready(_)) => return Ok(false),
            Some(State::Failed(_)) | None => {}
        }
        let computing = |run: &&Run| matches!(run.state, State::Computing);
        if runs.values().filter(computing).count() >= MOST_COMPUTING {
            return Err(CapacityError::Busy);
        }
        runs.insert(
            key,
            Run {
                began: Instant::now(),
                state: State::Computing,
            },
        );
        Ok(true)
    }

    fn leave(&self, key: &Key, state: State) {
        if let Some(run) = self.lock().get_mut(key) {
            run.state = state;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets what has outlived its window, and the oldest answers while there are too many rows.
fn forget_old(runs: &mut HashMap<Key, Run>) {
    runs.retain(|_, run| matches!(run.state, State::Computing) || run.began.elapsed() < KEPT);
    while runs.values().map(Run::rows).sum::<u64>() > MOST_KEPT_ROWS {
        let ready = |(_, run): &(&Key, &Run)| run.rows() > 0;
        let oldest = runs.iter().filter(ready).min_by_key(|(_, run)| run.began);
        let Some(oldest) = oldest.map(|(key, _)| *key) else {
            return;
        };
        runs.remove(&oldest);
    }
}

impl Executor {
    /// Begins to compute an answer, unless it is known; whether it was not, and how far it is. The
    /// caller is in the runtime.
    ///
    /// # Errors
    /// Where too many are being computed.
    pub fn answer_window(
        self: &Arc<Self>,
        order: CapacityOrder,
    ) -> Result<(bool, CapacityDocument), CapacityError> {
        let key = order.key();
        let new = self.capacity.enter(key)?;
        if new {
            let executor = self.clone();
            tokio::task::spawn_blocking(move || executor.compute_window(&order));
        }
        let document = self.capacity.document(&key);
        Ok((new, document.ok_or(CapacityError::Unknown(key))?))
    }

    fn compute_window(&self, order: &CapacityOrder) {
        let key = order.key();
        let began = Instant::now();
        let task = compute::Task {
            seed: order.seed.0,
            identity: order.identity.0,
            rows: order.rows,
            until: began + Duration::from_millis(order.millis),
        };
        let prints = compute::rows(&self.devices, &task, &|| self.is_stopping());
        let state = match Tree::new(prints) {
            Some(tree) => {
                self.metrics.capacity_rows.inc_by(tree.rows().into());
                let seconds = began.elapsed().as_secs_f64();
                tracing::info!(seed = %key.seed, rows = tree.rows(), seconds, "window answered");
                State::Ready(Arc::new(tree))
            }
            None => {
                tracing::warn!(seed = %key.seed, "not one row of a window was computed in time");
                State::Failed("not one row was computed in time".into())
            }
        };
        self.capacity.leave(&key, state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(tag: u8) -> Key {
        Key {
            seed: Bytes32([tag; 32]),
            identity: Bytes32([1; 32]),
        }
    }

    fn ready(rows: usize) -> State {
        State::Ready(Arc::new(Tree::new(vec![[7; 16]; rows]).unwrap()))
    }

    #[test]
    fn an_answer_is_begun_once_and_again_after_it_failed() {
        let capacity = Capacity::default();
        assert!(capacity.document(&key(1)).is_none());
        assert_eq!(capacity.enter(key(1)), Ok(true));
        assert_eq!(capacity.enter(key(1)), Ok(false));
        assert_eq!(capacity.document(&key(1)).unwrap().state, "computing");
        capacity.leave(&key(1), State::Failed("hot".into()));
        let document = capacity.document(&key(1)).unwrap();
        assert_eq!(
            (document.state, document.error),
            ("failed", Some("hot".into()))
        );
        assert_eq!(capacity.enter(key(1)), Ok(true));
        capacity.leave(&key(1), ready(5));
        assert_eq!(capacity.enter(key(1)), Ok(false));
        let document = capacity.document(&key(1)).unwrap();
        assert_eq!((document.state, document.rows), ("ready", 5));
        assert!(document.root.is_some());
    }

    #[test]
    fn only_rows_of_a_ready_answer_are_opened() {
        let capacity = Capacity::default();
        assert_eq!(
            capacity.open(&key(1), [0, 1]),
            Err(CapacityError::Unknown(key(1)))
        );
        capacity.enter(key(1)).unwrap();
        assert_eq!(
            capacity.open(&key(1), [0, 1]),
            Err(CapacityError::Computing)
        );
        capacity.leave(&key(1), State::Failed("hot".into()));
        assert_eq!(
            capacity.open(&key(1), [0, 1]),
            Err(CapacityError::Failed("hot".into()))
        );
        capacity.enter(key(1)).unwrap();
        capacity.leave(&key(1), ready(5));
        assert!(capacity.open(&key(1), [0, 4]).is_ok());
        assert_eq!(
            capacity.open(&key(1), [0, 5]),
            Err(CapacityError::NoSuchRow { row: 5, rows: 5 })
        );
    }

    #[test]
    fn so_many_are_computed_at_one_time() {
        let capacity = Capacity::default();
        for tag in 0..MOST_COMPUTING as u8 {
            assert_eq!(capacity.enter(key(tag)), Ok(true));
        }
        assert_eq!(capacity.enter(key(99)), Err(CapacityError::Busy));
        capacity.leave(&key(0), ready(1));
        assert_eq!(capacity.enter(key(99)), Ok(true));
    }

    #[test]
    fn the_oldest_answers_go_first_and_computing_ones_stay() {
        let mut runs = HashMap::new();
        let old = Instant::now();
        let run = |age: u32, state| Run {
            began: old + Duration::from_millis(age.into()),
            state,
        };
        // A tree of so many rows takes long to make: one stands for all.
        let tree = Arc::new(Tree::new(vec![[7; 16]; 1 << 16]).unwrap());
        let trees = MOST_KEPT_ROWS >> 16;
        for age in 0..=trees as u32 {
            let mut seed = [0; 32];
            seed[..4].copy_from_slice(&age.to_le_bytes());
            let key = Key {
                seed: Bytes32(seed),
                identity: Bytes32([1; 32]),
            };
            runs.insert(key, run(age, State::Ready(tree.clone())));
        }
        runs.insert(key(255), run(0, State::Computing));
        forget_old(&mut runs);
        assert_eq!(runs.len() as u64, trees + 1);
        assert!(runs.contains_key(&key(255)));
        assert!(!runs.contains_key(&Key {
            seed: Bytes32([0; 32]),
            identity: Bytes32([1; 32]),
        }));
    }
}
