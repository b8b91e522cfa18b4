//! The user database.

use std::collections::HashSet;
use std::ffi::OsString;
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

/// Where the user database says that we are at home.
///
/// Not `getpwuid_r`(3), for which a program that is linked statically needs the very libc of the machine.
pub(crate) fn own_home() -> Option<PathBuf> {
    let uid = rrm::sys::effective_uid();
    let own = |database: io::Result<Vec<u8>>| {
        let found = users(&database.ok()?).into_iter().find(|user| user.uid == uid);
        found.map(|user| user.home)
    };
    own(fs::read("/etc/passwd")).or_else(|| own(asked_for(&[&uid.to_string()])))
}

/// All users, with those that a directory service adds where `getent` knows them.
pub(crate) fn all() -> io::Result<Vec<User>> {
    Ok(users(&asked_for(&[])?))
}

/// Those of these users that there are, or all that can be listed: a directory service may know more, and systemd
/// (nss-systemd(8)) tells of the user of a service to who asks for that one.
fn asked_for(users: &[&str]) -> io::Result<Vec<u8>> {
    match Command::new("getent").arg("passwd").args(users).stdin(Stdio::null()).output() {
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
pub(crate) fn user_of(uid: u32, charset: Charset) -> String {
    called(uid, "/etc/passwd", charset)
}

/// What a person calls a group, as /etc/group has it.
pub(crate) fn group_of(gid: u32, charset: Charset) -> String {
    called(gid, "/etc/group", charset)
}

fn called(number: u32, database: &str, charset: Charset) -> String {
    let name = fs::read(database).ok().and_then(|database| name_in(&database, number));
    name.map_or_else(|| number.to_string(), |name| format!("{} ({number})", escaped(name, charset)))
}

/// The name that a database gives to a number: in both kinds the name is the first field, and the number the third.
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
    fn a_user_is_seven_fields_and_met_once() {
        let database = b"root:x:0:0:root:/root:/bin/bash\ntoor:x:0:0::/root:/bin/sh\n\n+::::::\nshort:x:1\n\
            big:x:4294967296:1::/home/big:/bin/sh\nminus:x:-1:1::/home/m:/bin/sh\nann:x:1000:1001:Ann,,,:/home/ann:\n";
        let found = users(database);
        let told: Vec<_> = found.iter().map(|user| (user.name.to_str(), user.uid, user.gid)).collect();
        assert_eq!(told, [(Some("root"), 0, 0), (Some("ann"), 1000, 1001)]);
        assert_eq!(found[1].home, Path::new("/home/ann"));
    }
}
