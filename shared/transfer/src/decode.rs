//! UTF-8, and Windows-1252 where it is not: what spreadsheets save as "CSV" in western Europe.

/// The texts of one record. Decided for each record, so that reading from the middle of a file decides alike: what is not
/// UTF-8 anywhere in it is Windows-1252 everywhere in it. Text of the latter is next to never the former by accident.
pub(crate) fn decode(fields: &[Vec<u8>]) -> Vec<String> {
    let all: Result<Vec<_>, _> = fields.iter().map(|field| std::str::from_utf8(field).map(str::to_owned)).collect();
    all.unwrap_or_else(|_| fields.iter().map(|field| field.iter().copied().map(character).collect()).collect())
}

/// The 27 places where Windows-1252 is not Latin 1 (and the five that it leaves open, as the WHATWG Encoding Standard has them).
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’', '“', '”',
    '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

fn character(byte: u8) -> char {
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_or_the_other() {
        assert_eq!(decode(&["Größe €".as_bytes().to_vec(), b"x".to_vec()]), ["Größe €", "x"]);
        assert_eq!(decode(&[b"Gr\xF6\xDFe \x80 \x96 \x9F".to_vec(), b"\xC3\xA4".to_vec()]), ["Größe € – Ÿ", "Ã¤"]);
    }
}
