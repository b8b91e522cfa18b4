//! What is meant by the words of import.

use rrm::error::Result;
use rrm::request::{ImportRequest, Sources};
use rrm::rules::selection::absolute;

use super::{Context, copying};
use crate::args::ImportArgs;
use crate::values;

impl Context {
    /// The request of an import.
    pub(crate) fn import(&self, args: &ImportArgs) -> Result<ImportRequest> {
        let here = self.environment.working_directory();
        // Who names a trash may name it by a link.
        let named = args.trashes.iter().map(|path| path.canonicalize().unwrap_or_else(|_| absolute(path, &here)));
        let sources = match args.trashes.is_empty() {
            true => Sources::All(self.environment.data_dir.clone()),
            false => Sources::At(named.collect()),
        };
        Ok(ImportRequest {
            sources,
            place: self.place(),
            copying: copying(args.yes),
            local: values::local,
            now: self.now,
            deletion: self.deletion(args.grace_period.as_deref())?,
        })
    }
}
