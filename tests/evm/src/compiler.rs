//! Solidity's compiler, from the npm packages of the end-to-end tests.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use revm::primitives::keccak256;
use serde_json::{json, Value};
use swarm_evm::CONTRACT_NAME;

const FILE: &str = "Verifier.sol";

/// What was compiled, by source: most tests ask for the same.
static COMPILED: Mutex<BTreeMap<String, Contract>> = Mutex::new(BTreeMap::new());

/// A compiled contract.
#[derive(Clone)]
pub struct Contract {
    /// Code that a creating transaction runs.
    pub creation: Vec<u8>,
    /// Selectors by signature, in hex.
    pub methods: HashMap<String, String>,
    /// Names of the errors by selector.
    pub errors: HashMap<[u8; 4], String>,
}

/// Compiles the source of an exported contract, and insists that there is nothing to warn about.
pub fn compile(source: &str) -> Contract {
    let mut compiled = COMPILED.lock().unwrap();
    if let Some(contract) = compiled.get(source) {
        return contract.clone();
    }
    let contract = compile_anew(source);
    compiled.insert(source.to_owned(), contract.clone());
    contract
}

fn compile_anew(source: &str) -> Contract {
    let answer = standard_json(&json!({
        "language": "Solidity",
        "sources": { FILE: { "content": source } },
        "settings": {
            "optimizer": { "enabled": true, "runs": 200 },
            "outputSelection": { "*": { "*": ["abi", "evm.bytecode.object", "evm.methodIdentifiers"] } },
        },
    }));
    assert!(
        answer["errors"].is_null(),
        "solc says: {:#}",
        answer["errors"]
    );
    let contract = &answer["contracts"][FILE][CONTRACT_NAME];
    let creation = unhex(contract["evm"]["bytecode"]["object"].as_str().unwrap());
    let methods = serde_json::from_value(contract["evm"]["methodIdentifiers"].clone()).unwrap();
    let errors = contract["abi"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["type"] == "error")
        .map(error)
        .collect();
    Contract {
        creation,
        methods,
        errors,
    }
}

fn error(entry: &Value) -> ([u8; 4], String) {
    let name = entry["name"].as_str().unwrap();
    let types: Vec<&str> = entry["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| input["type"].as_str().unwrap())
        .collect();
    let signature = format!("{name}({})", types.join(","));
    let hash = keccak256(signature);
    ([hash[0], hash[1], hash[2], hash[3]], name.to_owned())
}

fn standard_json(question: &Value) -> Value {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let solc = tests.join("node_modules/solc/solc.js");
    assert!(
        solc.exists(),
        "{} is not there: run `npm ci` in {}, or scripts/test.sh, which does",
        solc.display(),
        tests.display()
    );
    let mut child = Command::new("node")
        .arg(solc)
        .arg("--standard-json")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node can be run");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(question.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // A line about the solver that solc does without may come first.
    let at = text
        .find('{')
        .unwrap_or_else(|| panic!("solc says: {text}"));
    serde_json::from_str(&text[at..]).unwrap()
}

fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}
