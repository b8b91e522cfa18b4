//! What the first bytes of a file say that it is.

/// Bytes at an offset, and the format that has them there: the ones that a home directory holds most of.
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"\x7fELF", "ELF program or library"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG image"),
    (0, b"\xff\xd8\xff", "JPEG image"),
    (0, b"GIF8", "GIF image"),
    (0, b"II*\0", "TIFF image"),
    (0, b"MM\0*", "TIFF image"),
    (8, b"WEBP", "WebP image"),
    (4, b"ftypheic", "HEIF image"),
    (4, b"ftypavif", "AVIF image"),
    (4, b"ftyp", "MP4 video or audio"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM video"),
    (8, b"AVI ", "AVI video"),
    (8, b"WAVE", "WAV audio"),
    (0, b"ID3", "MP3 audio"),
    (0, b"OggS", "Ogg audio or video"),
    (0, b"fLaC", "FLAC audio"),
    (0, b"%PDF", "PDF document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older Office document"),
    (0, b"PK\x03\x04", "zip archive, or a document kept as one"),
    (0, b"\x1f\x8b", "gzip data"),
    (0, b"\xfd7zXZ\0", "xz data"),
    (0, b"\x28\xb5\x2f\xfd", "zstd data"),
    (0, b"BZh", "bzip2 data"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-zip archive"),
    (257, b"ustar", "tar archive"),
    (0, b"!<arch>\n", "ar archive"),
    (0, b"SQLite format 3\0", "SQLite database"),
    (0, b"\0asm", "WebAssembly module"),
    (0, b"\xca\xfe\xba\xbe", "Java class or Mach-O program"),
    (0, b"wOF2", "WOFF font"),
    (0, b"\xff\xfe", "UTF-16 text"),
    (0, b"\xfe\xff", "UTF-16 text"),
];

/// The format's name for a person, or `None` where none is known.
pub(super) fn name_of(start: &[u8]) -> Option<&'static str> {
    let has = |(at, bytes, _): &&(usize, &[u8], _)| start.get(*at..).is_some_and(|rest| rest.starts_with(bytes));
    SIGNATURES.iter().find(has).map(|(.., name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_counts_only_where_it_belongs() {
        assert_eq!(name_of(b"\x7fELF\x02"), Some("ELF program or library"));
        assert_eq!(name_of(b"RIFF\0\0\0\0WEBPVP8"), Some("WebP image"));
        assert_eq!(name_of(&[&[0; 257], &b"ustar\0"[..]].concat()), Some("tar archive"));
        assert_eq!(name_of(b" \x7fELF"), None);
        assert_eq!(name_of(b""), None);
    }
}
