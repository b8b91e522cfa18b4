//! Every package that ends up in rrm lets anyone use it under permissive terms.

use std::process::Command;

use serde_json::Value;

use crate::common::source;

/// What a package may be under, by SPDX name. The copyleft licences are left out on purpose.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether an SPDX expression can be satisfied with the allowed licences alone.
fn is_permissive(expression: &str) -> bool {
    // `/` is how old manifests write OR.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any(&mut rest) && rest.is_empty()
}

fn any(words: &mut &[&str]) -> bool {
    let mut satisfied = all(words);
    while let ["OR", rest @ ..] = *words {
        *words = rest;
        satisfied |= all(words);
    }
    satisfied
}

fn all(words: &mut &[&str]) -> bool {
    let mut satisfied = one(words);
    while let ["AND", rest @ ..] = *words {
        *words = rest;
        satisfied &= one(words);
    }
    satisfied
}

fn one(words: &mut &[&str]) -> bool {
    let Some((word, rest)) = words.split_first() else { return false };
    *words = rest;
    if *word == "(" {
        let satisfied = any(words);
        let [")", rest @ ..] = *words else { return false };
        *words = rest;
        return satisfied;
    }
    if let ["WITH", _exception, rest @ ..] = *words {
        // An exception only ever permits more.
        *words = rest;
    }
    ALLOWED.contains(word)
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    for good in [
        "MIT",
        "MIT OR GPL-3.0",
        "MIT/Apache-2.0",
        "(MIT OR MPL-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_permissive(good), "{good}");
    }
    for bad in ["", "MPL-2.0", "MIT AND GPL-3.0", "(MIT", "MIT MIT", "GPL-2.0 OR (MIT AND LGPL-2.1)", "GPL-2.0/GPL-3.0"]
    {
        assert!(!is_permissive(bad), "{bad}");
    }
}

#[test]
fn every_dependency_has_a_permissive_licence() {
    let Some(cargo) = std::env::var_os("CARGO") else { skip!("cargo", "to ask for the dependencies") };
    // Only what is built here has been downloaded, and a test does not go to the network for the rest.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let words = ["metadata", "--locked", "--offline", "--format-version=1", "--filter-platform", &platform];
    let output = Command::new(cargo).args(words).current_dir(source()).output().expect("cargo can be started");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("cargo lists packages");
    let refused: Vec<String> =
        packages.iter().filter(|package| !package_is_permissive(package)).map(described).collect();
    assert!(packages.len() > 10, "cargo listed only {} packages", packages.len());
    assert!(refused.is_empty(), "not permissive, or not known to be: {refused:#?}");
}

fn package_is_permissive(package: &Value) -> bool {
    package["license"].as_str().is_some_and(is_permissive)
}

fn described(package: &Value) -> String {
    format!("{} {}: {}", package["name"], package["version"], package["license"])
}
