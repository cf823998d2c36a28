//! The executor's JSON: what is posted, and the strict reading of what comes back.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};
use sp_core::H256;
use swarmwork_offchain::Hex;
use swarmwork_primitives::{Commitment, ContentId, JobId, Locator, ResultRoot};

use crate::types::Path;

pub use swarmwork_offchain::hex;

/// Length of a proof, in bytes.
pub const PROOF_BYTES: usize = 192;

/// What a job needs of one blob.
#[derive(Serialize)]
struct Blob {
    content: String,
    source: String,
}

impl From<&Locator> for Blob {
    fn from(locator: &Locator) -> Self {
        Self {
            content: hex(&locator.content.0),
            source: String::from_utf8_lossy(&locator.source).into_owned(),
        }
    }
}

#[derive(Serialize)]
struct CircuitPart {
    id: String,
    vk: String,
    proving_key: Blob,
    commitment_key: Blob,
}

#[derive(Serialize)]
struct ModelPart {
    id: String,
    commitment: String,
    content: String,
    source: String,
}

#[derive(Serialize)]
struct RootedPart<'a> {
    batches: u32,
    root: String,
    asked: &'a [u32],
}

#[derive(Serialize)]
struct Request<'a> {
    id: String,
    genesis: String,
    provider: String,
    circuit: CircuitPart,
    model: ModelPart,
    input: Blob,
    commitments: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rooted: Option<RootedPart<'a>>,
    done: &'a [u32],
    priority: u32,
}

/// What the executor must know of a job with a root besides.
pub struct Rooted<'a> {
    /// How many batches there are.
    pub batches: u32,
    /// Root of the tree of the input commitments.
    pub root: H256,
    /// The batches that were drawn or challenged.
    pub asked: &'a [u32],
}

/// All that the executor must know of a job, as the chain holds it.
pub struct Order<'a> {
    /// The job.
    pub id: JobId,
    /// The chain's genesis hash.
    pub genesis: &'a [u8],
    /// The provider's controller account.
    pub provider: &'a [u8],
    /// The circuit's id.
    pub circuit: H256,
    /// Its verifying key.
    pub verifying_key: &'a [u8],
    /// Its proving key.
    pub proving_key: &'a Locator,
    /// Its commitment key.
    pub commitment_key: &'a Locator,
    /// The model's id.
    pub model: H256,
    /// Commitment to the model's weights.
    pub weights: &'a [u8; 32],
    /// The model file.
    pub content: &'a Locator,
    /// The input file.
    pub input: &'a Locator,
    /// Commitments to the batches' inputs; none if there is a root.
    pub commitments: &'a [[u8; 32]],
    /// For a job with a root.
    pub rooted: Option<Rooted<'a>>,
    /// Batches that are proven already.
    pub done: &'a [u32],
}

impl Order<'_> {
    /// The body of `POST /v1/jobs`.
    pub fn to_json(&self) -> Result<Vec<u8>, String> {
        let content = Blob::from(self.content);
        let request = Request {
            id: hex(self.id.as_bytes()),
            genesis: hex(self.genesis),
            provider: hex(self.provider),
            circuit: CircuitPart {
                id: hex(self.circuit.as_bytes()),
                vk: hex(self.verifying_key),
                proving_key: self.proving_key.into(),
                commitment_key: self.commitment_key.into(),
            },
            model: ModelPart {
                id: hex(self.model.as_bytes()),
                commitment: hex(self.weights),
                content: content.content,
                source: content.source,
            },
            input: self.input.into(),
            commitments: self.commitments.iter().map(|c| hex(c)).collect(),
            rooted: self.rooted.as_ref().map(|rooted| RootedPart {
                batches: rooted.batches,
                root: hex(rooted.root.as_bytes()),
                asked: rooted.asked,
            }),
            done: self.done,
            priority: 0,
        };
        serde_json::to_vec(&request).map_err(|error| error.to_string())
    }
}

/// Where a job stands at the executor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Waits for its turn.
    Queued,
    /// Its blobs are being fetched.
    Fetching,
    /// The model runs.
    Running,
    /// Batches are being proven.
    Proving,
    /// Every batch is proven; of a job with a root, all results are there, and what is asked for.
    Done,
    /// It cannot go on; the document says why.
    Failed,
    /// It was cancelled.
    Cancelled,
}

/// Why a job failed at the executor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The input file could not be fetched.
    InputUnavailable,
    /// The input file is not what the job says.
    InputInvalid,
    /// The model file could not be fetched.
    ModelUnavailable,
    /// The model file is not what the chain says.
    ModelInvalid,
    /// A key file is not what the circuit says.
    KeyInvalid,
    /// It took longer than the executor allows.
    TimeLimit,
    /// The executor's own trouble.
    Internal,
}

/// One proven batch.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct BatchProof {
    /// Which batch.
    pub index: u32,
    proof: Hex<PROOF_BYTES>,
    output: Hex<32>,
    #[serde(default)]
    opening: Option<Opening>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
struct Opening {
    input: Hex<32>,
    input_path: Vec<Hex<32>>,
    result_path: Vec<Hex<32>>,
}

/// A blob that a job waits for there.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
struct Waiting {
    what: String,
    reason: String,
}

/// How a job has its input there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum InputState {
    Missing,
    Arriving,
    Here,
}

/// What the executor says of a job's input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Supply<'a> {
    /// Nothing that is certain.
    Unknown,
    /// It asks for it and nothing comes, for this reason.
    Lacking(&'a str),
    /// It is receiving it.
    Arriving,
    /// It has it.
    Here,
}

/// What a job's results have come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
struct Results {
    root: Hex<32>,
    list: Hex<32>,
}

impl BatchProof {
    /// The proof's bytes.
    pub fn proof(&self) -> &[u8; PROOF_BYTES] {
        &self.proof.0
    }

    /// The output file.
    pub fn output(&self) -> ContentId {
        ContentId(self.output.0)
    }

    /// The commitment to the input, the path from it to the requester's root, and that from the
    /// result to the provider's; `None` if the batch has no roots, or paths longer than any is.
    pub fn opening(&self) -> Option<(Commitment, Path, Path)> {
        let opening = self.opening.as_ref()?;
        let path = |hashes: &[Hex<32>]| -> Option<Path> {
            let hashes: Vec<_> = hashes.iter().map(|hash| hash.0).collect();
            hashes.try_into().ok()
        };
        Some((
            opening.input.0,
            path(&opening.input_path)?,
            path(&opening.result_path)?,
        ))
    }
}

/// A job as the executor sees it. Fields that only people read are skipped.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Document {
    id: Hex<32>,
    /// Where it stands.
    pub state: Stage,
    /// What is proven so far.
    pub batches: Vec<BatchProof>,
    #[serde(default)]
    results: Option<Results>,
    #[serde(default)]
    waiting_for: Vec<Waiting>,
    #[serde(default)]
    input: Option<InputState>,
    /// What went wrong, in words.
    #[serde(default)]
    pub error: Option<String>,
    /// What went wrong, as a kind.
    #[serde(default)]
    pub error_kind: Option<FailureKind>,
}

impl Document {
    /// What all results of a job with a root have come to, once they are computed.
    pub fn results(&self) -> Option<ResultRoot> {
        self.results.map(|results| ResultRoot {
            root: H256(results.root.0),
            list: ContentId(results.list.0),
        })
    }

    /// Whether the executor has the input, or the pieces of it that it needs.
    pub fn supply(&self) -> Supply<'_> {
        match (self.state, self.input) {
            (Stage::Running | Stage::Proving | Stage::Done, _) => Supply::Here,
            (Stage::Queued | Stage::Fetching, Some(InputState::Here)) => Supply::Here,
            (Stage::Fetching, Some(InputState::Arriving)) => Supply::Arriving,
            (Stage::Fetching, Some(InputState::Missing)) => {
                let is_input = |blob: &&Waiting| blob.what.starts_with("input");
                let blob = self.waiting_for.iter().find(is_input);
                Supply::Lacking(blob.map_or("no answer yet", |blob| blob.reason.as_str()))
            }
            _ => Supply::Unknown,
        }
    }

    /// Reads a document and checks that it speaks of this job and of each batch at most once.
    pub fn parse(bytes: &[u8], job: &JobId, batches: u32) -> Result<Self, String> {
        let document: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if document.id.0 != job.0 {
            return Err(format!("it describes job {}", hex(&document.id.0)));
        }
        let mut seen = Vec::new();
        for batch in &document.batches {
            if batch.index >= batches {
                return Err(format!("batch {} of {batches}", batch.index));
            }
            if seen.contains(&batch.index) {
                return Err(format!("batch {} twice", batch.index));
            }
            seen.push(batch.index);
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn batch(index: u32) -> String {
        format!(
            r#"{{"index":{index},"proof":"{}","output":"{}"}}"#,
            hex(&[5; PROOF_BYTES]),
            hex(&[6; 32])
        )
    }

    fn document(id: u8, state: &str, batches: &[String]) -> Vec<u8> {
        format!(
            r#"{{"id":"{}","state":"{state}","progress":0.5,"device":null,"batches":[{}],"error":null,"error_kind":null}}"#,
            hex(&[id; 32]),
            batches.join(",")
        )
        .into_bytes()
    }

    #[test]
    fn a_document_is_read() {
        let job = H256::repeat_byte(1);
        let read = Document::parse(&document(1, "proving", &[batch(1), batch(0)]), &job, 2);
        let read = read.expect("it is what the executor promises");
        assert_eq!(read.state, Stage::Proving);
        assert_eq!(
            read.batches.iter().map(|b| b.index).collect::<Vec<_>>(),
            vec![1, 0]
        );
        assert_eq!(read.batches[0].proof(), &[5; PROOF_BYTES]);
        assert_eq!(read.batches[0].output(), ContentId([6; 32]));
    }

    #[test]
    fn every_stage_and_failure_has_its_word() {
        let job = H256::repeat_byte(1);
        for word in [
            "queued",
            "fetching",
            "running",
            "proving",
            "done",
            "failed",
            "cancelled",
        ] {
            assert!(
                Document::parse(&document(1, word, &[]), &job, 1).is_ok(),
                "{word}"
            );
        }
        for kind in [
            "input_unavailable",
            "input_invalid",
            "model_unavailable",
            "model_invalid",
            "key_invalid",
            "time_limit",
            "internal",
        ] {
            let text = format!(
                r#"{{"id":"{}","state":"failed","batches":[],"error":"x","error_kind":"{kind}"}}"#,
                hex(job.as_bytes())
            );
            assert!(Document::parse(text.as_bytes(), &job, 1).is_ok(), "{kind}");
        }
    }

    #[test]
    fn nonsense_is_refused_and_named() {
        let job = H256::repeat_byte(1);
        let refused = |bytes: &[u8], words: &str| {
            let error = Document::parse(bytes, &job, 2).expect_err("it is nonsense");
            assert!(error.contains(words), "{error:?} lacks {words:?}");
        };
        refused(b"", "EOF");
        refused(b"<html>busy</html>", "expected value");
        refused(&document(2, "done", &[]), "describes job 0x0202");
        refused(&document(1, "asleep", &[]), "unknown variant `asleep`");
        refused(&document(1, "done", &[batch(2)]), "batch 2 of 2");
        refused(&document(1, "done", &[batch(1), batch(1)]), "batch 1 twice");
        let mut trailing = document(1, "done", &[]);
        trailing.push(b'x');
        refused(&trailing, "trailing characters");
        let short = batch(0).replace(&hex(&[5; PROOF_BYTES]), &hex(&[5; PROOF_BYTES - 1]));
        refused(&document(1, "done", &[short]), "192 hexadecimal bytes");
        let bare = batch(0).replace(&hex(&[6; 32]), &"06".repeat(32));
        refused(&document(1, "done", &[bare]), "start with 0x");
        refused(
            br#"{"id":null,"state":"done","batches":[]}"#,
            "invalid type",
        );
        // Deep nesting must not overflow the stack.
        let deep = [br#"{"note":"#.as_slice(), &[b'['; 100_000]].concat();
        refused(&deep, "EOF");
    }

    #[test]
    fn what_is_said_of_the_input_is_told_from_what_is_not() {
        let job = H256::repeat_byte(1);
        let read = |state: &str, waiting: &str, input: &str| {
            let text = String::from_utf8(document(1, state, &[])).expect("it is text");
            let more = format!(r#""waiting_for":[{waiting}],"input":{input},"error":null"#);
            let text = text.replacen(r#""error":null"#, &more, 1);
            Document::parse(text.as_bytes(), &job, 1).expect("it reads")
        };
        let blob = |what: &str| format!(r#"{{"what":"{what}","cid":"x","reason":"{what}!"}}"#);
        let (missing, arriving, here) = (r#""missing""#, r#""arriving""#, r#""here""#);
        for what in ["input", "input_piece"] {
            let both = format!("{},{}", blob("model"), blob(what));
            let document = read("fetching", &both, missing);
            assert_eq!(document.supply(), Supply::Lacking(&format!("{what}!")));
        }
        for (state, input, expected) in [
            ("fetching", missing, Supply::Lacking("no answer yet")),
            ("fetching", arriving, Supply::Arriving),
            ("fetching", here, Supply::Here),
            ("fetching", "null", Supply::Unknown),
            ("queued", here, Supply::Here),
            ("queued", "null", Supply::Unknown),
            ("running", "null", Supply::Here),
            ("proving", "null", Supply::Here),
            ("done", "null", Supply::Here),
            ("failed", missing, Supply::Unknown),
            ("cancelled", here, Supply::Unknown),
        ] {
            assert_eq!(read(state, "", input).supply(), expected, "{state} {input}");
        }
    }

    #[test]
    fn openings_and_roots_are_read() {
        let job = H256::repeat_byte(1);
        let path = |length: usize| vec![format!("\"{}\"", hex(&[8; 32])); length].join(",");
        let opened = |length: usize| {
            let opening = format!(
                r#""opening":{{"input":"{}","input_path":[{}],"result_path":[{}]}}}}"#,
                hex(&[7; 32]),
                path(length),
                path(1),
            );
            let plain = batch(3);
            format!("{},{opening}", plain.trim_end_matches('}'))
        };
        let read = |batches: &[String]| Document::parse(&document(1, "done", batches), &job, 4);
        let found = read(&[opened(2)]).expect("it is what the executor promises");
        let (input, input_path, result_path) = found.batches[0].opening().expect("it is there");
        assert_eq!(input, [7; 32]);
        assert_eq!((input_path.len(), result_path.len()), (2, 1));
        assert_eq!(found.results(), None);
        let none = read(&[batch(3)]).expect("it is a job without roots");
        assert_eq!(none.batches[0].opening(), None);
        // Longer than a path of the largest tree: no opening, but no reason to distrust the rest.
        let long = read(&[opened(21)]).expect("it reads");
        assert_eq!(long.batches[0].opening(), None);

        let text = String::from_utf8(document(1, "done", &[])).expect("it is text");
        let roots = format!(
            r#""results":{{"root":"{}","list":"{}"}},"error":null"#,
            hex(&[2; 32]),
            hex(&[3; 32])
        );
        let text = text.replacen(r#""error":null"#, &roots, 1);
        let found = Document::parse(text.as_bytes(), &job, 4).expect("it reads");
        let expected = ResultRoot {
            root: H256::repeat_byte(2),
            list: ContentId([3; 32]),
        };
        assert_eq!(found.results(), Some(expected));
    }

    #[test]
    fn the_order_is_the_agreed_body() {
        let locator = |byte: u8, source: &[u8]| Locator {
            content: ContentId([byte; 32]),
            source: source.to_vec().try_into().expect("short"),
        };
        let order = Order {
            id: H256::repeat_byte(1),
            genesis: &[2; 32],
            provider: &[3; 32],
            circuit: H256::repeat_byte(4),
            verifying_key: &[5, 6],
            proving_key: &locator(7, b"http://keys"),
            commitment_key: &locator(8, b""),
            model: H256::repeat_byte(9),
            weights: &[10; 32],
            content: &locator(11, b"http://a\"b"),
            input: &locator(12, b"\xff"),
            commitments: &[[13; 32], [14; 32]],
            rooted: None,
            done: &[1],
        };
        let json: serde_json::Value =
            serde_json::from_slice(&order.to_json().expect("plain data")).expect("valid JSON");
        assert_eq!(
            json,
            serde_json::json!({
                "id": hex(&[1; 32]),
                "genesis": hex(&[2; 32]),
                "provider": hex(&[3; 32]),
                "circuit": {
                    "id": hex(&[4; 32]),
                    "vk": "0x0506",
                    "proving_key": {"content": hex(&[7; 32]), "source": "http://keys"},
                    "commitment_key": {"content": hex(&[8; 32]), "source": ""},
                },
                "model": {
                    "id": hex(&[9; 32]),
                    "commitment": hex(&[10; 32]),
                    "content": hex(&[11; 32]),
                    "source": "http://a\"b",
                },
                "input": {"content": hex(&[12; 32]), "source": "\u{fffd}"},
                "commitments": [hex(&[13; 32]), hex(&[14; 32])],
                "done": [1],
                "priority": 0,
            })
        );
        let rooted = Order {
            commitments: &[],
            rooted: Some(Rooted {
                batches: 1 << 20,
                root: H256::repeat_byte(15),
                asked: &[1, 9],
            }),
            ..order
        };
        let json: serde_json::Value =
            serde_json::from_slice(&rooted.to_json().expect("plain data")).expect("valid JSON");
        assert_eq!(json["commitments"], serde_json::json!([]));
        let expected = serde_json::json!({
            "batches": 1 << 20, "root": hex(&[15; 32]), "asked": [1, 9],
        });
        assert_eq!(json["rooted"], expected);
    }
}
