//! The matrices of the seeds used last. Openings of one window share a seed, and a node that
//! imports while it builds sees two.

use std::sync::{Arc, Mutex, PoisonError};
use swarm_capacity::Matrices;

/// Seeds kept, at 4 MiB each.
const CAPACITY: usize = 3;

/// Most recently used last.
struct Cache(Vec<([u8; 32], Arc<Matrices>)>);

impl Cache {
    fn get(&mut self, seed: &[u8; 32]) -> Option<Arc<Matrices>> {
        let at = self.0.iter().position(|(kept, _)| kept == seed)?;
        let entry = self.0.remove(at);
        let matrices = entry.1.clone();
        self.0.push(entry);
        Some(matrices)
    }

    fn insert(&mut self, seed: [u8; 32], matrices: Arc<Matrices>) {
        if self.0.iter().any(|(kept, _)| *kept == seed) {
            return;
        }
        if self.0.len() == CAPACITY {
            self.0.remove(0);
        }
        self.0.push((seed, matrices));
    }
}

static CACHE: Mutex<Cache> = Mutex::new(Cache(Vec::new()));

/// The matrices of a seed, from the cache or made now.
pub(crate) fn matrices(seed: &[u8; 32]) -> Arc<Matrices> {
    let lock = || CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(matrices) = lock().get(seed) {
        return matrices;
    }
    // Made outside the lock: other seeds' checks go on meanwhile.
    let matrices = Arc::new(Matrices::new(seed));
    lock().insert(*seed, matrices.clone());
    matrices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_seed_goes_first() {
        let matrices = Arc::new(Matrices::new(&[0; 32]));
        let mut cache = Cache(Vec::new());
        for seed in 0..CAPACITY as u8 {
            cache.insert([seed; 32], matrices.clone());
        }
        assert!(cache.get(&[0; 32]).is_some());
        cache.insert([CAPACITY as u8; 32], matrices.clone());
        assert!(cache.get(&[0; 32]).is_some());
        assert!(cache.get(&[1; 32]).is_none());
        cache.insert([0; 32], matrices);
        assert_eq!(cache.0.len(), CAPACITY);
    }
}
