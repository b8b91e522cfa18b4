//! The selection language on items in memory.

use super::*;
use crate::item::ItemKind;
use crate::item::testing::{self, now};
use chrono::TimeDelta;
use std::ffi::OsStr;

/// An item whose ID begins with four times `digit`, at `path`, removed `age` hours ago.
fn item(digit: u8, path: &str, age: i64) -> TrashItem {
    let mut id = [0x11; 16];
    id[..2].fill(digit << 4 | digit);
    TrashItem {
        id: testing::id_of(id),
        kind: if path.ends_with('/') { ItemKind::Directory } else { ItemKind::File },
        size: Some(u64::try_from(age).expect("not negative")),
        ..testing::item(path.trim_end_matches('/'), TimeDelta::hours(age))
    }
}

fn items() -> Vec<TrashItem> {
    vec![
        item(1, "/w/a", 5),
        item(2, "/w/a", 3),
        item(3, "/w/dir/", 4),
        item(4, "/w/b.txt", 2),
        item(5, "/w/deep/c.txt", 1),
        item(6, "/w/4444", 9),
        item(7, "/w/dir/", 8),
    ]
}

/// What the words choose, as indexes; the problems as their kinds.
fn choose(words: &[&str], versions: Versions) -> (Vec<usize>, Vec<ErrorKind>) {
    let terms = words.iter().map(|w| Term::parse(OsStr::new(w), Path::new("/w"), |_| None).expect("a term")).collect();
    let choice = Selection { terms, ..Selection::default() }.choose(&items(), versions);
    (choice.chosen.iter().map(|c| c.index).collect(), choice.problems.iter().map(|p| p.kind).collect())
}

#[test]
fn words_mean_paths_ids_and_globs() {
    use ErrorKind::{Ambiguous, NoMatch};
    let table: &[(&[&str], &[usize], &[ErrorKind])] = &[
        (&["a"], &[1], &[]),
        (&["/w/a"], &[1], &[]),
        (&["./x/../a"], &[1], &[]),
        (&["1111"], &[0], &[]),
        (&["1111-1"], &[0], &[]),
        (&["1111-2"], &[], &[NoMatch]),
        (&["id:2222"], &[1], &[]),
        (&["222"], &[], &[NoMatch]),
        (&["4444"], &[], &[Ambiguous]),
        (&["id:4444"], &[3], &[]),
        (&["path:4444"], &[5], &[]),
        (&["*.txt"], &[3], &[]),
        (&["**/*.txt"], &[3, 4], &[]),
        (&["glob:/w/[a]"], &[1], &[]),
        (&["nothing", "b.txt"], &[3], &[NoMatch]),
        (&["b.txt", "b.txt", "4444444444"], &[3], &[NoMatch]),
    ];
    for (words, chosen, problems) in table {
        assert_eq!(choose(words, Versions::Newest), (chosen.to_vec(), problems.to_vec()), "{words:?}");
    }
}

#[test]
fn all_versions_are_meant_where_they_are_listed_or_cleaned() {
    assert_eq!(choose(&["a"], Versions::All).0, [0, 1]);
    assert_eq!(choose(&["*"], Versions::All).0, [0, 1, 2, 3, 5, 6]);
    assert_eq!(choose(&["dir/inner"], Versions::All), (vec![], vec![ErrorKind::NoMatch]));
}

#[test]
fn a_path_inside_a_trashed_directory_names_a_part() {
    let terms = vec![Term::parse(OsStr::new("dir/in/ner"), Path::new("/w"), |_| None).expect("a term")];
    let choice = Selection { terms, ..Selection::default() }.choose(&items(), Versions::Newest);
    let part = Some(PathBuf::from("in/ner"));
    assert_eq!(choice.chosen, [Chosen { index: 2, part: part.clone() }, Chosen { index: 6, part }]);
}

#[test]
fn an_id_can_be_followed_by_a_part_of_a_directory_only() {
    let terms = |word| vec![Term::parse(OsStr::new(word), Path::new("/w"), |_| None).expect("a term")];
    let choose = |word| Selection { terms: terms(word), ..Selection::default() }.choose(&items(), Versions::Newest);
    assert_eq!(choose("id:3333/x/../y").chosen, [Chosen { index: 2, part: Some("y".into()) }]);
    assert_eq!(choose("id:1111/y").problems[0].kind, ErrorKind::NoMatch);
    assert_eq!(choose("id:3333/../../etc").chosen[0].part, Some("etc".into()));
}

#[test]
fn an_ambiguous_prefix_lists_its_candidates() {
    let mut twins = items();
    twins[1].id = {
        let mut id = [0x11; 16];
        id[15] = 0;
        testing::id_of(id)
    };
    let terms = vec![Term::parse(OsStr::new("1111"), Path::new("/"), |_| None).expect("a term")];
    let problem = &Selection { terms, ..Selection::default() }.choose(&twins, Versions::All).problems[0];
    assert_eq!(problem.kind, ErrorKind::Ambiguous);
    assert!(twins[..2].iter().all(|item| problem.reason.contains(&item.id.to_string())), "{}", problem.reason);
}

#[test]
fn filters_leave_out_and_last_takes_the_newest() {
    let chosen = |filters: Vec<Filter>, last| {
        let selection = Selection { filters, last, ..Selection::default() };
        selection.choose(&items(), Versions::All).chosen.iter().map(|c| c.index).collect::<Vec<_>>()
    };
    assert_eq!(chosen(vec![Filter::Under("/w/deep".into())], None), [4]);
    assert_eq!(chosen(vec![Filter::Under("/w/dir".into())], None), [0; 0]);
    assert_eq!(chosen(vec![Filter::Since(now() - TimeDelta::hours(2))], None), [3, 4]);
    assert_eq!(chosen(vec![Filter::Before(now() - TimeDelta::hours(5))], None), [5, 6]);
    assert_eq!(chosen(vec![Filter::LargerThan(4), Filter::SmallerThan(9)], None), [0, 6]);
    assert_eq!(chosen(vec![Filter::Kind(vec![ItemKind::Directory])], Some(1)), [2]);
    assert_eq!(chosen(vec![], Some(2)), [3, 4]);
}

#[test]
fn a_restore_by_filters_alone_takes_the_newest_version_too() {
    let filters = vec![Filter::Under("/w".into())];
    let choice = Selection { filters, ..Selection::default() }.choose(&items(), Versions::Newest);
    let chosen: Vec<_> = choice.chosen.iter().map(|c| c.index).collect();
    assert_eq!(chosen, [1, 2, 3, 4, 5], "of /w/a and /w/dir the ones removed last");
}

#[test]
fn a_link_on_the_way_to_a_path_is_seen_through() {
    let resolve = |path: &Path| (path == Path::new("/link")).then(|| PathBuf::from("/w"));
    let terms = vec![Term::parse(OsStr::new("/link/b.txt"), Path::new("/"), resolve).expect("a term")];
    assert_eq!(Selection { terms, ..Selection::default() }.choose(&items(), Versions::Newest).chosen[0].index, 3);
}

#[test]
fn only_whole_ids_say_which_items_need_to_be_read() {
    let whole = |words: &[&str]| {
        let terms =
            words.iter().map(|w| Term::parse(OsStr::new(w), Path::new("/w"), |_| None).expect("a term")).collect();
        Selection { terms, ..Selection::default() }.whole_ids()
    };
    let (one, other) = (items()[0].id, items()[3].id);
    let text = one.to_string();
    assert_eq!(whole(&[&text, &format!("id:{other}"), &text.replace('-', "")]), Some(vec![one, other]));
    assert_eq!(whole(&[&format!("{one}/a/part")]), Some(vec![one]));
    for words in [&[][..], &["a"], &[&text, "a"], &[&text[..12]], &["*"], &[&format!("path:{one}")]] {
        assert_eq!(whole(words), None, "{words:?}");
    }
    // Somebody's path may be spelled like an item's ID; the item is meant.
    let mut all = items();
    all.push(item(8, &format!("/w/{one}"), 1));
    let term = Term::parse(OsStr::new(&text), Path::new("/w"), |_| None).expect("a term");
    let choice = Selection { terms: vec![term], ..Selection::default() }.choose(&all, Versions::Newest);
    assert_eq!(choice.chosen, [Chosen { index: 0, part: None }]);
}

#[test]
fn items_that_were_pointed_at_are_meant_in_every_version_and_each_exactly() {
    let items = items();
    let ids = [0, 1, 4].map(|index: usize| items[index].id);
    let gone = item(9, "/w/gone", 1).id;
    let pointed =
        |ids: Vec<ItemId>| Selection { terms: vec![Term::items(ids.into_iter().collect())], ..Selection::default() };
    let choice = pointed([&ids[..], &[gone]].concat()).choose(&items, Versions::Newest);
    assert_eq!(choice.chosen.iter().map(|chosen| chosen.index).collect::<Vec<_>>(), [0, 1, 4]);
    assert!(choice.problems.is_empty());
    let choice = pointed(vec![gone]).choose(&items, Versions::All);
    assert_eq!(choice.problems.len(), 1);
}

/// What a word is found in, as indexes, and the kinds of what is told.
fn search(word: &str, searching: Searching) -> (Vec<usize>, Vec<ErrorKind>) {
    let terms = vec![Term::parse(OsStr::new(word), Path::new("/elsewhere"), |_| None).expect("a term")];
    let paths = ["/p/Zed", "/p/zed", "/q/zed.log", "/zed/old/x", "/q/sub/zed.log", "/q/report.txt", "/q/report.txt"];
    let items: Vec<_> = (1..).zip(paths).map(|(age, path)| item(u8::try_from(age).expect("few"), path, age)).collect();
    let choice = Selection { terms, searching, ..Selection::default() }.choose(&items, Versions::Newest);
    (choice.chosen.iter().map(|c| c.index).collect(), choice.problems.iter().map(|p| p.kind).collect())
}

#[test]
fn a_word_is_found_in_names_before_paths() {
    let table: &[(&str, &[usize])] = &[
        ("zed", &[0, 1]),
        ("Zed", &[0]),
        ("sub/zed.log", &[4]),
        ("zed.l", &[2, 4]),
        ("repor", &[5]),
        ("ld", &[3]),
        ("q/SUB", &[]),
        ("./zed", &[]),
        ("/zed", &[]),
        ("z*", &[]),
        ("name:zed", &[1]),
        ("path:zed", &[]),
    ];
    for (word, found) in table {
        assert_eq!(search(word, Searching::All).0, *found, "{word}");
        let anything_said_otherwise = word.contains([':', '*']);
        assert_eq!(search(word, Searching::Off).0, if anything_said_otherwise { *found } else { &[] }, "{word}");
    }
}

/// Of several, of a part of a path, and of two letters of a name a person has to choose.
#[test]
fn only_what_is_plainly_meant_is_taken_without_a_question() {
    use ErrorKind::{NoMatch, Several};
    for (word, found) in [("Zed", 0), ("sub/zed", 4), ("report", 5), ("rep", 5)] {
        let expected = if word == "sub/zed" { (vec![], vec![Several]) } else { (vec![found], vec![]) };
        assert_eq!(search(word, Searching::One), expected, "{word}");
        assert_eq!(search(word, Searching::Tell), (vec![], vec![Several]), "{word}");
    }
    for word in ["zed", "zed.l", "re", "old"] {
        assert_eq!(search(word, Searching::One), (vec![], vec![Several]), "{word}");
    }
    assert_eq!(search("nothing", Searching::One), (vec![], vec![NoMatch]));
}

#[test]
fn what_is_open_is_found_by_no_word() {
    let open = TrashItem { trust: crate::item::Trust::Open, ..item(1, "/w/zed", 1) };
    for word in ["zed", "name:zed"] {
        let terms = vec![Term::parse(OsStr::new(word), Path::new("/"), |_| None).expect("a term")];
        let selection = Selection { terms, searching: Searching::All, ..Selection::default() };
        assert_eq!(selection.choose(std::slice::from_ref(&open), Versions::All).chosen.len(), 0, "{word}");
    }
}

#[test]
fn the_nearest_names_are_told_where_nothing_matches() {
    let reason = |word: &str, searching| {
        let terms = vec![Term::parse(OsStr::new(word), Path::new("/w"), |_| None).expect("a term")];
        let items = ["/w/report.txt", "/w/Reports", "/w/zed"].map(|path| item(1, path, 1));
        let choice = Selection { terms, searching, ..Selection::default() }.choose(&items, Versions::All);
        choice.problems[0].reason.to_string()
    };
    let told = reason("reprot", Searching::One);
    assert!(told.ends_with("similar names: 'report.txt', 'Reports'"), "{told}");
    for (word, searching) in [("reprot", Searching::Off), ("else", Searching::All), ("*reprot", Searching::All)] {
        assert_eq!(reason(word, searching), "nothing in the trash matches", "{word}");
    }
}
