//! The completion scripts do their work in the shells they are for: a person types, presses the key, and sees.

use crate::common::{Invocation, Missing, Run, Sandbox, binary, installed};

/// A shell that a person uses: how it is started, what makes it ready, and what it shows then.
struct Shell {
    name: &'static str,
    options: &'static [&'static str],
    /// Has the prompt shown once the script is there.
    setup: &'static str,
}

const READY: &str = "ready>";

const BASH: Shell = Shell {
    name: "bash",
    options: &["--noprofile", "--rcfile", "SETUP", "-i"],
    setup: "source 'SCRIPT'; bind 'set enable-bracketed-paste off'; PS1='ready> '",
};

const ZSH: Shell = Shell {
    name: "zsh",
    options: &["-f", "-i", "-c", "ZDOTDIR='HOME_OF_SETUP' exec zsh -d -i"],
    setup: "autoload -U compinit; compinit -D -u; source 'SCRIPT'; unset zle_bracketed_paste; PS1='ready> '",
};

const FISH: Shell = Shell {
    name: "fish",
    options: &["--no-config", "--init-command", "source 'SETUP'", "-i"],
    setup: "source 'SCRIPT'; function fish_prompt; echo -n 'ready> '; end",
};

/// A sandbox with one item called `my file` and one called `other`, and a shell in it that completes.
struct Typing {
    sandbox: Sandbox,
    shell: Invocation,
}

/// Every character that is special to one of the shells, and names that would have one of them do something.
const HOSTILE: &[&str] = &[
    " !\"#$%&'()*+,-.:;<=>?@[\\]^_`{|}~é日",
    "$(touch made)",
    "\"$(touch made)\"",
    "'$(touch made)'",
    "\\$(touch made)",
    "`touch made`",
    ";touch made",
    "&touch made&",
    "|touch made",
    ">made",
    "<(touch made)",
    "!!",
    "it's \"so\" \\ $HOME",
    "{a,b}*",
    "a  b ",
    "\\",
];

impl Typing {
    fn new(shell: &Shell) -> Result<Self, Missing> {
        Self::with(shell, "completions")
    }

    /// With the script that this command prints.
    fn with(shell: &Shell, command: &str) -> Result<Self, Missing> {
        let program = installed(shell.name, shell.name)?;
        let sandbox = Sandbox::new();
        sandbox.symlink("tools/rrm", binary());
        let script = sandbox.file("script", &sandbox.rrm([command, shell.name]).ok().stdout);
        let script = script.to_str().expect("a sandbox is UTF-8");
        let setup = sandbox.file("setup/.zshrc", shell.setup.replace("SCRIPT", script));
        let home = setup.parent().expect("it is in a directory").to_str().expect("a sandbox is UTF-8");
        let setup = setup.to_str().expect("a sandbox is UTF-8");
        let options = shell.options.iter().map(|word| word.replace("HOME_OF_SETUP", home).replace("SETUP", setup));
        let path = format!("{}:/usr/bin:/bin", sandbox.path("tools").display());
        // Shells that control jobs want the terminal to be theirs.
        let shell = sandbox.tool(program, options).through(["setsid", "--ctty", "--wait"]);
        let shell = shell.with("PATH", path).with("TERM", "xterm");
        for name in ["my file", "other"] {
            sandbox.file(name, "content");
            sandbox.command(["rm", "--session", "night shift", name]).run().ok();
        }
        Ok(Self { sandbox, shell })
    }

    /// What is shown while `typed` is typed, a carriage return being the key to run a command.
    fn typing(&self, typed: &str) -> Run {
        self.shell.on_terminal_after(300, READY, || format!("{typed}exit\r"))
    }

    /// Has names completed behind each of these beginnings, `(work, home)`, and every line run: each time rrm got that very
    /// name, and nothing else was done.
    fn takes_hostile_names(&self, beginnings: [&[&str]; 2]) {
        let (work, home) = (self.sandbox.work(), self.sandbox.home());
        let names: Vec<String> = HOSTILE.iter().enumerate().map(|(at, name)| format!("q{at:02}{name}")).collect();
        let (mut lines, mut expected) = (String::new(), Vec::new());
        for (place, path, beginnings) in
            [(&work, String::new(), beginnings[0]), (&home, format!("{}/", home.display()), beginnings[1])]
        {
            for name in &names {
                std::fs::write(place.join(name), "").expect("a name");
            }
            let rm = self.sandbox.command(["rm", "--"]).args(&names).within(place).run();
            rm.ok();
            for (at, name) in names.iter().enumerate() {
                for beginning in beginnings {
                    lines.push_str(&format!("rrm show {beginning}q{at:02}\t\r"));
                    expected.push(format!("show\0{path}{name}\0\n"));
                }
            }
        }
        let got = self.got_by_rrm(&lines);
        assert_eq!(got, expected);
    }

    /// What a program in the place of rrm was given by these lines: an entry for each command, a NUL behind each word.
    fn got_by_rrm(&self, typed: &str) -> Vec<String> {
        let got = self.sandbox.root().join("got");
        let real = binary();
        let stub = format!(
            "#!/bin/sh\n[ \"$1\" != complete ] || exec '{}' \"$@\"\n{{ printf '%s\\0' \"$@\"; echo; }} >>'{}'\n",
            real.display(),
            got.display()
        );
        std::fs::remove_file(self.sandbox.path("tools/rrm")).expect("it is a link");
        self.sandbox.file("tools/rrm", stub);
        self.sandbox.chmod(self.sandbox.path("tools/rrm"), 0o755);
        let before = self.left();
        let run = self.typing(typed);
        assert_eq!(self.left(), before, "something else was done: {run}");
        let got = std::fs::read_to_string(&got).unwrap_or_else(|error| panic!("{error}: {run}"));
        got.split_inclusive('\n').map(str::to_owned).collect()
    }

    /// The names in both directories.
    fn left(&self) -> Vec<std::ffi::OsString> {
        let entries =
            [self.sandbox.work(), self.sandbox.home()].map(|place| std::fs::read_dir(place).expect("a directory"));
        let mut names: Vec<_> =
            entries.into_iter().flatten().map(|entry| entry.expect("an entry").file_name()).collect();
        // Shells keep things of their own.
        names.retain(|name| !name.as_encoded_bytes().starts_with(b"."));
        names.sort();
        names
    }

    fn first_digits_of(&self, name: &str) -> String {
        let items = self.sandbox.list_json();
        let item = items.iter().find(|item| item["original_path"] == *self.sandbox.path(name).to_string_lossy());
        item.expect("it was removed")["id"].as_str().expect("an ID is text")[..6].to_owned()
    }

    /// Restores by keys that are completed, and looks at lists of candidates.
    fn completes_everything(&self) {
        let id = self.first_digits_of("other");
        let run = self.typing(&format!("rrm restore my\t\rrrm restore id:{id}\t\r"));
        for name in ["my file", "other"] {
            assert!(self.sandbox.path(name).exists(), "{name} was not restored by a completed word: {run}");
        }
        self.sandbox.rrm(["rm", "--session", "night shift", "my file", "other"]).ok();
        let options = self.typing("rrm list --la\t\t\x15");
        options.out_contains("--larger-than").out_contains("--last");
        self.typing("rrm list --sort \t\t\x15").out_contains("removed").out_contains("expires");
        self.typing("rrm clean --older-than 3\t\t\x15").out_contains("3d").out_contains("3month");
        self.typing("rrm list --session ni\t\t\x15").out_contains("shift");
        // An ID with its path and its age, beside the paths below the working directory.
        let items = self.typing("rrm keep \t\t\x15");
        let id = self.first_digits_of("other");
        let line = items.stdout().lines().find(|line| line.contains(&id)).map(str::to_owned);
        assert!(line.is_some_and(|line| line.contains("/other, ") && line.contains(" ago")), "{items}");
        self.sandbox.file("only-this", "");
        self.typing("rrm rm only\t\r");
        assert!(!self.sandbox.path("only-this").exists(), "the shell did not complete a file that is there");
    }
}

#[test]
fn bash_completes_what_is_in_the_trash() {
    or_skip!(Typing::new(&BASH)).completes_everything();
}

#[test]
fn zsh_completes_what_is_in_the_trash() {
    or_skip!(Typing::new(&ZSH)).completes_everything();
}

#[test]
fn fish_completes_what_is_in_the_trash() {
    or_skip!(Typing::new(&FISH)).completes_everything();
}

/// What a start file evaluates completes as well, in zsh before compinit has run too.
#[test]
fn the_line_of_a_start_file_completes_the_same() {
    const EARLY: Shell = Shell {
        setup: "source 'SCRIPT'; autoload -U compinit; compinit -D -u; unset zle_bracketed_paste; PS1='ready> '",
        ..ZSH
    };
    for shell in [&BASH, &ZSH, &EARLY, &FISH] {
        let typing = or_skip!(Typing::with(shell, "init"));
        let run = typing.typing("rrm restore my\t\r");
        assert!(typing.sandbox.path("my file").exists(), "{}: {run}", shell.name);
    }
}

/// As on macOS, without what came with bash 4.
#[test]
fn bash_before_version_4_completes_the_trash_and_files() {
    let typing = or_skip!(Typing::new(&BASH));
    let script = std::fs::read_to_string(typing.sandbox.path("script")).expect("a script");
    let old = script.replace("${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}", "3.2");
    assert_ne!(script, old);
    typing.sandbox.file("script", format!("enable -n compopt\n{old}"));
    typing.sandbox.file("only-this", "");
    let run = typing.typing("rrm restore my\t\rrrm rm only\t\r");
    assert!(typing.sandbox.path("my file").exists() && !typing.sandbox.path("only-this").exists(), "{run}");
    assert!(!run.stdout().contains("compopt"), "{run}");
}

const IN_EACH_QUOTE: &[&str] = &["", "\"", "'", "$'"];

#[test]
fn bash_gets_each_name_as_it_is() {
    let typing = or_skip!(Typing::new(&BASH));
    let home = &["~/", "\"$HOME/", "\"${HOME}/", "$HOME/", "${HOME}/"];
    // Without quotes bash itself splits the variable at a blank.
    let is_split = typing.sandbox.home().to_string_lossy().contains(' ');
    typing.takes_hostile_names([IN_EACH_QUOTE, if is_split { &home[..3] } else { home }]);
}

/// In double quotes zsh expands `$HOME` at the first press of the key, whatever rrm offers.
#[test]
fn zsh_gets_each_name_as_it_is() {
    or_skip!(Typing::new(&ZSH)).takes_hostile_names([IN_EACH_QUOTE, &["~/", "$HOME/", "${HOME}/"]]);
}

#[test]
fn fish_gets_each_name_as_it_is() {
    or_skip!(Typing::new(&FISH)).takes_hostile_names([&["", "\"", "'"], &["~/", "$HOME/", "\"$HOME/"]]);
}

/// Where nothing can be offered, a press of the key adds nothing.
#[test]
fn bash_inserts_nothing_that_was_not_offered() {
    let typing = or_skip!(Typing::new(&BASH));
    let got =
        typing.got_by_rrm("rrm clean nosuch\t\rrrm clean ''\t\rrrm clean $nothing/\t\rrrm list --sort=nosuch\t\r");
    assert_eq!(got, ["clean\0nosuch\0\n", "clean\0\0\n", "clean\0/\0\n", "list\0--sort=nosuch\0\n"]);
}

/// A shell that was told of completions by variables, or a script that runs in one, removes what it says.
#[test]
fn no_variable_keeps_a_command_from_its_work() {
    let sandbox = Sandbox::new();
    let by_rm = sandbox.command_as_rm(["--", "a"]);
    let by_rrm = sandbox.command(["rm", "--", "b"]);
    for (name, command) in [("a", by_rm), ("b", by_rrm)] {
        sandbox.file(name, "");
        let variables =
            [("COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", "1"), ("COMP_LINE", "rrm"), ("COMP_POINT", "1")];
        let command = variables.into_iter().fold(command, |command, (name, value)| command.with(name, value));
        command.run().ok().silent();
        assert!(!sandbox.path(name).exists(), "{name} was not removed");
    }
}

/// Whatever is wrong, a person who types is not told of it in the middle of a line.
#[test]
fn what_goes_wrong_is_silence() {
    let sandbox = Sandbox::new();
    sandbox.dir(sandbox.trash());
    sandbox.chmod(sandbox.trash(), 0o777);
    let ask = |words: &[&str]| sandbox.command([&["complete", "fish", "--"], words].concat());
    for words in [&["rrm", "restore", ""][..], &["rrm", "nonsense", "x"], &["rrm"], &[]] {
        let run = ask(words).run();
        assert!(run.ok().stderr.is_empty(), "{run}");
    }
    let nowhere = ask(&["rrm", "restore", ""]).with("RRM_TRASH_DIR", "relative").run();
    assert!(nowhere.ok().stderr.is_empty(), "{nowhere}");
    ask(&["rrm", "li"]).redirected(">/dev/full").run().ok().silent();
}

/// Names that a terminal would obey are told in descriptions, made visible, and never are candidates themselves.
#[test]
fn a_hostile_name_is_no_candidate() {
    let sandbox = Sandbox::new();
    sandbox.file("bad\x1b[2J\nname", "");
    sandbox.rrm(["rm", "bad\x1b[2J\nname"]).ok();
    let run = sandbox.rrm(["complete", "zsh", "--", "rrm", "restore", ""]);
    let answer = run.ok().stdout();
    assert!(!answer.contains('\x1b') && answer.contains("bad\\x1b[2J\\nname"), "{answer:?}");
    assert_eq!(answer.lines().filter(|line| line.contains("bad")).count(), 1, "only by its ID: {answer}");
}

/// The home trash that the line names is looked into, and nothing else.
#[test]
fn a_trash_on_the_line_is_the_one_that_counts() {
    let sandbox = Sandbox::new();
    let elsewhere = sandbox.home().join("elsewhere");
    let elsewhere = elsewhere.to_str().expect("a sandbox is UTF-8");
    sandbox.file("kept-there", "");
    sandbox.rrm(["rm", "--trash-dir", elsewhere, "kept-there"]).ok();
    let ask = |words: &[&str]| sandbox.rrm([&["complete", "fish", "--", "rrm"], words].concat()).ok().stdout();
    assert!(ask(&["--trash-dir", elsewhere, "restore", "kept"]).contains("kept-there\tfile, "));
    assert!(!ask(&["restore", "kept"]).contains("kept-there"));
}

/// The shells that cannot ask get the command line alone.
#[test]
fn other_shells_complete_commands_and_options() {
    let sandbox = Sandbox::new();
    for shell in ["elvish", "powershell"] {
        sandbox.rrm(["completions", shell]).ok().out_contains("restore").out_contains("larger-than");
    }
}
