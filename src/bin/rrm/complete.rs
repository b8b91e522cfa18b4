//! Completions from the trash.
//!
//! `rrm completions SHELL` prints a script, which runs `rrm complete` at each key. No environment variable turns a
//! command into a completion: `rrm rm` always removes.
//!
//! The answer is a line that says what to complete, then a line per candidate with its description behind a tab. The
//! shell completes existing files itself. Errors are silent, and no candidate contains characters that a terminal
//! obeys. Candidates for bash are quoted here; zsh and fish quote them.

mod bash_line;
mod trash;
mod values;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};
use clap_complete::{Shell, generate};
use rrm::text::{Charset, is_plain};

use crate::env::Environment;
use crate::exit::Exit;
use bash_line::{BashLine, Meaning};
use trash::TrashCandidates;

/// What to complete: candidates, files or directories.
const WORDS: &str = "words";
const FILES: &str = "files";
const DIRECTORIES: &str = "directories";

/// The script for `shell`; shells without one of our own get a static script of the grammar.
pub(crate) fn script(shell: Shell, grammar: fn() -> Command) -> Vec<u8> {
    own_script(shell).map_or_else(
        || {
            // The generator panics if it cannot write.
            let mut script = Vec::new();
            generate(shell, &mut grammar(), "rrm", &mut script);
            script
        },
        <[u8]>::to_vec,
    )
}

/// The script that runs `rrm complete`, where there is one.
pub(crate) fn own_script(shell: Shell) -> Option<&'static [u8]> {
    match shell {
        Shell::Bash => Some(include_bytes!("complete/rrm.bash")),
        Shell::Zsh => Some(include_bytes!("complete/rrm.zsh")),
        Shell::Fish => Some(include_bytes!("complete/rrm.fish")),
        _ => None,
    }
}

/// Answers a shell. `words` are the words up to the cursor. Bash passes the word it replaces and the line, because its
/// words end at colons and equals signs and contain quotes.
pub(crate) fn answer(shell: Shell, words: &[OsString], environment: Environment, grammar: fn() -> Command) -> Exit {
    let home = environment.home.clone();
    let answer = match (shell, words) {
        (Shell::Bash, [replaced, line]) => BashLine::read(replaced, line, home.as_deref()).map(|line| {
            let found = candidates(line.words.clone(), environment, grammar());
            text_of_bash(&line, &found)
        }),
        _ => Some(text_of(&candidates(words.to_vec(), environment, grammar()))),
    };
    // A shell that does not read the answer does not need it.
    let _ = io::stdout().write_all(answer.unwrap_or_default().as_bytes());
    Exit::Success
}

/// The candidates for the last word.
fn candidates(words: Vec<OsString>, environment: Environment, mut command: Command) -> Vec<CompletionCandidate> {
    let Some(last) = words.len().checked_sub(1) else { return Vec::new() };
    let (here, charset) = (environment.working_directory(), environment.charset);
    command.build();
    let mut command = with_completers(command, &Arc::new(TrashCandidates::new(environment, &words)));
    let is_begun = !words[last].is_empty();
    let mut found = complete(&mut command, words, last, Some(&here)).unwrap_or_default();
    if !is_begun && found.iter().any(|candidate| !is_option(candidate)) {
        // Options are offered after a dash.
        found.retain(|candidate| !is_option(candidate));
    }
    found.retain(|candidate| means_the_same(candidate, charset));
    found
}

/// Whether the shell's locale reads the candidate as we do. In GBK, Big5 or Shift JIS the last byte of a UTF-8
/// character and the backslash of a quoted character can form one character, which leaves the next one unquoted.
fn means_the_same(candidate: &CompletionCandidate, charset: Charset) -> bool {
    charset == Charset::Utf8 || candidate.get_value().is_ascii()
}

/// The answer: values and descriptions.
fn text_of(found: &[CompletionCandidate]) -> String {
    let offered = found.iter().filter_map(value_of);
    answer_of(found, offered.map(|(value, about)| format!("{value}\t{about}")))
}

/// The answer for bash: what to insert and what to list.
fn text_of_bash(line: &BashLine<'_>, found: &[CompletionCandidate]) -> String {
    let typed = line.words.last().and_then(|word| word.to_str()).filter(|_| line.meaning == Meaning::Itself);
    // Hex digits may be typed in capitals.
    let is_fitting = |value: &str| {
        typed.is_some_and(|typed| value.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed)))
    };
    let offered: Vec<_> = found.iter().filter_map(value_of).filter(|(value, _)| is_fitting(value)).collect();
    let insertions = line.insertions(&offered.iter().map(|(value, _)| *value).collect::<Vec<_>>());
    let listed = offered.iter().map(|(value, about)| match about.as_str() {
        "" => (*value).to_owned(),
        about => format!("{value}  ({about})"),
    });
    answer_of(found, insertions.into_iter().zip(listed).map(|(insertion, listed)| format!("{insertion}\t{listed}")))
}

fn answer_of(found: &[CompletionCandidate], lines: impl Iterator<Item = String>) -> String {
    let heading = found.iter().find_map(marker_of).unwrap_or(WORDS);
    let lines = lines.filter(|_| heading == WORDS);
    std::iter::once(heading.to_owned()).chain(lines).map(|line| line + "\n").collect()
}

/// A value and its description. Values that would need escapes are left out, because shells show them as they are.
fn value_of(candidate: &CompletionCandidate) -> Option<(&str, String)> {
    let value = candidate.get_value().to_str().filter(|value| is_plain(value))?;
    let about = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    Some((value, about.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()))
}

fn is_option(candidate: &CompletionCandidate) -> bool {
    candidate.get_value().as_encoded_bytes().starts_with(b"-")
}

fn marker_of(candidate: &CompletionCandidate) -> Option<&'static str> {
    [FILES, DIRECTORIES].into_iter().find(|marker| candidate.get_id().map(String::as_str) == Some(marker))
}

/// Gives each argument its completer, by the name of its value in the help.
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

/// The home trash that the words name.
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
        assert_eq!(text_of(&found), "words\nfine\tabout\n");
    }

    #[test]
    fn only_what_every_charset_reads_alike_is_offered_outside_of_utf_8() {
        let candidate = CompletionCandidate::new("ev\u{4f60}$(x)il");
        assert!(means_the_same(&candidate, Charset::Utf8));
        assert!(!means_the_same(&candidate, Charset::Ascii));
        assert!(means_the_same(&CompletionCandidate::new("plain $(x)"), Charset::Ascii));
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
