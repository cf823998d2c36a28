//! Golden vectors: what every implementation of Swarmwork's identifiers and of the proof's binding
//! must compute, written by the Rust code and checked in JavaScript by `tests/e2e/vectors.test.js`.
//!
//! `api.json`, `events.json`, `ids.json`, `money.json`, `panels.json`, `proof.json`, `roots.json` and
//! `worker.json` beside this crate's manifest hold them. A test compares them with what the code
//! computes now; `WRITE_VECTORS=1 cargo test -p swarmwork-vectors` writes them anew, which changes
//! what readers decode, or what ids or proofs mean on every chain.

mod api;
mod events;

pub use api::api;
pub use events::events;

use codec::Encode;
use serde_json::{json, Value};
use sp_arithmetic::FixedU128;
use sp_runtime::traits::{BlakeTwo256, Hash};
use swarm_groth16::{challenge, challenge_preimage, tag, Statement};
use swarm_merkle::{answer_leaf, input_leaf, result_leaf, Tree};
use swarmwork_primitives::{
    job_id, model_id, rooted_job_id, seal, worker_message, Answers, Budget, CancellationReason,
    Commitment, ContentId, JobCurrency, JobState, Listing, Mode, ResultRoot,
};

fn text(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// 32 bytes that differ from one another: `seed`, `seed + 1`, ...
fn bytes32(seed: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (offset, byte) in (0u8..).zip(&mut bytes) {
        *byte = seed.wrapping_add(offset);
    }
    bytes
}

/// Content ids, model ids and job ids.
pub fn ids() -> Value {
    let content = [&b""[..], b"swarmwork", &[0xff; 1025]].map(|blob| {
        let id = swarm_store::ContentId::of(blob);
        json!({ "blob": text(blob), "digest": id.to_hex(), "cid": id.to_string() })
    });
    let model =
        [(0u8, 1u8, 2u8, 3u8), (200, 150, 100, 50)].map(|(owner, circuit, weights, file)| {
            let content = ContentId(bytes32(file));
            let id = model_id(
                &bytes32(owner),
                &bytes32(circuit).into(),
                &bytes32(weights),
                &content,
            );
            json!({
                "owner": text(bytes32(owner)), "circuit": text(bytes32(circuit)),
                "weights": text(bytes32(weights)), "content": text(content.0), "id": text(id),
            })
        });
    // 64 commitments need two bytes for their number in SCALE.
    let job = [(0u32, 1u8), (1, 3), (u32::MAX, 64)].map(|(nonce, batches)| {
        let commitments: Vec<Commitment> = (0..batches).map(bytes32).collect();
        let (requester, model, input) = (bytes32(7), bytes32(9), ContentId(bytes32(11)));
        let id = job_id(&requester, nonce, &model.into(), &input, &commitments);
        json!({
            "requester": text(requester), "nonce": nonce, "model": text(model),
            "input": text(input.0), "commitments": commitments.iter().map(text).collect::<Vec<_>>(),
            "commitments_scale": text(commitments.encode()), "id": text(id),
        })
    });
    json!({ "content": content, "model": model, "job": job })
}

/// What a proof is bound to: the statement's bytes, the tag and the challenge.
///
/// # Panics
/// If a challenge happens to be zero, which these inputs' are not.
pub fn proof() -> Value {
    let cases = [0u32, 1, 0x0102_0304].map(|batch| {
        let statement = Statement {
            genesis: bytes32(1),
            job: bytes32(2),
            batch,
            provider: bytes32(4),
            c_w: bytes32(5),
            c_x: bytes32(6),
        };
        let (vk_id, c_z, c_y) = (bytes32(7), bytes32(8), bytes32(9));
        let rho = challenge(&vk_id, &statement, &c_z, &c_y).expect("not zero for these inputs");
        json!({
            "genesis": text(statement.genesis), "job": text(statement.job), "batch": batch,
            "provider": text(statement.provider), "c_w": text(statement.c_w),
            "c_x": text(statement.c_x), "vk_id": text(vk_id), "c_z": text(c_z), "c_y": text(c_y),
            "statement": text(statement.to_bytes()),
            "tag": tag(&statement).to_string(),
            "challenge_preimage": text(challenge_preimage(&vk_id, &statement, &c_z, &c_y)),
            "challenge": rho.to_string(),
        })
    });
    json!({ "domain_bytes": 32, "masked_bits": 253, "cases": cases })
}

/// The Merkle tree over a job's batches, and the ids of jobs that have a root.
///
/// # Panics
/// If a tree of these few leaves cannot be made.
pub fn roots() -> Value {
    let tree = [1u8, 2, 5, 8].map(|count| {
        let commitments: Vec<Commitment> = (0..count).map(bytes32).collect();
        let leaves: Vec<[u8; 32]> = commitments.iter().map(input_leaf).collect();
        let tree = Tree::new(leaves.clone()).expect("there are few");
        let paths: Vec<Vec<String>> = (0..u32::from(count))
            .map(|index| {
                let path = tree.path(index).expect("there is such a leaf");
                path.iter().map(text).collect()
            })
            .collect();
        json!({
            "commitments": commitments.iter().map(text).collect::<Vec<_>>(),
            "leaves": leaves.iter().map(text).collect::<Vec<_>>(),
            "paths": paths, "root": text(tree.root()),
        })
    });
    let result = [(1u8, 2u8), (200, 100)].map(|(commitment, output)| {
        let (commitment, output) = (bytes32(commitment), bytes32(output));
        let leaf = result_leaf(&commitment, &output);
        json!({ "commitment": text(commitment), "output": text(output), "leaf": text(leaf) })
    });
    let modes = [
        (0u32, 1u32, Mode::Sampled { samples: 1 }),
        (1, 1 << 20, Mode::Sampled { samples: 64 }),
        (u32::MAX, 1_000, Mode::Optimistic),
    ];
    let job = modes.map(|(nonce, batches, mode)| {
        let (requester, model, root) = (bytes32(7), bytes32(9), bytes32(13));
        let input = ContentId(bytes32(11));
        let id = rooted_job_id(
            &requester,
            nonce,
            &model.into(),
            &input,
            batches,
            &root.into(),
            &mode,
        );
        json!({
            "requester": text(requester), "nonce": nonce, "model": text(model),
            "input": text(input.0), "batches": batches, "root": text(root),
            "mode": text(mode.encode()), "id": text(id),
        })
    });
    json!({ "tree": tree, "result": result, "job": job })
}

/// What the providers of a job that is given to several seal and reveal.
///
/// # Panics
/// If there are more answers than a job has batches.
pub fn panels() -> Value {
    let answer = [1u8, 200].map(|commitment| {
        let commitment = bytes32(commitment);
        json!({ "commitment": text(commitment), "leaf": text(answer_leaf(&commitment)) })
    });
    // The bytes of the most are 8 KiB: their hash is as good.
    let answers = [1u32, 64, 256].map(|batches| {
        let all: Vec<Commitment> = (0..batches).map(|batch| bytes32(batch as u8)).collect();
        let all = Answers::try_from(all).expect("no job has more batches");
        json!({ "batches": batches, "digest": text(BlakeTwo256::hash(&all.encode())) })
    });
    let cases = [(1u8, 2u8, 3u8, 4u8, 5u8), (200, 150, 100, 50, 0)];
    let sealed = cases.map(|(job, provider, root, list, salt)| {
        let (job, provider, salt) = (bytes32(job), bytes32(provider), bytes32(salt));
        let results = ResultRoot {
            root: bytes32(root).into(),
            list: ContentId(bytes32(list)),
        };
        json!({
            "job": text(job), "provider": text(provider), "root": text(results.root),
            "list": text(results.list.0), "salt": text(salt),
            "sealed": text(seal(&job.into(), &provider, &results, &salt)),
        })
    });
    let job = [(0u32, 1u32, 1u32), (u32::MAX, 256, 5)].map(|(nonce, batches, providers)| {
        let (requester, model, root) = (bytes32(7), bytes32(9), bytes32(13));
        let (input, mode) = (ContentId(bytes32(11)), Mode::Redundant { providers });
        let id = rooted_job_id(
            &requester,
            nonce,
            &model.into(),
            &input,
            batches,
            &root.into(),
            &mode,
        );
        json!({
            "requester": text(requester), "nonce": nonce, "model": text(model),
            "input": text(input.0), "batches": batches, "root": text(root),
            "mode": text(mode.encode()), "id": text(id),
        })
    });
    json!({ "answer": answer, "answers": answers, "job": job, "seal": sealed })
}

/// What jobs cost and in what, as the chain encodes it.
pub fn money() -> Value {
    let budgets: [(Option<u32>, u128); 4] = [
        (None, 0),
        (None, 100_000_000_000_000),
        (Some(7), 250_000),
        (Some(u32::MAX), u128::MAX),
    ];
    let budget = budgets.map(|(asset, max_price)| {
        let budget = Budget {
            currency: asset.map_or(JobCurrency::Native, JobCurrency::WithId),
            max_price,
        };
        json!({
            "asset": asset, "max_price": max_price.to_string(), "scale": text(budget.encode()),
        })
    });
    let listings = [
        (1u128, true),
        (4_000_000_000_000_000_000, true),
        (250_000_000_000_000_000, false),
    ];
    let listing = listings.map(|(inner, open)| {
        let rate = FixedU128::from_inner(inner);
        let scale = Listing { rate, open }.encode();
        json!({ "rate": inner.to_string(), "open": open, "scale": text(scale) })
    });
    let endings = [
        (None, CancellationReason::Withdrawn, 11u128, 7u32),
        (
            Some(9u8),
            CancellationReason::InputWithheld,
            550,
            0x0102_0304,
        ),
    ];
    let cancelled = endings.map(|(provider, why, paid, at)| {
        let provider = provider.map(bytes32);
        let state = JobState::Cancelled {
            provider,
            why,
            paid,
            at,
        };
        json!({
            "provider": provider.map(text), "withheld": why == CancellationReason::InputWithheld,
            "paid": paid.to_string(), "at": at, "scale": text(state.encode()),
        })
    });
    json!({ "budget": budget, "listing": listing, "cancelled": cancelled })
}

/// What a worker key signs to report for a controller.
pub fn worker() -> Value {
    let cases = [0u64, 1, 0x0102_0304_0506_0708].map(|until| {
        let (genesis, controller) = (bytes32(1), bytes32(2));
        json!({
            "genesis": text(genesis), "controller": text(controller), "until": until.to_string(),
            "message": text(worker_message(&genesis, &controller, until)),
        })
    });
    json!({ "cases": cases })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    fn agrees(name: &str, computed: Value) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let computed = serde_json::to_string_pretty(&computed).unwrap() + "\n";
        if std::env::var_os("WRITE_VECTORS").is_some() {
            fs::write(&path, &computed).unwrap();
        }
        let stored = fs::read_to_string(&path).unwrap();
        assert_eq!(
            computed, stored,
            "{name} differs from what the code computes"
        );
    }

    #[test]
    fn ids_are_what_they_were() {
        agrees("ids.json", ids());
    }

    #[test]
    fn what_the_apis_give_is_encoded_as_it_was() {
        agrees("api.json", api());
    }

    #[test]
    fn events_are_encoded_as_they_were() {
        agrees("events.json", events());
    }

    #[test]
    fn no_case_is_there_twice() {
        let all = api();
        let cases = all["cases"].as_array().unwrap();
        let mut names: Vec<_> = cases
            .iter()
            .map(|case| (case["type"].to_string(), case["case"].to_string()))
            .collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), cases.len());
    }

    #[test]
    fn roots_are_what_they_were() {
        agrees("roots.json", roots());
    }

    #[test]
    fn panels_seal_what_they_did() {
        agrees("panels.json", panels());
    }

    #[test]
    fn money_is_encoded_as_it_was() {
        agrees("money.json", money());
    }

    #[test]
    fn worker_keys_sign_what_they_did() {
        agrees("worker.json", worker());
    }

    #[test]
    fn proofs_are_bound_as_they_were() {
        agrees("proof.json", proof());
    }
}
