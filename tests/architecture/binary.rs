//! How the program in `src/bin/rrm/` is built: in floors, each of which knows only those below it.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{mentions, module_of};
use super::rules::{Names, Rule};

const BINARY: &[&str] = &["bin/"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        files: BINARY,
        except: &[],
        names: Names::Without(&["xattr"]),
        why: "the binary reaches files through the library",
    },
    Rule {
        files: BINARY,
        except: &["bin/rrm/browse/"],
        names: Names::Without(&["ratatui", "crossterm"]),
        why: "only the picker draws on a whole screen",
    },
    Rule {
        files: &["bin/rrm/browse/"],
        except: &[
            "bin/rrm/browse/work.rs",
            "bin/rrm/browse/work/",
            "bin/rrm/browse/terminal.rs",
            "bin/rrm/browse/event_loop.rs",
        ],
        names: Names::Without(&["std::fs", "std::io", "std::thread", "TrashManager", "std::time"]),
        why: "what is shown is a value, and neither a key nor a screen waits for anything",
    },
    Rule {
        files: BINARY,
        except: &["bin/rrm/main.rs", "bin/rrm/env.rs", "bin/rrm/env/"],
        names: Names::Without(&["std::env", "env::var", "env::var_os"]),
        why: "arguments and environment are read once",
    },
    Rule {
        files: &["bin/rrm/output.rs", "bin/rrm/output/"],
        except: &[],
        names: Names::Without(&["clap"]),
        why: "what is shown does not depend on how it was asked for",
    },
];

/// The floors of the program, from the ground up. A room is a file, or a folder with the file of its name.
const FLOORS: &[&[&str]] = &[
    &["exit", "gnu"],
    &["env", "values"],
    &["output"],
    &["options"],
    &["context"],
    &["session"],
    &["browse", "complete", "manual"],
    &["commands"],
    &["cli"],
    &["main"],
];

/// Folders that consist of rooms themselves. The file of the folder's name stands above them.
const OPEN: [&str; 3] = ["browse", "commands", "output"];

/// As many rooms as fit on a floor. The commands are a list, and may be more.
const ROOMS: usize = 12;

/// The sources of the program that are no tests, as paths below `src/bin/rrm/`.
fn files() -> Vec<(String, String)> {
    let all = super::files().into_iter();
    let of_program = all.filter_map(|(file, text)| Some((file.strip_prefix("bin/rrm/")?.to_owned(), text)));
    of_program.filter(|(file, _)| !file.ends_with("tests.rs") && !file.ends_with("testing.rs")).collect()
}

/// The modules below `folder` that each file names; of the folder itself, where `folder` is empty.
fn arrows(files: &[(String, String)], folder: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let depth = folder.len() + 1;
    let below = |path: &[String]| path.len() > depth && path[0] == "crate" && path[1..depth] == *folder;
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in files {
        let module = module_of(&format!("bin/rrm/{file}"));
        let room = if file == "main.rs" { Some("main") } else { module.get(depth).map(String::as_str) };
        if let Some(room) = room.filter(|_| file == "main.rs" && folder.is_empty() || below(&module)) {
            let named = mentions(text, &module).into_iter().filter(|path| below(path)).map(|path| path[depth].clone());
            arrows.entry(room.to_owned()).or_default().extend(named.filter(|named| named != room));
        }
    }
    arrows
}

/// Takes away what stands on nothing that is left, floor by floor. What stays are circles, without what only stands on one.
fn floors(mut arrows: BTreeMap<String, BTreeSet<String>>) -> (Vec<Vec<String>>, Vec<String>) {
    let mut floors = Vec::new();
    loop {
        let rooms: BTreeSet<String> = arrows.keys().cloned().collect();
        let floor: Vec<String> =
            arrows.extract_if(.., |_, named| named.is_disjoint(&rooms)).map(|(room, _)| room).collect();
        if floor.is_empty() {
            break;
        }
        floors.push(floor);
    }
    loop {
        let named: BTreeSet<String> = arrows.values().flatten().cloned().collect();
        if arrows.extract_if(.., |room, _| !named.contains(room)).count() == 0 {
            return (floors, arrows.into_keys().collect());
        }
    }
}

#[test]
fn each_room_of_the_program_knows_only_lower_floors() {
    let floor_of = |room: &str| FLOORS.iter().position(|floor| floor.contains(&room));
    let mut wrong = Vec::new();
    for (room, named) in arrows(&files(), &[]) {
        let Some(floor) = floor_of(&room) else {
            wrong.push(format!("{room} stands on no floor; give it one in tests/architecture/binary.rs"));
            continue;
        };
        let upward = named.iter().filter(|named| floor_of(named).is_some_and(|other| other >= floor));
        wrong.extend(upward.map(|named| format!("{room} names {named}, which is not below it")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_rooms_of_a_folder_stand_on_each_other() {
    let files = files();
    for folder in OPEN {
        let arrows = arrows(&files, &[folder]);
        let rooms: BTreeSet<&String> = arrows.keys().collect();
        for (room, named) in &arrows {
            let of_folder: Vec<_> = named.iter().filter(|named| !rooms.contains(named)).collect();
            assert!(
                of_folder.is_empty(),
                "{folder}/{room} takes {of_folder:?} from {folder}.rs, which stands above it"
            );
        }
        let (floors, circle) = floors(arrows.clone());
        let tied: Vec<_> = circle.iter().map(|room| format!("{room} -> {:?}", arrows[room])).collect();
        assert!(tied.is_empty(), "in {folder}/ these stand on each other:\n{}", tied.join("\n"));
        let widest = floors.iter().map(Vec::len).max().unwrap_or_default();
        assert!(folder == "commands" || widest <= ROOMS, "{folder}/ has {widest} rooms on a floor");
    }
}

#[test]
fn a_circle_and_an_arrow_up_are_seen() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let house = [
        file("browse/list.rs", "use super::state::State;"),
        file("browse/state.rs", "fn f(x: crate::browse::screen::Side) {}"),
        file("browse/screen/side.rs", "use crate::browse::list::row;"),
        file("browse/update.rs", "use super::state::State;"),
        file("browse/line.rs", "use crate::output::{size, text::count};"),
        file("output.rs", "pub(crate) use text::size;"),
        file("main.rs", "mod browse; fn main() { crate::browse::run() }"),
    ];
    let (floors, circle) = floors(arrows(&house, &["browse"]));
    assert_eq!((floors, circle), (vec![vec!["line".into()]], vec!["list".into(), "screen".into(), "state".into()]));
    let named = arrows(&house, &[]);
    assert_eq!(named["browse"], BTreeSet::from(["output".to_owned()]));
    assert_eq!(named["main"], BTreeSet::from(["browse".to_owned()]));
}
