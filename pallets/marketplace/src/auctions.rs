//! Jobs that go to the lowest bid.
//!
//! A bid is final and has its collateral and place reserved, so it costs something to make one that
//! is not meant. Which block's bids are the last to count is drawn after all are in, from the second
//! half of the auction (a candle auction): who waits for the last block to undercut the others is
//! most likely too late. In the first half, whose bids count for sure, a full book drops the highest for
//! a lower one; later it takes no more, so that nothing that may count is driven out by what may not.
//! Of two equal bids the earlier wins. Bids are in tokens, as all that providers ask for.

use crate::{
    matching::Wanted,
    pallet::{Auctions, BalanceOf, Config, Error, Event, Jobs, Pallet, Specials},
    types::{Agenda, Auction, Bid},
    JobOf,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get, BoundedVec};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{Saturating, UniqueSaturatedInto},
    DispatchResult,
};
use swarm_scoring::Lottery;
use swarmwork_primitives::{JobId, Offer, Providers, Rejection, RejectionCounts};

/// A bid of a runtime.
type BidOf<T> = Bid<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// Takes bids for a job from now on. It is drawn for, by the blocks after the last for bids.
    pub(crate) fn open_auction(id: JobId, blocks: u32, now: BlockNumberFor<T>) {
        let until = now.saturating_add(blocks.into());
        let auction = Auction {
            blocks,
            until,
            bids: BoundedVec::default(),
        };
        Auctions::<T>::insert(id, auction);
        Self::schedule(Agenda::Draw, until, id);
    }

    /// See [`crate::Call::bid`].
    pub(crate) fn place_bid(
        provider: T::AccountId,
        id: JobId,
        price: BalanceOf<T>,
    ) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        ensure!(job.ended().is_none(), Error::<T>::JobEnded);
        let mut auction = Auctions::<T>::get(id).ok_or(Error::<T>::NotAnAuction)?;
        let now = Self::now();
        ensure!(now <= auction.until, Error::<T>::BidsOver);
        ensure!(price >= T::MinimumPrice::get(), Error::<T>::BidTooLow);
        let mut demand = Self::demand(&job).ok_or(Error::<T>::CircuitUnknown)?;
        ensure!(price <= demand.max_price, Error::<T>::BidTooHigh);
        ensure!(
            auction.bids.iter().all(|bid| bid.provider != provider),
            Error::<T>::AlreadyBid
        );
        demand.agreed = Some(price);
        let wanted = Wanted::named(id, &job, demand);
        let candidate = Self::judge(&provider, &wanted).map_err(Self::rejected)?;
        let Offer { price, collateral } = candidate.offer;
        if auction.bids.is_full() {
            let sure = auction.until.saturating_sub((auction.blocks / 2).into());
            ensure!(now <= sure, Error::<T>::BookFull);
            Self::drop_highest(id, &mut auction, price)?;
        }
        T::Providers::reserve(&provider, collateral)?;
        let bid = Bid {
            provider: provider.clone(),
            price,
            collateral,
            at: now,
        };
        auction
            .bids
            .try_push(bid)
            .map_err(|_| Error::<T>::BidTooHigh)?;
        Auctions::<T>::insert(id, auction);
        Self::deposit_event(Event::BidPlaced {
            job: id,
            provider,
            price,
            collateral,
        });
        Ok(())
    }

    /// Makes room for a bid by dropping the highest, of equals the latest, if it is lower than that.
    fn drop_highest(
        id: JobId,
        auction: &mut Auction<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
        price: BalanceOf<T>,
    ) -> DispatchResult {
        let highest = auction
            .bids
            .iter()
            .enumerate()
            .max_by_key(|(place, bid)| (bid.price, *place))
            .map(|(place, bid)| (place, bid.price));
        let Some((place, highest)) = highest else {
            return Ok(());
        };
        ensure!(price < highest, Error::<T>::BidTooHigh);
        let dropped = auction.bids.remove(place);
        Self::release_bid(&dropped);
        Self::deposit_event(Event::BidDropped {
            job: id,
            provider: dropped.provider,
        });
        Ok(())
    }

    /// Gives a job whose bids are all in to the lowest of those that count. All others have their bonds
    /// back. Where what the job is paid in has lost so much that no bid fits its maximum price any
    /// more, it waits for its next draw. `time` says whether enough is left for anybody; whether there
    /// were bids, so that it is not drawn for by the same outputs.
    pub(crate) fn close_auction(
        id: JobId,
        job: &JobOf<T>,
        outputs: &[T::Hash],
        time: bool,
        now: BlockNumberFor<T>,
    ) -> bool {
        let Some(auction) = Auctions::<T>::take(id) else {
            return false;
        };
        let last = u64::from(auction.blocks / 2);
        let back = Lottery::new(&id, outputs).below(last.saturating_add(1));
        let back: u32 = back.unique_saturated_into();
        let ended = auction.until.saturating_sub(back.into());
        Self::deposit_event(Event::AuctionClosed {
            job: id,
            // At most MAX_BIDS.
            bids: auction.bids.len() as u32,
            ended: Self::chain_block(ended),
        });
        let nobody = auction.bids.is_empty();
        let mut assigned = false;
        let mut rejected = RejectionCounts::default();
        for bid in Self::ranked(auction.bids.into_inner(), ended) {
            let offer = Offer {
                price: bid.price,
                collateral: bid.collateral,
            };
            if time && !assigned && Self::note_won(&id, true) {
                match Self::hand_over(id, job.clone(), bid.provider.clone(), offer, now) {
                    Ok(()) => {
                        assigned = true;
                        continue;
                    }
                    // Its place and its collateral are reserved: what is left is its price.
                    Err(_) => rejected.add(Rejection::Currency),
                }
            }
            Self::release_bid(&bid);
        }
        if assigned {
            return true;
        }
        Self::note_won(&id, false);
        // Giving bonds back is as much as a step of the agenda does: no draw is made besides.
        if time && !nobody {
            let redraw = Self::redraw(id, job.clone(), now);
            Self::deposit_event(Event::NoProvider {
                job: id,
                rejected,
                redraw,
            });
        }
        !nobody
    }

    /// Bids in the order in which they win: those in time from the lowest, then the others from the
    /// earliest, for where nobody was in time.
    pub(crate) fn ranked(mut bids: Vec<BidOf<T>>, ended: BlockNumberFor<T>) -> Vec<BidOf<T>> {
        bids.sort_by(|a, b| {
            let late = |bid: &BidOf<T>| bid.at > ended;
            match (late(a), late(b)) {
                (false, false) => a.price.cmp(&b.price).then(a.at.cmp(&b.at)),
                (true, true) => a.at.cmp(&b.at).then(a.price.cmp(&b.price)),
                (a, b) => a.cmp(&b),
            }
        });
        bids
    }

    /// Notes whether a job's provider has bid for it; whether the job is one with bids.
    fn note_won(id: &JobId, won: bool) -> bool {
        Specials::<T>::mutate(id, |special| match special {
            Some(special) => {
                special.won = won;
                true
            }
            None => false,
        })
    }

    /// Ends the auction of a job that its requester withdraws, unless somebody has bid.
    pub(crate) fn cancel_auction(id: &JobId) -> Result<(), Error<T>> {
        let bids = Auctions::<T>::get(id).map_or(0, |auction| auction.bids.len());
        ensure!(bids == 0, Error::<T>::BidsStand);
        Auctions::<T>::remove(id);
        Ok(())
    }

    /// Ends the auction of a job whose time is over before its bids were looked at.
    pub(crate) fn drop_auction(id: &JobId) {
        if let Some(auction) = Auctions::<T>::take(id) {
            auction.bids.iter().for_each(Self::release_bid);
        }
    }

    fn release_bid(bid: &BidOf<T>) {
        if let Err(error) = T::Providers::release(&bid.provider, bid.collateral) {
            frame_support::defensive!(error, "what was reserved for a bid could not be released");
        }
    }
}
