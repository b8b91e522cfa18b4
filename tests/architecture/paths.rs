//! The paths that a source mentions, whether in a `use` or in passing, told from the crate's root.

/// The module that a file is, as its path below `src/` says.
pub(crate) fn module_of(file: &str) -> Vec<String> {
    let file = file.strip_prefix("bin/rrm/").unwrap_or(file).trim_end_matches(".rs");
    let parts = file.split('/').filter(|part| !matches!(*part, "lib" | "main" | "mod"));
    std::iter::once("crate").chain(parts).map(str::to_owned).collect()
}

/// Every path in the code, groups taken apart, `self` and `super` resolved; a macro's name ends in `!`.
pub(crate) fn mentions(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let tokens = without_tests(&tokens(&code_only(text)));
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if is_word(&tokens[at]) {
            at = read_path(&tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found.into_iter().map(|path| resolved(path, module)).collect()
}

/// What a source passes on from elsewhere by `pub use`, each by its own name.
pub(crate) fn reexports(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let tokens = without_tests(&tokens(&code_only(text)));
    let mut found = Vec::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| *token == "use") {
        let is_passed_on = at > 0 && matches!(tokens[at - 1].as_str(), "pub" | ")");
        if is_passed_on && tokens.get(at + 1).is_some_and(|next| is_word(next)) {
            read_path(&tokens, at + 1, &[], &mut found);
        }
    }
    found.into_iter().map(|path| resolved(path, module)).collect()
}

/// Reads one path that begins at `at`, and those of its group; gives where the next token is.
fn read_path(tokens: &[String], mut at: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    while tokens.get(at).is_some_and(|token| is_word(token)) {
        path.push(tokens[at].clone());
        at += 1;
        if tokens.get(at).is_none_or(|token| token != "::") {
            break;
        }
        at += 1;
        if tokens.get(at).is_some_and(|token| token == "{") {
            return read_group(tokens, at + 1, &path, found);
        }
    }
    if tokens.get(at).is_some_and(|token| token == "!") {
        path.last_mut().expect("a path has a word").push('!');
    }
    found.push(path);
    at
}

fn read_group(tokens: &[String], mut at: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    while tokens.get(at).is_some_and(|token| token != "}") {
        at = if is_word(&tokens[at]) { read_path(tokens, at, prefix, found) } else { at + 1 };
    }
    at + 1
}

fn resolved(path: Vec<String>, module: &[String]) -> Vec<String> {
    let ups = path.iter().take_while(|word| *word == "super").count();
    if ups == 0 && path[0] != "self" {
        return path;
    }
    let base = &module[..module.len().saturating_sub(ups).max(1)];
    base.iter().cloned().chain(path.into_iter().skip(ups.max(1))).collect()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words, `::`, and single signs.
fn tokens(code: &str) -> Vec<String> {
    let (mut tokens, mut rest) = (Vec::new(), code.trim_start());
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = if word > 0 {
            word
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Leaves out each item behind `#[cfg(test)]`, to its closing brace or semicolon.
fn without_tests(tokens: &[String]) -> Vec<String> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if tokens[at..].len() >= MARK.len() && tokens[at..at + MARK.len()] == MARK {
            at = end_of_item(tokens, at + MARK.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

fn end_of_item(tokens: &[String], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = matches!(tokens[at].as_str(), "}" | ";");
        at += 1;
        if ends && depth == 0 {
            break;
        }
    }
    at
}

/// The text with comments, strings and characters blanked.
fn code_only(text: &str) -> String {
    let (mut code, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let length = opaque(rest, code.chars().last());
        if length > 0 {
            code.push(' ');
        } else {
            code.push(first);
        }
        rest = &rest[length.max(first.len_utf8())..];
    }
    code
}

/// The length of the comment, string or character that `rest` begins with; nought if it begins with code.
fn opaque(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        block_comment(rest)
    } else if rest.starts_with('"') {
        quoted(rest, '"')
    } else if rest.starts_with('\'') {
        character(rest)
    } else if !in_word && (rest.starts_with("r\"") || rest.starts_with("r#") || rest.starts_with("br")) {
        raw_string(rest)
    } else {
        0
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let step = rest[at..].chars().next().map_or(1, char::len_utf8);
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += step;
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character in quotes, and not a lifetime, which has no second quote.
fn character(rest: &str) -> usize {
    let mut inside = rest.chars().skip(1);
    let is_character = inside.next() == Some('\\') || inside.next() == Some('\'');
    if is_character { quoted(rest, '\'') } else { 0 }
}

fn raw_string(rest: &str) -> usize {
    let marks = rest.trim_start_matches('b');
    let Some(after) = marks.strip_prefix('r') else { return 0 };
    let hashes = after.len() - after.trim_start_matches('#').len();
    if !after[hashes..].starts_with('"') {
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let opening = rest.len() - after.len() + hashes + 1;
    rest[opening..].find(&end).map_or(rest.len(), |at| opening + at + end.len())
}
