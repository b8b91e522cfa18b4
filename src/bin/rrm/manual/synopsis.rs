//! The synopsis of a command: what stands for its options, then each operand with how often it may be given.

use clap::builder::ValueRange;
use clap::{Arg, ArgAction, Command};

/// The section. The options themselves have a section of their own.
pub(super) fn section(command: &Command) -> String {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let mut words = vec![format!("\\fB{name}\\fR"), "[\\fIOPTIONS\\fR]".to_owned()];
    if command.get_arguments().any(|arg| arg.get_help_heading() == Some("Filters")) {
        words.push("[\\fIFILTERS\\fR]".to_owned());
    }
    words.extend(command.get_positionals().filter(|arg| !arg.is_hide_set()).map(operand));
    match (command.has_subcommands(), command.is_subcommand_required_set()) {
        (true, true) => words.push("\\fICOMMAND\\fR".to_owned()),
        (true, false) => words.push("[\\fICOMMAND\\fR]".to_owned()),
        (false, _) => {}
    }
    format!(".SH SYNOPSIS\n{}\n", words.join(" "))
}

fn operand(arg: &Arg) -> String {
    let names: Vec<String> = arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
    let name = format!("\\fI{}\\fR", names.join(" "));
    let is_repeated = matches!(arg.get_action(), ArgAction::Append)
        || arg.get_num_args().is_some_and(|range| range.max_values() > ValueRange::SINGLE.max_values());
    match (arg.is_required_set(), is_repeated) {
        // What follows is not read as options of ours.
        _ if arg.is_trailing_var_arg_set() => format!("[\\-\\-] {name} [\\fIARG\\fR...]"),
        (true, true) => format!("{name}..."),
        (true, false) => name,
        (false, true) => format!("[{name}...]"),
        (false, false) => format!("[{name}]"),
    }
}
