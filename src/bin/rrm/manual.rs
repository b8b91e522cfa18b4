//! Generates the manual pages from the grammar and from written texts.
//!
//! Each page is a file of roff. A line `.so NAME` includes a part: a generated section, or a section that several pages
//! share.

mod pages;
mod synopsis;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use clap::Command;
use clap_mangen::Man;

use self::pages::PageFile;
use rrm::text::quoted;

/// The manual in the title of each page.
const MANUAL: &str = "rrm manual";

/// The prefix of a line that includes a part.
const INCLUDE: &str = ".so ";

/// Pages of the system in every SEE ALSO.
const SYSTEM_PAGES: [(&str, u8); 3] = [("rm", 1), ("rename", 2), ("xattr", 7)];

/// Writes `rrm.1` and a page per command into `directory`. Other files of these names are kept.
pub(crate) fn write(
    directory: &Path,
    grammar: Command,
    page_of: fn(&str) -> Option<&'static str>,
) -> anyhow::Result<()> {
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", quoted(directory)))?;
    // The help command of clap has no page.
    let mut root = grammar.disable_help_subcommand(true);
    root.build();
    let names: Vec<String> = std::iter::once("rrm".to_owned()).chain(commands(&root).map(page_name)).collect();
    let commands = std::iter::once(&root).chain(commands(&root));
    let pages = commands.zip(&names).map(|(command, name)| page(directory, command.clone(), name, &names, page_of));
    Ok(pages::write(&pages.collect::<anyhow::Result<Vec<_>>>()?)?)
}

fn commands(root: &Command) -> impl Iterator<Item = &Command> {
    root.get_subcommands().filter(|command| !command.is_hide_set())
}

fn page_name(command: &Command) -> String {
    format!("rrm-{}", command.get_name())
}

fn page(
    directory: &Path,
    command: Command,
    name: &str,
    all: &[String],
    page_of: fn(&str) -> Option<&'static str>,
) -> anyhow::Result<PageFile> {
    let own = match command.get_name() {
        "rrm" => Some(include_str!("manual/rrm.man")),
        command => page_of(command),
    };
    let own = own.ok_or_else(|| anyhow!("nobody has written the page {name}"))?;
    let synopsis = synopsis::section(&command);
    let text = Page { man: man(command, name), synopsis, name, all }.text(own)?;
    Ok(PageFile { path: directory.join(format!("{name}.1")), text })
}

fn man(command: Command, name: &str) -> Man {
    // The written text says more than the description, which is in NAME.
    let command = command.display_name(name).long_about(None);
    Man::new(command).title(name.to_uppercase()).manual(MANUAL).source(concat!("rrm ", env!("CARGO_PKG_VERSION")))
}

/// A page to generate.
struct Page<'a> {
    man: Man,
    synopsis: String,
    name: &'a str,
    /// The names of all pages.
    all: &'a [String],
}

impl Page<'_> {
    fn text(&self, own: &str) -> anyhow::Result<String> {
        let mut text = self.part("head")?;
        self.take_in(own, &mut text)?;
        Ok(text)
    }

    fn take_in(&self, source: &str, text: &mut String) -> anyhow::Result<()> {
        for line in source.lines() {
            match line.strip_prefix(INCLUDE) {
                Some(name) => text.push_str(&self.part(name)?),
                None => writeln!(text, "{line}")?,
            }
        }
        Ok(())
    }

    /// A part of this name.
    fn part(&self, name: &str) -> anyhow::Result<String> {
        let mut made = Vec::new();
        match name {
            "head" => {
                self.man.render_title(&mut made)?;
                self.man.render_name_section(&mut made)?;
                made.extend_from_slice(self.synopsis.as_bytes());
            }
            "options" => self.man.render_options_section(&mut made)?,
            "commands" => {
                self.man.render_subcommands_section(&mut made)?;
                return Ok(self.without_missing_pages(&String::from_utf8(made)?));
            }
            "see-also" => return Ok(self.see_also()),
            _ => return shared(name).map(str::to_owned),
        }
        Ok(String::from_utf8(made)?)
    }

    /// Subcommands of a command have no pages; they are printed as they are typed.
    fn without_missing_pages(&self, section: &str) -> String {
        let is_missing = |name: &str| !self.all.iter().any(|page| page.replace('-', "\\-") == name);
        let line = |line: &str| match line.strip_suffix("(1)").filter(|name| is_missing(name)) {
            Some(name) => format!(".B {}\n", name.replace("\\-", " ")),
            None => format!("{line}\n"),
        };
        section.lines().map(line).collect()
    }

    fn see_also(&self) -> String {
        let ours = self.all.iter().filter(|name| *name != self.name).map(|name| (name.replace('-', "\\-"), 1));
        let others = SYSTEM_PAGES.map(|(name, section)| (name.to_owned(), section));
        let references: Vec<String> =
            ours.chain(others).map(|(name, section)| format!(".BR {name} ({section})")).collect();
        // The comma belongs to the last argument, without a space.
        format!(".SH \"SEE ALSO\"\n{}\n", references.join(",\n"))
    }
}

/// Sections that several pages share.
fn shared(name: &str) -> anyhow::Result<&'static str> {
    Ok(match name {
        "attributes" => include_str!("manual/shared/attributes.man"),
        "environment" => include_str!("manual/shared/environment.man"),
        "files" => include_str!("manual/shared/files.man"),
        "selection" => include_str!("manual/shared/selection.man"),
        "status" => include_str!("manual/shared/status.man"),
        "values" => include_str!("manual/shared/values.man"),
        _ => return Err(anyhow!("the manual has no part {name}")),
    })
}
