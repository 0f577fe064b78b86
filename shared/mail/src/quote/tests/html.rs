//! History and signatures in HTML, by client.

use super::*;

/// What comes before history, and history.
#[rustfmt::skip]
const HISTORY: &[(&str, &str, &str)] = &[
    ("gmail", r#"<div dir="ltr">Hello</div>"#, r#"<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Fri, Jan 3, 2025 at 10:00 AM Jane &lt;<a href="mailto:j@x.org">j@x.org</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0">Hi</blockquote></div>"#),
    ("gmail, extra", r#"<div dir="ltr">Hello</div>"#, r#"<div class="gmail_extra"><br><div class="gmail_quote">On Thu, Jane wrote:<br><blockquote class="gmail_quote">Hi</blockquote></div><br></div>"#),
    ("gmail, a language that is not known", r#"<div dir="ltr">Hello</div>"#, r#"<div class="gmail_quote"><div class="gmail_attr">Jane, vasárnap<br></div><blockquote class="gmail_quote">Hi</blockquote></div>"#),
    ("outlook 2013", "<div class=WordSection1><p class=MsoNormal>Hello</p>", "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Jane<br><b>Sent:</b> Friday<br><b>To:</b> Bob<br><b>Subject:</b> Hi</p></div></div><p>Hi</p></div>"),
    ("outlook 2010", "<p class=MsoNormal>Hello</p>", "<div style='border:none;border-top:solid #B5C4DF 1.0pt'><p><b>Von:</b> Jane<br><b>Gesendet:</b> Freitag</p></div><p>Hi</p>"),
    ("outlook, a language that is not known", "<p>Hello</p>", "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>발신:</b> Jane<br><b>보낸 날짜:</b> 3</p></div><p>Hi</p>"),
    ("outlook web", r#"<div>Hello</div>"#, r#"<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> Jane<br><b>Sent:</b> Friday</font><div>&nbsp;</div></div><div>Hi</div>"#),
    ("outlook web, new", "<div>Hello</div>", r#"<div id="mail-editor-reference-message-container"><div><b>From:</b> Jane<br></div><div>Hi</div></div>"#),
    ("hotmail", "<div>Hello", r#"<br><br><div><hr id="stopSpelling">Date: Fri, 3 Jan 2025<br>From: jane@x.org<br>To: b@x.org<br>Hi</div></div>"#),
    ("outlook mac", "<div>Hello</div>", r#"<span id="OLK_SRC_BODY_SECTION"><div>From: Jane</div><div>Hi</div></span>"#),
    ("outlook mobile, a rule", "<div>Hello</div>", "<hr><b>From:</b> Jane<br><b>Sent:</b> Friday<br><b>To:</b> Bob<br><b>Subject:</b> Hi<br>Hi"),
    ("original message", "Hello", "<br><br>-----Original Message-----<br>From: Jane<br>Hi"),
    ("apple", "<div>Hello</div>", r#"<div><br><blockquote type="cite"><div>On 3 Jan 2025, at 10:00, Jane &lt;j@x.org&gt; wrote:</div><br><div>Hi</div></blockquote></div>"#),
    ("iphone", r#"<div dir="ltr">Hello</div>"#, r#"<div dir="ltr"><br><blockquote type="cite">On 3 Jan 2025, at 10:00, Jane wrote:<br><br></blockquote></div><blockquote type="cite"><div>Hi</div></blockquote>"#),
    ("thunderbird", "<p>Hello</p>", r#"<div class="moz-cite-prefix">Am 03.01.25 um 10:00 schrieb Jane:<br></div><blockquote type="cite" cite="mid:x">Hallo</blockquote>"#),
    ("yahoo", "<div>Hello</div>", r#"<div id="ydp1yahoo_quoted_1" class="ydp1yahoo_quoted"><div>Am Freitag hat Jane geschrieben:</div><div>Hallo</div></div>"#),
    ("yahoo, classic", "<div>Hello</div>", r#"<div class="yahoo_quoted"><div>Whatever it says</div><div>Hi</div></div>"#),
    ("proton", "<div>Hello</div>", r#"<div class="protonmail_quote">On Friday, January 3rd, 2025, Jane wrote:<br><blockquote class="protonmail_quote" type="cite">Hi</blockquote></div>"#),
    ("zimbra", "<div>Hello", r#"<br><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>Jane<br></div>Hi</div>"#),
    ("gmx", "<div>Hello</div>", r#"<div name="quote" style="border-left:2px solid #C3D9E5;"><div><b>Gesendet:</b> Freitag<br><b>Von:</b> Jane</div><div>Hallo</div></div>"#),
    ("windows live", "<div>Hello</div>", r#"<div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px; border-top-style: solid;"><div><b>От:</b>&nbsp;Jane<br></div></div><div>Hi</div>"#),
    ("zendesk", "<div>Hello</div>", "<div>##- Please type your reply above this line -##</div><p>Hi</p>"),
    ("front", "<div>Hello</div>", r#"<div>On January 3, 2025 at 10:00 AM GMT+1 <a href="mailto:j@x.org">j@x.org</a> wrote:<br></div><blockquote type="cite" class="front-blockquote">Hi</blockquote>"#),
    ("superhuman", "<div>Hello</div>", r#"<br><div class="gmail_quote">On Fri, Jan 03, 2025 at 10:00 AM, Jane <span dir="ltr">&lt;<a>j@x.org</a>&gt;</span> wrote:<br><blockquote class="gmail_quote">Hi</blockquote></div>"#),
    ("entities", "<p>Bonjour</p>", "<p>Le ven. 3 janv. 2025 &agrave; 10:00, Jane &lt;j@x.org&gt; a &eacute;crit&nbsp;:</p><p>Salut</p>"),
    ("quoted by signs", "<div>Hello", "<br><br><div>&gt; Subject: Hi<br>&gt; From: j@x.org<br>&gt; <br>&gt; Hi<br></div></div>"),
    ("text in a pre", "<pre>Hello\n\n", "On 1/3/25 10:00, Jane Doe wrote:\n&gt; Hi\n</pre>"),
    ("upper case", "<DIV>Hello</DIV>", "<DIV CLASS=\"gmail_quote\">On Thu, Jane wrote:<BLOCKQUOTE>Hi</BLOCKQUOTE></DIV>"),
    ("an image alone", "<div><img src=\"cid:1\"></div>", "<div class=\"gmail_quote\">On Thu, Jane wrote:<blockquote>Hi</blockquote></div>"),
    ("a pixel below", "<div>Hello</div>", "<div class=\"gmail_quote\">On Thu, Jane wrote:<blockquote>Hi</blockquote></div><img src=\"https://x.org/p\">"),
    ("a comment and a style", "<!-- <div class=gmail_quote> --><style>p > a { }</style><p>Hello</p>", "<div class=gmail_quote>On Thu, Jane wrote:<blockquote>Hi</blockquote></div>"),
];

#[test]
fn history_is_quoted() {
    for (name, new, quoted) in HISTORY {
        let body = format!("{new}{quoted}");
        assert_eq!(split_html(&body).fragments(), above(new, "", quoted), "{name}");
    }
}

#[rustfmt::skip]
const NEW: &[(&str, &str)] = &[
    ("nothing", ""),
    ("no text", "<div><br></div>"),
    ("only history", "<div class=gmail_quote>On Thu, Jane wrote:<blockquote>Hi</blockquote></div>"),
    ("a quote by hand", "<p>You said</p><blockquote class=\"gmail_quote\">that</blockquote>"),
    ("an indent", "<p>Hello</p><blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\">indented</blockquote>"),
    ("a quote in the middle", "<p>You said</p><blockquote>that</blockquote><p>and I say this.</p>"),
    ("an answer below", "<div class=moz-cite-prefix>On 1/3/25, Jane wrote:</div><blockquote type=cite>One?</blockquote><p>Yes, of course.</p>"),
    ("answers between", "<div class=moz-cite-prefix>On 1/3/25, Jane wrote:</div><blockquote type=cite>One?</blockquote><p>Yes.</p><blockquote type=cite>Two?</blockquote><p>No.</p>"),
    ("an answer with words above", "<p>See below</p><div class=gmail_quote>On 1/3/25, Jane wrote:<blockquote class=gmail_quote>One?</blockquote><div>Yes, of course it is.</div></div>"),
    ("forwarded by gmail", "<div>FYI</div><div class=\"gmail_quote\"><div class=\"gmail_attr\">---------- Forwarded message ---------<br>From: Jane<br>Date: Fri, Jan 3, 2025<br>Subject: Hi<br></div>Hi</div>"),
    ("forwarded by apple", "<div>FYI<br><blockquote type=cite><div>Begin forwarded message:</div><div><b>From:</b> Jane</div></blockquote></div>"),
    ("forwarded by thunderbird", "<p>FYI</p><div class=\"moz-forward-container\"><br>-------- Forwarded Message --------<table><tr><th>Subject:</th><td>Hi</td></tr></table>Hi</div>"),
    ("a rule", "<p>Hello</p><hr><p>and more</p>"),
    ("a lone sign", "1 < 2 <p>and a > b"),
    ("an open tag", "<p>Hello</p><div class=\"gmail_quote"),
];

#[test]
fn words_are_not_taken_for_history() {
    for (name, body) in NEW {
        assert_eq!(split_html(body).fragments(), above(body, "", ""), "{name}");
    }
}

#[rustfmt::skip]
const SIGNED: &[(&str, &str, &str)] = &[
    ("gmail", "<div>Hello</div>", "<span class=\"gmail_signature_prefix\">-- </span><br><div class=\"gmail_signature\">Bob<br>ACME</div>"),
    ("thunderbird", "<p>Hello</p>", "<pre class=\"moz-signature\" cols=\"72\">-- \nBob</pre>"),
    ("thunderbird, html", "<p>Hello</p>", "<div class=\"moz-signature\">-- <br>Bob, who signs</div>"),
    ("outlook web", "<div>Hello</div>", "<div id=\"Signature\"><div>Bob</div><p>ACME</p></div>"),
    ("outlook mobile", "<div>Hello</div>", "<div id=\"ms-outlook-mobile-signature\">Get <a href=\"https://aka.ms/o0ukef\">Outlook for iOS</a></div>"),
    ("proton", "<div>Hello</div>", "<div class=\"protonmail_signature_block\"><div>Sent with Proton Mail secure email.</div></div>"),
    ("iphone", "<div>Hello</div>", "<div>Sent from my iPhone</div>"),
    ("dashes", "<div>Hello</div>", "<div>--&nbsp;</div><div>Bob</div><div>Sent with <a href=\"x\">Sparrow</a></div>"),
    ("a closing phrase", "<p>Hello</p><p>Kind regards,</p>", "<p>Bob Smith</p><p>Tel. +49 30 1234567</p>"),
];

#[test]
fn signatures_are_told() {
    for (name, new, signature) in SIGNED {
        let body = format!("{new}{signature}");
        assert_eq!(split_html(&body).fragments(), above(new, signature, ""), "{name}");
        let quoted = "<div class=gmail_quote>On Thu, Jane wrote:<blockquote>Hi</blockquote></div>";
        let body = format!("{body}{quoted}");
        assert_eq!(split_html(&body).fragments(), above(new, signature, quoted), "{name}");
    }
}

#[test]
fn words_below_a_signature_keep_it() {
    let body = "<div>Hello</div><div class=gmail_signature>Bob</div><div>One more thing to say.</div>";
    assert_eq!(split_html(body).joined(New), body);
}
