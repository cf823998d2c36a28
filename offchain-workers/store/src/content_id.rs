//! The name of a blob: a BLAKE3 digest, written as a CIDv1 string or as hex.

use std::{fmt, str::FromStr};

use cid::{Cid, Version};
use multihash::Multihash;

/// Multicodec of uninterpreted bytes (<https://github.com/multiformats/multicodec>).
const CODEC_RAW: u64 = 0x55;
/// Multicodec of BLAKE3 digests (same table).
const HASH_BLAKE3: u64 = 0x1e;

/// BLAKE3 digest of a blob, 32 bytes; on chain these bytes, in text the CIDv1 string.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId([u8; 32]);

/// Why a text is not the name of a blob.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseContentIdError {
    #[error(
        "content id {0:?} is no CID: expected a CIDv1 such as bafkr4i… or 0x and 64 hex digits"
    )]
    NotCid(String),
    #[error("content id {0:?} is a CIDv0: expected CIDv1, base32 lower case")]
    VersionZero(String),
    #[error("content id {text:?} has codec {codec:#x}: expected raw (0x55)")]
    Codec { text: String, codec: u64 },
    #[error("content id {text:?} has hash function {code:#x}: expected BLAKE3 (0x1e)")]
    HashFunction { text: String, code: u64 },
    #[error("content id {text:?} has a digest of {bytes} bytes: expected 32")]
    DigestLength { text: String, bytes: usize },
    #[error("content id {text:?} is not in its canonical form {canonical}")]
    NotCanonical { text: String, canonical: String },
    #[error("content id {0:?} is not 0x followed by 64 hex digits")]
    Hex(String),
}

impl ContentId {
    /// The id of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The id whose digest is already known.
    pub const fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The 32 bytes kept on chain.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.0
    }

    /// `0x` and 64 lower-case hex digits.
    pub fn to_hex(&self) -> String {
        format!("0x{}", hex::encode(self.0))
    }

    /// Reads 64 hex digits, with or without `0x`.
    pub fn from_hex(text: &str) -> Result<Self, ParseContentIdError> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let mut digest = [0; 32];
        hex::decode_to_slice(digits, &mut digest)
            .map_err(|_| ParseContentIdError::Hex(text.into()))?;
        Ok(Self(digest))
    }

    /// The CIDv1 of this digest.
    pub fn to_cid(&self) -> Cid {
        let hash = Multihash::wrap(HASH_BLAKE3, &self.0).expect("32 bytes fit a 64-byte multihash");
        Cid::new_v1(CODEC_RAW, hash)
    }

    /// Reads a CIDv1 string in its canonical form (base32, lower case), so that one blob has one
    /// name in URLs and on disk.
    pub fn from_cid(text: &str) -> Result<Self, ParseContentIdError> {
        let cid = Cid::try_from(text).map_err(|_| ParseContentIdError::NotCid(text.to_string()))?;
        let text = text.to_string();
        if cid.version() == Version::V0 {
            return Err(ParseContentIdError::VersionZero(text));
        }
        if cid.codec() != CODEC_RAW {
            let codec = cid.codec();
            return Err(ParseContentIdError::Codec { text, codec });
        }
        if cid.hash().code() != HASH_BLAKE3 {
            let code = cid.hash().code();
            return Err(ParseContentIdError::HashFunction { text, code });
        }
        let digest = cid.hash().digest();
        let Ok(digest) = <[u8; 32]>::try_from(digest) else {
            let bytes = digest.len();
            return Err(ParseContentIdError::DigestLength { text, bytes });
        };
        let id = Self(digest);
        let canonical = id.to_string();
        if canonical != text {
            return Err(ParseContentIdError::NotCanonical { text, canonical });
        }
        Ok(id)
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_cid().fmt(f)
    }
}

impl fmt::Debug for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentId({self})")
    }
}

impl FromStr for ContentId {
    type Err = ParseContentIdError;

    /// A CIDv1 string, or `0x` and 64 hex digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("0x") {
            Self::from_hex(text)
        } else {
            Self::from_cid(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_name_of_the_empty_blob() {
        let id = ContentId::of(b"");
        // BLAKE3 of nothing, from its test vectors.
        let hex = "0xaf1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(id.to_hex(), hex);
        // 0x01 0x55 0x1e 0x20 and the digest, in RFC 4648 base32 lower case without padding.
        let cid = "bafkr4ifpcne3t5pzugtkaqcn5i3nzskjtpfslsnnyejlpte2spfoihzsmi";
        assert_eq!(id.to_string(), cid);
        assert_eq!(cid.parse::<ContentId>(), Ok(id));
        assert_eq!(hex.parse::<ContentId>(), Ok(id));
    }

    proptest! {
        #[test]
        fn both_texts_round_trip(digest: [u8; 32]) {
            let id = ContentId::from_digest(digest);
            prop_assert_eq!(ContentId::from_cid(&id.to_string()), Ok(id));
            prop_assert_eq!(ContentId::from_hex(&id.to_hex()), Ok(id));
            prop_assert!(id.to_string().chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
        }

        #[test]
        fn any_text_is_answered_without_panic(text in ".{0,80}") {
            let _ = text.parse::<ContentId>();
        }
    }

    fn cid_of(codec: u64, code: u64, digest: &[u8]) -> String {
        Cid::new_v1(codec, Multihash::wrap(code, digest).unwrap()).to_string()
    }

    #[test]
    fn other_codecs_hashes_and_lengths_are_refused() {
        let digest = [7; 32];
        let text = cid_of(0x70, HASH_BLAKE3, &digest);
        let refusal = ContentId::from_cid(&text);
        assert_eq!(
            refusal,
            Err(ParseContentIdError::Codec { text, codec: 0x70 })
        );

        let text = cid_of(CODEC_RAW, 0x12, &digest);
        let refusal = ContentId::from_cid(&text);
        assert_eq!(
            refusal,
            Err(ParseContentIdError::HashFunction { text, code: 0x12 })
        );

        let text = cid_of(CODEC_RAW, HASH_BLAKE3, &digest[..31]);
        let refusal = ContentId::from_cid(&text);
        assert_eq!(
            refusal,
            Err(ParseContentIdError::DigestLength { text, bytes: 31 })
        );

        let text = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn".to_string();
        let refusal = ContentId::from_cid(&text);
        assert_eq!(refusal, Err(ParseContentIdError::VersionZero(text)));
    }

    #[test]
    fn a_second_spelling_of_an_id_is_refused() {
        let id = ContentId::of(b"one name");
        let base58 = id
            .to_cid()
            .to_string_of_base(cid::multibase::Base::Base58Btc)
            .unwrap();
        let refusal = ContentId::from_cid(&base58);
        assert!(
            matches!(refusal, Err(ParseContentIdError::NotCanonical { .. })),
            "{refusal:?}"
        );
        let upper = id.to_string().to_uppercase();
        assert!(ContentId::from_cid(&upper).is_err());
    }

    #[test]
    fn paths_and_odd_lengths_are_no_ids() {
        for text in [
            "",
            "..",
            "../../etc/passwd",
            "0x",
            "0xzz",
            "bafkr4i",
            "0x00",
        ] {
            assert!(
                text.parse::<ContentId>().is_err(),
                "{text:?} was taken for an id"
            );
        }
    }
}
