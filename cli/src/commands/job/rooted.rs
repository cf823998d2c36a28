//! The results that a provider has committed to by a root: its list, and what was opened of it.

use anyhow::{bail, Result};
use codec::Decode;
use sp_core::H256;
use swarm_merkle::{answer_leaf, contains, input_leaf, result_leaf, Hash, Tree, MAX_LEAVES};
use swarm_rooted::{ResultList, ENTRY_BYTES};
use swarm_store::Store;
use swarmwork_primitives::{Commitment, ContentId, JobStage, Mode, ResultRoot, Url};

use crate::{
    app::{off_chain, url_text, App},
    chain::JobView,
    failure::Failure,
};

/// Largest list of results, bytes.
const MAX_LIST: u64 = (MAX_LEAVES as u64) * (ENTRY_BYTES as u64);

/// What the provider of a job has committed to.
///
/// # Errors
/// [`Failure::Ended`] where it has not, or there is nothing to commit to.
pub fn committed(job: H256, view: &JobView) -> Result<ResultRoot> {
    match &view.stage {
        Some(stage) => Ok(*stage.results()),
        None => bail!(Failure::Ended(format!(
            "the provider of job {job:?} has committed to no results"
        ))),
    }
}

/// The list of results, fetched from the provider and held against the root on chain.
///
/// # Errors
/// Where it cannot be had; [`Failure::Mismatch`] where it is not what was committed to.
pub async fn results(app: &App, store: &Store, job: H256, view: &JobView) -> Result<ResultList> {
    let committed = committed(job, view)?;
    let sources: Vec<String> = view.endpoint.iter().filter_map(url_text).collect();
    let content = off_chain(committed.list);
    let bytes = app
        .blobs
        .get(store, content, &sources, MAX_LIST, "the list of results")
        .await?;
    check_list(&bytes, view.batches, &committed)
}

/// The list of one of several providers, fetched from it and held against the answers that it has
/// revealed.
///
/// # Errors
/// Where it cannot be had; [`Failure::Mismatch`] where its answers are others.
pub async fn revealed(
    app: &App,
    store: &Store,
    batches: u32,
    revealed: &ResultRoot,
    endpoint: &Url,
) -> Result<ResultList> {
    let sources: Vec<String> = url_text(endpoint).into_iter().collect();
    let content = off_chain(revealed.list);
    let bytes = app
        .blobs
        .get(store, content, &sources, MAX_LIST, "the list of results")
        .await?;
    check_answers(&bytes, batches, revealed)
}

fn check_answers(bytes: &[u8], batches: u32, revealed: &ResultRoot) -> Result<ResultList> {
    let list = ResultList::from_bytes(bytes, batches)
        .map_err(|error| Failure::Mismatch(error.to_string()))?;
    let leaves = list.entries().map(|entry| answer_leaf(&entry.commitment));
    let root = Tree::new(leaves.collect())?.root();
    if root != revealed.root.0 {
        bail!(Failure::Mismatch(
            "the list of results does not hold the answers that its provider has revealed".into()
        ));
    }
    Ok(list)
}

fn check_list(bytes: &[u8], batches: u32, committed: &ResultRoot) -> Result<ResultList> {
    let mismatch = |e: swarm_rooted::ListError| Failure::Mismatch(e.to_string());
    let list = ResultList::from_bytes(bytes, batches).map_err(mismatch)?;
    list.tree_of(&committed.root.0).map_err(mismatch)?;
    Ok(list)
}

/// Job, batch, proof and output.
pub type Reported = (H256, u32, Vec<u8>, ContentId);

/// A result in a block, with what leads to the roots if there are any.
pub struct Found {
    /// The result itself.
    pub reported: Reported,
    /// Of a job with a root.
    pub opening: Option<Opened>,
}

/// The commitment to a batch's input, and both paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    result_path: Vec<Hash>,
    input: Commitment,
    input_path: Vec<Hash>,
}

/// The openings in the arguments of a call of `open_batches`.
pub fn openings(mut arguments: &[u8]) -> Result<Vec<Found>, codec::Error> {
    // The fields of the chain's `Opening`, in their order.
    type Wire = (Reported, Vec<Hash>, Commitment, Vec<Hash>);
    let found = |(reported, result_path, input, input_path): Wire| Found {
        reported,
        opening: Some(Opened {
            result_path,
            input,
            input_path,
        }),
    };
    Ok(Vec::<Wire>::decode(&mut arguments)?
        .into_iter()
        .map(found)
        .collect())
}

impl Opened {
    /// The commitment to the batch's input, if both paths lead to the job's roots from a result with
    /// this output.
    ///
    /// # Errors
    /// Which path does not.
    pub fn input(
        &self,
        view: &JobView,
        batch: u32,
        commitment: &Commitment,
        output: &ContentId,
    ) -> Result<Commitment, String> {
        let results = view.stage.as_ref().map(|stage| stage.results().root.0);
        let leaf = result_leaf(commitment, &output.0);
        let leads = |root: Option<Hash>, leaf: &Hash, path: &[Hash]| {
            root.is_some_and(|root| contains(&root, view.batches, batch, leaf, path))
        };
        if !leads(results, &leaf, &self.result_path) {
            return Err("its result is not in the provider's root".into());
        }
        let inputs = view.input_root.map(|root| root.0);
        if !leads(inputs, &input_leaf(&self.input), &self.input_path) {
            return Err("its input is not in the requester's root".into());
        }
        Ok(self.input)
    }
}

/// How far a job with a root is, in words.
pub fn describe(view: &JobView) -> Option<String> {
    view.input_root?;
    if matches!(view.mode, Mode::Redundant { .. }) {
        // Its panel says how far it is.
        return None;
    }
    let proven = view.results.iter().flatten().count();
    let all = view.results.len();
    Some(match &view.stage {
        None => format!("{} batches are being computed", view.batches),
        Some(JobStage::Committed { at, .. }) => {
            format!("all results were committed to in block {at}; the draw is due")
        }
        Some(JobStage::Drawn { until, .. }) => {
            format!("{proven} of {all} drawn batches are proven, due by block {until}")
        }
        Some(JobStage::Standing {
            open_until, until, ..
        }) if all == 0 => {
            format!("the results stand; they may be challenged until block {open_until}, the end is after block {until}")
        }
        Some(JobStage::Standing { until, .. }) => {
            format!("the results stand; {proven} of {all} challenged batches are proven, the end is after block {until}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rooted_view;
    use codec::Encode;
    use swarm_rooted::{Commitments, Entry};
    use swarm_store::ContentId as Content;

    fn list() -> ResultList {
        ResultList::new((0..5u8).map(|n| Entry {
            commitment: [n; 32],
            output: Content::from_digest([n + 10; 32]),
        }))
    }

    fn root_of(list: &ResultList) -> ResultRoot {
        ResultRoot {
            root: H256(list.tree().unwrap().root()),
            list: ContentId([9; 32]),
        }
    }

    /// A job of five batches whose provider has committed to the list above.
    fn view() -> (JobView, Commitments) {
        let inputs = Commitments::new((0..5).map(|n| [n + 100; 32]).collect());
        let root = H256(inputs.tree().unwrap().root());
        let mut view = rooted_view(Content::of(b"manifest"), 5, root);
        view.stage = Some(JobStage::Standing {
            results: root_of(&list()),
            challenged: vec![3, 1].try_into().unwrap(),
            open_until: 50,
            until: 60,
        });
        view.results = vec![None; 2];
        (view, inputs)
    }

    #[test]
    fn only_the_list_that_was_committed_to_is_taken() {
        let good = list();
        let committed = root_of(&good);
        assert_eq!(check_list(&good.to_bytes(), 5, &committed).unwrap(), good);
        let mut bytes = good.to_bytes();
        bytes[70] ^= 1;
        for (bytes, batches, words) in [
            (&bytes[..], 5, "the root 0x"),
            (&bytes[..], 4, "4 batches need"),
            (&bytes[1..], 5, "319 bytes"),
        ] {
            let error = check_list(bytes, batches, &committed).unwrap_err();
            assert_eq!(crate::failure::exit_code(&error), 6);
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    /// Their root is over answers alone: where a provider says that the output files lie is checked
    /// when those are fetched.
    #[test]
    fn a_list_holds_the_answers_that_were_revealed() {
        let good = list();
        let leaves = good.entries().map(|entry| answer_leaf(&entry.commitment));
        let revealed = ResultRoot {
            root: H256(Tree::new(leaves.collect()).unwrap().root()),
            list: ContentId([9; 32]),
        };
        let taken = |bytes: &[u8]| check_answers(bytes, 5, &revealed);
        assert_eq!(taken(&good.to_bytes()).unwrap(), good);
        let mut elsewhere = good.to_bytes();
        elsewhere[70 + 32] ^= 1;
        assert!(taken(&elsewhere).is_ok());
        let mut other = good.to_bytes();
        other[70] ^= 1;
        for (bytes, words) in [
            (&other[..], "does not hold the answers"),
            (&other[1..], "319 bytes"),
        ] {
            let error = taken(bytes).unwrap_err();
            assert_eq!(crate::failure::exit_code(&error), 6);
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn an_opening_leads_to_both_roots_from_its_own_batch() {
        let (view, inputs) = view();
        let (list, paths) = (list(), inputs.tree().unwrap());
        let opened = |batch: u32| Opened {
            result_path: list.tree().unwrap().path(batch).unwrap(),
            input: *inputs.get(batch).unwrap(),
            input_path: paths.path(batch).unwrap(),
        };
        let entry = list.get(3).unwrap();
        let output = ContentId(*entry.output.digest());
        let input = |opened: &Opened, batch| opened.input(&view, batch, &entry.commitment, &output);
        assert_eq!(input(&opened(3), 3), Ok([103; 32]));
        assert!(input(&opened(3), 2).is_err());
        let mut other = opened(3);
        other.input = [104; 32];
        assert!(input(&other, 3).unwrap_err().contains("requester's root"));
        let mut other = opened(3);
        other.result_path = opened(1).result_path;
        assert!(input(&other, 3).unwrap_err().contains("provider's root"));
        let refused = opened(3).input(&view, 3, &[7; 32], &output).unwrap_err();
        assert!(refused.contains("provider's root"), "{refused}");

        // As they stand in a call.
        let reported: Reported = (H256([1; 32]), 3, vec![5; 192], output);
        let wire = (
            reported.clone(),
            opened(3).result_path,
            opened(3).input,
            opened(3).input_path,
        );
        let call = vec![wire].encode();
        let found = openings(&call).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].reported, reported);
        assert_eq!(found[0].opening, Some(opened(3)));
        assert!(openings(&call[..call.len() - 1]).is_err());
    }

    #[test]
    fn a_job_is_described_by_what_was_asked_for() {
        let (mut view, _) = view();
        assert!(describe(&view).unwrap().contains("0 of 2 challenged"));
        assert!(committed(H256::zero(), &view).is_ok());
        view.stage = None;
        assert!(describe(&view).unwrap().contains("5 batches"));
        let error = committed(H256::zero(), &view).unwrap_err();
        assert_eq!(crate::failure::exit_code(&error), 7);
        view.input_root = None;
        assert_eq!(describe(&view), None);
    }
}
