//! What `rrm init` prints, evaluated by the shells that it is for.

use crate::common::{Invocation, Missing, Run, Sandbox, binary, installed};

/// A shell without start files of its own: how it runs a script, and how a script in it evaluates what rrm prints.
struct Shell {
    name: &'static str,
    options: &'static [&'static str],
    strictly: &'static str,
    evaluate: &'static str,
}

const SHELLS: [Shell; 3] = [
    Shell {
        name: "bash",
        options: &["--norc", "-c"],
        strictly: "set -euo pipefail; ",
        evaluate: "eval \"$(rrm init bash WORDS)\"; ",
    },
    Shell {
        name: "zsh",
        options: &["-f", "-c"],
        strictly: "set -euo pipefail; ",
        evaluate: "eval \"$(rrm init zsh WORDS)\"; ",
    },
    Shell { name: "fish", options: &["--no-config", "-c"], strictly: "", evaluate: "rrm init fish WORDS | source; " },
];

impl Shell {
    /// A script behind what `words` have printed, in a sandbox whose PATH begins with `tools`.
    fn script(&self, sandbox: &Sandbox, words: &str, script: &str) -> Result<Invocation, Missing> {
        let program = installed(self.name, self.name)?;
        if !sandbox.path("tools/rrm").exists() {
            sandbox.symlink("tools/rrm", binary());
        }
        let script = format!("{}{}{script}", self.strictly, self.evaluate.replace("WORDS", words));
        let path = format!("{}:/usr/bin:/bin", sandbox.path("tools").display());
        Ok(sandbox.tool(program, self.options).args([script]).with("PATH", path))
    }
}

fn lines(run: &Run) -> Vec<String> {
    assert!(run.ok().stderr.is_empty(), "{run}");
    run.stdout().lines().map(str::to_owned).collect()
}

/// A strict shell that nobody types in has a label and a path, and no word is printed; the second time changes nothing.
#[test]
fn a_shell_has_a_label_and_the_link_of_the_shim_first() {
    let sandbox = Sandbox::new();
    for shell in &SHELLS {
        let again = shell.evaluate.replace("WORDS", "--rm");
        let show = "printf '%s\\n' \"$RRM_SESSION\" \"$PATH\"; ";
        let show = if shell.name == "fish" { show.replace("\"$PATH\"", "(string join : $PATH)") } else { show.into() };
        let run = or_skip!(shell.script(&sandbox, "--rm", &format!("{show}{again}{show}"))).run();
        let shown = lines(&run);
        assert_eq!(shown[..2], shown[2..], "{run}");
        assert!(shown[0].starts_with("shell-") && shown[0].split('-').count() == 3, "{run}");
        let first = format!("{}/.local/bin:{}:", sandbox.home().display(), sandbox.path("tools").display());
        assert!(shown[1].starts_with(&first) && shown[1].matches(".local/bin").count() == 1, "{run}");
    }
}

/// A label that somebody gave stays; that of a shell above does not.
#[test]
fn a_shell_keeps_a_label_and_takes_none_of_another_shell() {
    let sandbox = Sandbox::new();
    for shell in &SHELLS {
        let script = || shell.script(&sandbox, "", "printf '%s\\n' \"$RRM_SESSION\"");
        let label = |given: &str| Ok::<_, Missing>(lines(&script()?.with("RRM_SESSION", given).run()));
        assert_eq!(or_skip!(label("agent")), ["agent"]);
        assert_ne!(or_skip!(label("shell-1-2")), ["shell-1-2"]);
        assert!(or_skip!(label(""))[0].starts_with("shell-"));
    }
}

/// What is in PATH stays, whatever it is, and nothing that is no directory comes into it.
#[test]
fn an_odd_home_or_path_is_left_as_it_is() {
    let sandbox = Sandbox::new();
    for shell in SHELLS.iter().filter(|shell| shell.name != "fish") {
        let script = || shell.script(&sandbox, "--rm", "printf '%s\\n' \"$PATH\"");
        let usual = format!("{}:/usr/bin:/bin", sandbox.path("tools").display());
        for home in ["", "relative", "/a:b"] {
            assert_eq!(lines(&or_skip!(script()).with("HOME", home).run()), [&*usual], "{home}");
        }
        let odd = lines(&or_skip!(script()).with("HOME", "/it's $(a) *").run());
        assert_eq!(odd, [format!("/it's $(a) */.local/bin:{usual}")]);
        // With no PATH at all, one must not begin to end in an empty name, which means the working directory.
        let evaluate = format!("a=$(rrm init {} --rm --no-completions); PATH=; eval \"$a\"; ", shell.name);
        let run = or_skip!(shell.script(&sandbox, "", &format!("{evaluate}printf '%s\\n' \"$PATH\""))).run();
        assert_eq!(lines(&run), [format!("{}/.local/bin", sandbox.home().display())]);
    }
}

/// Words arrive as they were typed, also where the name is an alias or rrm a function.
#[test]
fn a_guarded_name_runs_under_a_guard() {
    let sandbox = Sandbox::new();
    let stub = "#!/bin/sh\n[ \"$1\" = init ] && exec 'RRM' \"$@\"\nprintf '<%s>' \"$@\"; echo\n";
    sandbox.file("tools/rrm", stub.replace("RRM", &binary().display().to_string()));
    sandbox.chmod("tools/rrm", 0o755);
    for shell in &SHELLS {
        let run = or_skip!(shell.script(&sandbox, "--guard x-git g++", "x-git 'a b' '$c' ''; g++ --")).run();
        assert_eq!(lines(&run), ["<guard><--><x-git><a b><$c><>", "<guard><--><g++><-->"]);
    }
    for shell in SHELLS.iter().filter(|shell| shell.name != "fish") {
        let expand = if shell.name == "bash" { "shopt -s expand_aliases" } else { "setopt aliases" };
        let script = format!("{expand}\nalias xgit='xgit -p'\n{}\neval 'xgit a'", shell.evaluate);
        let script = script.replace("WORDS", "--guard xgit");
        assert_eq!(lines(&or_skip!(shell.script(&sandbox, "", &script)).run()), ["<guard><--><xgit><-p><a>"]);
    }
}

/// A name is written into the text as it is, so no other comes in.
#[test]
fn a_name_that_the_shell_would_obey_is_refused() {
    let sandbox = Sandbox::new();
    for name in ["a;b", "$(x)", "cd", "rrm", "/bin/ls", ""] {
        sandbox.rrm(["init", "bash", "--guard", name]).fails(2).err_contains("--guard");
    }
    sandbox.rrm(["init", "tcsh"]).fails(2).err_contains("bash, zsh, fish");
}

/// It may be kept in a file that is taken to another machine.
#[test]
fn the_text_is_the_same_everywhere() {
    let sandbox = Sandbox::new();
    for shell in &SHELLS {
        let command = sandbox.command(["init", shell.name, "--rm", "--guard", "git"]);
        let (here, there) = (command.run(), command.with("HOME", "/nowhere").with("PATH", "/bin").within("/").run());
        assert_eq!(here.ok().stdout, there.ok().stdout);
        let root = sandbox.root().display().to_string();
        assert!(!here.stdout().contains(&root) && !here.stdout().contains("/target/"), "{here}");
        assert!(here.stdout().contains("_rrm") && !sandbox.trash().exists(), "{here}");
        let short = sandbox.rrm(["init", shell.name, "--no-completions"]);
        assert!(!short.ok().stdout().contains("complete") && short.stdout().contains("RRM_SESSION"), "{short}");
    }
}
