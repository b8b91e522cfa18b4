//! Circles between the modules of one directory, found in what their files import.
//!
//! A directory's own file (`store.rs` for `store/`) is what its modules stand on and how others see them: modules may name
//! it, and it names them. Between the modules of a directory, imports lead one way.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{mentions, module_of, reexports};

/// A module by its path from the crate's root.
type Module = Vec<String>;

/// One import: the file that has it, and the path that it names.
type Import = (String, String);

/// All sources of a crate, by their module, and what each passes on from its own modules.
pub(crate) struct Crate {
    texts: BTreeMap<Module, (String, String)>,
    passed_on: BTreeMap<(Module, String), Module>,
}

/// For each module of a directory, the others that it imports, with one import that shows it.
type Graph = BTreeMap<String, BTreeMap<String, Import>>;

impl Crate {
    /// The crate of these files, each with its path below `src/` and its text.
    pub(crate) fn of(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let is_tested = |file: &str| !file.ends_with("tests.rs") && !file.contains("/tests/");
        let files = files.into_iter().filter(|(file, _)| is_tested(file));
        let texts: BTreeMap<Module, (String, String)> =
            files.map(|(file, text)| (module_of(&file), (file, text))).collect();
        let mut passed_on = BTreeMap::new();
        for (module, (_, text)) in &texts {
            for path in reexports(text, module) {
                let path = if path[0] == "crate" { path } else { module.iter().cloned().chain(path).collect() };
                let name = path.last().cloned().unwrap_or_default();
                passed_on.insert((module.clone(), name), path);
            }
        }
        Self { texts, passed_on }
    }

    /// Every circle, told by the imports that make it up.
    pub(crate) fn circles(&self) -> Vec<String> {
        let directories: BTreeSet<&[String]> = self.texts.keys().map(|module| &module[..module.len() - 1]).collect();
        let directories = directories.into_iter().filter(|directory| !directory.is_empty());
        directories.filter_map(|directory| circle(&self.graph(directory))).collect()
    }

    /// Who imports whom in one directory, whatever is below them included.
    fn graph(&self, directory: &[String]) -> Graph {
        let mut graph = Graph::new();
        for (module, (file, text)) in &self.texts {
            let Some(from) = module.strip_prefix(directory).and_then(<[_]>::first) else { continue };
            for path in mentions(text, module).into_iter().filter(|path| path[0] == "crate") {
                let target = self.module_that_has(&path);
                let to = target.strip_prefix(directory).and_then(<[_]>::first);
                if let Some(to) = to.filter(|to| *to != from) {
                    let import = (file.clone(), path.join("::"));
                    graph.entry(from.clone()).or_default().entry(to.clone()).or_insert(import);
                }
            }
        }
        graph
    }

    /// The module in which something is, whoever passes it on.
    fn module_that_has(&self, path: &[String]) -> Module {
        let is_module = |length: &usize| self.texts.contains_key(&path[..*length]);
        let Some(length) = (1..=path.len()).rev().find(is_module) else { return Module::new() };
        let (module, rest) = path.split_at(length);
        let passed_on = rest.first().and_then(|name| self.passed_on.get(&(module.to_vec(), name.clone())));
        // A module in the file itself is none of these.
        let passed_on = passed_on.filter(|further| **further != *path);
        passed_on.map_or_else(|| module.to_vec(), |further| self.module_that_has(further))
    }
}

/// A circle in the graph, if there is one.
fn circle(graph: &Graph) -> Option<String> {
    let mut done = BTreeSet::new();
    graph.keys().find_map(|start| walk(graph, start, &mut Vec::new(), &mut done))
}

fn walk<'g>(graph: &'g Graph, at: &'g str, way: &mut Vec<&'g str>, done: &mut BTreeSet<&'g str>) -> Option<String> {
    if let Some(start) = way.iter().position(|passed| *passed == at) {
        let circle: Vec<&str> = way[start..].iter().copied().chain([at]).collect();
        let told = circle.windows(2).map(|pair| {
            let (file, path) = &graph[pair[0]][pair[1]];
            format!("src/{file} imports {path}")
        });
        return Some(format!("a circle: {}", told.collect::<Vec<_>>().join(", ")));
    }
    if !done.insert(at) {
        return None;
    }
    way.push(at);
    let found = graph.get(at).into_iter().flatten().find_map(|(next, _)| walk(graph, next, way, done));
    way.pop();
    found
}
