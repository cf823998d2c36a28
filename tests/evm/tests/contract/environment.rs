//! Conditions that no proof brings about: too little gas, chains without the precompiles, a
//! challenge of zero.

use swarm_evm_tests::{Chain, Sample, Verdict};

/// The source with one piece of it replaced.
fn replaced(source: &str, from: &str, to: &str) -> String {
    assert_eq!(source.matches(from).count(), 1, "{from}");
    source.replace(from, to)
}

#[test]
fn too_little_gas_is_never_a_verdict() {
    let sample = Sample::new(1);
    let mut chain = Chain::new(&sample.source());
    let data = sample.calldata();
    let Verdict::Accepted { gas, .. } = chain.call(&data) else {
        panic!("refused");
    };
    let mut errors = std::collections::BTreeSet::new();
    // Below that, the calldata alone takes more.
    for limit in (60_000..gas).step_by(1_500).chain([gas - 1]) {
        let verdict = chain.call_with_gas(&data, limit);
        assert!(
            ["failed", "PrecompileFailed", "PairingRefused"].contains(&verdict.error()),
            "{limit}: {verdict:?}"
        );
        errors.insert(verdict.error().to_owned());
    }
    assert!(errors.contains("PairingRefused"), "{errors:?}");
}

#[test]
fn a_chain_without_precompiles_is_noticed() {
    let sample = Sample::new(1);
    let data = sample.calldata();
    for (precompile, error) in [
        ("0x06", "PrecompileFailed"),
        ("0x07", "PrecompileFailed"),
        ("0x08", "PairingRefused"),
    ] {
        // Calls to an account without code succeed and return nothing.
        let call = |address: &str| format!("staticcall(gas(), {address}, ");
        let source = replaced(&sample.source(), &call(precompile), &call("0xdead"));
        let verdict = Chain::new(&source).call(&data);
        assert_eq!(verdict.error(), error, "{precompile}");
        if let Verdict::Refused { data, .. } = verdict {
            if error == "PrecompileFailed" {
                let named = u8::from_str_radix(&precompile[2..], 16).unwrap();
                assert_eq!(data.last(), Some(&named));
            }
        }
    }
}

/// No preimage of zero is known; a mask without bits takes its place.
#[test]
fn a_challenge_of_zero_is_refused() {
    let sample = Sample::new(1);
    let source = replaced(
        &sample.source(),
        "SCALAR_MASK = (1 << 253) - 1;",
        "SCALAR_MASK = 0;",
    );
    let verdict = Chain::new(&source).call(&sample.calldata());
    assert_eq!(verdict.error(), "ZeroChallenge");
}
