//! keccak256 of what would be written to a file.

use std::io::{self, Write};

use tiny_keccak::{Hasher, Keccak};

use crate::key_file::Output;

struct Sponge(Keccak);

impl Write for Sponge {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// keccak256 of whatever `content` writes. It starts with a domain or a file's magic.
pub(crate) fn digest(
    content: impl FnOnce(&mut Output<&mut dyn Write>) -> io::Result<()>,
) -> [u8; 32] {
    let mut sponge = Sponge(Keccak::v256());
    let mut output = Output {
        writer: &mut sponge as &mut dyn Write,
    };
    content(&mut output).expect("hashing does not fail; qed");
    let mut digest = [0u8; 32];
    sponge.0.finalize(&mut digest);
    digest
}
