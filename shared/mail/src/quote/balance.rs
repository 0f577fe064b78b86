//! Whether a stretch of HTML can be taken out of the middle of a body.

use super::token::{Token, Tokens};

/// Whether the stretch closes the elements that it opens, and no others: what stands around it stays as it is nested
/// then. An end tag that was left out, as HTML allows, counts as missing: such a stretch is left where it is.
pub(super) fn is_whole(html: &str) -> bool {
    let mut open = 0_usize;
    for (token, _) in Tokens::of(html) {
        match token {
            Token::Open { name, .. } if !is_void(name) => open += 1,
            Token::Close { name } if !is_void(name) => match open.checked_sub(1) {
                Some(left) => open = left,
                None => return false,
            },
            _ => {}
        }
    }
    open == 0
}

/// Whether the element has no content and no end tag.
fn is_void(name: &str) -> bool {
    const VOID: [&str; 13] =
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
    VOID.into_iter().any(|void| name.eq_ignore_ascii_case(void))
}
