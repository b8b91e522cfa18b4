//! Retention as tables over a given now, and as a property over many items.

use super::*;
use crate::item::Keep;
use crate::item::testing::{self, now};
use proptest::prelude::*;

const TRASHES: [&str; 2] = ["/home/trash", "/mnt/.rrm-1000"];

/// An item of the home trash at `path`, removed `age` days ago, kept for 30 days, of 10 bytes.
fn item(path: &str, age: i64) -> TrashItem {
    TrashItem { trash: Path::new(TRASHES[0]).into(), ..testing::item(path, days(age)) }
}

fn volumes() -> Vec<Volume> {
    TRASHES.iter().map(|path| Volume { trashes: vec![Path::new(path).into()], size: 1000, available: 70 }).collect()
}

fn days(number: i64) -> TimeDelta {
    TimeDelta::days(number)
}

fn decided(items: &[TrashItem], rules: &[Rule], floor: Option<TimeDelta>) -> Vec<Verdict> {
    decide(items, &Policy::Rules(rules.to_vec()), floor, &volumes(), now())
}

/// The indexes of what goes.
fn gone(items: &[TrashItem], rules: &[Rule]) -> Vec<usize> {
    let verdicts = decided(items, rules, None);
    (0..items.len()).filter(|index| matches!(verdicts[*index], Verdict::Goes(_))).collect()
}

#[test]
fn each_rule_takes_what_it_says() {
    let items = [item("/a", 40), item("/a", 31), item("/a", 29), item("/b", 30), item("/b", 0), item("/c", 3)];
    let table: [(&[Rule], &[usize]); 14] = [
        (&[], &[]),
        (&[Rule::PastGrace], &[0, 1, 3]),
        (&[Rule::OlderThan(days(29))], &[0, 1, 3]),
        (&[Rule::OlderThan(days(2))], &[0, 1, 2, 3, 5]),
        (&[Rule::KeepNewest(1)], &[0, 1, 3]),
        (&[Rule::KeepNewest(2)], &[0]),
        (&[Rule::MaxSize(60)], &[]),
        (&[Rule::MaxSize(59)], &[0]),
        (&[Rule::MaxSize(40)], &[0, 1]),
        (&[Rule::MinFree(Free::Percent(7))], &[]),
        (&[Rule::MinFree(Free::Percent(8))], &[0]),
        (&[Rule::MinFree(Free::Bytes(91))], &[0, 1, 3]),
        (&[Rule::MinFree(Free::Bytes(u64::MAX))], &[0, 1, 2, 3, 4, 5]),
        (&[Rule::MaxSize(45), Rule::KeepNewest(2), Rule::OlderThan(days(35))], &[0, 1]),
    ];
    for (rules, expected) in table {
        assert_eq!(gone(&items, rules), expected, "{rules:?}");
    }
}

#[test]
fn space_is_each_volumes_own() {
    let mut items = [item("/a", 9), item("/b", 8), item("/c", 7), item("/d", 6)];
    items[1].trash = Path::new(TRASHES[1]).into();
    items[3].trash = Path::new(TRASHES[1]).into();
    assert!(gone(&items, &[Rule::MaxSize(20)]).is_empty());
    assert_eq!(gone(&items, &[Rule::MaxSize(10)]), [0, 1]);
    let unknown = decide(&items, &Policy::Rules(vec![Rule::MaxSize(0)]), None, &[], now());
    assert_eq!(unknown, [Verdict::Stays; 4], "a volume that does not tell its space is never full");
}

/// The oldest of those first; then what is ours is counted without them.
#[test]
fn what_others_may_make_larger_takes_nothing_of_ours_along() {
    let theirs = |path, age, size| TrashItem { grower: Grower::Others, size: Some(size), ..item(path, age) };
    let items = [item("/a", 9), theirs("/b", 8, 10), theirs("/c", 7, 1 << 40), item("/d", 6)];
    let table: [(&[Rule], &[usize]); 5] = [
        (&[Rule::MaxSize(1 << 41)], &[]),
        (&[Rule::MaxSize(20)], &[1, 2]),
        (&[Rule::MaxSize(19)], &[0, 1, 2]),
        (&[Rule::MinFree(Free::Bytes(80))], &[1]),
        (&[Rule::MinFree(Free::Bytes(81))], &[1, 2]),
    ];
    for (rules, expected) in table {
        assert_eq!(gone(&items, rules), expected, "{rules:?}");
    }
    let kept = [item("/a", 9), TrashItem { keep: Keep::Forever, ..theirs("/c", 7, 1 << 40) }];
    assert!(gone(&kept, &[Rule::MaxSize(10)]).is_empty());
}

#[test]
fn what_is_not_known_leads_to_nothing() {
    let all = [
        Rule::PastGrace,
        Rule::OlderThan(days(1)),
        Rule::KeepNewest(1),
        Rule::MaxSize(0),
        Rule::MinFree(Free::Percent(99)),
    ];
    let doubtful = |change: fn(&mut TrashItem)| {
        let mut odd = item("/a", 40);
        change(&mut odd);
        odd
    };
    let items = [
        doubtful(|item| item.deletion = Stamp::Missing),
        doubtful(|item| item.deletion = Stamp::Unreadable),
        doubtful(|item| item.trashed = Stamp::Unreadable),
        doubtful(|item| item.trashed = Stamp::At(now() + days(1))),
        doubtful(|item| item.deletion = Stamp::At(DateTime::UNIX_EPOCH)),
        doubtful(|item| item.deletion = Stamp::At(now() - days(60))),
    ];
    assert_eq!(decided(&items, &all, None), [Verdict::Held(Shield::Doubt); 6]);
    assert_eq!(decide(&items, &Policy::Chosen, None, &[], now()), [Verdict::Goes(Cause::Chosen); 6]);
    let unmeasured = [doubtful(|item| item.size = None)];
    assert!(gone(&unmeasured, &[Rule::MaxSize(0)]).is_empty());
    // An item from the future must not make the newest one an older version.
    assert!(gone(&[item("/a", -1), item("/a", 1)], &[Rule::KeepNewest(1)]).is_empty());
}

#[test]
fn keep_and_floor_win_and_say_so() {
    let mut items = [item("/a", 40), item("/b", 40), item("/c", 1), item("/d", 40)];
    items[0].keep = Keep::Forever;
    items[1].keep = Keep::Until(now() + days(1));
    items[3].keep = Keep::Until(now());
    let (kept, floor, goes) = (Verdict::Held(Shield::Kept), Verdict::Held(Shield::Floor), Verdict::Goes(Cause::Chosen));
    assert_eq!(decide(&items, &Policy::Chosen, Some(days(2)), &[], now()), [kept, kept, floor, goes]);
    let cause = Verdict::Goes(Cause::Rule(Rule::MaxSize(0)));
    assert_eq!(decided(&items, &[Rule::MaxSize(0)], Some(days(2))), [kept, kept, floor, cause]);
    assert_eq!(decided(&items, &[Rule::PastGrace], Some(days(2)))[2], Verdict::Stays, "nothing asked for it");
    // Removed at the very age of the floor: old enough.
    assert_eq!(decide(&items[2..3], &Policy::Chosen, Some(days(1)), &[], now()), [goes]);
}

#[test]
fn an_item_of_the_first_rrm_has_no_date_of_removal() {
    let mut old = item("/a", 40);
    old.trashed = Stamp::Missing;
    assert_eq!(gone(std::slice::from_ref(&old), &[Rule::PastGrace]), [0]);
    assert!(gone(std::slice::from_ref(&old), &[Rule::OlderThan(days(1)), Rule::MaxSize(0)]).is_empty());
    let past_grace = |floor| decided(std::slice::from_ref(&old), &[Rule::PastGrace], Some(floor));
    assert_eq!(past_grace(days(5)), [Verdict::Goes(Cause::Rule(Rule::PastGrace))]);
    assert_eq!(past_grace(days(20)), [Verdict::Held(Shield::Floor)], "its grace period ended ten days ago");
}

#[test]
fn fates() {
    let standing = |rules: &[Rule], floor| Standing { rules: rules.to_vec(), floor };
    let fate =
        |standing: &Standing, item: &TrashItem| standing.fates(std::slice::from_ref(item), &volumes(), now()).of(item);
    let usual = Standing::default();
    let strict = standing(&[Rule::PastGrace, Rule::OlderThan(days(7))], None);
    let floored = standing(&[Rule::PastGrace, Rule::OlderThan(days(7))], Some(days(35)));
    let at = |age| now() + days(age);
    let mut kept = item("/a", 40);
    kept.keep = Keep::Until(at(3));
    let mut doubtful = item("/a", 40);
    doubtful.deletion = Stamp::Missing;
    let to_come = item("/a", -1);
    let grace_floored = standing(&[Rule::PastGrace], Some(days(20)));
    let mut undated = item("/a", 40);
    undated.trashed = Stamp::Missing;
    let mut epoch = item("/a", 40);
    epoch.deletion = Stamp::At(DateTime::UNIX_EPOCH);
    let table = [
        (&usual, item("/a", 40), Fate::Due(Rule::PastGrace)),
        (&usual, item("/a", 10), Fate::DueAt(at(20), Rule::PastGrace)),
        (&strict, item("/a", 2), Fate::DueAt(at(5), Rule::OlderThan(days(7)))),
        (&strict, item("/a", 10), Fate::Due(Rule::OlderThan(days(7)))),
        (&floored, item("/a", 10), Fate::DueAt(at(25), Rule::OlderThan(days(7)))),
        // Its grace period ended ten days ago, and it is no older than that for sure.
        (&grace_floored, undated, Fate::DueAt(at(10), Rule::PastGrace)),
        (&usual, kept, Fate::Kept(Some(at(3)))),
        (&usual, doubtful, Fate::Doubtful),
        (&usual, to_come, Fate::Doubtful),
        (&usual, epoch, Fate::Doubtful),
    ];
    for (standing, item, expected) in table {
        assert_eq!(fate(standing, &item), expected, "{item:?}");
    }
}

fn any_stamp() -> impl Strategy<Value = Stamp> {
    prop_oneof![
        8 => (-90_i64..10).prop_map(|age| Stamp::At(now() + days(age))),
        1 => Just(Stamp::Missing),
        1 => Just(Stamp::Unreadable),
        1 => Just(Stamp::At(DateTime::UNIX_EPOCH)),
    ]
}

fn any_item() -> impl Strategy<Value = TrashItem> {
    let keep = prop_oneof![
        6 => Just(Keep::No),
        1 => Just(Keep::Forever),
        1 => (-5_i64..5).prop_map(|end| Keep::Until(now() + days(end))),
    ];
    let paths = prop_oneof![Just("/a"), Just("/b"), Just("/c")];
    (any_stamp(), any_stamp(), keep, paths, prop::option::of(0_u64..100), 0..TRASHES.len()).prop_map(
        |(trashed, deletion, keep, path, size, trash)| TrashItem {
            trash: Path::new(TRASHES[trash]).into(),
            trashed,
            deletion,
            keep,
            size,
            ..item(path, 0)
        },
    )
}

fn any_rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule = prop_oneof![
        Just(Rule::PastGrace),
        (0_i64..60).prop_map(|age| Rule::OlderThan(days(age))),
        (1_usize..4).prop_map(Rule::KeepNewest),
        (0_u64..500).prop_map(Rule::MaxSize),
        (1_u8..=99).prop_map(|percent| Rule::MinFree(Free::Percent(percent))),
    ];
    prop::collection::vec(rule, 0..5)
}

proptest! {
    #[test]
    fn nothing_goes_that_is_protected(
        items in prop::collection::vec(any_item(), 0..20),
        rules in any_rules(),
        floor in prop::option::of((0_i64..40).prop_map(days)),
        chosen in any::<bool>(),
    ) {
        let policy = if chosen { Policy::Chosen } else { Policy::Rules(rules.clone()) };
        let verdicts = decide(&items, &policy, floor, &volumes(), now());
        prop_assert_eq!(verdicts.len(), items.len());
        for (item, verdict) in items.iter().zip(verdicts) {
            let Verdict::Goes(cause) = verdict else { continue };
            prop_assert!(!item.keep.holds(now()));
            if let (Some(floor), Some(at)) = (floor, item.trashed.instant()) {
                prop_assert!(at <= now() - floor, "the floor");
            }
            if !chosen {
                prop_assert_ne!(item.state(now()), State::Doubtful);
                // Inside the grace period only by a rule that says that it reaches in.
                let reaches_in = cause != Cause::Rule(Rule::PastGrace);
                prop_assert!(reaches_in || item.state(now()) == State::Expired);
                let Cause::Rule(rule) = cause else { return Err(TestCaseError::fail("chosen by nobody")) };
                prop_assert!(rules.contains(&rule));
            }
        }
    }

    #[test]
    fn what_is_due_is_what_would_be_taken(
        mut items in prop::collection::vec(any_item(), 0..20),
        rules in any_rules(),
        floor in prop::option::of((0_i64..40).prop_map(days)),
    ) {
        for (number, item) in items.iter_mut().enumerate() {
            item.id = testing::id(u8::try_from(number).expect("few"));
        }
        let verdicts = decided(&items, &rules, floor);
        let fates = Standing { rules, floor }.fates(&items, &volumes(), now());
        for (item, verdict) in items.iter().zip(verdicts) {
            let due = match fates.of(item) {
                Fate::Due(rule) => Some(rule),
                _ => None,
            };
            let taken = match verdict {
                Verdict::Goes(Cause::Rule(rule)) => Some(rule),
                _ => None,
            };
            prop_assert_eq!(due, taken, "{:?}", item);
        }
    }

    #[test]
    fn more_rules_never_spare_an_item(items in prop::collection::vec(any_item(), 0..20), rules in any_rules()) {
        let some = gone(&items, &rules[..rules.len() / 2].iter().copied().filter(|r| !r.is_about_space()).collect::<Vec<_>>());
        let all = gone(&items, &rules);
        prop_assert!(some.iter().all(|index| all.contains(index)));
    }
}
