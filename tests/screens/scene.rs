//! One trash with a little of everything, at one fixed time, and what is shown of it with all that differs between two runs
//! replaced.

use std::fs;
use std::path::PathBuf;

use super::volume;
use crate::common::{Invocation, Sandbox};

/// The time of every screen.
const NOW: &str = "2026-11-21T14:00:00Z";

pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    /// Each ID that the trash has, and the one that is shown for it.
    ids: Vec<(String, String)>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        fill(&sandbox);
        let mut items = sandbox.list_json();
        items.sort_by_key(|item| ["trashed_date", "original_path"].map(|key| item[key].to_string()));
        let ids = items.iter().zip(1_u32..).map(|(item, number)| {
            let id = item["id"].as_str().expect("an ID is text").to_owned();
            let shown = format!("{:08x}{}", number * 0x0101_0101, &id[8..].replace(|c: char| c != '-', "0"));
            (id, shown)
        });
        Self { ids: ids.collect(), sandbox }
    }

    /// `rrm` with these words, at the time of the screens, in the home directory.
    pub(crate) fn command(&self, words: &[&str]) -> Invocation {
        let command = self.sandbox.command(words).within(self.sandbox.home());
        command.at(NOW).with("TERM", "xterm-256color").with("LS_COLORS", "di=01;34:ln=01;36").with("NO_COLOR", "1")
    }

    /// A text without what is another in the next run: IDs, the path of the home directory, what the volume is and takes.
    pub(crate) fn masked(&self, text: &str) -> String {
        let home = self.sandbox.home().display().to_string();
        let text = text.replace(&home, "/home/ada");
        let text =
            self.ids.iter().fold(text, |text, (id, shown)| text.replace(id, shown).replace(&id[..8], &shown[..8]));
        volume::masked(&text)
    }
}

fn fill(sandbox: &Sandbox) {
    let put = |path: &str, content: &[u8]| {
        let path = sandbox.home().join(path);
        sandbox.file(&path, content);
    };
    put("letter.txt", b"Dear Sir,\n");
    rm(sandbox, "2026-11-01T09:30:00Z", &["-g", "14d", "letter.txt"]);
    put("todo.txt", b"buy milk\n");
    rm(sandbox, "2026-11-08T09:00:00Z", &["-g", "14d", "todo.txt"]);
    let logs: Vec<String> = (1..=14).map(|number| format!("logs/app-{number}.log")).collect();
    logs.iter().zip(1..).for_each(|(log, number)| put(log, &vec![b'x'; number * 100]));
    rm(sandbox, "2026-11-18T08:00:00Z", &logs.iter().map(String::as_str).collect::<Vec<_>>());
    put("projects/website/node_modules/left-pad/index.js", &vec![b'x'; 3_000_000]);
    put("projects/website/node_modules/left-pad/README.md", b"# left-pad\n");
    rm(sandbox, "2026-11-19T10:00:00Z", &["--session", "agent", "projects/website/node_modules"]);
    let report = "Documents/Reports/2026/annual report for the board, final version 2.odt";
    put(report, &vec![0; 40_000]);
    rm(sandbox, "2026-11-19T16:45:00Z", &[report]);
    put("Photos/日本語の写真.jpg", b"\xff\xd8\xff\xe0 not really");
    sandbox.symlink(sandbox.home().join("Photos/latest"), "日本語の写真.jpg");
    rm(sandbox, "2026-11-20T11:00:00Z", &["Photos/日本語の写真.jpg", "Photos/latest"]);
    put("keys.txt", b"secret\n");
    rm(sandbox, "2026-11-20T12:00:00Z", &["keys.txt"]);
    run(sandbox, "2026-11-20T12:00:01Z", &["keep", "keys.txt"]);
    put("two\nlines", b"a name of two lines\n");
    rm(sandbox, "2026-11-21T13:00:00Z", &["two\nlines"]);
    put("notes.txt", b"Call Ada.\nPay the rent.\n");
    rm(sandbox, "2026-11-21T13:58:00Z", &["notes.txt"]);
}

fn rm(sandbox: &Sandbox, time: &str, words: &[&str]) {
    run(sandbox, time, &[&["rm"], words].concat());
}

fn run(sandbox: &Sandbox, time: &str, words: &[&str]) {
    sandbox.command(words).within(sandbox.home()).at(time).run().ok();
}

/// What `rrm doctor` finds in the scene, once this was done to it.
pub(crate) fn spoil(sandbox: &Sandbox) {
    let trash: PathBuf = sandbox.trash();
    fs::write(trash.join("shopping list.txt"), "milk").expect("the trash is ours");
    let envelope = trash.join("0190a000-0000-7000-8000-000000000000");
    fs::create_dir(&envelope).expect("the trash is ours");
    sandbox.chmod(&envelope, 0o700);
    let stray = sandbox.file(sandbox.home().join("copy of notes.txt"), "");
    sandbox.set_attribute(&stray, "user.original_path", "/elsewhere");
    sandbox.set_attribute(&stray, "user.deletion_date", "2026-12-01T00:00:00Z");
    let data = sandbox.home().join(".local/share/rrm");
    sandbox.set_attribute(&data, "user.rrm_grace_period", "a fortnight");
}
