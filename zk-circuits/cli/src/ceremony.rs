//! `ceremony`: phase 2 of a key ceremony, from a phase-1 file to keys without the development stamp.

mod args;

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{bail, ensure, Context, Result};
use rand::rngs::OsRng;
use serde_json::{json, Value};
use swarm_groth16::ceremony::{Ceremony, Initial, Phase1, Verified};
use swarm_prover::{inspect_key, Shape, COMMITMENT_KEY_FILE, PROVING_KEY_FILE, VERIFYING_KEY_FILE};

use crate::files;
use crate::report::{hex, size, Report};

pub use args::Command;
use args::{ContributeArgs, FinishArgs, NewArgs, Origin, Phase1Args, VerifyArgs};

/// Name of the finished ceremony within a folder of keys.
const TRANSCRIPT_FILE: &str = "ceremony.transcript";

pub fn run(command: &Command, report: &Report) -> Result<()> {
    match command {
        Command::Phase1(args) => phase1(args, report),
        Command::New(args) => new(args, report),
        Command::Contribute(args) => contribute(args, report),
        Command::Verify(args) => verify(args, report),
        Command::Finish(args) => finish(args, report),
    }
}

fn phase1(args: &Phase1Args, report: &Report) -> Result<()> {
    files::refuse_existing(std::slice::from_ref(&args.out), args.force)?;
    let task = report.task(format!("Making 2^{} powers", args.power));
    let phase1 = Phase1::generate_development(1 << args.power, &mut OsRng);
    task.say("Writing them");
    let bytes = save(&args.out, |out| phase1.write(out))?;
    drop(task);
    report.result(
        &json!({ "power": args.power, "development": true, "bytes": bytes }),
        &[
            format!("rows            2^{} at most", args.power),
            format!("size            {}", size(bytes)),
            "made by         one party, for development: so are keys that come from it".into(),
        ],
    );
    Ok(())
}

fn new(args: &NewArgs, report: &Report) -> Result<()> {
    files::refuse_existing(std::slice::from_ref(&args.out), args.force)?;
    let (shape, initial) = args.origin.initial(report)?;
    let task = report.task("Writing the ceremony");
    let bytes = save(&args.out, |out| Ceremony::new(&initial).write(out))?;
    drop(task);
    report.result(
        &json!({
            "phase1": hex(initial.phase1()),
            "development": initial.development(),
            "circuit_digest": hex(shape.descriptor().digest),
            "rows": shape.qap().rows(),
            "bytes": bytes,
        }),
        &[
            format!("phase 1         {}", hex(initial.phase1())),
            format!("circuit digest  {}", hex(shape.descriptor().digest)),
            format!("rows            {}", shape.qap().rows()),
            format!("size            {}", size(bytes)),
        ],
    );
    Ok(())
}

fn contribute(args: &ContributeArgs, report: &Report) -> Result<()> {
    files::refuse_existing(std::slice::from_ref(&args.out), args.force)?;
    let task = report.task("Reading the ceremony");
    let mut ceremony = read(&args.ceremony)?;
    drop(task);
    let (_, initial) = args.origin.initial(report)?;
    let task = report.task("Checking what others did, and contributing");
    let hash = ceremony.contribute(&initial, &mut OsRng)?;
    task.say("Writing the ceremony");
    let bytes = save(&args.out, |out| ceremony.write(out))?;
    drop(task);
    let number = ceremony.contributions();
    report.result(
        &json!({ "contribution": number, "hash": hex(hash), "bytes": bytes }),
        &[
            format!("contribution    {number}"),
            format!("hash            {}", hex(hash)),
            "publish the hash, and look for it when the ceremony is finished".into(),
        ],
    );
    Ok(())
}

fn verify(args: &VerifyArgs, report: &Report) -> Result<()> {
    if let Some(folder) = &args.out {
        files::refuse_existing(&keys_in(folder), args.force)?;
    }
    let task = report.task("Reading the ceremony");
    let ceremony = read(&args.ceremony)?;
    drop(task);
    if let Some(expected) = args.beacon {
        match ceremony.beacon() {
            Some((found, _)) => ensure!(
                found == expected,
                "the ceremony ended with beacon {}, not {}",
                hex(found),
                hex(expected)
            ),
            None => bail!("the ceremony has no beacon yet"),
        }
    }
    let (shape, initial) = args.origin.initial(report)?;
    let task = report.task("Checking every contribution and every base");
    let verified = ceremony.verify(&initial, &mut OsRng)?;
    let circuit = match (ceremony.beacon(), &args.out) {
        (None, None) => None,
        (None, Some(_)) => bail!("the ceremony has no beacon yet; finish it to get keys"),
        (Some(_), out) => Some(keys(shape, &verified, out.as_deref())?),
    };
    drop(task);
    say(report, &ceremony, &initial, verified.hash(), circuit);
    Ok(())
}

fn finish(args: &FinishArgs, report: &Report) -> Result<()> {
    let transcript = args.out.join(TRANSCRIPT_FILE);
    let mut written = keys_in(&args.out);
    written.push(transcript.clone());
    files::refuse_existing(&written, args.force)?;
    let task = report.task("Reading the ceremony and applying the beacon");
    let mut ceremony = read(&args.ceremony)?;
    ceremony.finish(args.beacon, args.iterations)?;
    drop(task);
    let (shape, initial) = args.origin.initial(report)?;
    let task = report.task("Checking every contribution and every base");
    let verified = ceremony.verify(&initial, &mut OsRng)?;
    task.say("Writing keys");
    let circuit = keys(shape, &verified, Some(&args.out))?;
    save(&transcript, |out| ceremony.write(out))?;
    drop(task);
    say(report, &ceremony, &initial, verified.hash(), Some(circuit));
    Ok(())
}

impl Origin {
    /// The circuit and the initial state.
    fn initial(&self, report: &Report) -> Result<(Shape, Initial)> {
        let task = report.task(format!("Building the circuit, batch {}", self.batch));
        let (shape, _) = files::shape(&self.topology, self.baked, self.batch)?;
        task.say("Reading phase 1");
        let file = File::open(&self.phase1)
            .with_context(|| format!("cannot read {}", self.phase1.display()))?;
        let phase1 = Phase1::read(BufReader::new(file), shape.qap().domain_size())?;
        let initial = Initial::new(
            phase1,
            shape.qap(),
            shape.descriptor(),
            &mut OsRng,
            &mut |step| task.say(step.to_string()),
        )?;
        drop(task);
        if initial.development() {
            report.note("note: phase 1 was made by one party, who can forge proofs under the keys");
        }
        Ok((shape, initial))
    }
}

/// Makes the keys, writes them where a folder is given, and returns their circuit id.
fn keys(shape: Shape, verified: &Verified, folder: Option<&Path>) -> Result<[u8; 32]> {
    let keys = shape.keys(verified.proving_key()?)?;
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        keys.write(folder)?;
    }
    Ok(inspect_key(&keys.verifying)
        .context("the new verifying key")?
        .id)
}

fn keys_in(folder: &Path) -> Vec<PathBuf> {
    [VERIFYING_KEY_FILE, COMMITMENT_KEY_FILE, PROVING_KEY_FILE]
        .map(|name| folder.join(name))
        .to_vec()
}

/// What a checked ceremony is.
fn say(
    report: &Report,
    ceremony: &Ceremony,
    initial: &Initial,
    transcript: [u8; 32],
    circuit: Option<[u8; 32]>,
) {
    let hashes: Vec<String> = ceremony.hashes().into_iter().map(hex).collect();
    let beacon = ceremony.beacon();
    let mut lines = vec![
        format!("valid: {} contributions", hashes.len()),
        format!("phase 1         {}", hex(initial.phase1())),
    ];
    for (number, hash) in (1..).zip(&hashes) {
        lines.push(format!("contribution {number:<2} {hash}"));
    }
    lines.push(match beacon {
        Some((value, log2)) => format!("beacon          {}, 2^{log2} times", hex(value)),
        None => "beacon          none yet: it is not finished".into(),
    });
    lines.push(format!("transcript      {}", hex(transcript)));
    if let Some(circuit) = circuit {
        lines.push(format!("circuit         {}", hex(circuit)));
    }
    report.result(
        &json!({
            "valid": true,
            "phase1": hex(initial.phase1()),
            "development": initial.development(),
            "contributions": hashes,
            "beacon": beacon.map_or(Value::Null, |(value, _)| hex(value).into()),
            "iterations_log2": beacon.map_or(Value::Null, |(_, log2)| log2.into()),
            "transcript": hex(transcript),
            "circuit": circuit.map_or(Value::Null, |id| hex(id).into()),
        }),
        &lines,
    );
}

fn read(path: &Path) -> Result<Ceremony> {
    Ceremony::from_bytes(&files::read(path)?)
        .with_context(|| format!("{} is refused; get the file again", path.display()))
}

/// Writes a file beside `path`, moves it there once it is whole, and returns its length.
fn save(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<u64> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    write_through(&partial, path, content)
        .with_context(|| format!("cannot write {}", path.display()))
}

fn write_through(
    partial: &Path,
    path: &Path,
    content: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> std::io::Result<u64> {
    let mut out = BufWriter::new(File::create(partial)?);
    content(&mut out)?;
    out.flush()?;
    let file = out.into_inner().map_err(|error| error.into_error())?;
    file.sync_all()?;
    std::fs::rename(partial, path)?;
    Ok(file.metadata()?.len())
}

#[cfg(test)]
mod tests;
