//! The file of a ceremony: magic `swarm-cs`, format version, header, number of records (8 bytes),
//! records, whether there is a beacon (one byte), the beacon, the current bases. See
//! [`crate::key_file`] for integers and points; nothing follows.

use std::io::{self, Write};

use super::{
    beacon::Beacon,
    contribution::{Contribution, CONTRIBUTION_BYTES},
    initial::{flag, Header},
    queries::Queries,
    Ceremony,
};
use crate::key_file::{FileKind, Input, KeyFileError, Output, Validation};

impl Ceremony {
    /// Writes the file; [`Ceremony::from_bytes`] reads it.
    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        let mut output = Output::new(writer, FileKind::Ceremony)?;
        self.header.write(&mut output)?;
        output.count(self.contributions.len())?;
        for record in &self.contributions {
            record.write(&mut output)?;
        }
        output.bytes(&[self.beacon.is_some().into()])?;
        if let Some(beacon) = &self.beacon {
            beacon.write(&mut output)?;
        }
        self.queries.write(&mut output)?;
        output.flush()
    }

    /// Reads a whole file: points are on their curves and in their subgroups, no more than that.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyFileError> {
        let mut input = Input::new(bytes, FileKind::Ceremony, Validation::Full)?;
        let header = Header::read(&mut input)?;
        let count = input.count("contributions", CONTRIBUTION_BYTES)?;
        let contributions = (0..count)
            .map(|_| Contribution::read(&mut input))
            .collect::<Result<_, _>>()?;
        let beacon = if flag(&mut input, "beacon")? {
            Some(Beacon::read(&mut input)?)
        } else {
            None
        };
        let queries = Queries::read(&mut input, header.lengths())?;
        input.finish()?;
        Ok(Self {
            header,
            contributions,
            beacon,
            queries,
        })
    }
}
