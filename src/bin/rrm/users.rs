//! `rrm clean --all-users`: root has each user's trash cleaned by a process that is that user.
//!
//! # Security
//! Root reads nothing that belongs to a user but who owns the home directory. Everything else happens in a process of its
//! own with the user's number and group, no further groups, an empty environment and no terminal, so that a trash made to
//! mislead can do no more than its owner could.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::args::CleanArgs;
use crate::exit::Exit;
use crate::terminal::Messages;
use crate::translate::{Environment, Voice};

/// Where a user's process looks for programs, of which it starts none.
const SEARCH_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A line of the user database (passwd(5)).
#[derive(Debug, PartialEq, Eq)]
struct User {
    name: OsString,
    uid: u32,
    gid: u32,
    home: PathBuf,
}

/// Cleans for all users that have a home directory of their own. Each is tried.
pub(crate) fn clean_all(args: &CleanArgs, messages: &Messages) -> Exit {
    if rrm::sys::effective_uid() != 0 {
        messages.say("only root can clean for all users");
        return Exit::Failure;
    }
    let (program, database) = match (Environment::program(), database()) {
        (Ok(program), Ok(database)) => (program, database),
        (Err(error), _) | (_, Err(error)) => {
            messages.say(&format!("cannot learn of the users: {}", rrm::error::words_of(&error)));
            return Exit::Failure;
        }
    };
    let mut exit = Exit::Success;
    for user in users(&database).iter().filter(|user| owns_home(user)) {
        let failed = match clean_for(user, &program, args, messages.voice) {
            Ok(status) if status.success() => continue,
            Ok(status) => status.to_string(),
            Err(error) => rrm::error::words_of(&error),
        };
        messages.say(&format!("cannot clean the trash of {}: {failed}", user.name.to_string_lossy()));
        exit = Exit::Failure;
    }
    exit
}

/// The user database, with what a directory service adds to it where `getent` tells of that.
fn database() -> io::Result<Vec<u8>> {
    match Command::new("getent").arg("passwd").stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(output.stdout),
        Ok(output) => Err(io::Error::other(format!("getent: {}", output.status))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::read("/etc/passwd"),
        Err(error) => Err(error),
    }
}

/// The users in a database, each number once. A line that cannot be read is nobody.
fn users(database: &[u8]) -> Vec<User> {
    let mut seen = HashSet::new();
    let found = database.split(|byte| *byte == b'\n').filter_map(user);
    found.filter(|user| seen.insert(user.uid)).collect()
}

fn user(line: &[u8]) -> Option<User> {
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
    let [name, _, uid, gid, _, home, _] = fields[..] else { return None };
    let number = |field: &[u8]| std::str::from_utf8(field).ok()?.parse().ok();
    let home = PathBuf::from(OsString::from_vec(home.to_vec()));
    let user = User { name: OsString::from_vec(name.to_vec()), uid: number(uid)?, gid: number(gid)?, home };
    (!user.name.is_empty() && user.home.is_absolute()).then_some(user)
}

/// What a person calls a user: `ada (1000)`, or the number alone where /etc/passwd has no name for it.
pub(crate) fn user_of(uid: u32) -> String {
    called(uid, "/etc/passwd")
}

/// What a person calls a group, as /etc/group has it.
pub(crate) fn group_of(gid: u32) -> String {
    called(gid, "/etc/group")
}

fn called(number: u32, database: &str) -> String {
    let name = fs::read(database).ok().and_then(|database| name_in(&database, number));
    name.map_or_else(|| number.to_string(), |name| format!("{} ({number})", crate::view::visible(&name)))
}

/// The name that a database gives to a number: in both kinds the name is the first field, and the number the third.
fn name_in(database: &[u8], number: u32) -> Option<OsString> {
    let number = number.to_string();
    let mut lines = database.split(|byte| *byte == b'\n').map(|line| line.split(|byte| *byte == b':'));
    let mut found = lines.find(|fields| fields.clone().nth(2) == Some(number.as_bytes()))?;
    found.next().map(|name| OsString::from_vec(name.to_vec()))
}

/// Users of services share `/` or have no home at all.
fn owns_home(user: &User) -> bool {
    rrm::sys::metadata_following(&user.home).is_ok_and(|home| home.is_dir() && home.uid == user.uid)
}

/// Setting the user number also takes away the groups that root has, and is the last thing before the program starts
/// (std::os::unix::process::CommandExt).
fn clean_for(user: &User, program: &Path, args: &CleanArgs, voice: Voice) -> io::Result<ExitStatus> {
    let mut command = Command::new(program);
    command.arg("clean");
    command.args(args.dry_run.then_some("--dry-run"));
    command.args(match voice {
        Voice::Verbose => Some("--verbose"),
        Voice::Quiet => Some("--quiet"),
        Voice::AsRm | Voice::Usual => None,
    });
    command.env_clear().env("HOME", &user.home).env("USER", &user.name).env("LOGNAME", &user.name);
    command.env("PATH", SEARCH_PATH).current_dir("/").stdin(Stdio::null());
    command.gid(user.gid).uid(user.uid).status()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_the_first_name_that_is_given_to_it() {
        let database = b"root:x:0:\nadm:x:4:ada\nalias:x:0:\nshort:x\n";
        assert_eq!(name_in(database, 0), Some("root".into()));
        assert_eq!((name_in(database, 4), name_in(database, 5)), (Some("adm".into()), None));
    }

    #[test]
    fn a_user_is_seven_fields_and_met_once() {
        let database = b"root:x:0:0:root:/root:/bin/bash\ntoor:x:0:0::/root:/bin/sh\n\n+::::::\nshort:x:1\n\
            big:x:4294967296:1::/home/big:/bin/sh\nminus:x:-1:1::/home/m:/bin/sh\nann:x:1000:1001:Ann,,,:/home/ann:\n";
        let found = users(database);
        let told: Vec<_> = found.iter().map(|user| (user.name.to_str(), user.uid, user.gid)).collect();
        assert_eq!(told, [(Some("root"), 0, 0), (Some("ann"), 1000, 1001)]);
        assert_eq!(found[1].home, Path::new("/home/ann"));
    }
}
