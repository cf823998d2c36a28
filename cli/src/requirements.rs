//! What jobs ask of providers and providers say of themselves, as people write it.

use sp_runtime::Permill;
use swarmwork_primitives::{ComputeClass, Enclaves, Needs, Region, Tier, MAX_REGIONS};

/// Each tier and its name, the lowest first.
pub const TIERS: [(Tier, &str); 3] = [
    (Tier::Entry, "entry"),
    (Tier::Validator, "validator"),
    (Tier::Supernode, "supernode"),
];

fn by_name<T: Copy>(names: &[(T, &str)], text: &str, what: &str) -> Result<T, String> {
    names
        .iter()
        .find(|(_, name)| *name == text)
        .map(|(each, _)| *each)
        .ok_or_else(|| {
            let names: Vec<_> = names.iter().map(|(_, name)| *name).collect();
            format!("`{text}` is no {what}: choose from {}", names.join(", "))
        })
}

/// The name of one of several.
pub fn name_of<T: PartialEq>(names: &[(T, &'static str)], of: &T) -> &'static str {
    names
        .iter()
        .find(|(each, _)| each == of)
        .map_or("unknown", |(_, name)| name)
}

/// Reads a compute class's name.
pub fn parse_class(text: &str) -> Result<ComputeClass, String> {
    by_name(&ComputeClass::NAMES, text, "compute class")
}

/// Reads an enclave's name.
pub fn parse_enclave(text: &str) -> Result<Enclaves, String> {
    by_name(&Enclaves::NAMES, text, "enclave")
}

/// Reads a country's code.
pub fn parse_region(text: &str) -> Result<Region, String> {
    <[u8; 2]>::try_from(text.as_bytes())
        .ok()
        .map(Region)
        .filter(Region::is_code)
        .ok_or_else(|| {
            format!("`{text}` is no region: write a country's two capital letters, such as DE")
        })
}

/// A region's letters.
pub fn region_text(region: &Region) -> String {
    String::from_utf8_lossy(&region.0).into_owned()
}

/// The names of enclaves.
pub fn enclave_names(of: Enclaves) -> Vec<&'static str> {
    Enclaves::NAMES
        .iter()
        .filter(|(each, _)| of.meets(*each))
        .map(|(_, name)| *name)
        .collect()
}

/// Reads an amount of memory: a number of MiB, or one with its unit.
pub fn parse_memory(text: &str) -> Result<u32, String> {
    let (number, factor) = match text.strip_suffix("GiB") {
        Some(number) => (number, 1024),
        None => (text.strip_suffix("MiB").unwrap_or(text), 1),
    };
    number
        .parse::<u32>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| format!("`{text}` is no amount of memory: write 24GiB or 24576MiB"))
}

/// Reads a percentage of at most four decimals.
pub fn parse_share(text: &str) -> Result<Permill, String> {
    let wrong =
        || format!("`{text}` is no percentage: write a number from 0 to 100 such as 30 or 12.5");
    let number = text.trim();
    let number = number.strip_suffix('%').unwrap_or(number);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 4 || !digits(whole) || !digits(fraction) {
        return Err(wrong());
    }
    // One percent is ten thousand parts per million.
    format!("{whole}{fraction:0<4}")
        .parse::<u32>()
        .ok()
        .filter(|parts| *parts <= 1_000_000)
        .map(Permill::from_parts)
        .ok_or_else(wrong)
}

/// Reads what is asked of a provider: `memory=24GiB,class=professional,region=DE+FR,tier=validator,
/// enclave=tdx+sev-snp,reputation=60%`, any of it once.
pub fn parse_needs(text: &str) -> Result<Needs, String> {
    let mut needs = Needs::default();
    let mut seen: Vec<&str> = Vec::new();
    for part in text.split(',') {
        let Some((name, value)) = part.split_once('=') else {
            return Err(format!("`{part}` asks nothing: write NAME=VALUE"));
        };
        if seen.contains(&name) {
            return Err(format!("`{name}` is asked for twice"));
        }
        seen.push(name);
        match name {
            "memory" => needs.gpu_memory_mib = parse_memory(value)?,
            "class" => needs.class = parse_class(value)?,
            "region" => {
                let mut regions = value
                    .split('+')
                    .map(parse_region)
                    .collect::<Result<Vec<_>, _>>()?;
                // In order and each once, as the chain takes them.
                regions.sort_unstable();
                regions.dedup();
                let named = regions.len();
                needs.regions = regions.try_into().map_err(|_| {
                    format!("{named} regions are named; a job names at most {MAX_REGIONS}")
                })?;
            }
            "tier" => needs.tier = by_name(&TIERS, value, "tier")?,
            "enclave" => {
                needs.enclaves = value
                    .split('+')
                    .map(parse_enclave)
                    .collect::<Result<Vec<_>, _>>()?
                    .into_iter()
                    .fold(Enclaves::default(), Enclaves::with);
            }
            "reputation" => needs.reputation = parse_share(value)?,
            other => {
                return Err(format!(
                    "`{other}` cannot be asked for: choose from memory, class, region, tier, \
                     enclave, reputation"
                ))
            }
        }
    }
    Ok(needs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_exactly() {
        for (text, parts) in [
            ("0", 0),
            ("30", 300_000),
            ("30%", 300_000),
            ("12.5", 125_000),
            ("0.0001", 1),
            ("100", 1_000_000),
        ] {
            assert_eq!(parse_share(text), Ok(Permill::from_parts(parts)), "{text}");
        }
        for text in [
            "",
            "%",
            "-1",
            "100.0001",
            "0.00001",
            "a",
            "1e1",
            "99999999999",
        ] {
            assert!(
                parse_share(text).unwrap_err().contains("percentage"),
                "{text}"
            );
        }
    }

    #[test]
    fn needs_are_read_as_the_chain_takes_them() {
        let text = "memory=24GiB,class=professional,region=FR+DE+FR,tier=validator,\
                    enclave=tdx+sgx,reputation=60%";
        let needs = parse_needs(text).unwrap();
        assert!(needs.is_sound());
        assert_eq!(needs.gpu_memory_mib, 24_576);
        assert_eq!(needs.class, ComputeClass::Professional);
        assert_eq!(needs.regions.to_vec(), [Region(*b"DE"), Region(*b"FR")]);
        assert_eq!(needs.tier, Tier::Validator);
        assert_eq!(needs.enclaves, Enclaves(5));
        assert_eq!(needs.reputation, Permill::from_percent(60));
        assert_eq!(parse_needs("memory=8").unwrap().gpu_memory_mib, 8);
    }

    #[test]
    fn what_cannot_be_asked_is_named() {
        for (text, reason) in [
            ("memory", "NAME=VALUE"),
            ("", "NAME=VALUE"),
            ("memory=1,memory=2", "twice"),
            ("memory=4194304GiB", "memory"),
            ("memory=-1", "memory"),
            ("class=fast", "consumer"),
            ("region=de", "capital"),
            ("region=DEU", "capital"),
            ("tier=gold", "supernode"),
            ("enclave=safe", "sev-snp"),
            ("reputation=101", "percentage"),
            ("colour=red", "colour"),
            ("region=AA+AB+AC+AD+AE+AF+AG+AH+AI", "9 regions"),
        ] {
            let message = parse_needs(text).unwrap_err();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn everything_has_a_name() {
        for (class, name) in ComputeClass::NAMES {
            assert_eq!(name_of(&ComputeClass::NAMES, &class), name);
        }
        assert_eq!(enclave_names(Enclaves(3)), ["sgx", "sev-snp"]);
        assert_eq!(region_text(&Region(*b"DE")), "DE");
    }
}
