//! The table of rules.

/// What some files must not name, and why.
pub(crate) struct Rule {
    /// Files below `src/`: one file, with a `/` at the end all below a directory, `*` for all of the library.
    pub(super) files: &'static [&'static str],
    /// Files that the rule would concern but for a reason.
    pub(super) except: &'static [&'static str],
    pub(super) names: Names,
    pub(crate) why: &'static str,
}

pub(super) enum Names {
    /// Paths that must not be named. One beginning with `crate` is a module of the same crate; any other is looked for
    /// at any place of a path, so that neither `use` nor a re-export hides it.
    Without(&'static [&'static str]),
    /// The only modules of the same crate that may be named.
    OnlyOurs(&'static [&'static str]),
}

impl Rule {
    pub(crate) fn concerns(&self, file: &str) -> bool {
        let is_test = file.ends_with("/tests.rs") || file.contains("/tests/");
        !is_test && matches(self.files, file) && !matches(self.except, file)
    }

    pub(crate) fn forbids(&self, path: &[String]) -> bool {
        match self.names {
            Names::Without(names) => names.iter().any(|name| is_named(path, name)),
            Names::OnlyOurs(names) => {
                path[0] == "crate" && path.len() > 1 && !names.iter().any(|name| is_named(path, name))
            }
        }
    }
}

fn matches(patterns: &[&str], file: &str) -> bool {
    patterns.iter().any(|pattern| match *pattern {
        "*" => !file.starts_with("bin/"),
        directory if directory.ends_with('/') => file.starts_with(directory),
        name => file == name,
    })
}

fn is_named(path: &[String], name: &str) -> bool {
    let name: Vec<&str> = name.split("::").collect();
    if name[0] == "crate" {
        path.iter().map(String::as_str).take(name.len()).eq(name)
    } else {
        path.windows(name.len()).any(|part| part == name)
    }
}

/// All of the library: what lies in `src/` and not in `src/bin/`.
const LIBRARY: &[&str] = &["*"];

/// What values, and pure functions of them, do without.
const WITHOUT_IO: Names =
    Names::Without(&["crate::sys::Dir", "crate::store", "crate::manager", "crate::ops", "std::fs", "std::io"]);

pub(crate) const RULES: &[Rule] = &[
    Rule {
        files: LIBRARY,
        except: &[],
        names: Names::Without(&[
            "clap",
            "clap_complete",
            "clap_mangen",
            "anyhow",
            "comfy_table",
            "indicatif",
            "ratatui",
        ]),
        why: "the library knows no command line and no way to show things",
    },
    Rule {
        files: LIBRARY,
        except: &[],
        names: Names::Without(&[
            "println!",
            "print!",
            "eprintln!",
            "eprint!",
            "dbg!",
            "io::stdout",
            "io::stderr",
            "io::stdin",
        ]),
        why: "the library never talks to a person",
    },
    Rule {
        files: LIBRARY,
        except: &[],
        names: Names::Without(&["std::env"]),
        why: "the library reads no environment and no home directory; both arrive in requests",
    },
    Rule {
        files: &["*", "bin/"],
        except: &["sys.rs", "sys/"],
        names: Names::Without(&["rustix"]),
        why: "only src/sys speaks to the kernel",
    },
    Rule {
        files: &["*", "bin/"],
        except: &["sys/platform/"],
        names: Names::Without(&["rrm_seccomp"]),
        why: "only src/sys speaks to the kernel, and only Linux can guard",
    },
    Rule {
        files: LIBRARY,
        except: &["attributes.rs", "attributes/", "transfer/metadata/attributes.rs", "sys/platform/"],
        names: Names::Without(&["xattr"]),
        why: "records are reached through the trait in src/attributes.rs; only a copy keeps whatever attributes there are",
    },
    Rule {
        files: LIBRARY,
        except: &[],
        names: Names::Without(&["Utc::now", "Local::now", "SystemTime::now"]),
        why: "time is an argument, taken once in the binary",
    },
    Rule {
        files: &["sys.rs", "sys/"],
        except: &[],
        names: Names::OnlyOurs(&["crate::sys"]),
        why: "the calls to the kernel know nothing of what they are for",
    },
    Rule {
        files: &["error.rs"],
        except: &[],
        names: Names::OnlyOurs(&["crate::error"]),
        why: "everything uses the error, so it uses nothing",
    },
    Rule {
        files: &["item.rs", "item/"],
        except: &[],
        names: Names::Without(&["crate::sys", "crate::attributes", "std::fs"]),
        why: "an item is a value and does no I/O",
    },
    Rule {
        files: &["attributes.rs", "attributes/"],
        except: &[],
        names: Names::Without(&["crate::item", "crate::store"]),
        why: "attributes are bytes under names, whatever they mean",
    },
    Rule {
        files: &["rules/retention.rs", "rules/retention/"],
        except: &[],
        names: Names::OnlyOurs(&["crate::item", "crate::rules::retention"]),
        why: "what leaves the trash is a pure function of items, rules, space and now",
    },
    Rule {
        files: &["rules/retention.rs", "rules/retention/"],
        except: &[],
        names: Names::Without(&["std::fs", "std::io", "std::env"]),
        why: "a decision does no I/O",
    },
    Rule {
        files: &["rules/statistics.rs", "rules/statistics/"],
        except: &[],
        names: WITHOUT_IO,
        why: "sums are a pure function of items, volumes and now",
    },
    Rule {
        files: &["rules/selection.rs", "rules/selection/"],
        except: &[],
        names: Names::Without(&["crate::sys", "std::fs", "std::env"]),
        why: "a selection is a pure function of items, now and the working directory",
    },
    Rule {
        files: &["finding.rs", "finding/"],
        except: &[],
        names: WITHOUT_IO,
        why: "a finding is a value and does no I/O",
    },
    Rule {
        files: &["ops/remove/options.rs", "ops/restore/options.rs", "ops/clean/options.rs", "ops/list/options.rs"],
        except: &[],
        names: Names::Without(&["crate::sys", "crate::store", "crate::manager", "std::fs", "std::io"]),
        why: "what is asked for is a value and does no I/O",
    },
    Rule {
        files: &["manager.rs", "manager/"],
        except: &[],
        names: Names::Without(&["crate::ops", "crate::transfer", "crate::purge", "crate::rules::selection"]),
        why: "the manager knows where the trash is, and not what is done with it",
    },
    Rule {
        files: &["store.rs", "store/"],
        except: &[],
        names: Names::Without(&["crate::manager", "crate::ops", "crate::rules::selection", "crate::volume"]),
        why: "one trash directory does not know who asks",
    },
    Rule {
        files: &["volume.rs", "volume/"],
        except: &[],
        names: Names::Without(&[
            "crate::manager",
            "crate::ops",
            "crate::rules::selection",
            "crate::transfer",
            "crate::purge",
        ]),
        why: "a volume finds trash directories and does nothing in them",
    },
    Rule {
        files: &["freedesktop.rs", "freedesktop/"],
        except: &[],
        names: Names::Without(&[
            "crate::store",
            "crate::manager",
            "crate::ops",
            "crate::transfer",
            "crate::purge",
            "chrono::Local",
        ]),
        why: "the trash of another program is told of in its own terms",
    },
    Rule {
        files: &["transfer.rs", "transfer/"],
        except: &[],
        names: Names::Without(&["crate::store", "crate::manager", "crate::ops", "crate::item"]),
        why: "a copy is between directories, whatever they are for",
    },
    Rule {
        files: &["preview.rs", "preview/"],
        except: &[],
        names: Names::OnlyOurs(&["crate::preview", "crate::sys"]),
        why: "a glance is at a name in a directory, whatever is kept there",
    },
    Rule {
        files: &["purge.rs", "purge/"],
        except: &[],
        names: Names::Without(&[
            "crate::item",
            "crate::store",
            "crate::rules::selection",
            "crate::manager",
            "crate::ops",
        ]),
        why: "deletion is given a directory and a name, and nothing else to get wrong",
    },
    Rule {
        files: LIBRARY,
        except: &["guard/run/", "ops/restore/aftermath/had.rs", "sys.rs", "sys/", "private.rs", "private/"],
        names: Names::Without(&["create_marked_dir", "has_our_mark", "give_owner_all", "metadata_and_birth"]),
        why: "only src/private.rs makes a private directory where others may rename, and tells what is one",
    },
    Rule {
        files: LIBRARY,
        except: &[
            "private.rs",
            "private/",
            "transfer/remove_source/aside.rs",
            "ops/restore/aftermath/lifted.rs",
            "ops/restore/staging.rs",
            "ops/restore/target.rs",
        ],
        names: Names::Without(&["PrivateDir"]),
        why: "a private directory holds a copy, holds what is moved aside, or is a missing parent, and nothing else",
    },
    Rule {
        files: LIBRARY,
        except: &[
            "freedesktop/receive.rs",
            "guard/carry_out/",
            "sys.rs",
            "sys/",
            "store.rs",
            "store/",
            "transfer/make.rs",
            "transfer/copy.rs",
            "transfer/survey/probe.rs",
        ],
        names: Names::Without(&["create_private_dir", "create_dir"]),
        why: "a directory that is opened by its name once more is made in a trash, or in what is private already",
    },
    Rule {
        files: LIBRARY,
        except: &[
            "sys.rs",
            "sys/",
            "private.rs",
            "purge.rs",
            "purge/",
            "store.rs",
            "store/",
            "transfer/survey/probe.rs",
            "transfer/remove_source.rs",
            "ops/remove.rs",
        ],
        names: Names::Without(&["remove_dir"]),
        why: "a directory is removed where it was emptied, where a person named it, or by src/private.rs",
    },
    Rule {
        files: LIBRARY,
        except: &["sys.rs", "sys/", "attributes/record_file.rs"],
        names: Names::Without(&["rename_replacing"]),
        why: "no rename replaces anything but a record of ours, in an envelope of ours",
    },
    Rule {
        files: LIBRARY,
        except: &["private.rs", "purge.rs", "purge/", "ops/copy/delete.rs", "ops/clean.rs"],
        names: Names::Without(&["crate::purge::purge", "crate::purge::purge_by"]),
        why: "what is below a name is deleted in a trash or in a private directory of ours",
    },
    Rule {
        files: LIBRARY,
        except: &["purge.rs", "ops/remove.rs"],
        names: Names::Without(&["crate::purge::purge_seen"]),
        why: "elsewhere only what a person named is deleted, and only if it is still what was looked at",
    },
    Rule {
        files: LIBRARY,
        except: &["ops.rs", "ops/", "store.rs", "store/", "transfer.rs", "transfer/", "private.rs", "private/"],
        names: Names::Without(&["crate::private"]),
        why: "private directories are for those who copy and move",
    },
    Rule {
        files: &["private.rs", "private/"],
        except: &[],
        names: Names::OnlyOurs(&["crate::private", "crate::sys", "crate::purge", "crate::progress", "crate::text"]),
        why: "a private directory is one, whatever it is for",
    },
    Rule {
        files: &["*", "bin/"],
        // Sizes have a `display` as well. What a transfer says is escaped where it is told.
        except: &["text/printable.rs", "bin/rrm/output/text.rs", "ops/copy.rs", "transfer/error.rs"],
        names: Names::Without(&["display", "escape_debug", "escape_default", "escape_unicode", "escape_ascii"]),
        why: "what a name looks like is said in src/text, and nowhere else",
    },
];
