//! The completion scripts do their work in the shells they are for.

use std::fs;

use crate::common::{Run, Sandbox};

/// Runs `shell` with `words` and a script that has the file of completions as `$1`, or says why it cannot.
fn complete(shell: &str, options: &[&str], script: &str) -> Result<Run, String> {
    let sandbox = Sandbox::new();
    if !["/usr/bin", "/bin"].iter().any(|directory| fs::exists(format!("{directory}/{shell}")).unwrap_or(false)) {
        return Err(format!("{shell} is not installed"));
    }
    let file = sandbox.path("_rrm");
    fs::write(&file, &sandbox.rrm(["completions", shell]).ok().stdout).expect("the sandbox is writable");
    let file = file.to_str().expect("a sandbox is UTF-8");
    let script = script.replace("$FILE", file);
    Ok(sandbox.tool(shell, options).args(["-c", &script]).run())
}

/// What a shell offers for `rrm li` and `rrm list --la`.
#[track_caller]
fn offers_commands_and_options(run: &Run) {
    run.ok().out_contains("list").out_contains("--last").out_contains("--larger-than");
    assert!(run.stderr.is_empty(), "a shell complains: {run}");
}

#[test]
fn bash_completes_commands_and_options() {
    let script = "set -eu; source '$FILE'; \
        complete -p rrm; ask() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); \
        _rrm rrm \"${@: -1}\" \"${@: -2:1}\"; echo \"${COMPREPLY[@]}\"; }; ask rrm li; ask rrm list --la";
    offers_commands_and_options(&or_skip!(complete("bash", &["--norc", "--noprofile"], script)));
}

#[test]
fn zsh_completes_commands_and_options() {
    // Without a terminal zsh cannot be asked for completions, so what would draw them prints instead.
    let script = "setopt err_exit; autoload -U compinit; compinit -D -u; source '$FILE'; \
        [[ $_comps[rrm] == _rrm ]]; functions _rrm _rrm_commands";
    offers_commands_and_options(&or_skip!(complete("zsh", &["-f"], script)));
}

#[test]
fn fish_completes_commands_and_options() {
    let script = "source '$FILE'; or exit 1; complete -C 'rrm li'; complete -C 'rrm list --la'";
    offers_commands_and_options(&or_skip!(complete("fish", &["--no-config"], script)));
}
