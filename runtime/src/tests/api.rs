//! `docs/api.md` says what the metadata says: every runtime API, event and type of ours.
//!
//! `WRITE_API=1 cargo test -p swarmwork-runtime docs` writes its reference anew. What comes before the
//! reference is for people to write.

use crate::Runtime;
use scale_info::{form::Form, Field, MetaType, Registry, Type, TypeDef, TypeDefPrimitive};
use sp_io::TestExternalities;
use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf};

/// The first line of the reference.
const MARK: &str =
    "<!-- From here on written from the metadata: see runtime/src/tests/api.rs. -->\n";
/// Our runtime APIs.
const APIS: [&str; 2] = ["GovernanceApi", "SwarmworkApi"];
/// Our pallets.
const PALLETS: [&str; 8] = [
    "Burn",
    "Circuits",
    "Governance",
    "Marketplace",
    "Models",
    "Providers",
    "Reputation",
    "SwarmWork",
];

/// Some of the constants that metadata tells ask for the runtime's version.
fn in_state<R>(of: impl FnOnce() -> R) -> R {
    TestExternalities::default().execute_with(of)
}

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "docs", "api.md"]
        .iter()
        .collect()
}

/// A type as it is written in Rust, without what stands for the runtime.
fn written(type_name: &str) -> String {
    let bare: String = type_name.split_whitespace().collect();
    bare.replace("BlockNumberFor<T,()>", "BlockNumber")
        .replace("BlockNumberFor<T>", "BlockNumber")
        .replace("BalanceOf<T>", "Balance")
        .replace("T::AccountId", "AccountId")
        .replace(',', ", ")
        .replace(';', "; ")
}

/// A type by what it is.
fn resolved(ty: &MetaType) -> String {
    let info = ty.type_info();
    let list = |types: Vec<&MetaType>| {
        let names: Vec<_> = types.into_iter().map(resolved).collect();
        names.join(", ")
    };
    match &info.type_def {
        TypeDef::Sequence(of) => format!("Vec<{}>", resolved(&of.type_param)),
        TypeDef::Array(of) => format!("[{}; {}]", resolved(&of.type_param), of.len),
        TypeDef::Tuple(of) => format!("({})", list(of.fields.iter().collect())),
        TypeDef::Compact(of) => format!("Compact<{}>", resolved(&of.type_param)),
        TypeDef::BitSequence(_) => "BitVec".into(),
        TypeDef::Primitive(primitive) => match primitive {
            TypeDefPrimitive::Bool => "bool",
            TypeDefPrimitive::Char => "char",
            TypeDefPrimitive::Str => "str",
            TypeDefPrimitive::U8 => "u8",
            TypeDefPrimitive::U16 => "u16",
            TypeDefPrimitive::U32 => "u32",
            TypeDefPrimitive::U64 => "u64",
            TypeDefPrimitive::U128 => "u128",
            TypeDefPrimitive::U256 => "u256",
            TypeDefPrimitive::I8 => "i8",
            TypeDefPrimitive::I16 => "i16",
            TypeDefPrimitive::I32 => "i32",
            TypeDefPrimitive::I64 => "i64",
            TypeDefPrimitive::I128 => "i128",
            TypeDefPrimitive::I256 => "i256",
        }
        .into(),
        TypeDef::Composite(_) | TypeDef::Variant(_) => {
            let name = info.path.ident().expect("it has a name");
            let parameters = info.type_params.iter().filter_map(|each| each.ty.as_ref());
            match list(parameters.collect()) {
                none if none.is_empty() => name.into(),
                some => format!("{name}<{some}>"),
            }
        }
    }
}

fn sentence<Text: AsRef<str>>(docs: &[Text]) -> String {
    let words = docs
        .iter()
        .flat_map(|line| line.as_ref().split_whitespace());
    words.collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// Fields as `name: Type`, or as types alone where they have no names.
fn fields<F: Form>(fields: &[Field<F>]) -> Vec<String> {
    let field = |field: &Field<F>| {
        let name = field.type_name.as_ref().expect("types are written");
        let ty = written(name.as_ref());
        match &field.name {
            Some(name) => format!("{}: {ty}", name.as_ref()),
            None => ty,
        }
    };
    fields.iter().map(field).collect()
}

fn braced(fields: &[String], named: bool) -> String {
    match (fields.is_empty(), named) {
        (true, _) => String::new(),
        (false, true) => format!(" {{ {} }}", fields.join(", ")),
        (false, false) => format!("({})", fields.join(", ")),
    }
}

/// One of our types, in as many lines as it has fields or variants.
fn definition<F: Form>(name: &str, ty: &Type<F>) -> String {
    let mut text = format!("{name}\n");
    match &ty.type_def {
        TypeDef::Composite(of) => {
            for field in fields(&of.fields) {
                writeln!(text, "    {field}").expect("a string takes it");
            }
        }
        TypeDef::Variant(of) => {
            for variant in &of.variants {
                let named = variant.fields.iter().all(|field| field.name.is_some());
                let inner = braced(&fields(&variant.fields), named);
                writeln!(
                    text,
                    "    {} {}{inner}",
                    variant.index,
                    variant.name.as_ref()
                )
                .expect("a string takes it");
            }
        }
        _ => panic!("{name} has neither fields nor variants"),
    }
    text
}

/// Whether a path leads into a crate of ours.
fn is_ours(krate: &str) -> bool {
    let pallet = |name: &str| {
        let words: String = name
            .chars()
            .flat_map(|each| {
                [
                    each.is_uppercase().then_some('_'),
                    Some(each.to_ascii_lowercase()),
                ]
            })
            .flatten()
            .collect();
        format!("pallet{words}")
    };
    ["swarmwork_primitives", "swarm_scoring"].contains(&krate)
        || PALLETS.iter().any(|name| pallet(name) == krate)
}

/// The reference as it must be.
fn reference() -> String {
    let metadata = in_state(Runtime::metadata_ir);
    let mut registry = Registry::new();
    let mut text = String::from(MARK);
    text.push_str("\n## Runtime APIs\n");
    for name in APIS {
        let api = metadata.apis.iter().find(|api| api.name == name);
        let api = api.unwrap_or_else(|| panic!("the runtime has no {name}"));
        text.push_str(&format!(
            "\n### {name}\n\n| method | result | what |\n|---|---|---|\n"
        ));
        for method in &api.methods {
            registry.register_type(&method.output);
            let inputs = method.inputs.iter().map(|input| {
                registry.register_type(&input.ty);
                format!("{}: {}", input.name, resolved(&input.ty))
            });
            let inputs = inputs.collect::<Vec<_>>().join(", ");
            let output = resolved(&method.output);
            let docs = sentence(&method.docs);
            text.push_str(&format!(
                "| `{}({inputs})` | `{output}` | {docs} |\n",
                method.name
            ));
        }
    }
    text.push_str("\n## Events\n");
    for name in PALLETS {
        let pallet = metadata.pallets.iter().find(|pallet| pallet.name == name);
        let event = pallet.and_then(|pallet| pallet.event.as_ref());
        let event = event.unwrap_or_else(|| panic!("there is no pallet {name} with events"));
        registry.register_type(&event.ty);
        text.push_str(&format!(
            "\n### {name}\n\n| event | fields | what |\n|---|---|---|\n"
        ));
        let TypeDef::Variant(events) = event.ty.type_info().type_def else {
            panic!("the events of {name} are variants");
        };
        for event in &events.variants {
            let list = fields(&event.fields).join(", ");
            let docs = sentence(&event.docs);
            text.push_str(&format!("| `{}` | `{list}` | {docs} |\n", event.name));
        }
    }
    let mut types = BTreeMap::<String, String>::new();
    for (_, ty) in registry.types() {
        let ours = ty.path.segments.first().is_some_and(|krate| is_ours(krate));
        let Some(name) = ty.path.ident().filter(|name| ours && *name != "Event") else {
            continue;
        };
        let text = definition(&name, ty);
        // The same type for other parameters is written alike.
        if let Some(other) = types.insert(name.clone(), text.clone()) {
            assert_eq!(other, text, "two types are called {name}");
        }
    }
    text.push_str("\n## Types\n\n```text\n");
    let all: Vec<_> = types.values().cloned().collect();
    text.push_str(&all.join("\n"));
    text.push_str("```\n");
    text
}

fn document() -> (String, String) {
    let text = fs::read_to_string(file()).expect("docs/api.md is there");
    let at = text.find(MARK).expect("docs/api.md has a reference");
    (text[..at].to_string(), text[at..].to_string())
}

#[test]
fn docs_have_every_api_event_and_type_as_it_is() {
    let computed = reference();
    let (prose, mut stored) = document();
    if std::env::var_os("WRITE_API").is_some() {
        fs::write(file(), prose + &computed).expect("docs/api.md can be written");
        stored = document().1;
    }
    for line in computed.lines() {
        assert!(
            stored.lines().any(|other| other == line),
            "docs/api.md lacks this line (WRITE_API=1 writes them all): {line}"
        );
    }
    assert_eq!(stored, computed, "docs/api.md says what is not so");
}

#[test]
fn docs_tell_the_story_of_a_job_with_every_event_that_names_one() {
    let (prose, _) = document();
    let mut told = 0;
    for pallet in in_state(Runtime::metadata_ir).pallets {
        let Some(event) = pallet.event.filter(|_| PALLETS.contains(&pallet.name)) else {
            continue;
        };
        let TypeDef::Variant(events) = event.ty.type_info().type_def else {
            panic!("events are variants");
        };
        for event in events.variants {
            if event.fields.iter().any(|field| field.name == Some("job")) {
                let name = format!("`{}.{}`", pallet.name, event.name);
                assert!(prose.contains(&name), "docs/api.md does not tell of {name}");
                told += 1;
            }
        }
    }
    assert!(told > 15, "{told} events name a job");
}

/// The cases of one of the files in `tests/vectors`.
fn golden_vectors(name: &str) -> Vec<serde_json::Value> {
    let path = [env!("CARGO_MANIFEST_DIR"), "..", "tests", "vectors", name];
    let vectors = fs::read(path.iter().collect::<PathBuf>()).expect("the vectors are there");
    let vectors: serde_json::Value = serde_json::from_slice(&vectors).expect("JSON");
    let cases = vectors["cases"].as_array().expect("a list of cases");
    cases.clone()
}

/// `tests/vectors/api.json` has an encoded value of each type that readers may get.
#[test]
fn golden_vectors_have_every_type_of_the_apis() {
    let cases = golden_vectors("api.json");
    let mut registry = Registry::new();
    for api in in_state(Runtime::metadata_ir).apis {
        if !APIS.contains(&api.name) {
            continue;
        }
        for method in &api.methods {
            registry.register_type(&method.output);
            for input in &method.inputs {
                registry.register_type(&input.ty);
            }
        }
    }
    let mut checked = 0;
    for (_, ty) in registry.types() {
        if ty.path.segments.first().is_some_and(|krate| is_ours(krate)) {
            let name = ty.path.ident().expect("it has a name");
            let found = cases.iter().any(|case| case["type"] == name.as_str());
            assert!(found, "tests/vectors/api.json has no {name}");
            checked += 1;
        }
    }
    assert!(checked > 30, "{checked} types checked");
}

/// `tests/vectors/events.json` has an event of each kind that our pallets deposit.
#[test]
fn golden_vectors_have_every_event() {
    let cases = golden_vectors("events.json");
    let mut checked = 0;
    for pallet in in_state(Runtime::metadata_ir).pallets {
        let Some(event) = pallet.event.filter(|_| PALLETS.contains(&pallet.name)) else {
            continue;
        };
        let TypeDef::Variant(events) = event.ty.type_info().type_def else {
            panic!("events are variants");
        };
        for event in events.variants {
            let found = cases
                .iter()
                .any(|case| case["pallet"] == pallet.name && case["event"] == event.name);
            let name = format!("{}.{}", pallet.name, event.name);
            assert!(found, "tests/vectors/events.json has no {name}");
            checked += 1;
        }
    }
    assert!(checked > 90, "{checked} events checked");
}
