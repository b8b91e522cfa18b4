//! Completions that know the trash.
//!
//! `rrm completions SHELL` prints a script, and the script asks `rrm complete` at each press of the key. Nothing in the
//! environment turns a command into a completion: `rrm rm` removes, whatever variables are set around it.
//!
//! The answer is one line that says what it is about, then one candidate a line, its description behind a tab. Files that
//! are there the shell completes itself, which it does better. What goes wrong is silence: a person who types is told
//! nothing, and no byte that a terminal would obey is among the candidates.

mod shell_words;
mod trash;
mod values;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use clap::{Arg, Command, CommandFactory, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};
use clap_complete::{Shell, generate};
use rrm::text::is_plain;

use crate::args::Cli;
use crate::exit::Exit;
use crate::translate::Environment;
use trash::TrashCandidates;

/// What stands for the files, and for the directories, that the shell is to complete.
const FILES: &str = "files";
const DIRECTORIES: &str = "directories";

/// The script that makes `shell` ask us; for a shell that has none, one that knows the command line only.
pub(crate) fn script(shell: Shell) -> Vec<u8> {
    match shell {
        Shell::Bash => include_bytes!("complete/rrm.bash").to_vec(),
        Shell::Zsh => include_bytes!("complete/rrm.zsh").to_vec(),
        Shell::Fish => include_bytes!("complete/rrm.fish").to_vec(),
        shell => {
            // The generator panics where it cannot write.
            let mut script = Vec::new();
            generate(shell, &mut Cli::command(), "rrm", &mut script);
            script
        }
    }
}

/// Answers a shell. `words` are those of the command line up to the cursor; of bash it is what bash would replace, and
/// the line, because its own words end at colons and equals signs too.
pub(crate) fn answer(shell: Shell, words: Vec<OsString>, environment: Environment) -> Exit {
    let (words, kept) = match (shell, words.as_slice()) {
        (Shell::Bash, [replaced, line]) => shell_words::of_bash(replaced, line),
        _ => (words, 0),
    };
    let Some(last) = words.len().checked_sub(1) else { return Exit::Success };
    let here = environment.working_directory();
    let mut command = Cli::command();
    command.build();
    let mut command = with_completers(command, &Arc::new(TrashCandidates::new(environment, &words)));
    let is_begun = !words[last].is_empty();
    let mut found = complete(&mut command, words, last, Some(&here)).unwrap_or_default();
    if !is_begun && found.iter().any(|candidate| !is_option(candidate)) {
        // Who wants an option begins with its dash.
        found.retain(|candidate| !is_option(candidate));
    }
    // Whoever does not read the answer does not want it.
    let _ = io::stdout().write_all(text_of(&found, kept).as_bytes());
    Exit::Success
}

/// The answer as text. The first `kept` bytes of each candidate are on the command line and stay there.
fn text_of(found: &[CompletionCandidate], kept: usize) -> String {
    if let Some(marker) = found.iter().find_map(marker_of) {
        return format!("{marker}\n");
    }
    let mut text = String::from("words\n");
    for candidate in found {
        let Some(value) = candidate.get_value().to_str().and_then(|value| value.get(kept..)) else { continue };
        // A shell shows what it inserts as it is.
        if !is_plain(value) {
            continue;
        }
        let about = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        let about = about.lines().next().unwrap_or_default().trim_end_matches('.');
        text.push_str(&format!("{value}\t{about}\n"));
    }
    text
}

fn is_option(candidate: &CompletionCandidate) -> bool {
    candidate.get_value().as_encoded_bytes().starts_with(b"-")
}

fn marker_of(candidate: &CompletionCandidate) -> Option<&'static str> {
    [FILES, DIRECTORIES].into_iter().find(|marker| candidate.get_id().map(String::as_str) == Some(marker))
}

/// Tells each argument of a command how it is completed: by what its value is called in the help.
fn with_completers(command: Command, trash: &Arc<TrashCandidates>) -> Command {
    command.mut_args(|arg| with_completer(arg, trash)).mut_subcommands(|command| with_completers(command, trash))
}

fn with_completer(arg: Arg, trash: &Arc<TrashCandidates>) -> Arg {
    let is_path = match arg.get_value_hint() {
        ValueHint::DirPath => Some(DIRECTORIES),
        ValueHint::AnyPath | ValueHint::FilePath => Some(FILES),
        _ => None,
    };
    if let Some(marker) = is_path {
        return arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
            vec![CompletionCandidate::new(typed).id(Some(marker.to_owned()))]
        }));
    }
    let name = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let trash = trash.clone();
    match name.as_deref() {
        Some("SELECTION" | "ITEM[/PATH]") => arg.add(ArgValueCompleter::new(move |typed: &OsStr| trash.items(typed))),
        Some("LABEL") => arg.add(ArgValueCompleter::new(move |typed: &OsStr| trash.sessions(typed))),
        Some("DURATION") => arg.add(ArgValueCompleter::new(values::durations)),
        Some("WHEN") if arg.get_possible_values().is_empty() => arg.add(ArgValueCompleter::new(values::moments)),
        Some("SIZE") => arg.add(ArgValueCompleter::new(values::sizes)),
        Some("KIND") => arg.add(ArgValueCompleter::new(values::kinds)),
        _ => arg,
    }
}

/// The home trash that the words themselves name, if they do.
fn named_trash(words: &[OsString]) -> Option<&Path> {
    const OPTION: &str = "--trash-dir";
    let after = words.iter().position(|word| word == OPTION).and_then(|at| words.get(at + 1));
    let within = || words.iter().find_map(|word| word.to_str()?.strip_prefix(OPTION)?.strip_prefix('='));
    after.map(Path::new).or_else(|| within().map(Path::new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_no_candidate() {
        let found = ["fine", "bad\x1b[2J", "bad\n", "bad\u{202e}", "bad\u{ad}"];
        let found = found.map(|value| CompletionCandidate::new(value).help(Some("about".into())));
        assert_eq!(text_of(&found, 0), "words\nfine\tabout\n");
        assert_eq!(text_of(&found[..1], 2), "words\nne\tabout\n");
    }

    #[test]
    fn a_trash_that_is_named_is_the_one_to_look_into() {
        let named = |words: &[&str]| {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            named_trash(&words).map(Path::to_owned)
        };
        assert_eq!(named(&["rrm", "--trash-dir", "/t", "list"]), Some("/t".into()));
        assert_eq!(named(&["rrm", "list", "--trash-dir=/u", ""]), Some("/u".into()));
        assert_eq!(named(&["rrm", "list", "--trash-dir"]), None);
    }
}
