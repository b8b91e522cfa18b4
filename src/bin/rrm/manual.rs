//! The manual pages: what clap knows of the commands, and sections in prose that only a person can write.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::args::Cli;

/// What every page ends with.
const SHARED: &str = include_str!("manual/shared.man");

/// Writes `rrm.1` and a page for each command into `directory`.
pub(crate) fn write(directory: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    let mut root = Cli::command();
    root.build();
    page(directory, root.clone().display_name("rrm"), "rrm")?;
    for command in root.get_subcommands().filter(|command| !command.is_hide_set()) {
        let name = format!("rrm-{}", command.get_name());
        page(directory, command.clone().display_name(&name), &name)?;
    }
    Ok(())
}

fn page(directory: &Path, command: Command, name: &str) -> anyhow::Result<()> {
    let mut page = Vec::new();
    let man = Man::new(command)
        .title(name.to_uppercase())
        .manual("rrm manual")
        .source(concat!("rrm ", env!("CARGO_PKG_VERSION")));
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if name == "rrm" {
        man.render_subcommands_section(&mut page)?;
    }
    page.write_all(own_sections(name).as_bytes())?;
    page.write_all(SHARED.as_bytes())?;
    let path = directory.join(format!("{name}.1"));
    fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))
}

/// The sections that one page has for itself.
fn own_sections(name: &str) -> &'static str {
    match name {
        "rrm" => include_str!("manual/rrm.man"),
        "rrm-rm" => include_str!("manual/rm.man"),
        "rrm-list" => include_str!("manual/list.man"),
        "rrm-restore" => include_str!("manual/restore.man"),
        "rrm-undo" => include_str!("manual/undo.man"),
        "rrm-clean" => include_str!("manual/clean.man"),
        "rrm-config" => include_str!("manual/config.man"),
        _ => "",
    }
}
