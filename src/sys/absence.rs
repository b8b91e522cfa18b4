//! Telling that something is not there from every other failure.

use std::io;

/// What a call gave, or `None` where it found nothing of that name (`ENOENT`); any other error stays one.
pub fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}
