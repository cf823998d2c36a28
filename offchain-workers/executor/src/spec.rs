//! The body of `POST /v1/jobs`: what to compute, with which keys, and where its blobs lie.

use std::{collections::BTreeSet, fmt};

use serde::{de, Deserialize, Deserializer, Serialize, Serializer};
use swarm_merkle::MAX_LEAVES;
use swarm_store::ContentId;
use url::Url;

/// Most batches of a job that lists its input commitments; the chain's bound.
pub const MAX_BATCHES: usize = 64;
/// Most batches of a job with a root that are to be proven; the chain's bound.
pub const MAX_ASKED: usize = 64;
/// Most bytes of a verifying key; the chain's bound.
pub const MAX_VERIFYING_KEY_BYTES: usize = 1024;
/// Most bytes of a locator's source URL.
pub const MAX_SOURCE_BYTES: usize = 512;

/// 32 bytes, in JSON `0x` and 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes32(pub [u8; 32]);

/// The id of a job on chain.
pub type JobId = Bytes32;

impl Bytes32 {
    /// Reads `0x` and 64 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.strip_prefix("0x")?, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for Bytes32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Bytes32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Bytes32 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Bytes32 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "expected 0x and 64 hex digits, found {:?} ({} characters)",
                text.chars().take(80).collect::<String>(),
                text.chars().count()
            ))
        })
    }
}

/// A blob by its content id, and the base URL it can be had from (may be empty).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locator {
    #[serde(with = "content_hex")]
    pub content: ContentId,
    #[serde(default)]
    pub source: String,
}

/// The circuit a job is proven under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitSpec {
    /// keccak256 of the verifying key.
    pub id: Bytes32,
    /// Canonical bytes of the verifying key.
    #[serde(with = "bytes_hex")]
    pub vk: Vec<u8>,
    pub proving_key: Locator,
    pub commitment_key: Locator,
}

/// The model a job runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSpec {
    pub id: Bytes32,
    /// `C_w`, the commitment to the weights on chain.
    pub commitment: Bytes32,
    #[serde(flatten)]
    pub file: Locator,
}

/// What a job's inputs are committed to by where their commitments are not listed. Its input is a
/// manifest; all results are computed and committed to, and batches are proven when asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootedSpec {
    /// How many batches there are.
    pub batches: u32,
    /// Root of the Merkle tree of the input commitments.
    pub root: Bytes32,
    /// Batches that were drawn or challenged, each once, in the order in which they are due.
    #[serde(default)]
    pub asked: Vec<u32>,
}

/// One job as the offchain worker hands it over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSpec {
    pub id: JobId,
    pub genesis: Bytes32,
    /// The provider's controller account, which the proof is bound to.
    pub provider: Bytes32,
    pub circuit: CircuitSpec,
    pub model: ModelSpec,
    pub input: Locator,
    /// `C_x` of each batch; their number is the number of batches. None if there is a root.
    #[serde(default)]
    pub commitments: Vec<Bytes32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rooted: Option<RootedSpec>,
    /// Batches whose result is on chain already: not to be proven again.
    #[serde(default)]
    pub done: BTreeSet<u32>,
    /// Higher first.
    #[serde(default)]
    pub priority: i32,
}

impl JobSpec {
    /// Number of batches.
    pub fn batches(&self) -> u32 {
        match &self.rooted {
            Some(rooted) => rooted.batches,
            // At most MAX_BATCHES, see `check`.
            None => self.commitments.len() as u32,
        }
    }

    /// The bounds that JSON's types do not express. A source that is no URL passes: the chain lets
    /// a requester name anything, and the blob may still come from a peer or be uploaded.
    ///
    /// # Errors
    /// Names the field and what it may be.
    pub fn check(&self) -> Result<(), String> {
        match &self.rooted {
            Some(rooted) => rooted.check(self.commitments.len())?,
            None if self.commitments.is_empty() || self.commitments.len() > MAX_BATCHES => {
                return Err(format!(
                    "commitments: a job has 1 to {MAX_BATCHES} batches, found {}",
                    self.commitments.len()
                ));
            }
            None => {}
        }
        if let Some(batch) = self.done.iter().find(|batch| **batch >= self.batches()) {
            return Err(format!(
                "done: batch {batch} is not one of the job's batches 0 to {}",
                self.batches() - 1
            ));
        }
        let vk = self.circuit.vk.len();
        if vk == 0 || vk > MAX_VERIFYING_KEY_BYTES {
            return Err(format!(
                "circuit.vk: a verifying key has 1 to {MAX_VERIFYING_KEY_BYTES} bytes, found {vk}"
            ));
        }
        for (what, locator) in self.locators() {
            let bytes = locator.source.len();
            if bytes > MAX_SOURCE_BYTES {
                return Err(format!(
                    "{}.source: a URL has at most {MAX_SOURCE_BYTES} bytes, found {bytes}",
                    what.field()
                ));
            }
        }
        Ok(())
    }

    /// Every blob the job needs.
    pub fn locators(&self) -> [(Artifact, &Locator); 4] {
        [
            (Artifact::Input, &self.input),
            (Artifact::Model, &self.model.file),
            (Artifact::CommitmentKey, &self.circuit.commitment_key),
            (Artifact::ProvingKey, &self.circuit.proving_key),
        ]
    }

    /// Whether results computed for `other` hold for this job too: all that the proof is bound to
    /// is the same. Sources, priority and what is on chain may differ.
    pub fn same_work(&self, other: &Self) -> bool {
        let root = |spec: &Self| spec.rooted.as_ref().map(|r| (r.batches, r.root));
        let bound = |spec: &Self| {
            (
                (
                    spec.id,
                    spec.genesis,
                    spec.provider,
                    spec.circuit.id,
                    spec.circuit.vk.clone(),
                ),
                (
                    spec.model.id,
                    spec.model.commitment,
                    spec.commitments.clone(),
                ),
                spec.locators().map(|(_, locator)| locator.content),
            )
        };
        bound(self) == bound(other) && root(self) == root(other)
    }
}

impl RootedSpec {
    fn check(&self, listed: usize) -> Result<(), String> {
        if listed > 0 {
            return Err(format!(
                "commitments: a job with a root lists none, found {listed}"
            ));
        }
        if !(1..=MAX_LEAVES).contains(&self.batches) {
            return Err(format!(
                "rooted.batches: a job with a root has 1 to {MAX_LEAVES} batches, found {}",
                self.batches
            ));
        }
        if self.asked.len() > MAX_ASKED {
            return Err(format!(
                "rooted.asked: at most {MAX_ASKED} batches are asked for, found {}",
                self.asked.len()
            ));
        }
        if let Some(batch) = self.asked.iter().find(|batch| **batch >= self.batches) {
            return Err(format!(
                "rooted.asked: batch {batch} is not one of the job's batches 0 to {}",
                self.batches - 1
            ));
        }
        let mut seen = BTreeSet::new();
        if let Some(batch) = self.asked.iter().find(|batch| !seen.insert(**batch)) {
            return Err(format!("rooted.asked: batch {batch} is asked for twice"));
        }
        Ok(())
    }
}

impl Locator {
    /// Base URL of the source; `None` where there is none.
    ///
    /// # Errors
    /// Says what such a URL looks like.
    pub fn base(&self) -> Result<Option<Url>, String> {
        if self.source.is_empty() {
            return Ok(None);
        }
        parse_base(&self.source).map(Some)
    }
}

/// Reads the base URL of a place that serves `/blobs/{cid}`.
///
/// # Errors
/// Says what such a URL looks like.
pub fn parse_base(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|e| format!("{text:?} is no URL ({e})"))?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !plain {
        return Err(format!(
            "{text:?} is not of the form http://host:port or https://host:port/path, without \
             user, query or fragment"
        ));
    }
    Ok(url)
}

/// What a blob is to the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Artifact {
    Input,
    /// A part of the input that its manifest names.
    InputPiece,
    Model,
    CommitmentKey,
    ProvingKey,
}

impl Artifact {
    /// Whether it is the input or a part of it.
    pub fn is_input(self) -> bool {
        matches!(self, Self::Input | Self::InputPiece)
    }

    fn field(self) -> &'static str {
        match self {
            Self::Input | Self::InputPiece => "input",
            Self::Model => "model",
            Self::CommitmentKey => "circuit.commitment_key",
            Self::ProvingKey => "circuit.proving_key",
        }
    }
}

impl fmt::Display for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Input => "input",
            Self::InputPiece => "piece of the input",
            Self::Model => "model",
            Self::CommitmentKey => "commitment key",
            Self::ProvingKey => "proving key",
        })
    }
}

mod content_hex {
    use super::*;

    pub fn serialize<S: Serializer>(id: &ContentId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&id.to_hex())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ContentId, D::Error> {
        Bytes32::deserialize(deserializer).map(|bytes| ContentId::from_digest(bytes.0))
    }
}

mod bytes_hex {
    use super::*;

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("0x{}", hex::encode(bytes)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.strip_prefix("0x")
            .and_then(|digits| hex::decode(digits).ok())
            .ok_or_else(|| de::Error::custom("expected 0x and an even number of hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{json, Value};

    fn body() -> Value {
        let hash = |byte: u8| Bytes32([byte; 32]).to_string();
        json!({
            "id": hash(1), "genesis": hash(2), "provider": hash(3),
            "circuit": {
                "id": hash(4), "vk": "0x0102",
                "proving_key": {"content": hash(5), "source": "https://keys.example"},
                "commitment_key": {"content": hash(6), "source": ""},
            },
            "model": {"id": hash(7), "commitment": hash(8), "content": hash(9), "source": ""},
            "input": {"content": hash(10)},
            "commitments": [hash(11), hash(12)],
            "done": [1], "priority": 3,
        })
    }

    fn parse(body: Value) -> Result<JobSpec, String> {
        let spec: JobSpec = serde_json::from_value(body).map_err(|e| e.to_string())?;
        spec.check().map(|()| spec)
    }

    #[test]
    fn the_documented_body_is_read_and_written_back() {
        let spec = parse(body()).unwrap();
        assert_eq!(spec.id, Bytes32([1; 32]));
        assert_eq!(spec.circuit.vk, [1, 2]);
        assert_eq!(spec.model.file.content, ContentId::from_digest([9; 32]));
        assert_eq!(spec.done, BTreeSet::from([1]));
        assert_eq!((spec.batches(), spec.priority), (2, 3));
        let written = serde_json::to_value(&spec).unwrap();
        assert_eq!(parse(written).unwrap(), spec);
    }

    #[test]
    fn bounds_are_refused_by_name() {
        let refused = |change: fn(&mut Value), expected: &str| {
            let mut body = body();
            change(&mut body);
            let error = parse(body).unwrap_err();
            assert!(
                error.contains(expected),
                "{error:?} does not say {expected:?}"
            );
        };
        refused(|b| b["commitments"] = json!([]), "1 to 64 batches, found 0");
        let many = |b: &mut Value| b["commitments"] = vec![b["id"].clone(); 65].into();
        refused(many, "found 65");
        refused(
            |b| b["done"] = json!([2]),
            "batch 2 is not one of the job's batches 0 to 1",
        );
        refused(|b| b["circuit"]["vk"] = json!("0x"), "circuit.vk");
        refused(
            |b| b["circuit"]["vk"] = json!("0x123"),
            "even number of hex digits",
        );
        let long = |b: &mut Value| b["circuit"]["vk"] = format!("0x{}", "00".repeat(1025)).into();
        refused(long, "found 1025");
        refused(|b| b["id"] = json!("0x12"), "64 hex digits, found \"0x12\"");
        let long =
            |b: &mut Value| b["input"]["source"] = format!("http://{}", "a".repeat(600)).into();
        refused(long, "at most 512 bytes");
    }

    #[test]
    fn a_job_has_a_list_or_a_root() {
        let mut rooted = body();
        rooted["commitments"] = json!([]);
        rooted["done"] = json!([]);
        rooted["rooted"] =
            json!({"batches": 1 << 20, "root": Bytes32([13; 32]).to_string(), "asked": [7, 5]});
        let spec = parse(rooted.clone()).unwrap();
        assert_eq!(spec.batches(), 1 << 20);
        let asked = &spec.rooted.as_ref().unwrap().asked;
        // As they came: the first is due first.
        assert_eq!(*asked, [7, 5]);
        assert_eq!(parse(serde_json::to_value(&spec).unwrap()).unwrap(), spec);
        // What is asked for changes; what was committed to does not.
        let mut other = spec.clone();
        other.rooted.as_mut().unwrap().asked.clear();
        assert!(spec.same_work(&other));
        other.rooted.as_mut().unwrap().root = Bytes32([0; 32]);
        assert!(!spec.same_work(&other));

        let refused = |change: &dyn Fn(&mut Value), expected: &str| {
            let mut body = rooted.clone();
            change(&mut body);
            let error = parse(body).unwrap_err();
            assert!(error.contains(expected), "{error:?} lacks {expected:?}");
        };
        let listed = json!([Bytes32([1; 32]).to_string()]);
        refused(
            &|b| b["commitments"] = listed.clone(),
            "lists none, found 1",
        );
        refused(&|b| b["rooted"]["batches"] = json!(0), "found 0");
        refused(
            &|b| b["rooted"]["batches"] = json!((1 << 20) + 1),
            "1048577",
        );
        refused(&|b| b["rooted"]["batches"] = json!(7), "batch 7 is not one");
        refused(
            &|b| b["rooted"]["asked"] = json!([7, 5, 7]),
            "batch 7 is asked for twice",
        );
        let many: Vec<u32> = (0..65).collect();
        refused(&|b| b["rooted"]["asked"] = json!(many), "found 65");
    }

    #[test]
    fn sources_that_are_no_urls_pass_but_have_no_base() {
        for source in [
            "nonsense",
            "ftp://x",
            "http://u:p@x",
            "http://x?q",
            "file:///etc/passwd",
        ] {
            let mut body = body();
            body["input"]["source"] = json!(source);
            let base = parse(body).unwrap().input.base();
            assert!(base.is_err(), "{source} was taken for {base:?}");
        }
        let spec = parse(body()).unwrap();
        assert_eq!(spec.input.base(), Ok(None));
        let base = spec.circuit.proving_key.base().unwrap().unwrap();
        assert_eq!(base.as_str(), "https://keys.example/");
    }

    #[test]
    fn work_differs_where_a_bound_field_does() {
        let spec = parse(body()).unwrap();
        let mut same = spec.clone();
        same.priority = 9;
        same.done = BTreeSet::new();
        same.input.source = "http://elsewhere.example".into();
        assert!(spec.same_work(&same));
        let changes: [fn(&mut JobSpec); 6] = [
            |s| s.provider = Bytes32([0; 32]),
            |s| s.genesis = Bytes32([0; 32]),
            |s| s.circuit.vk = vec![9],
            |s| s.model.commitment = Bytes32([0; 32]),
            |s| s.input.content = ContentId::of(b"other"),
            |s| s.commitments[1] = Bytes32([0; 32]),
        ];
        for (n, change) in changes.into_iter().enumerate() {
            let mut other = spec.clone();
            change(&mut other);
            assert!(!spec.same_work(&other), "change {n} was overlooked");
        }
    }
}
