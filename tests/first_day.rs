//! `docs/first-day.md`: what a person types on the first day, and what comes back at a terminal.

use std::os::unix::fs::symlink;

use crate::common::{Sandbox, binary, is_written, source};

const PAGE: &str = "docs/first-day.md";

/// The home directory on the page.
const HOME: &str = "/home/ada";

#[test]
fn everything_of_the_first_day_comes_out_as_the_page_has_it() {
    let page = std::fs::read_to_string(source().join(PAGE)).expect("the page is there");
    assert!(page.matches("\n## ").count() >= 30, "the page has thirty things");
    let mut day = Day::new();
    let mut now = String::new();
    for (number, part) in page.split("```").enumerate() {
        match number % 2 {
            0 => now.push_str(part),
            _ => now.push_str(&format!("```{}```", day.session(part))),
        }
    }
    is_written(PAGE, &now, "first_day::");
}

/// The person's home, and what the page calls each ID.
struct Day {
    sandbox: Sandbox,
    minute: u32,
    ids: Vec<String>,
}

impl Day {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let bin = sandbox.root().join("day");
        std::fs::create_dir(&bin).expect("the sandbox is empty");
        symlink(binary(), bin.join("rrm")).expect("a link can be made");
        for (path, content) in [
            ("notes.txt", "Call Ada.\n"),
            ("draft.txt", "first draft\n"),
            ("shopping list.txt", "milk\n"),
            ("app.log", "started\n"),
            ("projects/site/index.html", "<h1>Hi</h1>\n"),
        ] {
            sandbox.file(sandbox.home().join(path), content);
        }
        for number in 1..=12 {
            sandbox.file(sandbox.home().join(format!("photos/img-{number}.jpg")), "a photo");
        }
        Self { sandbox, minute: 0, ids: Vec::new() }
    }

    /// A block of the page with what comes back now.
    fn session(&mut self, block: &str) -> String {
        let (language, lines) = block.split_once('\n').expect("a block has lines");
        let mut out = format!("{language}\n");
        for step in lines.split("\n$ ").map(|step| step.strip_prefix("$ ").unwrap_or(step)) {
            let (command, before) = step.split_once('\n').unwrap_or((step, ""));
            out.push_str(&format!("$ {command}\n{}", self.typed(command, &answers(before))));
        }
        out
    }

    /// What a terminal shows after this command and these answers to its questions.
    fn typed(&mut self, command: &str, answers: &str) -> String {
        self.minute += 1;
        let time = format!("2026-11-21T{:02}:{:02}:00Z", 9 + self.minute / 60, self.minute % 60);
        let home = self.sandbox.home();
        let path = format!("{0}/.local/bin:{1}/day:/usr/bin:/bin", home.display(), self.sandbox.root().display());
        let shell = self.sandbox.tool("sh", ["-c", command]).within(&home).at(&time).with("PATH", path);
        let shell = shell.with("TERM", "xterm").with("NO_COLOR", "1");
        let prompt = if answers.is_empty() { "" } else { "? " };
        let shown = shell.on_terminal_after(80, prompt, || answers.to_owned()).stdout();
        let program = binary().canonicalize().expect("it is there");
        let shown = shown.replace(&home.display().to_string(), HOME);
        let shown = shown.replace(&program.display().to_string(), "/usr/bin/rrm");
        self.masked(&shown).lines().map(|line| freed(line) + "\n").collect()
    }

    /// The text with another ID for each, in the order in which they come.
    fn masked(&mut self, text: &str) -> String {
        let is_id = |word: &str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mut masked = text.to_owned();
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_id(word)) {
            let known = self.ids.iter().position(|id| id == word);
            let at = known.unwrap_or_else(|| {
                self.ids.push(word.to_owned());
                self.ids.len() - 1
            });
            masked = masked.replace(word, &format!("{:08x}", (at + 1) * 0x0101_0101));
        }
        masked
    }
}

/// A line that tells how much room was freed, which each file system knows otherwise.
fn freed(line: &str) -> String {
    match line.strip_suffix(" freed").and_then(|line| line.rsplit_once(", ")) {
        Some((deleted, _)) => format!("{deleted}, 4.0 KiB freed"),
        None => line.to_owned(),
    }
}

/// What was typed at the questions in an output, a line each: the terminal shows it behind them.
fn answers(output: &str) -> String {
    let typed = output.lines().filter_map(|line| line.rsplit_once("? ").map(|(_, typed)| typed));
    typed.filter(|typed| matches!(*typed, "y" | "n")).flat_map(|typed| [typed, "\n"]).collect()
}
