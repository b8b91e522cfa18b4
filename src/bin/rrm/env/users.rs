//! The user database.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rrm::text::{Charset, escaped};

/// A line of the user database (passwd(5)).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: OsString,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) home: PathBuf,
}

/// Our home directory by the user database.
///
/// Not `getpwuid_r`(3): a statically linked program cannot call it on a machine with another libc.
pub(crate) fn own_home() -> Option<PathBuf> {
    let uid = rrm::sys::effective_uid();
    let own = |database: io::Result<Vec<u8>>| {
        let found = users(&database.ok()?).into_iter().find(|user| user.uid == uid);
        found.map(|user| user.home)
    };
    own(fs::read("/etc/passwd")).or_else(|| own(asked_for(&[&uid.to_string()])))
}

/// All users, with those of a directory service if `getent` lists them.
pub(crate) fn all() -> io::Result<Vec<User>> {
    Ok(users(&asked_for(&[])?))
}

/// The database entries of some users, or of all. A directory service may know more than /etc/passwd, and systemd lists
/// users of services only by name (nss-systemd(8)).
fn asked_for(users: &[&str]) -> io::Result<Vec<u8>> {
    match Command::new("getent").arg("passwd").args(users).stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(output.stdout),
        Ok(output) => Err(io::Error::other(format!("getent: {}", output.status))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::read("/etc/passwd"),
        Err(error) => Err(error),
    }
}

/// The users of a database, each number once. Invalid lines are skipped.
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

/// Whether this user is one that we may have in a user namespace of ours, as containers without root have (subuid(5)).
pub(crate) fn is_of_our_containers(uid: u32) -> bool {
    let us = rrm::sys::effective_uid();
    let name = fs::read("/etc/passwd").ok().and_then(|database| name_in(&database, us));
    let ranges = fs::read_to_string("/etc/subuid").unwrap_or_default();
    ranges.lines().any(|line| holds(line, us, name.as_deref(), uid))
}

/// Whether a line of subuid(5) gives this user to `us`.
fn holds(line: &str, us: u32, name: Option<&OsStr>, uid: u32) -> bool {
    let fields: Vec<&str> = line.split(':').collect();
    let [owner, first, count] = fields[..] else { return false };
    let (Ok(first), Ok(count)) = (first.parse::<u32>(), count.parse::<u32>()) else { return false };
    let is_ours = owner == us.to_string() || name.is_some_and(|name| name == owner);
    is_ours && uid.checked_sub(first).is_some_and(|above| above < count)
}

/// A user for people: `ada (1000)`, or the number if /etc/passwd has no name.
pub(crate) fn user_of(uid: u32, charset: Charset) -> String {
    called(uid, "/etc/passwd", charset)
}

/// A group for people, by /etc/group.
pub(crate) fn group_of(gid: u32, charset: Charset) -> String {
    called(gid, "/etc/group", charset)
}

fn called(number: u32, database: &str, charset: Charset) -> String {
    let name = fs::read(database).ok().and_then(|database| name_in(&database, number));
    name.map_or_else(|| number.to_string(), |name| format!("{} ({number})", escaped(name, charset)))
}

/// The name of a number; in both databases the first and third field.
fn name_in(database: &[u8], number: u32) -> Option<OsString> {
    let number = number.to_string();
    let mut lines = database.split(|byte| *byte == b'\n').map(|line| line.split(|byte| *byte == b':'));
    let mut found = lines.find(|fields| fields.clone().nth(2) == Some(number.as_bytes()))?;
    found.next().map(|name| OsString::from_vec(name.to_vec()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_number_has_the_first_name_that_is_given_to_it() {
        let database = b"root:x:0:\nadm:x:4:ada\nalias:x:0:\nshort:x\n";
        assert_eq!(name_in(database, 0), Some("root".into()));
        assert_eq!((name_in(database, 4), name_in(database, 5)), (Some("adm".into()), None));
    }

    #[test]
    fn a_range_of_users_is_one_persons() {
        let ada = |line: &str, uid| holds(line, 1000, Some(OsStr::new("ada")), uid);
        for line in ["ada:100000:65536", "1000:100000:65536"] {
            assert!(ada(line, 100_000) && ada(line, 165_535) && !ada(line, 165_536) && !ada(line, 99_999), "{line}");
        }
        for line in ["bob:100000:65536", "", "ada:100000", "ada:x:1", "ada:100000:99999999999"] {
            assert!(!ada(line, 100_000), "{line}");
        }
        assert!(ada("ada:4294967295:4294967295", u32::MAX));
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
