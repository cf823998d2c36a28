//! Loaded models and keys, kept between jobs within a memory bound.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use swarm_store::ContentId;

use crate::spec::Artifact;

type Key = (Artifact, ContentId);

/// Parsed blobs by what they were parsed as, least recently used out first.
pub struct ArtifactCache {
    most_bytes: u64,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    entries: HashMap<Key, Entry>,
    bytes: u64,
    /// Counts uses; the order of leaving.
    clock: u64,
}

struct Entry {
    value: Arc<dyn Any + Send + Sync>,
    bytes: u64,
    used: u64,
}

impl ArtifactCache {
    /// A cache of at most `most_bytes`.
    pub fn new(most_bytes: u64) -> Self {
        Self {
            most_bytes,
            held: Mutex::default(),
        }
    }

    /// Memory that the held values take, as their loaders reckoned it.
    pub fn bytes(&self) -> u64 {
        self.lock().bytes
    }

    /// The value held under this name, or what `load` gives together with its size in bytes.
    pub fn get<T, E>(
        &self,
        artifact: Artifact,
        content: ContentId,
        load: impl FnOnce() -> Result<(T, u64), E>,
    ) -> Result<Arc<T>, E>
    where
        T: Any + Send + Sync,
    {
        let key = (artifact, content);
        if let Some(found) = self
            .lock()
            .find(key)
            .and_then(|value| value.downcast().ok())
        {
            return Ok(found);
        }
        let (value, bytes) = load()?;
        let value = Arc::new(value);
        self.lock()
            .insert(key, value.clone(), bytes, self.most_bytes);
        Ok(value)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Held> {
        // Entries come and go whole, so what a panicking thread left is sound.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn find(&mut self, key: Key) -> Option<Arc<dyn Any + Send + Sync>> {
        self.clock += 1;
        let entry = self.entries.get_mut(&key)?;
        entry.used = self.clock;
        Some(entry.value.clone())
    }

    fn insert(&mut self, key: Key, value: Arc<dyn Any + Send + Sync>, bytes: u64, most: u64) {
        if bytes > most {
            return;
        }
        self.remove(key);
        while self.bytes + bytes > most {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some(oldest) = oldest.map(|(key, _)| *key) else {
                break;
            };
            self.remove(oldest);
        }
        self.bytes += bytes;
        self.entries.insert(
            key,
            Entry {
                value,
                bytes,
                used: self.clock,
            },
        );
    }

    fn remove(&mut self, key: Key) {
        if let Some(entry) = self.entries.remove(&key) {
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn id(n: u8) -> ContentId {
        ContentId::from_digest([n; 32])
    }

    /// Asks for a value of `bytes`; says whether it had to be loaded.
    fn ask(cache: &ArtifactCache, n: u8, bytes: u64) -> bool {
        let mut loaded = false;
        let value = cache.get(Artifact::Model, id(n), || {
            loaded = true;
            Ok::<_, Infallible>((n, bytes))
        });
        assert_eq!(*value.unwrap(), n);
        loaded
    }

    #[test]
    fn the_least_recently_used_leaves_when_memory_is_short() {
        let cache = ArtifactCache::new(10);
        assert!(ask(&cache, 1, 4) && ask(&cache, 2, 4));
        assert!(!ask(&cache, 1, 4) && !ask(&cache, 2, 4) && !ask(&cache, 1, 4));
        assert!(ask(&cache, 3, 4));
        assert_eq!(cache.bytes(), 8);
        assert!(!ask(&cache, 1, 4), "the recently used one left");
        assert!(ask(&cache, 2, 4), "the bound does not hold");
        assert!(
            ask(&cache, 9, 11) && ask(&cache, 9, 11),
            "too large to be held, yet it was"
        );
        assert_eq!(cache.bytes(), 8);
    }

    #[test]
    fn what_does_not_load_is_not_held() {
        let cache = ArtifactCache::new(10);
        let failed = cache.get::<u8, _>(Artifact::Model, id(1), || Err("no"));
        assert_eq!(failed, Err("no"));
        assert!(ask(&cache, 1, 1));
    }

    #[test]
    fn one_blob_may_be_read_in_two_ways() {
        let cache = ArtifactCache::new(10);
        assert!(ask(&cache, 1, 1));
        let key = cache.get(Artifact::ProvingKey, id(1), || {
            Ok::<_, Infallible>(("key", 1))
        });
        assert_eq!(*key.unwrap(), "key");
        assert!(!ask(&cache, 1, 1));
    }
}
