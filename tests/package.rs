//! Packages: what is in each, and that the Debian one installs, runs and goes without a trace.
//!
//! `.ci/pack` makes them from the release binary. `.ci/run`, for the Debian one, and `.ci/platforms` name their directory in
//! `RRM_TEST_PACKAGES`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Mount, Sandbox, is_root, source};

/// The one package that ends like this.
fn package(end: &str) -> PathBuf {
    let directory =
        std::env::var_os("RRM_TEST_PACKAGES").expect("RRM_TEST_PACKAGES names a directory, as .ci/run does");
    let files = fs::read_dir(directory).expect("packages").map(|entry| entry.expect("an entry").path());
    let mut packages = files.filter(|path| path.to_str().is_some_and(|path| path.ends_with(end)));
    packages.next().filter(|_| packages.next().is_none()).unwrap_or_else(|| panic!("there is not one package {end}"))
}

fn output_of(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What each file of the Debian package must be, beside the manual pages: a file of ours.
const SAME: [(&str, &str); 9] = [
    ("usr/share/bash-completion/completions/rrm", "src/bin/rrm/complete/rrm.bash"),
    ("usr/share/zsh/vendor-completions/_rrm", "src/bin/rrm/complete/rrm.zsh"),
    ("usr/share/fish/vendor_completions.d/rrm.fish", "src/bin/rrm/complete/rrm.fish"),
    ("usr/lib/systemd/user/rrm-clean.service", "src/bin/rrm/commands/schedule/rrm-clean.service"),
    ("usr/lib/systemd/user/rrm-clean.timer", "src/bin/rrm/commands/schedule/rrm-clean.timer"),
    ("usr/share/doc/rrm/LICENSE-MIT", "LICENSE-MIT"),
    ("usr/share/doc/rrm/LICENSE-APACHE", "LICENSE-APACHE"),
    ("usr/share/doc/rrm/README.md", "README.md"),
    ("usr/share/doc/rrm/changelog.gz", "CHANGELOG.md"),
];

#[test]
#[ignore = ".ci/run builds the package, and then runs this"]
fn the_debian_package_holds_what_belongs_on_a_system() {
    let package = package(".deb");
    let package = package.to_str().expect("the path of a package is text");
    for (field, value) in [("Package", "rrm"), ("Section", "utils"), ("Priority", "optional")] {
        assert_eq!(output_of("dpkg-deb", &["-f", package, field]).trim(), value);
    }
    assert_eq!(output_of("dpkg-deb", &["-f", package, "Depends"]).trim(), "");
    let sandbox = Sandbox::new();
    let root = sandbox.dir("root");
    output_of("dpkg-deb", &["-x", package, root.to_str().expect("a sandbox is UTF-8")]);
    let content = |path: &str| {
        let path = root.join(path);
        assert!(path.is_file(), "the package lacks {}", path.display());
        // Policy has manuals and changelogs compressed; gzip passes on what is not.
        output_of("gzip", &["-cdf", path.to_str().expect("a sandbox is UTF-8")])
    };
    for (installed, ours) in SAME {
        assert!(content(installed) == fs::read_to_string(source().join(ours)).expect("a file of ours"), "{installed}");
    }
    let pages = fs::read_dir(source().join("man")).expect("the manual is committed");
    for page in pages.map(|page| page.expect("an entry").path()) {
        let name = page.file_name().expect("a page has a name").to_str().expect("ours are ASCII");
        let installed = content(&format!("usr/share/man/man1/{name}.gz"));
        assert!(installed == fs::read_to_string(&page).expect("a page of ours"), "{name}");
    }
    assert!(content("usr/share/doc/rrm/copyright").contains("MIT OR Apache-2.0"));
    check_listing(&output_of("dpkg-deb", &["-c", package]));
}

/// Where other packages have the same.
const ELSEWHERE: [(&str, &str); 3] = [
    ("usr/share/zsh/vendor-completions/_rrm", "usr/share/zsh/site-functions/_rrm"),
    ("usr/share/doc/rrm/LICENSE-", "usr/share/licenses/rrm/LICENSE-"),
    ("usr/share/doc/rrm/changelog.gz", "usr/share/doc/rrm/CHANGELOG.md"),
];

#[test]
#[ignore = ".ci/platforms builds the package, and then runs this"]
fn the_rpm_holds_what_belongs_on_a_system() {
    let package = package(".rpm");
    let package = package.to_str().expect("the path of a package is text");
    for tool in ["rpm", "rpm2cpio", "cpio"] {
        if Command::new(tool).arg("--version").output().is_err() {
            skip!(tool, "it is not installed");
        }
    }
    let ask = |query: &str| output_of("rpm", &["-qp", "--nosignature", "--qf", query, package]);
    assert_eq!(ask("%{NAME} %{VERSION} %{LICENSE}"), format!("rrm {} MIT OR Apache-2.0", env!("CARGO_PKG_VERSION")));
    // Of rpm itself alone.
    let requires = output_of("rpm", &["-qp", "--nosignature", "--requires", package]);
    assert!(requires.lines().all(|line| line.is_empty() || line.starts_with("rpmlib(")), "{requires}");
    let sandbox = Sandbox::new();
    let root = sandbox.dir("root");
    let unpack = sandbox.tool("sh", ["-c", "cd \"$1\" && rpm2cpio \"$2\" | cpio -idm --quiet", "sh"]);
    unpack.args([root.as_os_str(), package.as_ref()]).run().ok();
    for (installed, ours) in SAME {
        let moved = ELSEWHERE.iter().find_map(|(from, to)| Some(format!("{to}{}", installed.strip_prefix(from)?)));
        let installed = root.join(moved.as_deref().unwrap_or(installed));
        let found = fs::read(&installed).unwrap_or_else(|error| panic!("{}: {error}", installed.display()));
        assert!(found == fs::read(source().join(ours)).expect("a file of ours"), "{ours}");
    }
    has_all_pages(&root.join("usr/share/man/man1"));
    sandbox.tool(root.join("usr/bin/rrm"), ["--version"]).run().ok().out_contains(env!("CARGO_PKG_VERSION"));
}

#[test]
#[ignore = ".ci/platforms builds the package, and then runs this"]
fn the_tarball_holds_the_same() {
    let package = package(".tar.gz");
    let sandbox = Sandbox::new();
    let root = sandbox.dir("root");
    let words = ["-xzf", package.to_str().expect("text"), "--strip-components=1", "-C", root.to_str().expect("text")];
    output_of("tar", &words);
    for (name, ours) in
        [("completions/rrm.zsh", SAME[1].1), ("systemd/rrm-clean.timer", SAME[4].1), ("LICENSE-MIT", "LICENSE-MIT")]
    {
        assert!(
            fs::read(root.join(name)).expect(name) == fs::read(source().join(ours)).expect("a file of ours"),
            "{ours}"
        );
    }
    has_all_pages(&root.join("man"));
    sandbox.tool(root.join("rrm"), ["--version"]).run().ok().out_contains(env!("CARGO_PKG_VERSION"));
}

/// Every page of the manual, as it is committed.
fn has_all_pages(directory: &Path) {
    for page in fs::read_dir(source().join("man")).expect("the manual is committed") {
        let page = page.expect("an entry");
        let packed = fs::read(directory.join(page.file_name())).expect("each page is packed");
        assert!(packed == fs::read(page.path()).expect("a page of ours"), "{:?}", page.file_name());
    }
}

/// Everything is root's, nothing may be written by others, and only the program may be run.
fn check_listing(listing: &str) {
    assert!(listing.lines().count() > 20, "the package is short: {listing}");
    for line in listing.lines() {
        let (mode, path) = (&line[..10], line.split_whitespace().last().expect("a line has a path"));
        let expected = match path {
            "./usr/bin/rrm" => "-rwxr-xr-x",
            directory if directory.ends_with('/') => "drwxr-xr-x",
            _ => "-rw-r--r--",
        };
        assert_eq!(mode, expected, "{line}");
        assert!(line.contains(" root/root ") || line.contains(" 0/0 "), "{line}");
    }
}

/// On a copy of this machine that nothing is written back from.
#[test]
#[ignore = ".ci/run builds the package, and then runs this"]
fn the_debian_package_installs_runs_and_goes_again() {
    in_mount_namespace!();
    let package = package(".deb");
    if !is_root() {
        skip!("root", "to install with dpkg");
    }
    let sandbox = Sandbox::new();
    let layer = or_skip!(Mount::tmpfs("mode=755", &sandbox.path("layer")));
    let [upper, work] = ["upper", "work"].map(|name| sandbox.dir(layer.path().join(name)));
    let machine = or_skip!(Mount::overlay(Path::new("/"), &upper, &work, &sandbox.path("machine")));
    let _proc = or_skip!(Mount::bind(Path::new("/proc"), &machine.path().join("proc")));
    let _dev = or_skip!(Mount::bind(Path::new("/dev"), &machine.path().join("dev")));
    fs::copy(package, machine.path().join("rrm.deb")).expect("the copy of the machine can be written");
    let script = r#"
        set -eu
        dpkg -i /rrm.deb
        test "$(command -v rrm)" = /usr/bin/rrm
        mkdir /home/ada; export HOME=/home/ada; cd /home/ada
        echo content >file; rrm rm file; rrm list --under . | grep -q '~/file'; rrm undo; cat file
        bash -c 'source /usr/share/bash-completion/completions/rrm; complete -p rrm'
        if command -v systemd-analyze; then
            XDG_RUNTIME_DIR=/run systemd-analyze --user --man=no verify /usr/lib/systemd/user/rrm-clean.timer
        fi
        mkdir -p .config/systemd/user/timers.target.wants
        ln -s /usr/lib/systemd/user/rrm-clean.timer .config/systemd/user/timers.target.wants/
        rrm schedule status
        dpkg -r rrm
        for path in /usr/bin/rrm /usr/lib/systemd/user/rrm-clean.timer /usr/share/man/man1/rrm.1.gz; do
            if test -e $path; then echo "$path is left"; exit 1; fi
        done
    "#;
    let run = sandbox.tool("chroot", [machine.path().as_os_str(), "sh".as_ref(), "-c".as_ref(), script.as_ref()]).run();
    run.ok()
        .out_contains("content")
        .out_contains("rrm")
        .out_contains("a systemd user timer runs")
        .out_contains("daily");
}
