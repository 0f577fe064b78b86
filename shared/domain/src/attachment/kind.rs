//! The files that the desk takes: by their ending *and* by their content. What is not on the list is not taken, so that
//! nobody need know all that a machine could run.

use super::sniff::Proof;

/// One sort of file.
#[derive(Debug)]
pub struct Kind {
    /// Its type, as the desk names it whatever its sender says.
    pub content_type: &'static str,
    extensions: &'static [&'static str],
    proof: Proof,
}

impl Kind {
    /// The kind of this ending, in lower case.
    pub fn of_extension(extension: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.extensions.contains(&extension))
    }

    /// The kind of this type.
    pub fn of_type(content_type: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.content_type == content_type)
    }

    /// The kind that the content itself shows.
    pub fn of_content(bytes: &[u8]) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.fits(bytes))
    }

    /// Whether the content is what the kind says.
    pub fn fits(&self, bytes: &[u8]) -> bool {
        self.proof.holds(bytes)
    }

    /// The ending that its files most often have.
    pub fn extension(&self) -> &'static str {
        self.extensions[0]
    }

    /// Whether a browser shows it without running anything in it.
    pub fn is_inert(&self) -> bool {
        let (family, name) = self.content_type.split_once('/').unwrap_or_default();
        matches!(family, "image" | "audio" | "video") && name != "svg+xml"
    }
}

const fn kind(content_type: &'static str, extensions: &'static [&'static str], proof: Proof) -> Kind {
    Kind { content_type, extensions, proof }
}

/// Boxes of the ISO media format begin with their length.
const FTYP: usize = 4;

/// The narrower before the wider: a spreadsheet is a ZIP too, and nearly everything could be text.
const KINDS: &[Kind] = &[
    // Pictures.
    kind("image/png", &["png"], Proof::Starts(&[b"\x89PNG\r\n\x1a\n"])),
    kind("image/jpeg", &["jpg", "jpeg", "jfif"], Proof::Starts(&[b"\xff\xd8\xff"])),
    kind("image/gif", &["gif"], Proof::Starts(&[b"GIF87a", b"GIF89a"])),
    kind("image/webp", &["webp"], Proof::Riff(b"WEBP")),
    kind("image/tiff", &["tiff", "tif"], Proof::Starts(&[b"II*\0", b"MM\0*"])),
    kind("image/avif", &["avif"], Proof::At(FTYP, &[b"ftypavif", b"ftypavis"])),
    kind("image/heic", &["heic", "heif"], Proof::At(FTYP, &[b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1"])),
    // Documents.
    kind("application/pdf", &["pdf"], Proof::Within(1024, b"%PDF-")),
    kind("application/rtf", &["rtf"], Proof::Starts(&[b"{\\rtf"])),
    kind("application/msword", &["doc", "dot"], Proof::Compound("WordDocument")),
    kind("application/vnd.ms-excel", &["xls"], Proof::Compound("Workbook")),
    kind("application/vnd.ms-powerpoint", &["ppt", "pps"], Proof::Compound("PowerPoint Document")),
    kind("application/vnd.ms-outlook", &["msg"], Proof::Compound("__substg1.0_")),
    kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"], Proof::Office(b"word/")),
    kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"], Proof::Office(b"xl/")),
    kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx"], Proof::Office(b"ppt/")),
    kind(
        "application/vnd.oasis.opendocument.text",
        &["odt"],
        Proof::At(30, &[b"mimetypeapplication/vnd.oasis.opendocument.text"]),
    ),
    kind(
        "application/vnd.oasis.opendocument.spreadsheet",
        &["ods"],
        Proof::At(30, &[b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"]),
    ),
    kind(
        "application/vnd.oasis.opendocument.presentation",
        &["odp"],
        Proof::At(30, &[b"mimetypeapplication/vnd.oasis.opendocument.presentation"]),
    ),
    kind("application/epub+zip", &["epub"], Proof::At(30, &[b"mimetypeapplication/epub+zip"])),
    // Archives. What is in them is for the scanner, and for whoever opens them.
    kind("application/zip", &["zip"], Proof::Starts(&[b"PK\x03\x04", b"PK\x05\x06"])),
    kind("application/gzip", &["gz", "tgz"], Proof::Starts(&[b"\x1f\x8b"])),
    kind("application/x-bzip2", &["bz2"], Proof::Starts(&[b"BZh"])),
    kind("application/x-xz", &["xz"], Proof::Starts(&[b"\xfd7zXZ\0"])),
    kind("application/zstd", &["zst"], Proof::Starts(&[b"\x28\xb5\x2f\xfd"])),
    kind("application/x-7z-compressed", &["7z"], Proof::Starts(&[b"7z\xbc\xaf\x27\x1c"])),
    kind("application/vnd.rar", &["rar"], Proof::Starts(&[b"Rar!\x1a\x07"])),
    kind("application/x-tar", &["tar"], Proof::At(257, &[b"ustar"])),
    // Sound and film.
    kind("audio/wav", &["wav"], Proof::Riff(b"WAVE")),
    kind("audio/ogg", &["ogg", "oga", "opus"], Proof::Starts(&[b"OggS"])),
    kind("audio/flac", &["flac"], Proof::Starts(&[b"fLaC"])),
    kind("audio/amr", &["amr"], Proof::Starts(&[b"#!AMR"])),
    kind("audio/aac", &["aac"], Proof::Starts(&[b"\xff\xf1", b"\xff\xf9"])),
    kind("audio/mpeg", &["mp3"], Proof::Starts(&[b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2"])),
    kind("audio/mp4", &["m4a"], Proof::At(FTYP, &[b"ftypM4A", b"ftypM4B", b"ftypmp42", b"ftypisom"])),
    kind("video/quicktime", &["mov"], Proof::At(FTYP, &[b"ftypqt", b"moov", b"mdat", b"wide", b"free"])),
    kind("video/3gpp", &["3gp"], Proof::At(FTYP, &[b"ftyp3g"])),
    kind("video/mp4", &["mp4", "m4v"], Proof::At(FTYP, &[b"ftyp"])),
    kind("video/webm", &["webm", "mkv"], Proof::Starts(&[b"\x1a\x45\xdf\xa3"])),
    kind("video/x-msvideo", &["avi"], Proof::Riff(b"AVI ")),
    kind("video/mpeg", &["mpeg", "mpg"], Proof::Starts(&[b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3"])),
    kind("video/x-ms-wmv", &["wmv"], Proof::Starts(&[b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"])),
    // Signatures of mails.
    kind("application/pkcs7-signature", &["p7s", "p7m"], Proof::Starts(&[b"\x30\x80", b"\x30\x82", b"\x30\x83"])),
    // Text, which anything without its like can be.
    kind(
        "text/plain",
        &["txt", "log", "md", "text", "ini", "conf", "diff", "patch", "sql", "srt", "asc", "sig", "pgp"],
        Proof::Text,
    ),
    kind("text/csv", &["csv", "tsv"], Proof::Text),
    kind("text/calendar", &["ics"], Proof::Text),
    kind("text/vcard", &["vcf"], Proof::Text),
    kind("application/json", &["json"], Proof::Text),
    kind("application/yaml", &["yaml", "yml", "toml"], Proof::Text),
    kind("application/xml", &["xml", "xsd"], Proof::Text),
    kind("message/rfc822", &["eml", "mbox"], Proof::Text),
    // Kept, and given out as bytes: nobody's browser shows them.
    kind("text/html", &["html", "htm", "xhtml"], Proof::Text),
    kind("image/svg+xml", &["svg"], Proof::Text),
    kind("image/bmp", &["bmp"], Proof::Starts(&[b"BM"])),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_machine_runs_has_no_kind() {
        for runs in [
            "exe",
            "dll",
            "com",
            "scr",
            "pif",
            "cpl",
            "msi",
            "msp",
            "bat",
            "cmd",
            "ps1",
            "psm1",
            "vbs",
            "vbe",
            "js",
            "jse",
            "mjs",
            "wsf",
            "wsh",
            "hta",
            "lnk",
            "url",
            "reg",
            "inf",
            "jar",
            "apk",
            "app",
            "dmg",
            "pkg",
            "deb",
            "rpm",
            "sh",
            "bash",
            "py",
            "rb",
            "pl",
            "php",
            "docm",
            "xlsm",
            "pptm",
            "dotm",
            "xlam",
            "chm",
            "iso",
            "img",
            "vhd",
            "one",
            "swf",
            "desktop",
            "scf",
            "ｅｘｅ",
            "",
        ] {
            assert!(Kind::of_extension(runs).is_none(), "{runs}");
        }
    }

    #[test]
    fn no_ending_and_no_type_stands_twice() {
        let mut extensions = std::collections::BTreeSet::new();
        let mut types = std::collections::BTreeSet::new();
        for kind in KINDS {
            assert!(types.insert(kind.content_type), "{}", kind.content_type);
            assert!(kind.extensions.iter().all(|extension| extensions.insert(*extension)), "{:?}", kind.extensions);
        }
    }

    #[test]
    fn content_without_an_ending_has_the_narrowest_kind() {
        let of = |bytes: &[u8]| Kind::of_content(bytes).map(|kind| kind.content_type);
        assert_eq!(of(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(of(b"%PDF-1.7\n%\xe2\xe3"), Some("application/pdf"));
        assert_eq!(of(b"just a text\n"), Some("text/plain"));
        assert_eq!(of(b"PK\x03\x04rest"), Some("application/zip"));
        for runs in [
            b"MZ\x90\0\x03\0\0\0".as_slice(),
            b"\x7fELF\x02\x01\x01\0",
            b"\xca\xfe\xba\xbe\0\0\0\x34",
            b"dex\n035\0",
            b"\0asm\x01\0\0\0",
        ] {
            assert_eq!(of(runs), None, "{runs:?}");
        }
    }
}
