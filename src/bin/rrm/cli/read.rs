//! Parses the command line.

use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use rrm::text::Charset;

use super::{Cli, brief};
use crate::commands::Command;
use crate::commands::rm::RmArgs;
use crate::gnu::quote::quote_where_needed;
use crate::options::CommonArgs;

/// Parses a command line that begins with the name of the program. Help and version are errors, as in clap.
pub(crate) fn read(words: &[OsString]) -> Result<Cli, Error> {
    if let Some(cli) = read_plain_removal(words) {
        return Ok(cli);
    }
    let grammar = Cli::command();
    let mut grammar = if brief::is_asked(words) { brief::brief(grammar) } else { grammar };
    let matches = grammar.try_get_matches_from_mut(words);
    matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches)).map_err(|error| error.format(&mut grammar))
}

/// The removal that was probably meant by a command line without a command, such as `rrm notes.txt` or `rrm -rf x`.
pub(crate) fn as_removal(words: &[OsString], told: &Error, charset: Charset) -> Option<String> {
    const SHOWN: usize = 3;
    let operands = words.get(1..)?;
    let first = operands.first()?.to_str()?;
    let is_meant = match told.kind() {
        ErrorKind::InvalidSubcommand => {
            let is_first =
                matches!(told.get(ContextKind::InvalidSubcommand), Some(ContextValue::String(word)) if word == first);
            is_first && told.get(ContextKind::SuggestedSubcommand).is_none()
        }
        ErrorKind::UnknownArgument => first
            .strip_prefix('-')
            .is_some_and(|letters| !letters.is_empty() && letters.chars().all(|letter| "rRfdiIv".contains(letter))),
        _ => false,
    };
    let shown = operands.iter().take(SHOWN).map(|word| quote_where_needed(word, charset));
    let more = (operands.len() > SHOWN).then(|| "...".to_owned());
    let shown: Vec<String> = shown.chain(more).collect();
    is_meant.then(|| format!("rrm rm {}", shown.join(" ")))
}

/// `rrm rm` without the other commands.
#[derive(Debug, Parser)]
#[command(name = "rm", args_override_self = true)]
struct PlainRemoval {
    #[command(flatten)]
    common: CommonArgs,

    #[command(flatten)]
    rm: RmArgs,
}

/// Parses a valid command line that begins with `rm`. The whole grammar parses everything else, with help and errors.
///
/// `rrm rm` may run once per file, so its start counts. With the whole grammar it touches 142 pages of memory, with its own
/// 119, and with none 98; each costs a page fault.
fn read_plain_removal(words: &[OsString]) -> Option<Cli> {
    let (_, words) = words.split_first()?;
    let (_, rest) = words.split_first().filter(|(command, _)| *command == OsStr::new("rm"))?;
    if !rest.is_empty() && !rest.iter().any(|word| word.as_encoded_bytes().starts_with(b"-")) {
        let rm = RmArgs { paths: rest.to_vec(), ..RmArgs::default() };
        return Some(Cli { common: CommonArgs::default(), command: Command::Rm(rm) });
    }
    let mut matches = PlainRemoval::command().try_get_matches_from(words).ok()?;
    let PlainRemoval { common, rm } = PlainRemoval::from_arg_matches_mut(&mut matches).ok()?;
    Some(Cli { common, command: Command::Rm(rm) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &str = "-f -i -I -r -R -d -v -q -n -y -rf -fi -if --force --interactive --interactive=never \
        --interactive=once --interactive=x --recursive --dir --one-file-system --preserve-root \
        --preserve-root=all --no-preserve-root --immediate --into-home --auto-clean --dry-run --yes --json \
        --session=a --session -g7d --grace-period=1h --grace-period --trash-dir=/t --trash-dir --color=never \
        --color --verbose --quiet --help -h --version -V --forc --unknown -x -- - rm list help a -rfx";

    /// What may come last.
    const ENDS: [&str; 4] = ["", "-v", "--", "file"];

    /// What the whole grammar makes of a command line.
    fn wholly(grammar: &mut clap::Command, words: &[OsString]) -> Option<String> {
        let matches = grammar.try_get_matches_from_mut(words).ok()?;
        Cli::from_arg_matches(&matches).ok().map(|cli| format!("{cli:?}"))
    }

    /// Each two words together, and each of them with each end.
    #[test]
    fn a_plain_removal_is_read_as_the_whole_grammar_reads_it() {
        let (mut read, mut grammar) = (0, Cli::command());
        let options = || OPTIONS.split_whitespace().chain([""]).enumerate();
        for (one, first) in options() {
            for (other, second) in options() {
                let words = ["rrm", "rm", first, second, ENDS[(one + other) % ENDS.len()]].map(OsString::from);
                let plainly = read_plain_removal(&words).map(|cli| format!("{cli:?}"));
                read += usize::from(plainly.is_some());
                assert_eq!(plainly, wholly(&mut grammar, &words), "{words:?}");
            }
        }
        assert!(read > 300, "only {read} lines were right ones");
    }

    #[test]
    fn whatever_does_not_begin_with_rm_is_left_to_the_whole_grammar() {
        for line in [&["rrm"][..], &["rrm", "-q", "rm", "a"], &["rrm", "list"], &["rrm", "--trash-dir", "rm"]] {
            let words = line.iter().copied().map(OsString::from).collect::<Vec<_>>();
            assert!(read_plain_removal(&words).is_none(), "{line:?}");
        }
        assert!(read_plain_removal(&[]).is_none());
    }
}
