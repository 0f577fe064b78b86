//! The text of a mail between `354` and the dot: its end, and the dots at the beginning of lines (RFC 5321, 4.5.2).

/// Reads a mail in chunks, cut anywhere.
pub(crate) struct DataReader {
    place: Place,
    /// Whether a CR or LF stood on its own. There is still but one end; the mail is not to be taken.
    pub(crate) bare: bool,
}

/// What the last byte was.
#[derive(Clone, Copy)]
enum Place {
    /// The end of a line, or of the command.
    LineStart,
    /// A dot at the beginning of a line: held back.
    Dot,
    /// A CR after that.
    DotCr,
    Text,
    /// A CR: held back.
    Cr,
}

impl DataReader {
    pub(crate) fn new() -> Self {
        Self { place: Place::LineStart, bare: false }
    }

    /// Appends to `text` what `chunk` adds to it. Answers how much of the chunk was the mail's if it ended there.
    pub(crate) fn read(&mut self, chunk: &[u8], text: &mut Vec<u8>) -> Option<usize> {
        let mut at = 0;
        while let Some(&byte) = chunk.get(at) {
            match (self.place, byte) {
                (Place::LineStart, b'.') => self.place = Place::Dot,
                (Place::Dot, b'\r') => self.place = Place::DotCr,
                (Place::DotCr, b'\n') => return Some(at + 1),
                (Place::Cr, b'\n') => {
                    text.extend_from_slice(b"\r\n");
                    self.place = Place::LineStart;
                }
                // Another byte came than the LF that belongs there; it is looked at in its own right.
                (Place::DotCr | Place::Cr, _) => {
                    self.bare = true;
                    self.place = Place::Text;
                    continue;
                }
                (Place::LineStart | Place::Text, b'\r') => self.place = Place::Cr,
                (Place::LineStart | Place::Dot | Place::Text, b'\n') => {
                    self.bare = true;
                    self.place = Place::Text;
                }
                (Place::LineStart | Place::Dot | Place::Text, _) => {
                    let rest = chunk.get(at..).unwrap_or_default();
                    let run = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
                    text.extend_from_slice(rest.get(..run).unwrap_or_default());
                    self.place = Place::Text;
                    at += run;
                    continue;
                }
            }
            at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text, whether it is to be refused, and what was left over; `None` if there was no end.
    fn read(sent: &[u8], chunk: usize) -> Option<(String, bool, String)> {
        let (mut reader, mut text, mut before) = (DataReader::new(), Vec::new(), 0);
        for chunk in sent.chunks(chunk) {
            if let Some(used) = reader.read(chunk, &mut text) {
                let rest = String::from_utf8(sent[before + used..].to_vec()).unwrap();
                return Some((String::from_utf8(text).unwrap(), reader.bare, rest));
            }
            before += chunk.len();
        }
        None
    }

    /// Cut anywhere, it must come out the same.
    fn read_in_all_ways(sent: &str) -> Option<(String, bool, String)> {
        let whole = read(sent.as_bytes(), sent.len());
        for chunk in 1..sent.len() {
            assert_eq!(read(sent.as_bytes(), chunk), whole, "{sent:?} in chunks of {chunk}");
        }
        whole
    }

    #[test]
    fn dots_are_taken_off_and_what_follows_the_end_is_left() {
        for (sent, text, rest) in [
            (".\r\n", "", ""),
            ("\r\n.\r\n", "\r\n", ""),
            ("a\r\n.\r\nQUIT\r\n", "a\r\n", "QUIT\r\n"),
            ("..\r\n.\r\n", ".\r\n", ""),
            ("..a\r\n...\r\n.b\r\n.\r\n.\r\n", ".a\r\n..\r\nb\r\n", ".\r\n"),
            ("a.\r\n.\r\n", "a.\r\n", ""),
            ("é\r\n\r\n\r\n.\r\nx", "é\r\n\r\n\r\n", "x"),
        ] {
            assert_eq!(read_in_all_ways(sent), Some((text.to_owned(), false, rest.to_owned())), "{sent:?}");
        }
    }

    #[test]
    fn nothing_else_is_an_end_and_what_pretends_to_be_one_is_refused() {
        let false_ends = [
            "\n.\n",
            "\n.\r\n",
            "\r.\r",
            "\r.\r\n",
            "\r\n.\n",
            "\r\n.\r",
            "\r\n.\r\r\n",
            "\n\r.\r\n",
            "\r\r\n.\r\r\n",
            "\r\n\r.\r\n",
            "\r\n.\0\r\n\n",
            "\r\n..\n",
        ];
        for end in false_ends {
            let sent = format!("a{end}MAIL FROM:<evil@x.test>\r\n.\r\nNOOP\r\n");
            let (_, bare, rest) = read_in_all_ways(&sent).unwrap();
            assert!(bare, "{end:?} is to be refused");
            assert_eq!(rest, "NOOP\r\n", "{end:?} is no end");
        }
    }

    #[test]
    fn a_mail_that_breaks_off_has_no_end() {
        for sent in ["a", "a\r\n", "a\r\n.", "a\r\n.\r", "..\r\n", "a\r\n..\r\n"] {
            assert_eq!(read_in_all_ways(sent), None, "{sent:?}");
        }
    }
}
