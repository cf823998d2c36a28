//! The prepared keys used last, so that blocks full of proofs under one key prepare it once.

use std::sync::{Arc, Mutex, PoisonError};

use swarm_groth16::{KeyError, PreparedKey};

/// Keys kept, at about 110 KB each.
const CAPACITY: usize = 64;

/// Most recently used last.
pub(crate) struct Cache {
    entries: Vec<(Vec<u8>, Arc<PreparedKey>)>,
}

impl Cache {
    pub(crate) const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    fn get(&mut self, vk: &[u8]) -> Option<Arc<PreparedKey>> {
        let at = self.entries.iter().rposition(|(bytes, _)| bytes == vk)?;
        let entry = self.entries.remove(at);
        let key = entry.1.clone();
        self.entries.push(entry);
        Some(key)
    }

    fn insert(&mut self, vk: &[u8], key: Arc<PreparedKey>) {
        if self.entries.iter().any(|(bytes, _)| bytes == vk) {
            return;
        }
        if self.entries.len() == CAPACITY {
            self.entries.remove(0);
        }
        self.entries.push((vk.to_vec(), key));
    }
}

static CACHE: Mutex<Cache> = Mutex::new(Cache::new());

/// The prepared form of a key, from the cache or made now; keys that are refused are not kept.
pub(crate) fn prepared(vk: &[u8]) -> Result<Arc<PreparedKey>, KeyError> {
    let lock = || CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(key) = lock().get(vk) {
        return Ok(key);
    }
    // Prepared outside the lock: other keys' checks go on meanwhile.
    let key = Arc::new(PreparedKey::from_bytes(vk)?);
    lock().insert(vk, key.clone());
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_key_goes_first() {
        let key = Arc::new(PreparedKey::new(&crate::tests::key_pair(1).1));
        let mut cache = Cache::new();
        let name = |i: usize| (i as u64).to_le_bytes();
        for i in 0..CAPACITY {
            cache.insert(&name(i), key.clone());
        }
        assert!(cache.get(&name(0)).is_some());
        cache.insert(&name(CAPACITY), key.clone());
        assert!(cache.get(&name(0)).is_some());
        assert!(cache.get(&name(1)).is_none());
        assert!(cache.get(&name(CAPACITY)).is_some());
        cache.insert(&name(CAPACITY), key);
        assert_eq!(cache.entries.len(), CAPACITY);
    }
}
