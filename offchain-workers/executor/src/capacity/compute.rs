//! Rows of a window, shared between devices, until time or rows run out.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rand::Rng;
use swarm_capacity::{Fingerprint, Matrices, Method, Stream};

use super::burn::CapacityDevice;
use crate::{
    device::{threads, Devices, FoundDevice},
    network_burn::{self, DeviceFailure},
};

/// Rows of a device's first pass.
const FIRST_PASS: u32 = 64;
/// Most rows of a pass: 128 MiB of tensors on the device.
const LARGEST_PASS: u32 = 8_192;
/// What a pass may take: long enough for its start not to matter, short enough to end in time.
const PASS_TIME: Duration = Duration::from_millis(250);
/// Rows that a processor takes at a time where no device works.
const REFERENCE_PASS: u32 = 16;

/// What to compute.
pub struct Task {
    pub seed: [u8; 32],
    pub identity: [u8; 32],
    /// At most so many rows.
    pub rows: u32,
    /// No pass begins later.
    pub until: Instant,
}

/// The fingerprints of rows 0, 1, …, as many as the devices compute in time, or the processors where
/// no device does. One row of every pass is recomputed; a device that is wrong or fails is taken out
/// of service, and others do its rows.
pub fn rows(
    devices: &Devices,
    task: &Task,
    stopping: &(dyn Fn() -> bool + Sync),
) -> Vec<Fingerprint> {
    let shared = Shared {
        matrices: Matrices::new(&task.seed),
        stream: Stream::rows(&task.seed, &task.identity),
        task,
        stopping,
        spans: Mutex::default(),
    };
    std::thread::scope(|scope| {
        let exact = network_burn::Method::SplitF32;
        for device in devices.working().filter(|device| device.is_exact(exact)) {
            let shared = &shared;
            scope.spawn(move || {
                if let Err(failure) = shared.on_device(device) {
                    device.retire(&failure.to_string());
                }
            });
        }
    });
    // Nothing is left, unless no device works.
    std::thread::scope(|scope| {
        for _ in 0..threads() {
            scope.spawn(|| shared.on_processor());
        }
    });
    shared.into_rows()
}

struct Shared<'a> {
    matrices: Matrices,
    stream: Stream,
    task: &'a Task,
    stopping: &'a (dyn Fn() -> bool + Sync),
    spans: Mutex<Spans>,
}

/// Which rows are done, and which to do next.
#[derive(Default)]
struct Spans {
    next: u32,
    returned: Vec<Range<u32>>,
    done: BTreeMap<u32, Vec<Fingerprint>>,
}

impl Spans {
    /// The next `count` rows below `rows`, or fewer.
    fn take(&mut self, count: u32, rows: u32) -> Option<Range<u32>> {
        if let Some(span) = self.returned.pop() {
            let end = span.end.min(span.start.saturating_add(count));
            if end < span.end {
                self.returned.push(end..span.end);
            }
            return Some(span.start..end);
        }
        let start = self.next;
        let end = rows.min(start.saturating_add(count));
        self.next = end;
        (start < end).then_some(start..end)
    }

    /// Rows from 0 on without a gap.
    fn into_rows(self) -> Vec<Fingerprint> {
        let mut rows = Vec::with_capacity(self.done.values().map(Vec::len).sum());
        for (start, prints) in self.done {
            if start as usize != rows.len() {
                break;
            }
            rows.extend(prints);
        }
        rows
    }
}

impl Shared<'_> {
    fn on_device(&self, device: &FoundDevice) -> Result<(), DeviceFailure> {
        let loaded = CapacityDevice::load(&self.matrices, device.burn())?;
        let mut count = FIRST_PASS;
        while let Some(span) = self.take(count) {
            let began = Instant::now();
            let prints = loaded
                .rows(&self.stream, span.start, span.end - span.start)
                .and_then(|prints| self.check(&span, prints));
            match prints {
                Ok(prints) => self.done(span.start, prints),
                Err(failure) => {
                    self.lock().returned.push(span);
                    return Err(failure);
                }
            }
            count = next_pass(count, began.elapsed());
        }
        Ok(())
    }

    /// Recomputes one row of a pass, of which the device does not know which.
    fn check(
        &self,
        span: &Range<u32>,
        prints: Vec<Fingerprint>,
    ) -> Result<Vec<Fingerprint>, DeviceFailure> {
        if prints.len() != span.len() {
            return Err(DeviceFailure::new("it gives another number of rows"));
        }
        let at = rand::thread_rng().gen_range(0..span.len());
        let row = span.start + at as u32;
        if self
            .matrices
            .fingerprint(&self.stream, row, Method::detect())
            != prints[at]
        {
            return Err(DeviceFailure::new("it gives a wrong row of a window"));
        }
        Ok(prints)
    }

    fn on_processor(&self) {
        let method = Method::detect();
        while let Some(span) = self.take(REFERENCE_PASS) {
            let mut prints = Vec::with_capacity(span.len());
            for row in span.clone().step_by(2) {
                let next = row.saturating_add(1).min(span.end - 1);
                let two = self
                    .matrices
                    .fingerprints(&self.stream, (row, next), method);
                prints.extend(two);
            }
            // The last one twice, where the number is odd.
            prints.truncate(span.len());
            self.done(span.start, prints);
        }
    }

    fn take(&self, count: u32) -> Option<Range<u32>> {
        if (self.stopping)() || Instant::now() >= self.task.until {
            return None;
        }
        self.lock().take(count, self.task.rows)
    }

    fn done(&self, start: u32, prints: Vec<Fingerprint>) {
        self.lock().done.insert(start, prints);
    }

    fn lock(&self) -> MutexGuard<'_, Spans> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn into_rows(self) -> Vec<Fingerprint> {
        let spans = self.spans.into_inner();
        spans.unwrap_or_else(PoisonError::into_inner).into_rows()
    }
}

/// Rows of the pass after one: twice as many after a short one, half as many after a long one.
fn next_pass(count: u32, took: Duration) -> u32 {
    if took < PASS_TIME / 2 {
        (count * 2).min(LARGEST_PASS)
    } else if took > PASS_TIME * 2 {
        (count / 2).max(1)
    } else {
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{DeviceChoice, DeviceId};

    fn devices() -> Devices {
        Devices::discover(&DeviceChoice::These(vec![DeviceId::Cpu])).unwrap()
    }

    fn task(rows: u32, time: Duration) -> Task {
        Task {
            seed: [3; 32],
            identity: [4; 32],
            rows,
            until: Instant::now() + time,
        }
    }

    fn reference(rows: u32) -> Vec<Fingerprint> {
        let matrices = Matrices::new(&[3; 32]);
        let stream = Stream::rows(&[3; 32], &[4; 32]);
        (0..rows)
            .map(|row| matrices.fingerprint(&stream, row, Method::Scalar))
            .collect()
    }

    const LONG: Duration = Duration::from_secs(600);

    #[test]
    fn devices_compute_the_rows_that_the_chain_checks() {
        assert_eq!(
            rows(&devices(), &task(101, LONG), &|| false),
            reference(101)
        );
    }

    #[test]
    fn processors_take_over_from_devices_that_are_out_of_service() {
        let devices = devices();
        devices.distrust("a test");
        assert_eq!(rows(&devices, &task(37, LONG), &|| false), reference(37));
    }

    #[test]
    fn time_ends_it_and_so_does_stopping() {
        let devices = devices();
        assert!(rows(&devices, &task(u32::MAX, Duration::ZERO), &|| false).is_empty());
        assert!(rows(&devices, &task(u32::MAX, LONG), &|| true).is_empty());
        let some = rows(&devices, &task(u32::MAX, Duration::from_secs(2)), &|| false);
        assert!(!some.is_empty());
        let few = some.len().min(40) as u32;
        assert_eq!(some[..few as usize], reference(few));
    }

    #[test]
    fn a_wrong_row_is_found_out() {
        let task = task(1, LONG);
        let shared = Shared {
            matrices: Matrices::new(&task.seed),
            stream: Stream::rows(&task.seed, &task.identity),
            task: &task,
            stopping: &|| false,
            spans: Mutex::default(),
        };
        let right = reference(1);
        assert!(shared.check(&(0..1), right.clone()).is_ok());
        let mut wrong = right.clone();
        wrong[0][3] ^= 1;
        assert!(shared.check(&(0..1), wrong).is_err());
        assert!(shared.check(&(0..2), right).is_err());
    }

    #[test]
    fn what_is_given_back_is_done_by_others_and_gaps_end_the_answer() {
        let mut spans = Spans::default();
        assert_eq!(spans.take(64, 100), Some(0..64));
        assert_eq!(spans.take(64, 100), Some(64..100));
        assert_eq!(spans.take(64, 100), None);
        spans.returned.push(0..64);
        assert_eq!(spans.take(16, 100), Some(0..16));
        assert_eq!(spans.take(64, 100), Some(16..64));
        assert_eq!(spans.take(64, 100), None);
        spans.done.insert(0, vec![[1; 16]; 16]);
        spans.done.insert(64, vec![[3; 16]; 36]);
        assert_eq!(spans.into_rows().len(), 16);
    }

    #[test]
    fn passes_grow_and_shrink_within_bounds() {
        assert_eq!(next_pass(64, Duration::ZERO), 128);
        assert_eq!(next_pass(LARGEST_PASS, Duration::ZERO), LARGEST_PASS);
        assert_eq!(next_pass(64, PASS_TIME), 64);
        assert_eq!(next_pass(64, 3 * PASS_TIME), 32);
        assert_eq!(next_pass(1, 3 * PASS_TIME), 1);
    }
}
