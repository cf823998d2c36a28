//! The contract: a template whose placeholders are the numbers of a verifying key.

use swarm_groth16::{G1Affine, G2Affine, VerifyingKey};

use crate::word;

/// Placeholders are names between double underscores.
const TEMPLATE: &str = include_str!("Verifier.sol");

/// Name of the contract in the source that [`solidity`] writes.
pub const CONTRACT_NAME: &str = "SwarmworkVerifier";

const BY_ONE_PARTY: &str =
    "The key was made by one party, for development: whoever made it can forge proofs.";
const BY_CEREMONY: &str = "The key was made by a ceremony; check its transcript.";

/// The source of a contract that accepts exactly the proofs that `swarm_groth16::verify` accepts
/// under this key.
///
/// Keys from outside go through [`VerifyingKey::from_bytes`], which refuses weak ones; the contract
/// does not check its own constants.
pub fn solidity(key: &VerifyingKey) -> String {
    fill(TEMPLATE, &values(key))
}

fn fill(template: &str, values: &[(String, String)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |source, (name, value)| {
            source.replace(&format!("__{name}__"), value)
        })
}

/// Every placeholder with its value.
fn values(key: &VerifyingKey) -> Vec<(String, String)> {
    let points = &key.points;
    let descriptor = &key.descriptor;
    let origin = if key.development {
        BY_ONE_PARTY
    } else {
        BY_CEREMONY
    };
    let mut values: Vec<(String, String)> = [
        ("VERIFYING_KEY_HASH", format!("0x{}", hex::encode(key.id()))),
        ("DEVELOPMENT", key.development.to_string()),
        ("ORIGIN", origin.to_owned()),
        ("BATCH", descriptor.batch.to_string()),
        ("INPUT_LEN", descriptor.input_len.to_string()),
        ("OUTPUT_LEN", descriptor.output_len.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let [one, challenge, tag] = &points.ic;
    for (name, point) in [
        ("ALPHA", &points.alpha),
        ("IC_ONE", one),
        ("IC_CHALLENGE", challenge),
        ("IC_TAG", tag),
    ] {
        values.extend(g1(name, point));
    }
    let [weights, input, intermediate, output] = &points.segments;
    for (name, point) in [
        ("BETA", &points.beta),
        ("GAMMA", &points.gamma),
        ("GAMMA_WEIGHTS", weights),
        ("GAMMA_INPUT", input),
        ("GAMMA_INTERMEDIATE", intermediate),
        ("GAMMA_OUTPUT", output),
        ("DELTA", &points.delta),
    ] {
        values.extend(g2(name, point));
    }
    values
}

fn g1(name: &str, point: &G1Affine) -> [(String, String); 2] {
    [("X", &point.x), ("Y", &point.y)]
        .map(|(part, value)| (format!("{name}_{part}"), literal(word(value))))
}

fn g2(name: &str, point: &G2Affine) -> [(String, String); 4] {
    [
        ("X_IMAGINARY", &point.x.c1),
        ("X_REAL", &point.x.c0),
        ("Y_IMAGINARY", &point.y.c1),
        ("Y_REAL", &point.y.c0),
    ]
    .map(|(part, value)| (format!("{name}_{part}"), literal(word(value))))
}

fn literal(word: [u8; 32]) -> String {
    format!("0x{}", hex::encode(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{g2, Fq};
    use ark_ec::short_weierstrass::SWCurveConfig;
    use ark_ff::{BigInteger, PrimeField};
    use rand::{rngs::StdRng, SeedableRng};
    use swarm_prover::{setup_development, Topology};

    fn key(development: bool) -> VerifyingKey {
        let topology = Topology::from_json(
            r#"{"format":"swarmwork-network","version":1,"input":{"shape":[3],"dtype":"u8"},
                "layers":[{"type":"linear","in":3,"out":2}]}"#,
        );
        let mut rng = StdRng::seed_from_u64(1);
        let keys = setup_development(&topology.unwrap(), 4, &mut rng).unwrap();
        let mut key = VerifyingKey::from_bytes(&keys.verifying).unwrap();
        key.development = development;
        key
    }

    #[test]
    fn every_placeholder_has_one_value_and_every_value_a_place() {
        let values = values(&key(true));
        for (name, _) in &values {
            let place = format!("__{name}__");
            assert!(TEMPLATE.contains(&place), "{name} is nowhere");
            let same = values.iter().filter(|(other, _)| other == name).count();
            assert_eq!(same, 1, "{name}");
        }
        let source = solidity(&key(true));
        assert!(!source.contains("__"), "a placeholder is left");
        assert!(source.contains(&format!("contract {CONTRACT_NAME} ")));
    }

    #[test]
    fn the_key_is_named_with_its_shape_and_origin() {
        for development in [true, false] {
            let key = key(development);
            let source = solidity(&key);
            let hash = format!("VERIFYING_KEY_HASH = 0x{};", hex::encode(key.id()));
            assert!(source.contains(&hash));
            assert!(source.contains(&format!("DEVELOPMENT = {development};")));
            assert!(source.contains("covers 4 inferences of 3 input and 2 output values"));
            assert_eq!(source.contains(BY_ONE_PARTY), development);
            assert_eq!(source.contains(BY_CEREMONY), !development);
        }
    }

    #[test]
    fn the_constants_of_the_curves_are_those_of_arkworks() {
        let constant = |name: &str| {
            let definition = format!(" constant {name} = 0x");
            let after = TEMPLATE.split(&definition).nth(1).unwrap();
            after.split(';').next().unwrap()
        };
        assert_eq!(constant("Q"), hex::encode(Fq::MODULUS.to_bytes_be()));
        let b = g2::Config::COEFF_B;
        assert_eq!(constant("TWIST_B_REAL"), hex::encode(word(&b.c0)));
        assert_eq!(constant("TWIST_B_IMAGINARY"), hex::encode(word(&b.c1)));
    }
}
