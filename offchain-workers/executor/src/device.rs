//! The devices of this machine: finding, naming, testing and choosing them, and running on them.

use std::{
    fmt,
    panic::{catch_unwind, AssertUnwindSafe},
    str::FromStr,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        Mutex, PoisonError,
    },
};

use anyhow::bail;
use burn::tensor::{Device, DeviceType};
use serde::Serialize;
use serde_json::{json, Value};
use swarm_network::{Matrix, Model};

use crate::{
    config::memory_bytes,
    network_burn::{panic_message, BurnNetwork, DeviceFailure, Method},
    probe::{probe, Probe},
};

/// Name of a device: `cpu`, or `gpu:N` in the order they were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub enum DeviceId {
    Cpu,
    Gpu(usize),
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Gpu(n) => write!(f, "gpu:{n}"),
        }
    }
}

impl From<DeviceId> for String {
    fn from(id: DeviceId) -> Self {
        id.to_string()
    }
}

/// One value of `--device`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFlag {
    Auto,
    Device(DeviceId),
}

impl FromStr for DeviceFlag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Device(DeviceId::Cpu)),
            other => other
                .strip_prefix("gpu:")
                .and_then(|n| n.parse().ok())
                .map(|n| Self::Device(DeviceId::Gpu(n)))
                .ok_or_else(|| format!("{other:?} is none of auto, cpu, gpu:0, gpu:1, …")),
        }
    }
}

/// Which devices to run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceChoice {
    /// Every hardware GPU that is exact; the CPU where there is none.
    Auto,
    These(Vec<DeviceId>),
}

impl DeviceChoice {
    /// # Errors
    /// Where `auto` stands beside a device.
    pub fn from_flags(flags: &[DeviceFlag]) -> anyhow::Result<Self> {
        let mut devices = Vec::new();
        for flag in flags {
            match flag {
                DeviceFlag::Auto if flags.len() == 1 => return Ok(Self::Auto),
                DeviceFlag::Auto => bail!("--device auto cannot be combined with other devices"),
                DeviceFlag::Device(id) if devices.contains(id) => {}
                DeviceFlag::Device(id) => devices.push(*id),
            }
        }
        Ok(Self::These(devices))
    }
}

/// A device of this machine.
pub struct FoundDevice {
    pub id: DeviceId,
    /// As the driver names it.
    pub name: String,
    /// Burn's backend: `flex`, `cuda` or `wgpu`.
    pub backend: &'static str,
    /// Whether it is the CPU by another name (a software Vulkan).
    pub software: bool,
    /// What the probe found, or why the device cannot be used.
    pub probe: Result<Probe, String>,
    selected: bool,
    /// Set when the device gave a wrong or no result; it is not used again.
    out_of_service: AtomicBool,
    device: Device,
}

/// The devices of this machine and which of them are used.
pub struct Devices {
    found: Vec<FoundDevice>,
}

impl Devices {
    /// Opens and tests the devices. Where only the CPU is chosen no graphics driver is touched.
    ///
    /// # Errors
    /// Where a chosen device is not there or not usable, naming those that are.
    pub fn discover(choice: &DeviceChoice) -> anyhow::Result<Self> {
        let mut found = vec![FoundDevice::new(
            DeviceId::Cpu,
            cpu_name(),
            "flex",
            false,
            Device::flex(),
        )];
        if *choice != DeviceChoice::These(vec![DeviceId::Cpu]) {
            for (n, gpu) in gpus().into_iter().enumerate() {
                let Gpu {
                    name,
                    backend,
                    software,
                    device,
                } = gpu;
                found.push(FoundDevice::new(
                    DeviceId::Gpu(n),
                    name,
                    backend,
                    software,
                    device,
                ));
            }
        }
        let chosen: Vec<DeviceId> = match choice {
            DeviceChoice::These(ids) => ids.clone(),
            DeviceChoice::Auto => {
                let good =
                    |d: &&FoundDevice| d.id != DeviceId::Cpu && !d.software && d.probe.is_ok();
                let gpus: Vec<_> = found.iter().filter(good).map(|d| d.id).collect();
                if gpus.is_empty() {
                    vec![DeviceId::Cpu]
                } else {
                    gpus
                }
            }
        };
        let listing = found
            .iter()
            .map(|d| format!("{} ({})", d.id, d.name))
            .collect::<Vec<_>>();
        for id in chosen {
            let Some(device) = found.iter_mut().find(|d| d.id == id) else {
                bail!(
                    "there is no device {id} on this machine; found {}",
                    listing.join(", ")
                );
            };
            if let Err(reason) = &device.probe {
                bail!("device {id} ({}) cannot be used: {reason}", device.name);
            }
            device.selected = true;
        }
        Ok(Self { found })
    }

    /// Every device, used or not.
    pub fn all(&self) -> &[FoundDevice] {
        &self.found
    }

    /// Ids and names of the devices that jobs run on.
    pub fn label(&self) -> String {
        let working: Vec<_> = self
            .working()
            .map(|d| format!("{} ({})", d.id, d.name))
            .collect();
        if working.is_empty() {
            "reference interpreter".into()
        } else {
            working.join(", ")
        }
    }

    /// Computes the network on each input, shared between the chosen devices; outputs in the same
    /// order. Every output is range-checked; what a device fails at is computed by the reference
    /// interpreter, and the device is not used again.
    ///
    /// # Errors
    /// Where an input has another shape or a value out of range.
    pub fn run(
        &self,
        model: &Model,
        inputs: &[&Matrix],
    ) -> Result<Vec<Matrix>, swarm_network::Error> {
        for input in inputs {
            model.topology().check_input(input)?;
        }
        let next = AtomicUsize::new(0);
        let outputs = Mutex::new(vec![None; inputs.len()]);
        std::thread::scope(|scope| {
            for device in self.working() {
                let (next, outputs) = (&next, &outputs);
                scope.spawn(move || device.work(model, inputs, next, outputs));
            }
        });
        let outputs = outputs.into_inner().unwrap_or_else(PoisonError::into_inner);
        let reference = |(output, input): (Option<Matrix>, &&Matrix)| match output {
            Some(output) => Ok(output),
            None => model.run(input),
        };
        outputs.into_iter().zip(inputs).map(reference).collect()
    }

    /// Takes the chosen devices out of service, after one of them gave a wrong result.
    pub fn distrust(&self, reason: &str) {
        for device in self.working() {
            device.retire(reason);
        }
    }

    /// The document of `GET /v1/hardware`.
    pub fn document(&self) -> Value {
        let device = |d: &FoundDevice| {
            json!({
                "id": d.id,
                "name": d.name,
                "backend": d.backend,
                "software": d.software,
                "selected": d.selected,
                "in_service": d.in_service(),
                "method": d.probe.as_ref().ok().map(|p| p.method),
                "exact_methods": d.probe.as_ref().ok().map(|p| &p.exact),
                "macs_per_second": d.probe.as_ref().ok().map(|p| p.macs_per_second.round()),
                "problem": d.probe.as_ref().err(),
            })
        };
        json!({
            "cpu": {"name": cpu_name(), "threads": threads()},
            "memory_bytes": memory_bytes(),
            "devices": self.found.iter().map(device).collect::<Vec<_>>(),
        })
    }

    /// The devices that jobs run on.
    pub(crate) fn working(&self) -> impl Iterator<Item = &FoundDevice> {
        self.found.iter().filter(|d| d.selected && d.in_service())
    }
}

impl FoundDevice {
    fn new(
        id: DeviceId,
        name: String,
        backend: &'static str,
        software: bool,
        device: Device,
    ) -> Self {
        let probe = probe(&device);
        match &probe {
            Ok(p) => {
                tracing::info!(%id, name, backend, method = ?p.method, macs_per_second = p.macs_per_second as u64, "device")
            }
            Err(reason) => tracing::warn!(%id, name, backend, reason, "device cannot be used"),
        }
        let out_of_service = AtomicBool::new(probe.is_err());
        Self {
            id,
            name,
            backend,
            software,
            probe,
            selected: false,
            out_of_service,
            device,
        }
    }

    /// Computes the network by a method of choice.
    ///
    /// # Errors
    /// Where the device fails.
    pub fn run_by(
        &self,
        method: Method,
        model: &Model,
        input: &Matrix,
    ) -> Result<Matrix, DeviceFailure> {
        BurnNetwork::load(model, &self.device, method)?.run(input)
    }

    /// Where Burn finds it.
    pub(crate) fn burn(&self) -> &Device {
        &self.device
    }

    /// Whether a method was found exact on it.
    pub(crate) fn is_exact(&self, method: Method) -> bool {
        let probe = self.probe.as_ref();
        probe.is_ok_and(|probe| probe.exact.contains(&method))
    }

    fn in_service(&self) -> bool {
        !self.out_of_service.load(Ordering::Relaxed)
    }

    /// Takes it out of service.
    pub(crate) fn retire(&self, reason: &str) {
        self.out_of_service.store(true, Ordering::Relaxed);
        tracing::error!(device = %self.id, name = self.name, reason, "device taken out of service");
    }

    /// Takes groups of inputs until there are none left.
    fn work(
        &self,
        model: &Model,
        inputs: &[&Matrix],
        next: &AtomicUsize,
        outputs: &Mutex<Vec<Option<Matrix>>>,
    ) {
        let result = self.network(model).and_then(|network| {
            let rows = inputs
                .iter()
                .map(|input| input.rows())
                .max()
                .unwrap_or(1)
                .max(1);
            let group = (network.rows_at_once() / rows).clamp(1, 16);
            loop {
                let from = next.fetch_add(group, Ordering::Relaxed);
                if from >= inputs.len() {
                    return Ok(());
                }
                let group = &inputs[from..inputs.len().min(from + group)];
                let computed = run_group(&network, model, group)?;
                let mut outputs = outputs.lock().unwrap_or_else(PoisonError::into_inner);
                for (n, output) in computed.into_iter().enumerate() {
                    outputs[from + n] = Some(output);
                }
            }
        });
        if let Err(failure) = result {
            self.retire(&failure.to_string());
        }
    }

    fn network(&self, model: &Model) -> Result<BurnNetwork, DeviceFailure> {
        let method = self.probe.as_ref().map_or(Method::I32, |p| p.method);
        BurnNetwork::load(model, &self.device, method)
    }
}

/// One pass over several inputs; outputs are checked against the range the topology allows.
fn run_group(
    network: &BurnNetwork,
    model: &Model,
    inputs: &[&Matrix],
) -> Result<Vec<Matrix>, DeviceFailure> {
    let (cols, outputs) = (model.topology().input_len(), model.topology().output_len());
    let rows: usize = inputs.iter().map(|input| input.rows()).sum();
    let values = inputs
        .iter()
        .flat_map(|input| input.values().iter().copied())
        .collect();
    let joined = Matrix::new(rows, cols, values).map_err(DeviceFailure::new)?;
    let output = network.run(&joined)?;
    let (lo, hi) = model.topology().output_range();
    output
        .check_range("output", lo, hi)
        .map_err(DeviceFailure::new)?;
    let mut rest = output.values();
    let mut split = Vec::with_capacity(inputs.len());
    for input in inputs {
        let (own, others) = rest.split_at(input.rows() * outputs);
        rest = others;
        let own = Matrix::new(input.rows(), outputs, own.to_vec());
        split.push(own.map_err(DeviceFailure::new)?);
    }
    Ok(split)
}

struct Gpu {
    name: String,
    backend: &'static str,
    software: bool,
    device: Device,
}

/// Every card once, by its fastest way, then software renderers.
fn gpus() -> Vec<Gpu> {
    let mut found: Vec<(Option<burn::tensor::PhysicalDevice>, Gpu)> = Vec::new();
    for (backend, list) in backends() {
        let devices = catch_unwind(list).unwrap_or_else(|panic| {
            let reason = panic_message(panic.as_ref());
            tracing::warn!(backend, reason, "cannot list devices");
            Vec::new()
        });
        for device in devices {
            let identity = catch_unwind(AssertUnwindSafe(|| device.identity())).unwrap_or(None);
            let physical = identity.as_ref().and_then(|i| i.physical.clone());
            let known = |other: &Option<burn::tensor::PhysicalDevice>| match (other, &physical) {
                (Some(a), Some(b)) => a.is_same_card(b),
                _ => false,
            };
            if found.iter().any(|(other, _)| known(other)) {
                continue;
            }
            let name = identity.map_or_else(|| format!("{device:?}"), |i| i.name);
            let software = physical.is_none();
            found.push((
                physical,
                Gpu {
                    name,
                    backend,
                    software,
                    device,
                },
            ));
        }
    }
    let mut gpus: Vec<Gpu> = found.into_iter().map(|(_, gpu)| gpu).collect();
    gpus.sort_by_key(|gpu| gpu.software);
    gpus
}

type Listing = fn() -> Vec<Device>;

/// Backends with GPUs, the preferred first.
fn backends() -> Vec<(&'static str, Listing)> {
    vec![
        #[cfg(feature = "cuda")]
        ("cuda", || Device::enumerate(DeviceType::Cuda).into_vec()),
        ("wgpu", || Device::enumerate(DeviceType::Wgpu).into_vec()),
    ]
}

/// Processors that this process may use.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The processor as the system names it.
fn cpu_name() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let name = line
        .and_then(|line| line.split_once(':'))
        .map(|(_, name)| name.trim().to_string());
    name.unwrap_or_else(|| std::env::consts::ARCH.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::probe_case;

    #[test]
    fn device_flags_are_read_and_wrong_ones_answered() {
        let of = |texts: &[&str]| {
            let flags: Vec<DeviceFlag> = texts.iter().map(|t| t.parse().unwrap()).collect();
            DeviceChoice::from_flags(&flags)
        };
        assert_eq!(of(&["auto"]).unwrap(), DeviceChoice::Auto);
        let two = DeviceChoice::These(vec![DeviceId::Gpu(1), DeviceId::Cpu]);
        assert_eq!(of(&["gpu:1", "cpu", "gpu:1"]).unwrap(), two);
        assert!(of(&["auto", "cpu"]).is_err());
        for text in ["gpu", "gpu:", "gpu:-1", "gpu:x", "tpu", ""] {
            let error = text.parse::<DeviceFlag>().unwrap_err();
            assert!(error.contains("none of auto, cpu, gpu:0"), "{error}");
        }
    }

    #[test]
    fn a_device_that_is_not_there_is_answered_with_those_that_are() {
        let error = Devices::discover(&DeviceChoice::These(vec![DeviceId::Gpu(99)]))
            .err()
            .unwrap();
        let error = error.to_string();
        assert!(
            error.contains("no device gpu:99") && error.contains("cpu ("),
            "{error}"
        );
    }

    #[test]
    fn a_retired_device_is_replaced_by_the_reference() {
        let devices = Devices::discover(&DeviceChoice::These(vec![DeviceId::Cpu])).unwrap();
        assert_eq!(devices.all().len(), 1, "a graphics driver was touched");
        let (model, input) = probe_case().unwrap();
        let expected = model.run(&input).unwrap();
        assert_eq!(
            devices.run(&model, &[&input]).unwrap(),
            std::slice::from_ref(&expected)
        );
        devices.distrust("a test says so");
        assert_eq!(devices.label(), "reference interpreter");
        assert_eq!(devices.document()["devices"][0]["in_service"], false);
        assert_eq!(
            devices.run(&model, &[&input, &input]).unwrap(),
            [expected.clone(), expected]
        );
    }

    #[test]
    fn inputs_out_of_range_are_refused_before_any_device_sees_them() {
        let devices = Devices::discover(&DeviceChoice::These(vec![DeviceId::Cpu])).unwrap();
        let (model, mut input) = probe_case().unwrap();
        input.values_mut()[5] = 256;
        let error = devices.run(&model, &[&input]).unwrap_err().to_string();
        assert!(error.contains("input[0, 5] is 256"), "{error}");
    }
}
