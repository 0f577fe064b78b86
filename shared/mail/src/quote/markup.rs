//! The elements that mail clients put around history, quotes and signatures.

use super::line::Hint;
use super::token::attributes;

/// Bytes that are looked at of a tag's attributes.
const ATTRIBUTES: usize = 4_096;
/// Characters that are looked at of a style.
const STYLE: usize = 1_000;

/// What is looked at of a tag's attributes.
#[derive(Default)]
pub(super) struct Told<'a> {
    class: &'a str,
    id: &'a str,
    name: &'a str,
    style: &'a str,
    /// Zimbra's.
    marker: &'a str,
    /// Windows Mail's.
    signature_block: bool,
}

impl<'a> Told<'a> {
    /// Reads the attributes of a tag.
    pub(super) fn by(tag: &'a str) -> Self {
        let mut told = Self::default();
        for (name, value) in attributes(&tag[..tag.floor_char_boundary(ATTRIBUTES)]) {
            match name.len() {
                2 if name.eq_ignore_ascii_case("id") => told.id = value,
                4 if name.eq_ignore_ascii_case("name") => told.name = value,
                5 if name.eq_ignore_ascii_case("class") => told.class = value,
                5 if name.eq_ignore_ascii_case("style") => told.style = value,
                11 if name.eq_ignore_ascii_case("data-marker") => told.marker = value,
                19 if name.eq_ignore_ascii_case("data-signatureblock") => told.signature_block = value == "true",
                _ => {}
            }
        }
        told
    }

    /// Whether a blockquote cites: editors also indent with it, and Gmail's for quoting by hand differs from the one
    /// for history only in that no element for `history` came before.
    pub(super) fn cites(&self, history: bool) -> bool {
        let style = squeezed(self.style);
        let by_hand = !history && self.class.contains("gmail_quote");
        !(by_hand || style.contains("border:none") || style.contains("border:0"))
    }

    /// Whether a client's own element for signatures begins.
    pub(super) fn signature(&self) -> bool {
        let class = |part| self.class.contains(part);
        class("gmail_signature") && !class("gmail_signature_prefix_none")
            || class("moz-signature")
            || class("protonmail_signature_block") && !class("protonmail_signature_block-empty")
            || class("tutanota_signature")
            || class("yahoo-signature")
            || matches!(self.id, "Signature" | "signature" | "x_Signature" | "ms-outlook-mobile-signature" | "AppleMailSignature")
            || self.signature_block
            || self.marker == "__SIG_PRE__"
    }

    /// What a rule says: those of Hotmail and Zimbra name themselves.
    pub(super) fn rule(&self) -> Hint {
        let history = self.marker == "__DIVIDER__" || matches!(self.id, "stopSpelling" | "zwchr");
        if history { Hint::History } else { Hint::Rule }
    }

    /// What an element other than a rule says where it begins.
    pub(super) fn hint(&self, name: &str) -> Hint {
        let class = |part| self.class.contains(part);
        if class("moz-forward-container") || self.id == "isForwardContent" {
            return Hint::Forward;
        }
        let gmail = || self.class.split_ascii_whitespace().any(|class| class.starts_with("gmail_quote") || class == "gmail_attr");
        let by_class = class("moz-cite-prefix")
            || class("yahoo_quoted")
            || class("zmail_extra")
            || class("OutlookMessageHeader")
            || name == "div" && (class("protonmail_quote") || gmail());
        if by_class || self.is_history_by_id() || name == "div" && self.name == "quote" {
            return Hint::History;
        }
        if name == "div" && is_border(&squeezed(self.style)) { Hint::Border } else { Hint::None }
    }

    fn is_history_by_id(&self) -> bool {
        self.id.contains("yahoo_quoted")
            || matches!(
                self.id,
                "divRplyFwdMsg"
                    | "appendonsend"
                    | "mail-editor-reference-message-container"
                    | "ms-outlook-mobile-body-separator-line"
                    | "OLK_SRC_BODY_SECTION"
                    | "reply-intro"
                    | "replySplit"
                    | "isReplyContent"
            )
    }
}

/// Whether a style draws the line above a header block that Outlook (2007 on, 2013 on) and Windows Mail draw.
fn is_border(style: &str) -> bool {
    style.contains("border-top:solid#e1e1e1")
        || style.contains("border-top:solid#b5c4df")
        || style.contains("border-top:1ptsolid#b5c4df")
        || style.contains("border-top:1ptsolid#e1e1e1")
        || style.contains("border-top:solidrgb(225,225,225)")
        || style.contains("border-color:rgb(225,225,225)") && style.contains("border-style:solidnonenone")
        || style.contains("border-color:rgb(181,196,223)") && style.contains("border-style:solidnonenone")
        || style.contains("border-top-color:rgb(229,229,229)") && style.contains("border-top-style:solid")
}

/// A style in lower case and without spaces; a long one is none of Outlook's.
fn squeezed(style: &str) -> String {
    style.chars().take(STYLE).filter(|c| !c.is_ascii_whitespace()).map(|c| c.to_ascii_lowercase()).collect()
}
