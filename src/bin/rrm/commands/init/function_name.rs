//! The names of functions that run a program under a guard.

use std::fmt;

/// A word that each shell takes as a function's name and as a plain word, without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FunctionName(String);

impl fmt::Display for FunctionName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a function cannot stand for: words of a shell's grammar, commands that change the shell itself, and what the
/// function itself runs.
const OF_THE_SHELL: &[&str] = &[
    "alias",
    "always",
    "and",
    "argparse",
    "autoload",
    "background",
    "begin",
    "bg",
    "bind",
    "break",
    "builtin",
    "case",
    "cd",
    "command",
    "commandline",
    "complete",
    "compdef",
    "compopt",
    "continue",
    "coproc",
    "declare",
    "dirs",
    "disown",
    "do",
    "done",
    "echo",
    "elif",
    "else",
    "enable",
    "end",
    "esac",
    "eval",
    "exec",
    "exit",
    "export",
    "fc",
    "fg",
    "fi",
    "for",
    "foreach",
    "function",
    "functions",
    "getopts",
    "hash",
    "history",
    "if",
    "in",
    "jobs",
    "let",
    "local",
    "logout",
    "mapfile",
    "nocorrect",
    "noglob",
    "not",
    "or",
    "popd",
    "pushd",
    "read",
    "readarray",
    "readonly",
    "repeat",
    "return",
    "rrm",
    "select",
    "set",
    "setopt",
    "shift",
    "shopt",
    "source",
    "status",
    "suspend",
    "switch",
    "test",
    "then",
    "time",
    "times",
    "trap",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "unsetopt",
    "until",
    "wait",
    "while",
];

/// Reads a name. It is written into the text as it is.
pub(super) fn function_name(typed: &str) -> Result<FunctionName, &'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte);
    let begins_plainly = typed.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if !begins_plainly || !typed.bytes().all(is_plain) {
        return Err("name a program by letters, digits and _ - . + (no path), beginning with a letter or _");
    }
    if OF_THE_SHELL.contains(&typed) {
        return Err("the shell itself needs this name");
    }
    Ok(FunctionName(typed.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_plain_word_in_each_shell() {
        for name in ["git", "npm", "x86_64-linux-gnu-gcc", "python3.11", "g++", "_x"] {
            assert_eq!(function_name(name).map(|name| name.to_string()).as_deref(), Ok(name));
        }
        for name in ["", "a b", "a;b", "$(x)", "-x", "a/b", "ä", "a\nb", "a'b", "1x", "rrm", "cd", "if", "end", "eval"]
        {
            assert!(function_name(name).is_err(), "{name:?}");
        }
    }
}
