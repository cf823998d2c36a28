//! Bytes as the executor's JSON has them.

use alloc::{format, string::String};
use serde::{de::Error as _, Deserialize, Deserializer};

/// Bytes as `0x…`.
pub fn hex(bytes: &[u8]) -> String {
    format!("0x{}", ::hex::encode(bytes))
}

/// Exactly `N` bytes, written `0x…`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hex<const N: usize>(pub [u8; N]);

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text
            .strip_prefix("0x")
            .ok_or_else(|| D::Error::custom("hexadecimal bytes start with 0x"))?;
        let mut bytes = [0; N];
        ::hex::decode_to_slice(digits, &mut bytes)
            .map_err(|error| D::Error::custom(format!("{N} hexadecimal bytes: {error}")))?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_they_are_written_and_in_their_number_only() {
        let read = |text: &str| serde_json::from_str::<Hex<2>>(&format!("\"{text}\""));
        assert_eq!(read(&hex(&[1, 0xfe])).ok(), Some(Hex([1, 0xfe])));
        for wrong in ["01fe", "0x01", "0x01fe00", "0x01fg"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
