//! The recipes in `packaging/`: they say what `Cargo.toml` says, name only files that exist, and are sound as far as the tools
//! of each system can tell here.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::common::{Missing, Run, Sandbox, User, in_namespace, installed, is_root, source};

const RECIPES: [&str; 5] = ["arch/PKGBUILD", "homebrew/rrm.rb", "nix/package.nix", "nix/flake.nix", "freebsd/Makefile"];

fn text(path: &str) -> String {
    fs::read_to_string(source().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn recipe(name: &str) -> String {
    text(&format!("packaging/{name}"))
}

/// The value of a key in the manifest's first table.
fn manifest(key: &str) -> String {
    let manifest = text("Cargo.toml");
    let package = manifest.split("\n[").nth(1).filter(|table| table.starts_with("package]")).expect("the package");
    let value = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
    value.and_then(|value| value.strip_suffix('"')).unwrap_or_else(|| panic!("Cargo.toml has no {key}")).to_owned()
}

#[test]
fn every_recipe_has_the_version_and_the_address_of_the_package() {
    let (version, repository) = (manifest("version"), manifest("repository"));
    let archive = format!("{repository}/archive");
    for (name, lines) in [
        ("arch/PKGBUILD", vec![format!("pkgver={version}"), format!("url='{repository}'")]),
        (
            "homebrew/rrm.rb",
            vec![format!("  url \"{archive}/v{version}.tar.gz\""), format!("  homepage \"{repository}\"")],
        ),
        ("nix/package.nix", vec![format!("  version = \"{version}\";"), format!("    homepage = \"{repository}\";")]),
        (
            "freebsd/Makefile",
            vec![
                format!("DISTVERSION=\t{version}"),
                format!("MASTER_SITES=\t{archive}/"),
                format!("WWW=\t\t{repository}"),
            ],
        ),
    ] {
        let recipe = recipe(name);
        for line in lines {
            assert!(recipe.lines().any(|found| found == line), "packaging/{name} does not say: {line}");
        }
    }
    let description = manifest("description");
    assert!(recipe("arch/PKGBUILD").contains(&format!("pkgdesc='{description}'")));
    for name in ["nix/package.nix", "nix/flake.nix"] {
        assert!(recipe(name).contains(&format!("description = \"{description}\"")), "{name}");
    }
    // These two want no article in front.
    let without = description.strip_prefix("A s").map(|rest| format!("S{rest}")).expect("it begins with an article");
    assert!(recipe("homebrew/rrm.rb").contains(&without) && recipe("freebsd/Makefile").contains(&without));
    let seccomp = text("crates/seccomp/Cargo.toml");
    assert!(seccomp.contains(&format!("\nversion = \"{version}\"\n")));
    assert!(seccomp.contains(&format!("\nrepository = \"{repository}\"\n")));
    assert!(text("Cargo.toml").contains(&format!("rrm-seccomp = {{ version = \"{version}\"")));
}

/// The files that a recipe installs are there, and none is forgotten.
#[test]
fn every_recipe_installs_what_is_there() {
    let is_ours = |word: &&str| ["src/", "man/", "LICENSE-"].iter().any(|place| word.starts_with(place));
    let is_whole = |word: &&str| !word.contains(['*', '{']);
    for name in RECIPES {
        let recipe = recipe(name);
        let words = recipe.split(|c: char| c.is_whitespace() || "\"'();".contains(c));
        let words = words.map(|word| word.trim_start_matches("${WRKSRC}/"));
        let named: Vec<_> = words.filter(is_ours).filter(is_whole).collect();
        assert_eq!(named.is_empty(), name == "nix/flake.nix", "packaging/{name} names {named:?}");
        for word in named {
            assert!(source().join(word).exists(), "packaging/{name} names {word}");
        }
    }
    for name in RECIPES.iter().filter(|name| **name != "nix/flake.nix") {
        for file in ["complete/rrm.bash", "complete/rrm.zsh", "complete/rrm.fish", "man/*.1"] {
            assert!(recipe(name).contains(file), "packaging/{name} installs no {file}");
        }
    }
    let manifest = text("Cargo.toml");
    let named: Vec<_> = manifest.split('"').skip(1).step_by(2).filter(is_ours).filter(is_whole).collect();
    assert!(named.len() > 3, "Cargo.toml names {named:?}");
    for word in named {
        assert!(source().join(word).exists(), "Cargo.toml names {word}");
    }
}

/// What `makepkg` puts into a package, from a build that is not one.
#[test]
fn the_recipe_of_arch_installs_all_of_it() {
    let sandbox = Sandbox::new();
    let tree = sandbox.dir(format!("rrm-{}", manifest("version")));
    for name in ["man", "src", "README.md", "CHANGELOG.md", "LICENSE-MIT"] {
        symlink(source().join(name), tree.join(name)).expect("a free name");
    }
    sandbox.file(tree.join("target/some-tuple/release/rrm"), "program");
    sandbox.file("tools/rustc", "#!/bin/sh\necho some-tuple\n");
    sandbox.chmod("tools/rustc", 0o755);
    let script = "set -euo pipefail; . \"$1\"; pkgdir=$PWD/pkg; package";
    let recipe = source().join("packaging/arch/PKGBUILD");
    let run = sandbox.tool("bash", ["-c".as_ref(), script.as_ref(), "bash".as_ref(), recipe.as_os_str()]);
    run.with("PATH", format!("{}:/usr/bin:/bin", sandbox.path("tools").display())).run().ok();
    let mut found = files(&sandbox.path("pkg"));
    let pages = fs::read_dir(source().join("man")).expect("the manual is committed").count();
    let is_page = |path: &PathBuf| path.starts_with("usr/share/man/man1");
    assert_eq!(found.iter().filter(|path| is_page(path)).count(), pages);
    found.retain(|path| !is_page(path));
    let expected = [
        "usr/bin/rrm",
        "usr/lib/systemd/user/rrm-clean.service",
        "usr/lib/systemd/user/rrm-clean.timer",
        "usr/share/bash-completion/completions/rrm",
        "usr/share/doc/rrm/CHANGELOG.md",
        "usr/share/doc/rrm/README.md",
        "usr/share/fish/vendor_completions.d/rrm.fish",
        "usr/share/licenses/rrm/LICENSE-MIT",
        "usr/share/zsh/site-functions/_rrm",
    ];
    assert_eq!(found, expected.map(PathBuf::from).into());
}

fn files(top: &Path) -> BTreeSet<PathBuf> {
    let (mut found, mut left) = (BTreeSet::new(), vec![top.to_owned()]);
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.insert(path.strip_prefix(top).expect("it was found below").to_owned());
            }
        }
    }
    found
}

/// Runs a tool on a copy of a recipe, by a user that every tool agrees to.
fn checked(tool: &str, words: &[&str], name: &str) -> Result<Run, Missing> {
    let tool = installed(tool, tool)?;
    let sandbox = Sandbox::of(if is_root() { User::Nobody } else { User::Caller });
    let file = Path::new(name).file_name().expect("a recipe has a name");
    sandbox.file(file, recipe(name));
    Ok(sandbox.tool(tool, words).args([file]).with("PACMAN", "true").run())
}

#[test]
fn makepkg_understands_the_recipe_of_arch() {
    if in_namespace() {
        skip!("an ordinary user", "to run makepkg: in a container everybody is root");
    }
    let run = or_skip!(checked("makepkg", &["--printsrcinfo", "-p"], "arch/PKGBUILD"));
    let version = manifest("version");
    run.ok().out_contains(&format!("pkgver = {version}\n")).out_contains(&format!("source = rrm-{version}.tar.gz::"));
}

#[test]
fn ruby_understands_the_formula() {
    or_skip!(checked("ruby", &["-c"], "homebrew/rrm.rb")).ok().out_contains("Syntax OK");
}

#[test]
fn nix_understands_the_flake() {
    for name in ["nix/flake.nix", "nix/package.nix"] {
        or_skip!(checked("nix-instantiate", &["--store", "dummy://", "--parse"], name))
            .ok()
            .out_contains("description");
    }
}

/// A tab begins a command of make, and blanks do not.
#[test]
fn the_port_is_written_with_tabs() {
    let port = recipe("freebsd/Makefile");
    assert!(port.lines().all(|line| !line.starts_with(' ')) && port.ends_with(".include <bsd.port.mk>\n"));
}

/// What is released is what anybody can check and pack by hand.
#[test]
fn the_release_calls_what_can_be_run_by_hand() {
    let workflow = text(".github/workflows/release.yml");
    for command in [".ci/platforms", ".ci/pack packages", "RRM_CI_DAILY=1 .ci/run"] {
        assert!(workflow.contains(command), "{command}");
    }
    for runner in ["ubuntu-latest", "ubuntu-24.04-arm"] {
        assert!(workflow.contains(runner), "{runner}");
    }
}
