//! Each value changed, deleted, or made junk, one at a time and together.

use std::path::Path;

use super::{Removed, SCENES, Scene, needs_root};

/// What is written at once: names, and values or nothing for a deletion.
type Attack = Vec<(String, Option<Vec<u8>>)>;

const NAMES: [&str; 9] = [
    "original_path",
    "original_name",
    "deletion_date",
    "rrm_session",
    "rrm_size",
    "trashed_date",
    "rrm_mode",
    "rrm_keep",
    "rrm_envelope",
];

/// What an attacker would like each value to be.
fn evil(name: &str, wanted: &Path) -> Vec<u8> {
    match name {
        "original_path" => wanted.as_os_str().as_encoded_bytes().to_vec(),
        "original_name" => b"by-them".to_vec(),
        "deletion_date" => b"2026-02-01T00:00:00Z".to_vec(),
        "trashed_date" => b"2026-01-01T00:00:00.5Z".to_vec(),
        "rrm_mode" => b"6777".to_vec(),
        _ => b"1".to_vec(),
    }
}

fn attacks(wanted: &Path) -> Vec<Attack> {
    let one = |name: &str, value: Option<Vec<u8>>| (name.to_owned(), value);
    let each = NAMES.into_iter().flat_map(|name| {
        let values = [Some(evil(name, wanted)), Some(b"\xff junk".to_vec()), Some(Vec::new()), None];
        values.map(|value| vec![one(name, value)])
    });
    let all = |value: &dyn Fn(&str) -> Option<Vec<u8>>| NAMES.into_iter().map(|name| one(name, value(name))).collect();
    let together: [Attack; 3] =
        [all(&|name| Some(evil(name, wanted))), all(&|_| Some(b"junk".to_vec())), all(&|_| None)];
    each.chain(together).collect()
}

/// All of it, at once: what a verb is to withstand does not depend on which came last.
fn attack(removed: &Removed) {
    for attack in attacks(&removed.wanted) {
        removed.attacker.writes(attack);
    }
}

#[track_caller]
fn for_each_scene(check: impl Fn(&Scene)) {
    if needs_root() {
        SCENES.iter().for_each(check);
    }
}

#[test]
fn what_is_listed_is_what_was_removed() {
    for_each_scene(|scene| {
        let removed = Removed::of(scene);
        let before = removed.listed();
        assert_eq!(before["original_path"], removed.path.to_str().unwrap(), "{}", scene.name);
        assert_eq!(before["state"], "trashed", "{}", scene.name);
        for attack in attacks(&removed.wanted) {
            let told = format!("{}: {attack:?}", scene.name);
            removed.attacker.writes(attack);
            assert_eq!(removed.listed(), before, "{told}");
        }
        removed.sandbox.rrm(["doctor"]).ok();
    });
}

#[test]
fn undo_and_restore_put_it_back_as_it_was() {
    for verb in [&["undo"][..], &["restore", "thing"], &["restore", "--last", "1"]] {
        for_each_scene(|scene| {
            let removed = Removed::of(scene);
            attack(&removed);
            removed.sandbox.rrm(verb).ok();
            removed.assert_back(&format!("{}: {verb:?}", scene.name));
        });
    }
}

#[test]
fn nothing_is_deleted_earlier() {
    for_each_scene(|scene| {
        let removed = Removed::of(scene);
        attack(&removed);
        for verb in [&["clean"][..], &["clean", "--yes", "--older-than", "10d"], &["clean", "--yes", "--session", "1"]]
        {
            removed.sandbox.rrm(verb).ok();
            assert_eq!(removed.listed()["state"], "trashed", "{}: {verb:?}", scene.name);
        }
        removed.sandbox.rrm(["undo"]).ok();
        removed.assert_back(scene.name);
    });
}

/// What they put there before the removal is overwritten or left behind, and never believed.
#[test]
fn what_was_planted_before_the_removal_is_not_believed() {
    for_each_scene(|scene| {
        let held = Removed::held(scene);
        let evil: Attack = NAMES.map(|name| (name.to_owned(), Some(evil(name, &held.wanted)))).to_vec();
        assert!(held.attacker.writes(evil) > 0, "{}: they may write before", scene.name);
        held.sandbox.rrm(["rm", "-rf", "thing"]).ok();
        let listed = held.listed();
        assert_eq!(listed["original_path"], held.path.to_str().unwrap(), "{}", scene.name);
        assert_eq!((&listed["state"], &listed["session"]), (&"trashed".into(), &().into()), "{}", scene.name);
        attack(&held);
        held.sandbox.rrm(["undo"]).ok();
        held.assert_not_wanted(scene.name);
        assert_eq!(super::mode_of(&held.path), held.mode, "{}", scene.name);
    });
}
