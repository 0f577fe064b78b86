//! What attackers and accidents send to a help desk, by the classes in the design of its security.

use std::time::{Duration, Instant};

use lambdesk_mail::{Automatic, Mail, Receiver, Unreadable, Verdict, read};
use proptest::prelude::*;

const SES: Receiver<'_> = Receiver { authserv_id: "amazonses.com" };
/// As SES hands a mail on, up to where the sender's own begins.
const TOP: &str = "Return-Path: <jo@mail.shop.test>\r\n\
    Received: from mx.shop.test (mx.shop.test [192.0.2.1])\r\n by inbound-smtp.eu-west-1.amazonaws.com with SMTP id abc\r\n \
    for help@desk.test;\r\n Fri, 20 Nov 2026 10:00:00 +0000 (UTC)\r\n\
    X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\n\
    Received-SPF: pass (spfCheck: domain of mail.shop.test designates 192.0.2.1 as permitted sender) client-ip=192.0.2.1;\r\n\
    Authentication-Results: amazonses.com;\r\n spf=pass (spfCheck: domain of mail.shop.test designates 192.0.2.1 as permitted sender) \
    client-ip=192.0.2.1; envelope-from=jo@mail.shop.test; helo=mx.shop.test;\r\n dkim=fail header.i=@list.test;\r\n \
    dkim=pass header.i=@shop.test;\r\n dmarc=pass header.from=shop.test;\r\n\
    X-SES-RECEIPT: AEFBQUFB\r\n";
const OWN: &str = "Received: from [10.0.0.1] by mx.shop.test; Fri, 20 Nov 2026 09:59:59 +0000\r\nFrom: Jo <jo@shop.test>\r\n\
    To: help@desk.test\r\nSubject: Hello\r\nMessage-ID: <1@shop.test>\r\n\r\nHi\r\n";

fn mail(raw: &str) -> Mail {
    read(raw.as_bytes(), &SES).expect("a mail")
}

fn checks(mail: &Mail) -> [Verdict; 3] {
    [mail.verdicts.spf, mail.verdicts.dkim, mail.verdicts.dmarc]
}

const UNCHECKED: [Verdict; 3] = [Verdict::Unchecked; 3];
/// Nothing speaks for the sender.
const NOTHING: [Verdict; 3] = [Verdict::None; 3];

#[test]
fn a1_what_our_receiver_found_is_read() {
    let mail = mail(&format!("{TOP}{OWN}"));
    assert_eq!(checks(&mail), [Verdict::Pass; 3]);
    assert_eq!((mail.verdicts.spam, mail.verdicts.virus), (Verdict::Pass, Verdict::Pass));
    assert_eq!(mail.delivered_to, ["help@desk.test"]);
}

#[test]
fn a1_a_check_of_another_domain_than_the_authors_is_no_pass() {
    let own = OWN.replace("jo@shop.test", "boss@desk.test");
    assert_eq!(checks(&mail(&format!("{TOP}{own}"))), [Verdict::None, Verdict::Fail, Verdict::Fail]);
    let top = TOP.replace("dkim=fail header.i=@list.test;", "").replace("dmarc=pass header.from=shop.test;", "");
    assert_eq!(checks(&mail(&format!("{top}{own}"))), [Verdict::None; 3]);
    let top = TOP
        .replace("dmarc=pass", "dmarc=fail")
        .replace("PASS\r\nX", "FAIL\r\nX")
        .replace("Virus-Verdict: PASS", "Virus-Verdict: GRAY");
    let failed = mail(&format!("{top}{OWN}")).verdicts;
    assert_eq!((failed.dmarc, failed.spam, failed.virus), (Verdict::Fail, Verdict::Fail, Verdict::None));
}

#[test]
fn a1_two_authors_are_nobody() {
    for from in ["From: Jo <jo@shop.test>, boss@desk.test", "From: jo@shop.test\r\nFrom: boss@desk.test", "From: Jo", "X-None: 1"]
    {
        let mail = mail(&format!("{TOP}{}", OWN.replace("From: Jo <jo@shop.test>", from)));
        assert_eq!(mail.verdicts.dmarc, Verdict::Fail, "{from}");
    }
}

#[test]
fn a1_a_receiver_that_checks_nothing_says_so() {
    let of = |results: &str| {
        let raw = format!("Delivered-To: help@desk.test\r\nAuthentication-Results: {results}\r\n{OWN}");
        let mail = read(raw.as_bytes(), &Receiver { authserv_id: "lambdesk.local" }).expect("a mail");
        assert_eq!(mail.delivered_to, ["help@desk.test"]);
        checks(&mail)
    };
    for results in
        ["lambdesk.local; auth=unchecked", "lambdesk.local 1; auth=unchecked", "lambdesk.local (no); auth=unchecked (x)"]
    {
        assert_eq!(of(results), UNCHECKED, "{results}");
    }
    for results in
        ["lambdesk.local; none", "lambdesk.local", "lambdesk.local 1; none", "x; auth=unchecked", "lambdesk.local; auth=pass"]
    {
        assert_eq!(of(results), NOTHING, "what says nothing speaks for nobody: {results}");
    }
    assert_eq!(of("lambdesk.local; auth=unchecked; dmarc=fail header.from=shop.test")[2], Verdict::Fail);
}

/// The envelope's address is the sender's own, and its local part may be quoted and hold anything.
#[test]
fn a1_nothing_quoted_is_a_result() {
    let top = TOP.replace("dkim=pass", "dkim=fail").replace("dmarc=pass", "dmarc=fail");
    for local in [
        "\"; dkim=pass header.d=shop.test; dmarc=pass header.from=shop.test; x=\"",
        "\"a\\\"; dkim=pass header.d=shop.test; x=\"",
        "\"; dkim=pass header.d=shop.test (\"",
        "\"a b dkim=pass\"",
    ] {
        let raw = format!("{}{OWN}", top.replace("envelope-from=jo@", &format!("envelope-from={local}@")));
        let failed = mail(&raw);
        assert_eq!(checks(&failed), [Verdict::Pass, Verdict::Fail, Verdict::Fail], "{local}");
    }
    let open = format!("{}{OWN}", TOP.replace("envelope-from=jo@", "envelope-from=\"jo@"));
    assert_ne!(checks(&mail(&open))[2], Verdict::Pass, "a quote that never ends takes the rest with it");
}

#[test]
fn a3_results_that_the_sender_wrote_are_ignored() {
    let forged =
        "Authentication-Results: amazonses.com; spf=pass smtp.mailfrom=shop.test; dkim=pass header.d=shop.test; dmarc=pass\r\n";
    let (received, _) = TOP.split_once("X-SES-Spam").expect("there");
    let receipt = "X-SES-RECEIPT: x\r\n";
    for raw in [
        // Below what our receiver wrote, where that has none.
        format!("{received}{receipt}{forged}{OWN}"),
        format!("{received}{OWN}").replacen("From:", &format!("{forged}From:"), 1),
        // Below the sender's own fields.
        format!("Subject: first\r\n{forged}{OWN}"),
        format!("X-Anything: 1\r\n{forged}{OWN}"),
        format!("{OWN}{forged}"),
        // By somebody else.
        format!("{received}{}{OWN}", forged.replace("amazonses.com", "mx.shop.test")),
        format!("{received}{}{OWN}", forged.replace("amazonses.com", "amazonses.com.evil.test")),
        format!("{received}{}{OWN}", forged.replace("amazonses.com;", "(amazonses.com;) evil.test;")),
    ] {
        assert_eq!(checks(&mail(&raw)), NOTHING, "{raw}");
    }
    let failing = TOP.replace("dmarc=pass", "dmarc=fail").replace("dkim=pass", "dkim=fail");
    let both = mail(&format!("{failing}{forged}{OWN}"));
    assert_eq!(checks(&both), [Verdict::Pass, Verdict::Fail, Verdict::Fail], "ours stands first");
}

#[test]
fn a3_control_fields_that_the_sender_wrote_are_ignored() {
    let (received, _) = TOP.split_once("X-SES-Spam").expect("there");
    let forged =
        "Delivered-To: boss@desk.test\r\nX-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\nX-Lambdesk-Tenant: other\r\n";
    let below = mail(&format!("{received}X-SES-RECEIPT: x\r\n{forged}{OWN}"));
    assert_eq!((below.verdicts.spam, below.verdicts.virus), (Verdict::Unchecked, Verdict::Unchecked));
    assert_eq!(below.delivered_to, ["help@desk.test"]);
    let without_receipt = mail(&format!("{received}{forged}{OWN}"));
    assert_eq!(without_receipt.delivered_to, ["help@desk.test"]);
    let spam = TOP.replace("Spam-Verdict: PASS", "Spam-Verdict: FAIL");
    assert_eq!(mail(&format!("{spam}{forged}{OWN}")).verdicts.spam, Verdict::Fail);
    let local = format!("Delivered-To: help@desk.test\r\nAuthentication-Results: lambdesk.local; none\r\n{forged}{OWN}");
    assert_eq!(mail(&local).delivered_to, ["help@desk.test"]);
    assert_eq!(mail(&format!("Subject: x\r\n{TOP}{OWN}")).delivered_to, Vec::<String>::new());
}

#[test]
fn a4_nothing_breaks_out_of_a_line() {
    let mail = mail(
        "From: =?utf-8?Q?Jo=0D=0ABcc:_x=40y.test?= <jo@shop.test>\r\nSubject: =?utf-8?B?SGkNCkJjYzogeEB5LnRlc3Q=?= \u{202e}gpj.exe\r\n\
         To: =?utf-8?Q?a=0A?= <=?utf-8?Q?b=0A?=@x.test>, ok@x.test\r\n\r\n",
    );
    assert_eq!(mail.subject, "Hi Bcc: x@y.test gpj.exe");
    assert_eq!(mail.from.and_then(|from| from.name).as_deref(), Some("Jo Bcc: x@y.test"));
    assert!(mail.to.iter().all(|to| !to.address.contains(['\r', '\n'])), "{:?}", mail.to);
}

fn automatic(headers: &str) -> Option<Automatic> {
    mail(&format!("From: jo@shop.test\r\n{headers}\r\n\r\nHi\r\n")).automatic
}

#[test]
fn a6_machines_give_themselves_away() {
    for (headers, sign) in [
        ("Auto-Submitted: auto-replied", Automatic::AutoSubmitted),
        ("Auto-Submitted: (no) AUTO-GENERATED (really); owner=x", Automatic::AutoSubmitted),
        ("auto-submitted: x-unknown", Automatic::AutoSubmitted),
        ("Auto-Submitted: no\r\nAuto-Submitted: auto-notified", Automatic::AutoSubmitted),
        ("Return-Path: <>", Automatic::EmptySender),
        ("Return-Path: < >", Automatic::EmptySender),
        ("X-Autoreply: yes", Automatic::Marker),
        ("X-AutoReply-From: x", Automatic::Marker),
        ("X-Autorespond: 1", Automatic::Marker),
        ("X-Mail-Autoreply: 1", Automatic::Marker),
        ("X-FC-MachineGenerated: true", Automatic::Marker),
        ("Delivered-To: autoresponder@x.test", Automatic::Marker),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", Automatic::Suppressed),
        ("X-Auto-Response-Suppress: All", Automatic::Suppressed),
        ("Precedence: bulk", Automatic::Precedence),
        ("Precedence: Auto_Reply", Automatic::Precedence),
        ("Precedence: junk (x)", Automatic::Precedence),
        ("List-Id: Everybody <all.shop.test>", Automatic::List),
        ("List-Unsubscribe: <https://x.test>", Automatic::List),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", Automatic::Report),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", Automatic::Bounce),
    ] {
        // A boundary that never comes makes a text of a report, as it should; these have one.
        let raw = format!("From: jo@shop.test\r\n{headers}\r\n\r\n--b\r\n\r\nHi\r\n--b--\r\n");
        assert_eq!(mail(&raw).automatic, Some(sign), "{headers}");
    }
    for from in ["MAILER-DAEMON@x.test", "Mail Delivery <mailer-daemon@x.test>", "postmaster@x.test"] {
        assert_eq!(mail(&format!("From: {from}\r\n\r\nHi")).automatic, Some(Automatic::Daemon), "{from}");
    }
}

#[test]
fn a6_absence_notes_are_known_in_eight_languages() {
    for subject in [
        "Automatic reply: Your invoice",
        "Out of Office: Re: Your invoice",
        "Out of office",
        "Out of Office AutoReply: x",
        "Abwesenheitsnotiz: Rechnung",
        "Automatische Antwort: Rechnung",
        "Réponse automatique : Facture",
        "=?utf-8?Q?R=C3=A9ponse_automatique_:_Facture?=",
        "Respuesta automática: Factura",
        "Risposta automatica: Fattura",
        "Resposta automática: Fatura",
        "Automatisch antwoord: Factuur",
        "Afwezig: Factuur",
        "Odpowiedź automatyczna: Faktura",
    ] {
        assert_eq!(automatic(&format!("Subject: {subject}")), Some(Automatic::SubjectSign), "{subject}");
    }
}

#[test]
fn a6_people_are_not_machines() {
    for headers in [
        "Auto-Submitted: no",
        "Auto-Submitted: No (said by hand)",
        "Auto-Submitted:",
        "Precedence: normal",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "Subject: Re: Automatic reply: Your invoice",
        "Subject: AW: Abwesenheitsnotiz: Rechnung",
        "Subject: How do I set up an automatic reply?",
        "Subject: Out of office hours: whom do I call?",
        "Subject: Automatic replies do not work",
        "Subject: Abwesend wegen Urlaub ab Montag",
        "Return-Path: <jo@shop.test>",
        "Subject: Undeliverable parcel",
        "X-Mailer: Auto",
    ] {
        assert_eq!(automatic(headers), None, "{headers}");
    }
    assert_eq!(mail("From: noreply@shop.test\r\nSubject: Contact form\r\n\r\nHi").automatic, None);
}

/// How long a hostile mail may take where nothing is optimised.
const PATIENCE: Duration = Duration::from_secs(5);

fn timed(name: &str, raw: &[u8]) -> Result<Mail, Unreadable> {
    let begun = Instant::now();
    let read = read(raw, &SES);
    assert!(begun.elapsed() < PATIENCE, "{name} took {:?}", begun.elapsed());
    read
}

#[test]
fn a7_what_is_over_a_limit_is_refused_by_name() {
    let nested: String =
        (0..100_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
    let parts = "--b\r\nContent-Disposition: attachment; filename=x\r\n\r\nx\r\n".repeat(100_000);
    let parts = format!("From: jo@shop.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n");
    let fields = "X-A: 1\r\n".repeat(1_000_000);
    let field = format!("Subject: {}\r\n\r\nHi", "a".repeat(10_000_000));
    let folded = format!("Subject: a\r\n{}\r\nHi", " b\r\n".repeat(1_000_000));
    let large = vec![b'a'; lambdesk_mail::limits::MAX_MAIL_BYTES + 1];
    let within = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{fields}\r\n--b--");
    for (name, raw, why) in [
        ("nested", nested.as_bytes(), Unreadable::TooDeep),
        ("parts", parts.as_bytes(), Unreadable::TooManyParts),
        ("fields", fields.as_bytes(), Unreadable::HeadersTooLong),
        ("field", field.as_bytes(), Unreadable::HeadersTooLong),
        ("folded", folded.as_bytes(), Unreadable::HeadersTooLong),
        ("fields of a part", within.as_bytes(), Unreadable::HeadersTooLong),
        ("large", &large, Unreadable::TooLarge),
        ("nothing", b"", Unreadable::NotAMail),
        ("blank", b"\r\n\r\n\r\n", Unreadable::NotAMail),
        ("noise", b"\0\xff\xfe no mail", Unreadable::NotAMail),
    ] {
        assert_eq!(timed(name, raw).err(), Some(why), "{name}");
    }
}

/// Whoever goes through a mail line by line pays for each of them.
#[test]
fn a7_a_mail_of_nothing_but_line_ends_is_cut_before_anything_goes_through_it() {
    let most = lambdesk_mail::limits::MAX_TEXT_BYTES;
    let lines = "\n".repeat(40 * 1024 * 1024 - 1_000);
    let flowed = lines.replace("\n", " \n").split_off(lines.len());
    let half = &lines[..lines.len() / 2];
    for (name, raw) in [
        ("text", format!("From: jo@shop.test\n\nHi{lines}")),
        ("html", format!("From: jo@shop.test\nContent-Type: text/html\n\nHi{lines}")),
        ("flowed", format!("From: jo@shop.test\nContent-Type: text/plain; format=flowed\n\nHi{flowed}")),
        (
            "both, and many",
            format!(
                "From: jo@shop.test\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n{}--b\nContent-Type: text/html\n\nHi{half}\n--b--",
                format!("Hi{}\n--b\n\n", &lines[..half.len() / 40]).repeat(40)
            ),
        ),
    ] {
        let mail = timed(name, raw.as_bytes()).expect("within the limits");
        assert!(mail.cut, "{name}");
        for kept in [mail.text, mail.html].into_iter().flatten() {
            assert!(kept.starts_with("Hi") || kept.starts_with("<div>Hi"), "{name}");
            assert!(kept.len() <= most, "{name}: {} bytes", kept.len());
        }
    }
    assert!(!timed("short", b"From: jo@shop.test\n\nHi\n").expect("a mail").cut);
}

#[test]
fn a7_what_is_within_the_limits_does_not_stall() {
    let from = "From: jo@shop.test\r\n";
    let words = format!("From: {}\r\n", "=?utf-8?q?a".repeat(1_400)).repeat(15);
    let commas = format!("To: {}\r\n", ",a@b.test<(\"".repeat(1_300)).repeat(15);
    let boundaries: String =
        (0..400).map(|n| format!("--a\r\nContent-Type: multipart/mixed; boundary=never{n}\r\n\r\n")).collect();
    let dashes = "--a-\r\n".repeat(500_000);
    for (name, raw) in [
        ("words", format!("{words}\r\n")),
        ("commas", format!("{commas}\r\n")),
        ("parentheses", format!("{from}Received: {}\r\n\r\n", "(".repeat(16_000))),
        ("references", format!("{from}References: {}\r\n\r\n", "<a@b>".repeat(3_000))),
        ("results", format!("Authentication-Results: amazonses.com{}\r\n{from}\r\n", ";spf=pass".repeat(1_800))),
        ("boundaries", format!("{from}Content-Type: multipart/mixed; boundary=a\r\n\r\n{boundaries}{dashes}")),
        ("dashes", format!("{from}Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\n{dashes}")),
        ("base64", format!("{from}Content-Transfer-Encoding: base64\r\n\r\n{}", "AAAA".repeat(2_000_000))),
        ("padding", format!("{from}Content-Transfer-Encoding: base64\r\n\r\n{}", "=".repeat(4_000_000))),
        ("quoted", format!("{from}Content-Transfer-Encoding: quoted-printable\r\n\r\n{}", "= ".repeat(2_000_000))),
        ("tags", format!("{from}Content-Type: text/html\r\n\r\n{}", "<a ".repeat(1_000_000))),
        ("comments", format!("{from}Content-Type: text/html\r\n\r\n{}", "<!--".repeat(1_000_000))),
        ("entities", format!("{from}Content-Type: text/html\r\n\r\n{}", "&".repeat(2_000_000))),
        ("cids", format!("{from}Content-Type: text/html\r\n\r\n{}", "cid:".repeat(500_000))),
        ("line", format!("{from}Subject: Fwd: x\r\n\r\n{}", "From: a@b.test ".repeat(200_000))),
        ("blocks", format!("{from}Subject: Fwd: x\r\n\r\n{}", "From: a\r\n".repeat(200_000))),
        ("ats", format!("From: MAILER-DAEMON@x.test\r\n\r\nunable to deliver message to <{}", "a@".repeat(1_000_000))),
        ("flowed", format!("{from}Content-Type: text/plain; format=flowed\r\n\r\n{}", ">> a \r\n".repeat(300_000))),
    ] {
        let _ = timed(name, raw.as_bytes()).expect(name);
    }
}

#[test]
fn a7_broken_mails_are_read_as_well_as_they_can_be() {
    let reads = |raw: &[u8]| timed("broken", raw).expect("a mail");
    let mail = reads(b"Subject: =?utf-8?B?broken\r\nFrom: \"never closed <jo@shop.test>\r\n\r\ntext\0with\x01controls");
    assert_eq!(mail.text.as_deref(), Some("textwithcontrols"));
    let mail = reads(b"Subject: old Mac\rFrom: jo@shop.test\r\rfirst\rsecond");
    assert_eq!((mail.subject.as_str(), mail.text.as_deref()), ("old Mac", Some("first\nsecond")));
    let mail = reads(b"From: jo@shop.test\r\nContent-Type: text/plain; charset=\"no-such-set\"\r\n\r\nf\xfcr");
    assert_eq!(mail.text.as_deref(), Some("für"));
    let mail = reads(b"From: jo@shop.test\nContent-Type: multipart/mixed; boundary=\"b\n\n--b\n\none\n--b\nContent-Type: image/png;\n name*0*=utf-8'';name*=%%%;\n\n\xff");
    assert!(mail.text.is_some() || !mail.parts.is_empty());
    let mail = reads(b"From: jo@shop.test\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaW5uZXIKCmhp\n--b--");
    assert_eq!(
        (mail.parts[0].name.as_deref(), mail.parts[0].bytes.as_slice()),
        (Some("inner.eml"), &b"Subject: inner\n\nhi"[..])
    );
    let mail = reads(b"From: jo@shop.test");
    assert_eq!((mail.text, mail.parts.len()), (None, 0));
    let mail = reads(b"From: jo@shop.test\nContent-Type: /;;=\n\nx");
    assert_eq!(mail.text.as_deref().or(mail.parts.first().map(|part| part.content_type.as_str())), Some("x"));
}

#[test]
fn a8_a_mail_without_an_identifier_has_none() {
    for absurd in ["", "<>", "@", "< >", "<@>", "<a@>", "<1>"] {
        let mail = mail(&format!(
            "From: jo@shop.test\r\nMessage-ID: {absurd}\r\nIn-Reply-To: {absurd}\r\nReferences: {absurd} <a@b> {absurd}\r\n\r\n"
        ));
        assert_eq!((mail.message_id, mail.in_reply_to.len(), mail.references), (None, 0, vec!["a@b".to_owned()]), "{absurd}");
    }
}

/// Pieces of mails, so that noise comes near what the reader looks for.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "From: a@b.test\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n",
        "Content-Type: multipart/alternative; boundary=b\r\n",
        "Content-Type: message/rfc822\r\n",
        "Content-Type: text/html; charset=utf-7\r\n",
        "--b\r\n",
        "--b--\r\n",
        "\r\n",
        "\n",
        "\r",
        "=?utf-8?B?",
        "=?iso-2022-jp?Q?=1B?=",
        "?=",
        "Content-Transfer-Encoding: base64\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\n",
        "=",
        "<",
        ">",
        "@",
        "Content-Disposition: attachment; filename*0*=",
        "utf-8''%e2",
        ";",
        "\"",
        "\\",
        "(",
        ")",
        "Subject: Fwd: ",
        "Begin forwarded message:\n",
        "Von: ä <a@b.test>\n",
        "Content-Type: message/delivery-status\r\n\r\n",
        "Action: failed\r\n",
        "Final-Recipient: rfc822;",
        "Date: ",
        "Received: from a by b for <c@d.test>;",
        "Authentication-Results: amazonses.com;",
        "dkim=pass header.d=",
        "References: <",
        "format=flowed",
    ]);
    prop_oneof![known.prop_map(|known| known.as_bytes().to_vec()), prop::collection::vec(any::<u8>(), 0..12)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a7_noise_never_panics(pieces in prop::collection::vec(piece(), 0..40)) {
        let _ = read(&pieces.concat(), &SES);
    }

    #[test]
    fn a7_bytes_never_panic(raw in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&raw, &SES);
    }

    #[test]
    fn a7_a_field_of_anything_never_panics(name in "(From|To|Subject|Date|Content-Type|Content-Disposition|Message-ID|Received)", value in "\\PC{0,80}") {
        let _ = read(format!("{name}: {value}\r\n\r\nx").as_bytes(), &SES);
    }
}
