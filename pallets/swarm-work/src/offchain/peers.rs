//! Peers' bandwidth, measured while no window runs, so that neither disturbs the other.
//!
//! For each provider that one of ours is drawn to report in the running epoch, the executor times a
//! download from the endpoint that the provider has registered, and the worker key reports what came
//! of it. The epoch's seed spreads that over its first three quarters: not everybody measures at once,
//! and what was measured late is still reported in time. One peer is measured at a time.

use super::{
    malformed, memory,
    outbox::{submit, MAX_ATTEMPTS},
    Ours, TARGET,
};
use crate::pallet::{Admitted, Call, Config, CurrentEpoch, EpochSeed, Epochs, PaceOf, Pallet};
use alloc::{format, string::String, vec::Vec};
use codec::Encode;
use frame_system::pallet_prelude::BlockNumberFor;
use serde::{Deserialize, Serialize};
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Saturating, SaturatedConversion};
use swarm_capacity::identity;
use swarmwork_offchain::{hex, status, Client, Error, Hex, Method};
use swarmwork_primitives::Providers;

/// The body of `POST /v1/bandwidth`.
#[derive(Serialize)]
struct Order {
    /// The epoch's seed.
    seed: String,
    /// Which peer.
    identity: String,
    /// Where its executor is.
    url: String,
}

/// Where a measurement stands at the executor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Measuring,
    Done,
}

/// A measurement as the executor sees it. Fields that only people read are skipped.
#[derive(Deserialize)]
struct Document {
    seed: Hex<32>,
    identity: Hex<32>,
    state: State,
    #[serde(default)]
    kib_per_second: Option<u32>,
}

/// Does what is due for one of ours after block `now`. Fails where every other request would fail
/// alike.
pub(super) fn serve<T: Config>(
    client: &Client,
    ours: &Ours<T>,
    now: BlockNumberFor<T>,
) -> Result<(), Error> {
    let admitted = Admitted::<T>::get();
    let index = CurrentEpoch::<T>::get();
    let seed = EpochSeed::<T>::get();
    let Some(epoch) = Epochs::<T>::get(index) else {
        return Ok(());
    };
    for peer in admitted.iter().filter(|who| **who != ours.provider) {
        if !Pallet::<T>::is_drawn(peer, &ours.provider, admitted.len())
            || now < due::<T>(&seed, peer, &ours.provider, epoch.started)
            || !Pallet::<T>::takes_report(peer, &ours.provider, index)
        {
            continue;
        }
        let identity = identity(peer);
        let mut record = memory::peer(&ours.identity, &identity, &seed);
        if record.sent >= MAX_ATTEMPTS {
            continue;
        }
        let Some(url) = T::Providers::endpoint(peer) else {
            continue;
        };
        if !client.has_time() {
            log::warn!(target: TARGET, "the executor is slow: some peers wait for the next block");
            return Ok(());
        }
        match measured(client, &seed, &identity, &url) {
            Ok(Some(rate)) => {
                let call = Call::report_bandwidth {
                    provider: peer.clone(),
                    rate,
                };
                let what = format!("{rate} KiB/s of {}", String::from_utf8_lossy(&url));
                submit::<T>(&ours.worker, call, &what, &mut record.sent, now);
                memory::set_peer(&ours.identity, &identity, &record);
                return Ok(());
            }
            Ok(None) => return Ok(()),
            Err(error) if error.concerns_all() => return Err(error),
            Err(error) => {
                log::warn!(
                    target: TARGET,
                    "{} is not measured: {error}", String::from_utf8_lossy(&url),
                );
            }
        }
    }
    Ok(())
}

/// The block from which a peer is measured by one of ours.
fn due<T: Config>(
    seed: &[u8; 32],
    peer: &T::AccountId,
    own: &T::AccountId,
    started: BlockNumberFor<T>,
) -> BlockNumberFor<T> {
    let digest = (b"swarmwork:peers", seed, peer, own).using_encoded(blake2_256);
    let mut ticket = [0; 8];
    ticket.copy_from_slice(&digest[..8]);
    let span = u64::from(PaceOf::<T>::get().epoch_blocks) * 3 / 4;
    let later = u64::from_le_bytes(ticket) % span.max(1);
    started.saturating_add(later.saturated_into::<u32>().into())
}

/// What the executor has measured of a peer, which it is told to do if it does not know it; `None`
/// while it measures. A peer that it cannot measure has nothing.
fn measured(
    client: &Client,
    seed: &[u8; 32],
    peer: &[u8; 32],
    url: &[u8],
) -> Result<Option<u32>, Error> {
    let path = format!("/v1/bandwidth/{}/{}", hex(seed), hex(peer));
    match client.request(Method::Get, &path, None)? {
        (200, body) => rate(&body, seed, peer).map_err(malformed),
        (404, _) => {
            let order = Order {
                seed: hex(seed),
                identity: hex(peer),
                url: String::from_utf8_lossy(url).into_owned(),
            };
            let body = to_json(&order).map_err(malformed)?;
            match client.request(Method::Post, "/v1/bandwidth", Some(body))? {
                (200 | 202, _) => Ok(None),
                (code, body) => Err(status(code, &body)),
            }
        }
        (code, body) => Err(status(code, &body)),
    }
}

fn to_json(order: &Order) -> Result<Vec<u8>, String> {
    serde_json::to_vec(order).map_err(|error| format!("{error}"))
}

/// Reads a measurement, and checks that it is of this peer in this epoch.
fn rate(bytes: &[u8], seed: &[u8; 32], peer: &[u8; 32]) -> Result<Option<u32>, String> {
    let document: Document = serde_json::from_slice(bytes).map_err(|error| format!("{error}"))?;
    if document.seed.0 != *seed {
        return Err(format!("it is about seed {}", hex(&document.seed.0)));
    }
    if document.identity.0 != *peer {
        return Err(format!("it is about peer {}", hex(&document.identity.0)));
    }
    match (document.state, document.kib_per_second) {
        (State::Measuring, _) => Ok(None),
        (State::Done, Some(rate)) => Ok(Some(rate)),
        (State::Done, None) => Err("it is done and has no rate".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: serde_json::Value) -> Result<Option<u32>, String> {
        let mut whole = serde_json::json!({
            "seed": hex(&[1; 32]), "identity": hex(&[2; 32]), "state": "done",
            "kib_per_second": 7, "error": null,
        });
        for (key, value) in json.as_object().expect("an object") {
            whole[key] = value.clone();
        }
        rate(whole.to_string().as_bytes(), &[1; 32], &[2; 32])
    }

    #[test]
    fn measurements_are_read() {
        assert_eq!(read(serde_json::json!({})), Ok(Some(7)));
        let measuring = serde_json::json!({"state": "measuring", "kib_per_second": null});
        assert_eq!(read(measuring), Ok(None));
        let failed = serde_json::json!({"kib_per_second": 0, "error": "gone"});
        assert_eq!(read(failed), Ok(Some(0)));
    }

    #[test]
    fn nonsense_is_refused_and_named() {
        for (json, words) in [
            (
                serde_json::json!({"seed": hex(&[9; 32])}),
                "about seed 0x0909",
            ),
            (
                serde_json::json!({"identity": hex(&[9; 32])}),
                "about peer 0x0909",
            ),
            (serde_json::json!({"kib_per_second": null}), "has no rate"),
            (serde_json::json!({"kib_per_second": -1}), "invalid value"),
            (serde_json::json!({"state": "asleep"}), "unknown variant"),
        ] {
            let error = read(json).expect_err("it is nonsense");
            assert!(error.contains(words), "{error:?} lacks {words:?}");
        }
    }
}
