//! The inputs of a job with a root: manifest, commitments, and one piece at a time.

use swarm_merkle::Tree;
use swarm_network::{BatchInput, JobInput};
use swarm_rooted::{Commitments, Manifest, MAX_MANIFEST_BYTES, MAX_PIECE_BYTES};
use swarm_store::{ContentId, Store, StoreError};

use crate::{
    jobs::Executor,
    proving::Circuit,
    queue::{Failure, FailureKind, Job},
    spec::{Artifact, JobSpec, Locator, RootedSpec},
    worker::{read_content, Stop},
};

/// Pieces that are gathered, or may be uploaded, at one time.
const PIECES_AT_ONCE: usize = 16;

/// The job's manifest, if it is here.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read_manifest(
    store: &Store,
    input: &Locator,
    batches: u32,
) -> Result<Option<Manifest>, Failure> {
    let content = input.content;
    let invalid = |reason: String| {
        let message = format!("the input {content}: {reason}");
        Failure::new(FailureKind::InputInvalid, message)
    };
    if let Some(bytes) = store.size(&content).filter(|b| *b > MAX_MANIFEST_BYTES) {
        return Err(invalid(format!(
            "a manifest has at most {MAX_MANIFEST_BYTES} bytes, found {bytes}"
        )));
    }
    match store.get(&content) {
        Ok(Some(bytes)) => Manifest::from_bytes(&bytes, batches)
            .map(Some)
            .map_err(|e| invalid(e.to_string())),
        Ok(None) | Err(StoreError::Damaged { .. }) => Ok(None),
        Err(error) => Err(Failure::new(FailureKind::Internal, error.to_string())),
    }
}

/// What a job needs next of what its manifest names and is not here, a bounded number of blobs. `here`
/// counts the first of those that it needs for its results that were found to be here, so that they
/// are not looked for again and again.
pub(crate) fn wanted(
    store: &Store,
    job: &Job,
    manifest: &Manifest,
    here: &mut usize,
) -> Vec<(Artifact, Locator)> {
    let locator = |content: ContentId| Locator {
        content,
        source: job.record.spec.input.source.clone(),
    };
    let mut pieces: Vec<usize> = match job.record.results {
        None => (manifest.piece_of(job.record.computed).0..manifest.pieces().len()).collect(),
        Some(_) => {
            let of = |batch: u32| manifest.piece_of(batch).0;
            job.missing().into_iter().map(of).collect()
        }
    };
    pieces.dedup();
    let pieces = pieces
        .into_iter()
        .filter_map(|piece| manifest.pieces().get(piece).copied());
    let needed: Vec<ContentId> = std::iter::once(manifest.commitments())
        .chain(pieces)
        .collect();
    if job.record.results.is_some() {
        // What is asked for changes, and is little.
        *here = 0;
    }
    while needed.get(*here).is_some_and(|content| store.has(content)) {
        *here += 1;
    }
    needed
        .into_iter()
        .skip(*here)
        .filter(|content| !store.has(content))
        .take(PIECES_AT_ONCE)
        .map(|content| (Artifact::InputPiece, locator(content)))
        .collect()
}

/// A job's inputs, of which the commitments have the root on chain.
pub(crate) struct Inputs {
    pub manifest: Manifest,
    pub commitments: Commitments,
    pub tree: Tree,
}

impl Inputs {
    /// Reads manifest and commitments.
    pub fn load(executor: &Executor, spec: &JobSpec, rooted: &RootedSpec) -> Result<Self, Stop> {
        let manifest = read_manifest(&executor.store, &spec.input, rooted.batches)
            .map_err(Stop::Failed)?
            .ok_or(Stop::BlobLost)?;
        let content = manifest.commitments();
        let invalid = |e: &dyn std::fmt::Display| {
            Stop::failed(FailureKind::InputInvalid, format!("{content}: {e}"))
        };
        let bytes = read_content(executor, &content)?;
        let commitments =
            Commitments::from_bytes(&bytes, rooted.batches).map_err(|e| invalid(&e))?;
        let tree = commitments
            .tree_of(&rooted.root.0)
            .map_err(|e| invalid(&e))?;
        Ok(Self {
            manifest,
            commitments,
            tree,
        })
    }

    /// A piece, decoded.
    pub fn piece(
        &self,
        executor: &Executor,
        circuit: &Circuit,
        piece: usize,
    ) -> Result<JobInput, Stop> {
        let invalid = |reason: String| {
            let message = format!("piece {piece} of the input: {reason}");
            Stop::failed(FailureKind::InputInvalid, message)
        };
        let Some(content) = self.manifest.pieces().get(piece) else {
            return Err(invalid("the manifest names no such piece".into()));
        };
        let size = executor.store.size(content).ok_or(Stop::BlobLost)?;
        if size > MAX_PIECE_BYTES {
            return Err(invalid(format!(
                "it has {size} bytes; a piece has at most {MAX_PIECE_BYTES}"
            )));
        }
        let bytes = read_content(executor, content)?;
        let input = JobInput::from_bytes(&bytes, circuit.topology(), circuit.batch())
            .map_err(|e| invalid(e.to_string()))?;
        let expected = self.manifest.batches_of(piece).len();
        if input.batches() != expected {
            return Err(invalid(format!(
                "it has {} batches of {} rows, not {expected}",
                input.batches(),
                circuit.batch()
            )));
        }
        Ok(input)
    }

    /// A batch of a piece, if it is what the requester has committed to.
    pub fn batch(
        &self,
        circuit: &Circuit,
        input: &JobInput,
        batch: u32,
    ) -> Result<(BatchInput, [u8; 32]), Stop> {
        let invalid = |reason: String| {
            Stop::failed(
                FailureKind::InputInvalid,
                format!("batch {batch} of the input: {reason}"),
            )
        };
        let (_, place) = self.manifest.piece_of(batch);
        let rows = input.get(place).map_err(|e| invalid(e.to_string()))?;
        let found = circuit
            .commit_input(&rows)
            .map_err(|e| invalid(e.to_string()))?;
        match self.commitments.get(batch) {
            Some(expected) if *expected == found.0 => Ok((rows, found.0)),
            Some(expected) => Err(invalid(format!(
                "it has the commitment {found}, the requester's list has 0x{}: this is not the \
                 input that was submitted, or its blinds differ",
                hex::encode(expected)
            ))),
            None => Err(invalid("the list of commitments ends before it".into())),
        }
    }
}
