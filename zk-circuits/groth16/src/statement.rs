//! What a proof is about, apart from the key: the job it belongs to and the two commitments that
//! the verifier already holds.

/// Encoded length of a [`Statement`] in bytes.
pub const STATEMENT_BYTES: usize = 164;

/// The public side of a proof, every field from the verifier's own state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Hash of the chain's genesis block.
    pub genesis: [u8; 32],
    /// Job id.
    pub job: [u8; 32],
    /// Index of the batch within the job.
    pub batch: u32,
    /// Account of the provider whom the proof pays.
    pub provider: [u8; 32],
    /// Commitment to the model's weights, canonically compressed.
    pub c_w: [u8; 32],
    /// Commitment to the input batch, canonically compressed.
    pub c_x: [u8; 32],
}

impl Statement {
    /// genesis, job, batch (little-endian), provider, C_w, C_x, without separators.
    pub fn to_bytes(&self) -> [u8; STATEMENT_BYTES] {
        let mut bytes = [0u8; STATEMENT_BYTES];
        bytes[..32].copy_from_slice(&self.genesis);
        bytes[32..64].copy_from_slice(&self.job);
        bytes[64..68].copy_from_slice(&self.batch.to_le_bytes());
        bytes[68..100].copy_from_slice(&self.provider);
        bytes[100..132].copy_from_slice(&self.c_w);
        bytes[132..].copy_from_slice(&self.c_x);
        bytes
    }

    /// Reads what [`Statement::to_bytes`] writes; `None` for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; STATEMENT_BYTES] = bytes.try_into().ok()?;
        let field = |at: usize| {
            let mut field = [0u8; 32];
            field.copy_from_slice(&bytes[at..at + 32]);
            field
        };
        Some(Self {
            genesis: field(0),
            job: field(32),
            batch: u32::from_le_bytes([bytes[64], bytes[65], bytes[66], bytes[67]]),
            provider: field(68),
            c_w: field(100),
            c_x: field(132),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_round_trip_and_keep_every_field() {
        let mut bytes = [0u8; STATEMENT_BYTES];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = i as u8;
        }
        let statement = Statement::from_bytes(&bytes).unwrap();
        assert_eq!(statement.to_bytes(), bytes);
        assert_eq!(statement.batch, u32::from_le_bytes([64, 65, 66, 67]));
        assert_eq!(statement.provider[0], 68);
        assert_eq!(statement.c_x[31], 163);
    }

    #[test]
    fn other_lengths_are_refused() {
        for length in [0, STATEMENT_BYTES - 1, STATEMENT_BYTES + 1] {
            assert_eq!(Statement::from_bytes(&vec![0; length]), None);
        }
    }
}
