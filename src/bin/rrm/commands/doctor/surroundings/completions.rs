//! Completion scripts that another version of rrm has printed, where a shell loads them from.

use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::Shell;
use rrm::sys;

use super::warning;
use crate::complete::own_script;
use crate::env::Environment;
use crate::output::finding::Entry;
use crate::session::Session;

/// The largest file that is read; ours are far smaller.
const LARGEST: u64 = 1 << 20;

/// The scripts that are not those of this program. What a person wrote to have them loaded is none.
pub(super) fn stale(session: &Session<'_>) -> Vec<Entry> {
    let stale = |(shell, path): &(Shell, PathBuf)| read(path).is_some_and(|found| is_stale(*shell, &found));
    let entry = |(shell, path): (Shell, PathBuf)| {
        let meaning = format!("these completions for {shell} are from another version of rrm");
        let remedy = format!("rrm completions {shell} > {}", session.quoted(&path));
        warning("stale-completions", path, meaning, remedy)
    };
    places(&session.context.environment).into_iter().filter(stale).map(entry).collect()
}

/// Where the shells look, as rrm-completions(1) tells; for zsh, the directory that most add to its fpath.
fn places(environment: &Environment) -> Vec<(Shell, PathBuf)> {
    let data = |below: &str| environment.data_dir.as_ref().map(|data| data.join(below));
    let config = environment.config_dir.as_ref();
    [
        (Shell::Bash, data("bash-completion/completions/rrm")),
        (Shell::Zsh, data("zsh/site-functions/_rrm")),
        (Shell::Fish, config.map(|config| config.join("fish/completions/rrm.fish"))),
    ]
    .into_iter()
    .filter_map(|(shell, path)| Some((shell, path?)))
    .collect()
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let is = sys::metadata_following(path).ok()?;
    (is.kind == sys::FileKind::File && is.size <= LARGEST).then(|| fs::read(path).ok())?
}

/// Whether a script is ours, by the function that it defines, and not the present one.
fn is_stale(shell: Shell, found: &[u8]) -> bool {
    let function: &[u8] = if shell == Shell::Fish { b"function __rrm_complete" } else { b"\n_rrm() {" };
    own_script(shell).is_some_and(|ours| ours != found)
        && found.windows(function.len()).any(|window| window == function)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_of_ours_is_known_and_no_other() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let ours = own_script(shell).expect("there is one");
            assert!(!is_stale(shell, ours), "{shell}");
            assert!(is_stale(shell, &[ours, b"# older\n"].concat()), "{shell}");
            assert!(!is_stale(shell, b"source <(rrm completions bash)\n"), "{shell}");
        }
    }
}
