//! Bandwidth as peers see it: who may report whom is drawn anew each epoch, and what two thirds have
//! seen counts in the next, for those who have reported others.

use crate::{
    pallet::{Admitted, Bandwidths, Config, EpochSeed, Error, Event, Pallet},
    types::Bandwidth,
    CurrentEpoch,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{ensure, traits::Get, BoundedVec};
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchResult;

/// The rate that at least two thirds of the reports reach; `None` below a quorum. Not the median: who
/// calls slow peers fast must be twice as many as those who tell the truth.
fn agreed<AccountId>(reports: &[(AccountId, u32)], quorum: u32) -> Option<u32> {
    if (reports.len() as u64) < u64::from(quorum.max(1)) {
        return None;
    }
    let mut rates: Vec<u32> = reports.iter().map(|(_, rate)| *rate).collect();
    rates.sort_unstable();
    rates.get((rates.len() - 1) / 3).copied()
}

impl<T: Config> Pallet<T> {
    /// Whether a peer is drawn to report a provider in the running epoch, among so many admitted.
    /// The draw is by the epoch's seed, which nobody knew when they were admitted, and each pair has
    /// its own.
    pub(crate) fn is_drawn(provider: &T::AccountId, peer: &T::AccountId, admitted: usize) -> bool {
        let digest = (EpochSeed::<T>::get(), provider, peer).using_encoded(blake2_256);
        let mut ticket = [0; 8];
        ticket.copy_from_slice(&digest[..8]);
        // The provider itself is none of its peers.
        let peers = (admitted as u64).saturating_sub(1).max(1);
        u64::from_le_bytes(ticket) % peers < u64::from(T::BandwidthPeers::get())
    }

    /// See [`crate::Call::report_bandwidth`].
    pub(crate) fn do_report(
        provider: T::AccountId,
        peer: T::AccountId,
        rate: u32,
    ) -> DispatchResult {
        let admitted = Admitted::<T>::get();
        ensure!(
            admitted.contains(&provider) && admitted.contains(&peer),
            Error::<T>::NotAdmitted
        );
        ensure!(
            provider != peer && Self::is_drawn(&provider, &peer, admitted.len()),
            Error::<T>::NotDrawn
        );
        let epoch = CurrentEpoch::<T>::get();
        let mut record = Self::bandwidth_record(&provider, epoch);
        ensure!(
            record.reports.iter().all(|(other, _)| *other != peer),
            Error::<T>::AlreadyReported
        );
        record
            .reports
            .try_push((peer.clone(), rate))
            .map_err(|_| Error::<T>::ReportsFull)?;
        Bandwidths::<T>::insert(&provider, record);
        let mut own = Self::bandwidth_record(&peer, epoch);
        own.given = own.given.saturating_add(1);
        Bandwidths::<T>::insert(&peer, own);
        Self::deposit_event(Event::BandwidthReported {
            provider,
            peer,
            rate,
        });
        Ok(())
    }

    /// Whether a report of a provider by a peer would be taken in an epoch, if the peer is drawn.
    pub(crate) fn takes_report(provider: &T::AccountId, peer: &T::AccountId, epoch: u32) -> bool {
        let reports = Self::bandwidth_record(provider, epoch).reports;
        !reports.is_full() && reports.iter().all(|(other, _)| other != peer)
    }

    /// A provider's record as of an epoch: what the one before left, where it is older.
    fn bandwidth_record(provider: &T::AccountId, epoch: u32) -> Bandwidth<T::AccountId> {
        match Bandwidths::<T>::get(provider) {
            Some(record) if record.epoch == epoch => record,
            Some(record) if record.epoch.checked_add(1) == Some(epoch) => Bandwidth {
                epoch,
                reports: BoundedVec::new(),
                given: 0,
                last: (record.given >= T::BandwidthQuorum::get())
                    .then(|| agreed(&record.reports, T::BandwidthQuorum::get()))
                    .flatten(),
            },
            _ => Bandwidth {
                epoch,
                reports: BoundedVec::new(),
                given: 0,
                last: None,
            },
        }
    }

    /// The bandwidth that counts in an epoch: what was agreed in the epoch before, for who has itself
    /// reported others in it.
    pub(crate) fn bandwidth_of(provider: &T::AccountId, epoch: u32) -> Option<u32> {
        Self::bandwidth_record(provider, epoch).last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_thirds_reach_what_is_agreed_and_a_quorum_is_needed() {
        let reports = |rates: &[u32]| rates.iter().map(|rate| ((), *rate)).collect::<Vec<_>>();
        assert_eq!(agreed(&reports(&[5, 1]), 3), None);
        assert_eq!(agreed::<()>(&[], 0), None);
        assert_eq!(agreed(&reports(&[9, 1, 5]), 3), Some(1));
        assert_eq!(agreed(&reports(&[9, 1, 5, 7]), 3), Some(5));
        // Two truthful ones outweigh four liars, not five.
        assert_eq!(agreed(&reports(&[1, 1, 9, 9, 9, 9]), 3), Some(1));
        assert_eq!(agreed(&reports(&[1, 1, 9, 9, 9, 9, 9]), 3), Some(9));
    }
}
