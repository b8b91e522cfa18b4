//! Real programs that call `rm`, once with GNU's first on PATH and once with ours: same status, same words, same files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::common::{Sandbox, is_root};

/// What makes the files that a program works on: always at the same path, as some write it down.
type Setting = fn(&Sandbox);

/// What was seen of a program, and of the files that it left.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    left: String,
}

/// Runs a shell script in `work` under each `rm`; the same must come of it, and ours must have been called.
fn same_under_both(set: Setting, script: &str) {
    let sandbox = Sandbox::new();
    let gnu = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
    let ours = format!("{}:{gnu}", sandbox.root().join("bin").display());
    let theirs = see(&sandbox, set, script, gnu);
    let own = see(&sandbox, set, script, &ours);
    assert_eq!(theirs, own);
    assert_eq!(theirs.status, Some(0), "{theirs:?}");
    assert!(!sandbox.list_json().is_empty(), "our rm was not called");
}

fn see(sandbox: &Sandbox, set: Setting, script: &str, path: &str) -> Seen {
    fs::remove_dir_all(sandbox.work()).expect("ours");
    fs::create_dir(sandbox.work()).expect("a directory");
    set(sandbox);
    let run = sandbox.tool("/bin/sh", ["-c", script]).with("PATH", path).run();
    let list = "find . -print | sort; find . -name '*.txt' | sort | xargs cat";
    let left = sandbox.tool("/bin/sh", ["-c", list]).run();
    Seen { status: run.status.code(), stdout: run.stdout(), stderr: run.stderr(), left: left.ok().stdout() }
}

fn executable(sandbox: &Sandbox, path: &str, text: &str) {
    sandbox.file(path, text);
    fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(0o755)).expect("ours");
}

/// Whether a program is there; says so where not.
macro_rules! needs {
    ($program:literal) => {
        if !Sandbox::new().tool("/bin/sh", ["-c", concat!("command -v ", $program)]).run().status.success() {
            skip!($program, "it is not installed");
        }
    };
}

#[test]
fn make_clean() {
    needs!("make");
    let set: Setting = |sandbox| {
        sandbox.file(
            "Makefile",
            ".PHONY: all clean\nall: a.o b.o\na.o b.o: ; @mkdir -p out/$@.d && touch $@ out/$@.d/x\n\
             clean:\n\trm -f *.o missing.o\n\t-rm missing\n\trm -rf out missing/\n\t$(RM) core\n",
        );
    };
    same_under_both(set, "make all && make clean && make clean && make all");
}

/// What configure scripts have done with `rm` for thirty years.
#[test]
fn configure() {
    let set: Setting = |sandbox| {
        executable(
            sandbox,
            "configure",
            "#!/bin/sh\nset -e\n\
             rm -f -r conftest* confdefs.h\nrm -f conftest.sh; rm -fr conf$$.dir\n\
             trap 'rm -f -r conftest* confdir-* ; exit 1' 1 2 15\n\
             # rm without an operand must fail, and with -f must not (POSIX 2008).\n\
             rm && { echo 'rm takes nothing'; exit 1; }\nrm -f || { echo 'rm -f fails'; exit 1; }\nrm -rf\n\
             mkdir conf.dir; cd conf.dir; mkdir out; echo >out/conftest2.o; chmod -w .\n\
             chmod +w .; rm -f out/conftest2.o && rmdir out; cd ..; rmdir conf.dir\n\
             for feature in alloca mmap fork; do\n\
               echo \"int main;\" >conftest.c; echo x >conftest.o; : >conftest.err; ln -s conftest.c conftest.sym\n\
               mkdir conftest.dSYM; echo >conftest.dSYM/x\n\
               if test -s conftest.o; then echo \"checking for $feature... yes\"; fi\n\
               rm -f core conftest.err conftest.o conftest.sym conftest$feature conftest.c\n\
               rm -rf conftest.dSYM conftest*\n\
             done\n\
             echo '#define X' >confdefs.h; cp confdefs.h config.txt; rm -f confdefs.h\n\
             test -z \"$(ls conftest* 2>/dev/null)\"\n",
        );
    };
    same_under_both(set, "./configure 2>&1 && ./configure");
}

#[test]
fn npm_ci_twice() {
    needs!("npm");
    let set: Setting = |sandbox| {
        sandbox.file("dep/package.json", r#"{"name":"dep","version":"1.0.0"}"#);
        sandbox.file("dep/index.txt", "dep");
        let scripts = r#"{"preinstall":"mkdir -p build && touch build/x && rm -rf build","postinstall":"rm -f *.log"}"#;
        let main =
            format!(r#"{{"name":"main","version":"1.0.0","dependencies":{{"dep":"file:dep"}},"scripts":{scripts}}}"#);
        sandbox.file("package.json", main);
        sandbox.file("stale.log", "");
    };
    let ci = "npm ci --offline --no-audit --no-fund --silent";
    let lock = "npm install --offline --no-audit --no-fund --silent --package-lock-only";
    same_under_both(set, &format!("{lock} && {ci} && {ci} && test -e node_modules/dep/index.txt"));
}

#[test]
fn git_hooks() {
    needs!("git");
    let set: Setting = |sandbox| {
        sandbox.file("kept.txt", "kept");
        executable(sandbox, "hooks/post-checkout", "#!/bin/sh\nrm -rf cache stale.txt\nrm -v -- *.tmp\n");
        executable(sandbox, "hooks/pre-commit", "#!/bin/sh\nrm -f ./*.orig\n");
    };
    let git = "git -c user.name=n -c user.email=e -c core.hooksPath=hooks -c init.defaultBranch=main";
    same_under_both(
        set,
        &format!(
            "export GIT_AUTHOR_DATE=2001-01-01T00:00:00Z GIT_COMMITTER_DATE=2001-01-01T00:00:00Z\n\
             {git} init -q . && touch x.orig && {git} add kept.txt && {git} commit -q -m first &&\n\
             mkdir cache && touch cache/x stale.txt a.tmp b.tmp && {git} checkout -q -b other && ls"
        ),
    );
}

/// dpkg itself calls `rm -rf --`, and so do most maintainer scripts.
#[test]
fn a_debian_package_and_its_maintainer_scripts() {
    needs!("dpkg-deb");
    if !is_root() {
        skip!("root", "to install with dpkg");
    }
    let set: Setting = |sandbox| {
        sandbox.file(
            "pkg/DEBIAN/control",
            "Package: rrm-probe\nVersion: 1\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: probe\n",
        );
        sandbox.file("pkg/usr/share/probe/data.txt", "data");
        let postinst = "#!/bin/sh\nset -e\nmkdir -p \"$DPKG_ROOT/var/cache/probe\"\n\
             touch \"$DPKG_ROOT/var/cache/probe/old\" \"$DPKG_ROOT/var/cache/probe/new.txt\"\n\
             rm -f \"$DPKG_ROOT/var/cache/probe/old\" \"$DPKG_ROOT/nosuch\"\n";
        executable(sandbox, "pkg/DEBIAN/postinst", postinst);
        let prerm = "#!/bin/sh\nset -e\nrm -rf \"$DPKG_ROOT/var/cache/probe\"\n";
        executable(sandbox, "pkg/DEBIAN/prerm", prerm);
        let postrm = "#!/bin/sh\nset -e\nif [ \"$1\" = purge ]; then rm -rf \"$DPKG_ROOT/var/lib/probe\"; fi\n";
        executable(sandbox, "pkg/DEBIAN/postrm", postrm);
        for directory in ["root/var/lib/dpkg/info", "root/var/lib/dpkg/updates", "root/var/log"] {
            fs::create_dir_all(sandbox.path(directory)).expect("a directory");
        }
        sandbox.file("root/var/lib/dpkg/status", "");
        sandbox.file("root/var/lib/dpkg/available", "");
    };
    let dpkg = "dpkg --root=\"$PWD/root\" --force-script-chrootless --log=/dev/null";
    same_under_both(
        set,
        &format!(
            "dpkg-deb --build --root-owner-group pkg probe.deb >/dev/null && {dpkg} --install probe.deb &&\n\
             ls root/var/cache/probe && {dpkg} --purge rrm-probe && ls root/var/cache && rm -f probe.deb"
        ),
    );
}
