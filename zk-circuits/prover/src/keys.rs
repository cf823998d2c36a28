//! The three keys of a circuit and the folder they lie in.

use crate::{file, key::Key, CommitmentKey, Error, ProvingKey};
use std::path::Path;
use swarm_circuits::Circuit;
use swarm_groth16::{inspect_key, CircuitDescriptor, Qap};
use swarm_network::{Model, Topology};

/// Name of the verifying key within a folder of keys.
pub const VERIFYING_KEY_FILE: &str = "verifying.key";
/// Name of the commitment key within a folder of keys.
pub const COMMITMENT_KEY_FILE: &str = "commitment.key";
/// Name of the proving key within a folder of keys.
pub const PROVING_KEY_FILE: &str = "proving.key";

/// All keys of one circuit.
#[derive(Debug)]
pub struct Keys {
    pub proving: ProvingKey,
    pub commitment: CommitmentKey,
    /// Canonical bytes, as they are registered on chain.
    pub verifying: Vec<u8>,
}

impl Keys {
    fn new(proving: ProvingKey) -> Self {
        Self {
            commitment: proving.commitment_key(),
            verifying: proving.verifying_key_bytes().to_vec(),
            proving,
        }
    }

    /// Reads the three files of a folder and checks that they belong together.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let verifying = file::read(&folder.join(VERIFYING_KEY_FILE))?;
        inspect_key(&verifying).map_err(Error::VerifyingKey)?;
        let commitment = CommitmentKey::read(folder.join(COMMITMENT_KEY_FILE))?;
        if commitment.verifying_key().to_bytes()[..] != verifying[..] {
            return Err(Error::MixedKeys("commitment"));
        }
        let proving = ProvingKey::read(folder.join(PROVING_KEY_FILE))?;
        if proving.verifying_key_bytes() != verifying {
            return Err(Error::MixedKeys("proving"));
        }
        Ok(Self {
            proving,
            commitment,
            verifying,
        })
    }

    /// Writes the three files into an existing folder.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        let folder = folder.as_ref();
        file::write(&folder.join(VERIFYING_KEY_FILE), |out| {
            std::io::Write::write_all(out, &self.verifying)
        })?;
        self.commitment.write(folder.join(COMMITMENT_KEY_FILE))?;
        self.proving.write(folder.join(PROVING_KEY_FILE))
    }
}

/// A circuit ready for key generation: linted, with everything that a setup needs of it.
pub struct Shape {
    circuit: Circuit,
    qap: Qap,
    descriptor: CircuitDescriptor,
}

impl Shape {
    /// Builds the circuit of a topology and batch size.
    ///
    /// # Errors
    /// [`Error::Circuit`] if there is none, [`Error::Setup`] if it must not get a key.
    pub fn new(topology: &Topology, batch: usize) -> Result<Self, Error> {
        Self::of(Circuit::new(topology, batch)?)
    }

    /// Builds the circuit of one model, whose weights are its constants, and batch size.
    ///
    /// # Errors
    /// [`Error::Circuit`] if there is none, [`Error::Setup`] if it must not get a key.
    pub fn baked(model: &Model, batch: usize) -> Result<Self, Error> {
        Self::of(Circuit::baked(model, batch)?)
    }

    fn of(circuit: Circuit) -> Result<Self, Error> {
        let (qap, descriptor) = circuit
            .key_parts(circuit.matrices())
            .map_err(|e| Error::Setup(e.to_string()))?;
        Ok(Self {
            circuit,
            qap,
            descriptor,
        })
    }

    /// Matrices and rows.
    pub fn qap(&self) -> &Qap {
        &self.qap
    }

    /// What the verifying key will say about the circuit.
    pub fn descriptor(&self) -> CircuitDescriptor {
        self.descriptor
    }

    /// Keys by one party; see [`setup_development`].
    ///
    /// # Errors
    /// [`Error::Setup`] if the circuit cannot get any.
    #[cfg(feature = "dev-setup")]
    pub fn generate_development<R: rand::RngCore + rand::CryptoRng>(
        self,
        rng: &mut R,
    ) -> Result<Keys, Error> {
        let (key, _) = swarm_groth16::generate_development(&self.qap, self.descriptor, rng)
            .map_err(|e| Error::Setup(e.to_string()))?;
        self.keys(key)
    }

    /// The keys around a proving key that was made for this circuit.
    ///
    /// # Errors
    /// [`Error::VerifyingKey`] if it is weak, [`Error::OtherCircuit`] if it is another circuit's.
    pub fn keys(self, key: swarm_groth16::ProvingKey) -> Result<Keys, Error> {
        if key.verifying_key().descriptor != self.descriptor {
            return Err(Error::OtherCircuit);
        }
        let key = Key::Memory(Box::new(key));
        Ok(Keys::new(ProvingKey::new(self.circuit, self.qap, key)?))
    }
}

/// Makes keys by one party, for development chains: whoever runs this can forge proofs under them,
/// and the keys say so.
#[cfg(feature = "dev-setup")]
pub fn setup_development<R: rand::RngCore + rand::CryptoRng>(
    topology: &Topology,
    batch: usize,
    rng: &mut R,
) -> Result<Keys, Error> {
    Shape::new(topology, batch)?.generate_development(rng)
}

/// The same for one model, whose weights are constants of the circuit and stand in the keys.
#[cfg(feature = "dev-setup")]
pub fn setup_development_baked<R: rand::RngCore + rand::CryptoRng>(
    model: &Model,
    batch: usize,
    rng: &mut R,
) -> Result<Keys, Error> {
    Shape::baked(model, batch)?.generate_development(rng)
}
