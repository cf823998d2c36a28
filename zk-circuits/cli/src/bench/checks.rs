//! What checks cost, in every way there is.

use anyhow::{ensure, Context, Result};
use swarm_groth16::PreparedKey;
use swarm_prover::Proof;
use swarm_zk_host::bn254;

use super::{
    plain::Plain,
    run::{median, timed},
    together::{self, Together},
    wasm::Wasm,
};

/// Checks of each way; they take turns, so that a busy machine slows all of them alike.
const CHECKS: usize = 60;
/// In every so many turns WebAssembly has one: there a check takes many times as long.
const WASM_TURNS: usize = 12;

/// Medians, in milliseconds.
pub struct Checks {
    /// Through the host function.
    pub host: f64,
    /// The verifier alone, key prepared.
    pub native: f64,
    /// In WebAssembly without the host function, key not prepared.
    pub wasm: f64,
    /// In WebAssembly, reading, checking and preparing the key.
    pub wasm_key: f64,
    /// arkworks' Groth16.
    pub plain: f64,
    /// Through the host function, each of those that are checked together.
    pub together: f64,
    /// In WebAssembly without the host function, each of those that are checked together.
    pub wasm_together: f64,
}

impl Checks {
    /// Checks a proof, and others together, again and again.
    pub fn measure(vk: &[u8], proof: &Proof) -> Result<Self> {
        let statement = proof.statement.to_bytes();
        let prepared = PreparedKey::from_bytes(vk)?;
        let stock = Plain::new()?;
        let proofs = Together::new().context("proofs to check together")?;
        let code = Wasm::new()?;
        // The first call compiles it.
        code.verify(vk, &statement, &proof.bytes)?;

        let (mut host, mut native, mut plain) = (Vec::new(), Vec::new(), Vec::new());
        let (mut wasm, mut wasm_key) = (Vec::new(), Vec::new());
        let (mut together, mut wasm_together) = (Vec::new(), Vec::new());
        for turn in 0..CHECKS {
            host.push(ms(|| Ok(bn254::verify(vk, &statement, &proof.bytes)?))?);
            native.push(ms(|| Ok(prepared.verify(&proof.statement, &proof.bytes)?))?);
            plain.push(ms(|| {
                ensure!(stock.verify(), "plain Groth16 does not verify");
                Ok(())
            })?);
            together.push(ms(|| proofs.verify())?);
            if turn % WASM_TURNS == 0 {
                wasm.push(ms(|| code.verify(vk, &statement, &proof.bytes))?);
                wasm_key.push(ms(|| code.prepare(vk))?);
                wasm_together.push(ms(|| proofs.verify_in(&code))?);
            }
        }
        Ok(Self {
            host: median(host),
            native: median(native),
            wasm: median(wasm),
            wasm_key: median(wasm_key),
            plain: median(plain),
            together: median(together) / together::PROOFS as f64,
            wasm_together: median(wasm_together) / together::PROOFS as f64,
        })
    }
}

/// How long a check that succeeds takes.
fn ms(check: impl FnOnce() -> Result<()>) -> Result<f64> {
    let (checked, seconds) = timed(check);
    checked?;
    Ok(seconds * 1e3)
}
