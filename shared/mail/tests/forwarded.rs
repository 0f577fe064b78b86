//! Forwarded mails as the common mailers write them, in eight languages; and what only looks like one.

use lambdesk_mail::{Forwarded, Receiver, read};

fn forwarded(raw: &str) -> Option<Forwarded> {
    read(raw.as_bytes(), &Receiver { authserv_id: "x.test" }).expect("a mail").forwarded
}

fn text(subject: &str, body: &str) -> Option<Forwarded> {
    forwarded(&format!("From: agent@desk.test\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{body}"))
}

fn parts(forwarded: &Forwarded) -> [&str; 5] {
    let from = &forwarded.from;
    [
        from.name.as_deref().unwrap_or_default(),
        &from.address,
        forwarded.subject.as_deref().unwrap_or_default(),
        &forwarded.comment,
        &forwarded.body,
    ]
}

const WANTED: [&str; 5] = ["Jane Doe", "jane@shop.test", "Broken lamp", "Please look.", "It does not light.\n\nJane"];

#[test]
fn mailers_mark_what_they_forward() {
    for (subject, body) in [
        (
            "Fwd: Broken lamp",
            "Please look.\n\n---------- Forwarded message ---------\nFrom: Jane Doe <jane@shop.test>\nDate: Mon, 2 Nov 2026 at 10:00\n\
             Subject: Broken lamp\nTo: <help@desk.test>\n\n\nIt does not light.\n\nJane\n",
        ),
        (
            "Broken lamp",
            "Please look.\n\nBegin forwarded message:\n\n> From: Jane Doe <jane@shop.test>\n> Subject: Broken lamp\n> Date: 2 November 2026\n\
             > To: help@desk.test\n> \n> It does not light.\n> \n> Jane\n",
        ),
        (
            "Fwd: Broken lamp",
            "Please look.\n\n\n-------- Forwarded Message --------\nSubject: \tBroken lamp\nDate: \tMon, 2 Nov 2026\nFrom: \tJane Doe <jane@shop.test>\n\
             To: \thelp@desk.test\n\n\n\nIt does not light.\n\nJane\n",
        ),
        (
            "FW: Broken lamp",
            "Please look.\n\n________________________________\nFrom: Jane Doe <jane@shop.test>\nSent: Monday, November 2, 2026 10:00 AM\n\
             To: Help <help@desk.test>\nSubject: Broken lamp\n\nIt does not light.\n\nJane\n",
        ),
        (
            "Fw: Broken lamp",
            "Please look.\n\n-----Original Message-----\nFrom: Jane Doe [mailto:jane@shop.test] \nSent: Monday\nTo: Help\nSubject: Broken lamp\n\n\
             It does not light.\n\nJane\n",
        ),
        (
            "WG: Broken lamp",
            "Please look.\n\nVon: Jane Doe <jane@shop.test>\nGesendet: Montag, 2. November 2026 10:00\nAn: Hilfe\nBetreff: Broken lamp\n\n\
             It does not light.\n\nJane\n",
        ),
        (
            "TR : Broken lamp",
            "Please look.\n\nDe : Jane Doe <jane@shop.test>\nEnvoyé : lundi 2 novembre 2026\nÀ : Aide\nObjet : Broken lamp\n\nIt does not light.\n\nJane\n",
        ),
        (
            "RV: Broken lamp",
            "Please look.\n\n*De:* Jane Doe <jane@shop.test>\n*Enviado el:* lunes\n*Para:* Ayuda\n*Asunto:* Broken lamp\n\nIt does not light.\n\nJane\n",
        ),
        (
            "I: Broken lamp",
            "Please look.\n\nDa: Jane Doe <jane@shop.test>\nInviato: lunedì\nA: Aiuto\nOggetto: Broken lamp\n\nIt does not light.\n\nJane\n",
        ),
        (
            "ENC: Broken lamp",
            "Please look.\n\nDe: Jane Doe <jane@shop.test>\nEnviada em: segunda-feira\nPara: Ajuda\nAssunto: Broken lamp\n\nIt does not light.\n\nJane\n",
        ),
        (
            "Doorst: Broken lamp",
            "Please look.\n\nVan: Jane Doe <jane@shop.test>\nVerzonden: maandag\nAan: Hulp\nOnderwerp: Broken lamp\n\nIt does not light.\n\nJane\n",
        ),
        (
            "PD: Broken lamp",
            "Please look.\n\nOd: Jane Doe <jane@shop.test>\nWysłano: poniedziałek\nDo: Pomoc\nTemat: Broken lamp\n\nIt does not light.\n\nJane\n",
        ),
        (
            "[desk] Fwd: Broken lamp",
            "Please look.\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Jane Doe <jane@shop.test>\nBetreff: Broken lamp\nDatum: heute\n\n\
             It does not light.\n\nJane\n",
        ),
    ] {
        let found = text(subject, body).unwrap_or_else(|| panic!("{subject}: {body}"));
        assert_eq!(parts(&found), WANTED, "{subject}: {body}");
    }
}

#[test]
fn html_alone_says_it_as_well() {
    let found = forwarded(
        "From: agent@desk.test\nSubject: FW: Broken lamp\nContent-Type: text/html\n\n<html><body><p>Please look.</p><hr><div><b>From:</b> Jane Doe \
         &lt;jane@shop.test&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Help<br><b>Subject:</b> Broken lamp<br></div><p>It does not light.</p></body></html>",
    )
    .expect("forwarded");
    assert_eq!(parts(&found)[..4], WANTED[..4]);
    assert_eq!(found.body, "It does not light.");
}

#[test]
fn an_attached_mail_is_forwarded_if_that_is_what_the_mail_is_about() {
    let attached = |subject: &str, comment: &str| {
        forwarded(&format!(
            "From: agent@desk.test\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n{comment}\n--b\n\
             Content-Type: message/rfc822\n\nFrom: Jane Doe <jane@shop.test>\nSubject: Broken lamp\n\nIt does not light.\n\nJane\n--b--\n"
        ))
    };
    assert_eq!(parts(&attached("Fwd: Broken lamp", "Please look.").expect("forwarded")), WANTED);
    assert_eq!(attached("Lamp", "").expect("forwarded").body, WANTED[4]);
    assert_eq!(attached("About the lamp", "I have written a long answer and attach the mail for your records."), None);
}

#[test]
fn a_quoted_answer_is_no_forwarded_mail() {
    let block = "From: Jane Doe <jane@shop.test>\nSent: Monday\nTo: Help\nSubject: Broken lamp\n\nIt does not light.\n";
    for (subject, body) in [
        ("Re: Broken lamp", format!("Thanks!\n\n-----Original Message-----\n{block}")),
        ("RE: Broken lamp", format!("Thanks!\n\n{block}")),
        ("Re: Fwd: Broken lamp", format!("Thanks!\n\n---------- Forwarded message ---------\n{block}")),
        ("AW: Broken lamp", format!("Danke!\n\n{block}")),
        ("Broken lamp", format!("Thanks!\n\n{block}")),
        ("Broken lamp", format!("See:\n> ---------- Forwarded message ---------\n> {}", block.replace('\n', "\n> "))),
        ("Fwd: Broken lamp", "From: nobody in particular\nTo: whom it may concern\nSubject: none\n\nHello".to_owned()),
        ("Fwd: Broken lamp", "From: jane@shop.test I heard that it is broken.\nIs it?".to_owned()),
    ] {
        assert_eq!(text(subject, &body), None, "{subject}: {body}");
    }
}
