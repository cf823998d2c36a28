//! What reading and writing the state's keys costs, beside what the runtime books for it.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{ensure, Context, Result};
use frame_support::storage::{storage_prefix, unhashed};
use sp_io::hashing::blake2_256;
use swarmwork_runtime::Runtime;

use crate::chain::Chain;
use crate::report::{round, Storage};

/// Maps with an entry or more in each cell, their keys hashed: what lies next to a random key in one of
/// them is a random one of its entries.
const MAPS: [(&str, &str); 5] = [
    ("System", "Account"),
    ("Balances", "Holds"),
    ("Marketplace", "Jobs"),
    ("Marketplace", "Inputs"),
    ("Providers", "Providers"),
];

/// Keys that are read, and written: about as many as a full block's calls read.
const KEYS: u32 = 5_000;

/// Reads keys from all over the state as one block would, then writes them, and writes them back. The
/// trie's nodes come from the database until a later key of the same series needs them again.
///
/// The database's files do not come from the disk: the same keys have been looked up just before, to
/// sample them, so that the pages they lie on are in the system's page cache. What is measured is the
/// database of a node whose memory holds what it uses of its files.
pub fn measure(chain: &mut Chain) -> Result<Storage> {
    let entries = chain.read(|| sample(KEYS))??;
    chain.rest()?;
    chain.forget_cache();
    let read = chain.read(|| {
        let began = Instant::now();
        for (key, _) in &entries {
            black_box(unhashed::get_raw(key));
        }
        began.elapsed()
    })?;
    let mut write = Duration::ZERO;
    for flip in [0xff, 0] {
        chain.forget_cache();
        let clock = chain.head().number + 1;
        let began = Instant::now();
        chain.write(clock, || {
            for (key, value) in &entries {
                let mut value = value.clone();
                if let Some(first) = value.first_mut() {
                    *first ^= flip;
                }
                unhashed::put_raw(key, &value);
            }
            Ok(())
        })?;
        write += began.elapsed() / 2;
        chain.rest()?;
    }
    let each = |time: Duration| round(time.as_secs_f64() * 1e6 / entries.len() as f64);
    let booked = <Runtime as frame_system::Config>::DbWeight::get();
    // 10^6 of weight are a microsecond.
    let micros = |weight: u64| round(weight as f64 / 1e6);
    Ok(Storage {
        keys: entries.len() as u32,
        read_us: each(read),
        booked_read_us: micros(booked.read),
        write_us: each(write),
        booked_write_us: micros(booked.write),
    })
}

/// Entries at random, in no order of the trie's.
fn sample(count: u32) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut seen = BTreeSet::new();
    let mut entries = Vec::new();
    for (index, (pallet, map)) in (0..count).zip(MAPS.iter().cycle()) {
        let prefix = storage_prefix(pallet.as_bytes(), map.as_bytes());
        let place = [prefix.as_slice(), &blake2_256(&index.to_le_bytes())].concat();
        let of_map = |key: &Vec<u8>| key.starts_with(&prefix);
        let key = sp_io::storage::next_key(&place)
            .filter(of_map)
            .or_else(|| sp_io::storage::next_key(&prefix).filter(of_map))
            .with_context(|| format!("{pallet}::{map} has no entry to measure"))?;
        let value = unhashed::get_raw(&key).context("a key of the state has no value")?;
        if seen.insert(key.clone()) {
            entries.push((key, value));
        }
    }
    ensure!(!entries.is_empty(), "nothing to measure");
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Population;
    use crate::run::chain_with_model;

    #[test]
    fn what_is_measured_is_spread_and_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (mut chain, work) = chain_with_model(folder.path()).unwrap();
        let mut people = Population::default();
        people.grow(&mut chain, &work, 40).unwrap();
        let look = |chain: &Chain| chain.read(|| sample(KEYS)).unwrap().unwrap();
        let before = look(&chain);
        let storage = measure(&mut chain).unwrap();
        assert_eq!(look(&chain), before);
        // Each of 40 jobs with its input, and whoever is behind them.
        assert!(storage.keys > 80, "{storage:?}");
        assert_eq!(storage.keys as usize, before.len());
        assert!(
            storage.read_us > 0.0 && storage.write_us > storage.read_us,
            "{storage:?}"
        );
        assert!(before
            .iter()
            .zip(&before[1..])
            .any(|(one, next)| one.0 > next.0));
    }
}
