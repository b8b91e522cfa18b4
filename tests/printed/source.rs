//! The strings in a source that rrm may print.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Every string of a source, with `{}` for what is filled in; in the order of the source.
pub(crate) fn strings(source: &str) -> Vec<String> {
    let tokens: TokenStream = source.parse().expect("a source has Rust's tokens");
    let mut found = Vec::new();
    collect(tokens, Docs::Comments, &mut found);
    found.iter().map(|text| with_gaps(text)).collect()
}

/// What a documentation comment is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Docs {
    /// For whoever reads the code.
    Comments,
    /// A help text of clap.
    Help,
}

fn collect(tokens: TokenStream, docs: Docs, found: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let (mut inside, mut doc) = (docs, String::new());
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                let is_inner = tokens.next_if(|next| is_sign(next, '!')).is_some();
                let Some(TokenTree::Group(attribute)) = tokens.next() else { continue };
                match Attribute::of(&attribute) {
                    Attribute::Doc(line) if !is_inner && docs == Docs::Help => doc.push_str(&(line + "\n")),
                    Attribute::Doc(_) | Attribute::Other => {}
                    Attribute::ForClap => inside = Docs::Help,
                    Attribute::Printed(words) => collect(words, Docs::Comments, found),
                    Attribute::Test => skip_item(&mut tokens),
                }
            }
            TokenTree::Group(group) => {
                flush(&mut doc, found);
                collect(group.stream(), inside, found);
                if group.delimiter() == Delimiter::Brace {
                    inside = docs;
                }
            }
            TokenTree::Literal(literal) => found.extend(value(&literal.to_string())),
            // The table of commands is a macro of our own.
            TokenTree::Ident(word) if word == "commands" && tokens.next_if(|next| is_sign(next, '!')).is_some() => {
                inside = Docs::Help;
            }
            TokenTree::Ident(word) if word == "include_str" => drop(tokens.nth(1)),
            // Names of options, in the help of a command.
            TokenTree::Ident(word) if word == "everyday" => drop(tokens.nth(1)),
            _ => flush(&mut doc, found),
        }
    }
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == sign)
}

/// A documentation comment is over: each of its paragraphs is a text.
fn flush(doc: &mut String, found: &mut Vec<String>) {
    let paragraphs = doc.split("\n\n").map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    found.extend(paragraphs.filter(|text| !text.is_empty()));
    doc.clear();
}

/// Leaves out what follows `#[cfg(test)]`.
fn skip_item(tokens: &mut impl Iterator<Item = TokenTree>) {
    tokens.find(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_sign(token, ';'),
    });
}

enum Attribute {
    Doc(String),
    /// A derive that makes help texts of documentation comments.
    ForClap,
    /// Its strings are printed.
    Printed(TokenStream),
    /// What follows is for tests.
    Test,
    Other,
}

impl Attribute {
    fn of(attribute: &Group) -> Self {
        let mut tokens = attribute.stream().into_iter();
        let Some(TokenTree::Ident(name)) = tokens.next() else { return Self::Other };
        let rest: TokenStream = tokens.collect();
        let text = rest.to_string();
        match name.to_string().as_str() {
            "doc" => Self::Doc(text_of(rest)),
            // A part of a help text that needs a feature.
            "cfg_attr" if text.contains("doc =") => Self::Doc(text_of(rest)),
            "cfg" if is_for_tests(&text) => Self::Test,
            "derive" if ["Args", "Parser", "Subcommand", "ValueEnum"].iter().any(|name| text.contains(name)) => {
                Self::ForClap
            }
            "arg" | "command" | "value" | "error" => Self::Printed(rest),
            _ => Self::Other,
        }
    }
}

fn is_for_tests(condition: &str) -> bool {
    let condition: String = condition.split_whitespace().collect();
    condition == "(test)" || condition == "(feature=\"testing\")"
}

/// The last string of an attribute.
fn text_of(tokens: TokenStream) -> String {
    let mut found = Vec::new();
    collect(tokens, Docs::Comments, &mut found);
    found.pop().unwrap_or_default().trim().to_owned()
}

/// The value of a string literal.
fn value(literal: &str) -> Option<String> {
    let literal = literal.strip_prefix('b').unwrap_or(literal);
    if let Some(raw) = literal.strip_prefix('r') {
        return raw.trim_matches('#').strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    }
    let (mut text, mut rest) = (String::new(), literal.strip_prefix('"')?.strip_suffix('"')?);
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        rest = escape.get(1..)?;
        match escape.chars().next()? {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            '\n' => rest = rest.trim_start(),
            'x' => rest = rest.get(2..)?,
            'u' => {
                let (digits, after) = rest.strip_prefix('{')?.split_once('}')?;
                text.extend(u32::from_str_radix(digits, 16).ok().and_then(char::from_u32));
                rest = after;
            }
            other => text.push(other),
        }
    }
    Some(text + rest)
}

/// `{}` for each `{name}` of a format string.
fn with_gaps(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        if let Some((_, after)) = after.split_once('}').filter(|(name, _)| is_gap(name)) {
            out.push_str("{}");
            rest = after;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out + rest
}

fn is_gap(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "_:.$<>^*?#+-".contains(c))
}

#[test]
fn what_may_be_printed_is_found_in_a_source() {
    let source = r#"
        //! A module.
        /// A comment.
        #[derive(Debug, Args)]
        #[command(about = "an about")]
        struct A {
            /// Help of
            /// two lines.
            ///
            /// And a paragraph.
            #[arg(long, value_name = "N")]
            n: u8,
        }
        /// Another comment.
        #[expect(clippy::x, reason = "not this")]
        fn f() { g!("one \u{2014} {name:>4}\
                     two {}\n", r"raw x", 'c', b"bytes") }
        #[cfg(test)]
        mod tests { fn t() { h("no") } }
        #[cfg(feature = "testing")]
        fn t() { h("no") }
        const PAGE: &str = include_str!("no");
        commands! {
            /// A command.
            Rm(rm::Args),
        }
    "#;
    let found = [
        "an about",
        "N",
        "Help of two lines.",
        "And a paragraph.",
        "one \u{2014} {}two {}\n",
        "raw x",
        "bytes",
        "A command.",
    ];
    assert_eq!(strings(source), found);
}
