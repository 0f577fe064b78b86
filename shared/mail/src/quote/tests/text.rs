//! History below a reply, by client and language.

use super::*;

/// What follows "Hello" and a blank line: all of it is history.
#[rustfmt::skip]
const HISTORY: &[(&str, &str)] = &[
    ("gmail en", "On Fri, Jan 3, 2025 at 10:00 AM Jane Doe <jane@example.org> wrote:\n\n> Hi\n"),
    ("gmail en, wrapped", "On Fri, Jan 3, 2025 at 10:00 AM Jane Doe via Support <\nsupport+abcdef@example.org> wrote:\n\n> Hi\n"),
    ("gmail en, wrapped before the verb", "On Fri, 3 Jan 2025 at 10:00, Jane Doe with a long name <jane@example.org>\nwrote:\n\n> Hi\n"),
    ("gmail en, four lines", "On Fri, 3 Jan 2025 at 10:00,\nJane Doe with a long name\n<jane@example.org>\nwrote:\n\n> Hi\n"),
    ("gmail en, nothing quoted", "On Fri, Jan 3, 2025 at 10:00 AM Jane Doe <jane@example.org> wrote:\n"),
    ("gmail en, narrow no-break space", "On Fri, Jan 3, 2025 at 10:00\u{202f}AM Jane Doe <jane@example.org> wrote:\n> Hi\n"),
    ("gmail de", "Am Fr., 3. Jan. 2025 um 10:00 Uhr schrieb Jane Doe <jane@example.org>:\n\n> Hallo\n"),
    ("gmail de, wrapped", "Am Fr., 3. Jan. 2025 um 10:00 Uhr schrieb Jane Doe mit langem Namen <\njane@example.org>:\n\n> Hallo\n"),
    ("gmail fr", "Le ven. 3 janv. 2025 à 10:00, Jane Doe <jane@example.org> a écrit :\n\n> Salut\n"),
    ("gmail fr, wrapped", "Le ven. 3 janv. 2025 à 10:00, Jane Doe <jane@example.org> a\nécrit :\n\n> Salut\n"),
    ("gmail fr, no-break space", "Le ven. 3 janv. 2025 à 10:00, Jane Doe <jane@example.org> a écrit\u{a0}:\n\n> Salut\n"),
    ("gmail es", "El vie, 3 ene 2025 a las 10:00, Jane Doe (<jane@example.org>) escribió:\n\n> Hola\n"),
    ("gmail es, wrapped", "El vie, 3 ene 2025 a las 10:00, Jane Doe (<jane@example.org>)\nescribió:\n\n> Hola\n"),
    ("gmail it", "Il giorno ven 3 gen 2025 alle ore 10:00 Jane Doe <jane@example.org> ha scritto:\n\n> Ciao\n"),
    ("gmail it, wrapped", "Il giorno ven 3 gen 2025 alle ore 10:00 Jane Doe <jane@example.org> ha\nscritto:\n\n> Ciao\n"),
    ("gmail pt", "Em sex., 3 de jan. de 2025 às 10:00, Jane Doe <jane@example.org> escreveu:\n\n> Olá\n"),
    ("gmail pt, a day", "No dia 3 de janeiro de 2025 às 10:00, Jane Doe <jane@example.org> escreveu:\n> Olá\n"),
    ("gmail nl", "Op vr 3 jan 2025 om 10:00 schreef Jane Doe <jane@example.org>:\n\n> Hoi\n"),
    ("gmail pl", "pt., 3 sty 2025 o 10:00 Jane Doe <jane@example.org> napisał(a):\n\n> Cześć\n"),
    ("gmail ru", "пт, 3 янв. 2025 г. в 10:00, Jane Doe <jane@example.org>:\n\n> Привет\n"),
    ("gmail ja", "2025年1月3日(金) 10:00 Jane Doe <jane@example.org>:\n\n> Hi\n"),
    ("gmail sv", "Den fre 3 jan. 2025 kl 10:00 skrev Jane Doe <jane@example.org>:\n\n> Hej\n"),
    ("gmail no", "fre. 3. jan. 2025 kl. 10:00 skrev Jane Doe <jane@example.org>:\n\n> Hei\n"),
    ("gmail da", "Den fre. 3. jan. 2025 kl. 10.00 skrev Jane Doe <jane@example.org>:\n\n> Hej\n"),
    ("gmail fi", "pe 3. tammik. 2025 klo 10.00 Jane Doe (jane@example.org) kirjoitti:\n\n> Hei\n"),
    ("gmail, a language that is not known", "2025. jan. 3., P 10:00 Jane Doe <jane@example.org> ezt írta (időpont:):\n\n> Szia\n"),
    ("gmail zh", "Jane Doe <jane@example.org> 于2025年1月3日周五 10:00写道：\n\n> Hi\n"),
    ("apple zh", "> 在 2025年1月3日，10:00，Jane Doe <jane@example.org> 写道：\n> \n> Hi\n"),
    ("gmail tr", "Jane Doe <jane@example.org>, 3 Oca 2025 Cum, 10:00 tarihinde şunu yazdı:\n\n> Hi\n"),
    ("gmail cs", "pá 3. 1. 2025 v 10:00 odesílatel Jane Doe <jane@example.org> napsal:\n\n> Hi\n"),
    ("gmail uk", "пт, 3 січ. 2025 р. о 10:00 Jane Doe <jane@example.org> пише:\n\n> Hi\n"),
    ("evolution", "On Fri, 2025-01-03 at 10:00 +0100, Jane Doe wrote:\n> Hi\n"),
    ("mutt", "On Fri, Jan 03, 2025 at 10:00:00AM +0100, Jane Doe wrote:\n> Hi\n"),
    ("mutt, old", "* Jane Doe <jane@example.org> [2025-01-03 10:00]:\n> Hi\n"),
    ("github", "On Aug 22, 2011, at 7:37 PM, jane<reply@reply.example.org> wrote:\n\n> Hi\n> -- \n> Reply to this email directly or view it here\n"),
    ("outlook, a rule of dashes", " ------------------------------\n*From:* Team [mailto:team@example.org]\n*Sent:* Thursday, February 09, 2012 1:36 PM\n*To:* jow@example.org\n*Subject:* Hi\n\nHi\n"),
    ("outlook, double brackets", "From: Jane [jane@example.org]\nSent: Friday, 23 March 2012 5:08 p.m.\nTo: John\nCc: Ann\nSubject: [x] Hi\n\nHi\n"),
    ("outlook fr, dated", "De : Jane Doe <jane@example.org>\nDate : vendredi, 3 janvier 2025 à 10:00\nÀ : Support\nObjet : Hi\n\nSalut\n"),
    ("outlook on behalf", "From: Jane [mailto:jane@example.org] On Behalf Of Bob\nSent: 3 January 2025\nTo: Ann\n\nHi\n"),
    ("apple en", "> On 3 Jan 2025, at 10:00, Jane Doe <jane@example.org> wrote:\n> \n> Hi\n"),
    ("apple en, not quoted", "On 3 Jan 2025, at 10:00, Jane Doe <jane@example.org> wrote:\n\n> Hi\n"),
    ("apple de", "> Am 03.01.2025 um 10:00 schrieb Jane Doe <jane@example.org>:\n> \n> Hallo\n"),
    ("apple fr", "> Le 3 janv. 2025 à 10:00, Jane Doe <jane@example.org> a écrit :\n> \n> Salut\n"),
    ("apple es", "> El 3 ene 2025, a las 10:00, Jane Doe <jane@example.org> escribió:\n> \n> Hola\n"),
    ("apple it", "> Il giorno 3 gen 2025, alle ore 10:00, Jane Doe <jane@example.org> ha scritto:\n> \n> Ciao\n"),
    ("apple pt", "> Em 3 de jan. de 2025, à(s) 10:00, Jane Doe <jane@example.org> escreveu:\n> \n> Olá\n"),
    ("apple nl", "> Op 3 jan. 2025 om 10:00 heeft Jane Doe <jane@example.org> het volgende geschreven:\n> \n> Hoi\n"),
    ("apple pl", "> Wiadomość napisana przez Jane Doe <jane@example.org> w dniu 3 sty 2025, o godz. 10:00:\n> \n> Cześć\n"),
    ("thunderbird en", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n"),
    ("thunderbird de", "Am 03.01.25 um 10:00 schrieb Jane Doe:\n> Hallo\n"),
    ("thunderbird fr", "Le 03/01/2025 à 10:00, Jane Doe a écrit :\n> Salut\n"),
    ("thunderbird es", "El 3/1/25 a las 10:00, Jane Doe escribió:\n> Hola\n"),
    ("thunderbird it", "Il 03/01/25 10:00, Jane Doe ha scritto:\n> Ciao\n"),
    ("thunderbird pt", "Em 03/01/2025 10:00, Jane Doe escreveu:\n> Olá\n"),
    ("thunderbird pt, sent", "Às 10:00 de 03/01/2025, Jane Doe escreveu:\n> Olá\n"),
    ("thunderbird nl", "Op 03-01-2025 om 10:00 schreef Jane Doe:\n> Hoi\n"),
    ("thunderbird pl", "W dniu 3.01.2025 o 10:00, Jane Doe pisze:\n> Cześć\n"),
    ("thunderbird name first", "Jane Doe wrote on 1/3/2025 10:00 AM:\n> Hi\n"),
    ("thunderbird without a date", "Jane Doe wrote:\n> Hi\n"),
    ("onet pl", "W dniu 2025-01-03 10:00:00 użytkownik Jane Doe <jane@example.org> napisał:\n\n> Cześć\n"),
    ("name first de", "Jane Doe <jane@example.org> schrieb am Fr., 3. Jan. 2025, 10:00:\n\n> Hallo\n"),
    ("name first fr", "Jane Doe <jane@example.org> a écrit :\n\n> Salut\n"),
    ("name first es", "Jane Doe <jane@example.org> escribió:\n\n> Hola\n"),
    ("name first nl", "Jane Doe <jane@example.org> schreef op 3 januari 2025:\n\n> Hoi\n"),
    ("yahoo en", "On Friday, January 3, 2025, 10:00:00 AM GMT+1, Jane Doe <jane@example.org> wrote:\n\nHi\n"),
    ("yahoo de", "Am Freitag, 3. Januar 2025, 10:00:00 MEZ hat Jane Doe <jane@example.org> Folgendes geschrieben:\n\nHallo\n"),
    ("yahoo classic", "--- On Fri, 1/3/25, Jane Doe <jane@example.org> wrote:\n\nFrom: Jane Doe\nSubject: Hi\n\nHi\n"),
    ("zoho", "---- On Fri, 03 Jan 2025 10:00:00 +0100 Jane Doe <jane@example.org> wrote ----\n\nHi\n"),
    ("proton", "On Friday, January 3rd, 2025 at 10:00 AM, Jane Doe <jane@example.org> wrote:\n\n> Hi\n"),
    ("proton, original", "-------- Original Message --------\nOn 1/3/25 10:00, Jane Doe wrote:\n\n> Hi\n"),
    ("horde", "Quoting Jane Doe <jane@example.org>:\n\n> Hi\n"),
    ("usenet", "In article <123@example.org>, jane@example.org writes:\n> Hi\n"),
    ("outlook en", "From: Jane Doe <jane@example.org>\nSent: Friday, January 3, 2025 10:00 AM\nTo: Support\nSubject: Hi\n\nHi\n"),
    ("outlook de", "Von: Jane Doe <jane@example.org>\nGesendet: Freitag, 3. Januar 2025 10:00\nAn: Support\nBetreff: Hi\n\nHallo\n"),
    ("outlook fr", "De : Jane Doe <jane@example.org>\nEnvoyé : vendredi 3 janvier 2025 10:00\nÀ : Support\nObjet : Hi\n\nSalut\n"),
    ("outlook es", "De: Jane Doe <jane@example.org>\nEnviado: viernes, 3 de enero de 2025 10:00\nPara: Support\nAsunto: Hi\n\nHola\n"),
    ("outlook it", "Da: Jane Doe <jane@example.org>\nInviato: venerdì 3 gennaio 2025 10:00\nA: Support\nOggetto: Hi\n\nCiao\n"),
    ("outlook pt", "De: Jane Doe <jane@example.org>\nEnviado: sexta-feira, 3 de janeiro de 2025 10:00\nPara: Support\nAssunto: Hi\n\nOlá\n"),
    ("outlook nl", "Van: Jane Doe <jane@example.org>\nVerzonden: vrijdag 3 januari 2025 10:00\nAan: Support\nOnderwerp: Hi\n\nHoi\n"),
    ("outlook pl", "Od: Jane Doe <jane@example.org>\nWysłano: piątek, 3 stycznia 2025 10:00\nDo: Support\nTemat: Hi\n\nCześć\n"),
    ("outlook sv", "Från: Jane Doe <jane@example.org>\nSkickat: den 3 januari 2025 10:00\nTill: Support\nÄmne: Hi\n\nHej\n"),
    ("outlook bold", "*From:* Jane Doe <jane@example.org>\n*Sent:* Friday, January 3, 2025 10:00 AM\n*To:* Support\n*Subject:* Hi\n\nHi\n"),
    ("outlook bold de", "*Von:* Jane Doe <jane@example.org>\n*Gesendet:* Freitag, 3. Januar 2025 10:00\n*An:* Support\n*Betreff:* Hi\n"),
    ("outlook web", "________________________________\nFrom: Jane Doe <jane@example.org>\nSent: 03 January 2025 10:00\nTo: Support\nSubject: Hi\n\nHi\n"),
    ("outlook web, spaced", "________________________________\n\nFrom: Jane Doe\n\nSent: 03 January 2025 10:00\n\nTo: Support\n\nSubject: Hi\n\nHi\n"),
    ("outlook, many recipients", "From: Jane Doe\nSent: 3 January 2025\nTo: Ann <ann@example.org>;\n Bob <bob@example.org>;\n Cid\nSubject: Hi\n\nHi\n"),
    ("outlook mac", "From: Jane Doe <jane@example.org>\nDate: Friday, 3 January 2025 at 10:00\nTo: Support\nSubject: Re: Hi\n\nHi\n"),
    ("original en", "-----Original Message-----\nFrom: Jane Doe\nSent: Friday\nTo: Support\nSubject: Hi\n\nHi\n"),
    ("original de", "-----Ursprüngliche Nachricht-----\nVon: Jane Doe\n\nHallo\n"),
    ("original fr", "-----Message d'origine-----\nDe : Jane Doe\n\nSalut\n"),
    ("original fr, typographic", "-----Message d’origine-----\nDe : Jane Doe\n\nSalut\n"),
    ("original es", "-----Mensaje original-----\nDe: Jane Doe\n\nHola\n"),
    ("original it", "-----Messaggio originale-----\nDa: Jane Doe\n\nCiao\n"),
    ("original pt", "-----Mensagem original-----\nDe: Jane Doe\n\nOlá\n"),
    ("original nl", "-----Oorspronkelijk bericht-----\nVan: Jane Doe\n\nHoi\n"),
    ("original pl", "-----Wiadomość oryginalna-----\nOd: Jane Doe\n\nCześć\n"),
    ("original pl, other order", "-----Oryginalna wiadomość-----\nOd: Jane Doe\n\nCześć\n"),
    ("samsung", "-------- Original message --------\nFrom: Jane Doe <jane@example.org>\nDate: 1/3/25 10:00 (GMT+01:00)\nTo: Support\nSubject: Hi\n\nHi\n"),
    ("samsung de", "-------- Ursprüngliche Nachricht --------\nVon: Jane Doe <jane@example.org>\nDatum: 03.01.25 10:00\n\nHallo\n"),
    ("gmx", "Gesendet: Freitag, 03. Januar 2025 um 10:00 Uhr\nVon: \"Jane Doe\" <jane@example.org>\nAn: support@example.org\nBetreff: Hi\n\nHallo\n"),
    ("hotmail", "> From: jane@example.org\n> To: support@example.org\n> Subject: Hi\n> \n> Hi\n \t\t \t   \t\t  \n"),
    ("zimbra", "----- Original Message -----\nFrom: \"Jane Doe\" <jane@example.org>\nTo: support@example.org\nSent: Friday, January 3, 2025\n\nHi\n"),
    ("zendesk", "##- Please type your reply above this line -##\n\nYour request has been updated.\n"),
    ("our own line", "## please type your reply above this line ##\n\nHi\n"),
    ("a help desk", "--- Reply above this line to answer ---\n\nHi\n"),
    ("no attribution", "> Hi\n> there\n> you\n"),
    ("nested", "On Fri, Jan 3, 2025 at 10:00 AM Jane Doe <jane@example.org> wrote:\n> Hi\n> On 2 Jan 2025, Bob wrote:\n>> Ho\n>>\n> Jane\n"),
    ("a chain", "On Fri, Jan 3, 2025 at 10:00 AM Jane Doe <jane@example.org> wrote:\n\nHi\n\nOn 2 Jan 2025, at 9:00, Bob <bob@example.org> wrote:\n\n> Ho\n"),
    ("a footer below", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n\n-- \nBob\n"),
    ("a phone's footer below", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n\nSent from my iPhone\n"),
    ("a list's footer below", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n\n_______________________________________________\nlist mailing list\nlist@example.org\n"),
];

#[test]
fn history_is_quoted() {
    for (name, history) in HISTORY {
        for history in [(*history).to_owned(), history.replace('\n', "\r\n")] {
            let body = format!("Hello\n\n{history}");
            let split = split_text(&body);
            assert_eq!(split.fragments(), above("Hello\n\n", "", &history), "{name}");
        }
    }
}

/// Bodies of which nothing is history.
#[rustfmt::skip]
const NEW: &[(&str, &str)] = &[
    ("nothing", ""),
    ("blank", " \n\n"),
    ("a line", "Hello"),
    ("only history", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n"),
    ("only quoted lines", "> Hi\n> there\n> you\n"),
    ("only a header block", "From: Jane\nSent: Friday\nTo: Support\nSubject: Hi\n\nHi\n"),
    ("a sentence that begins as one", "Hello\nOn Monday I wrote to you."),
    ("a sentence with a colon", "Hello\nOn 3 May you wrote:\nit will be done. It is not."),
    ("a command that begins as one", "On your remote host you can run:\n\n     telnet 127.0.0.1 52698\n\nThis should connect (on your side)."),
    ("a log", "The log says:\n\n2025-01-03 10:00:00 started:\n2025-01-03 10:00:01 user bob@example.org failed:\nno password\n"),
    ("a log of mails", "The log says:\n\n2025-01-03 10:00:00 mail sent to bob@example.org:\nno password\n"),
    ("a list with a heading", "Steps:\n1. Open 2024:\n2. Close it:\n- done"),
    ("a time with a colon", "Opening hours:\n10:00:\nopen"),
    ("a quote of one's own", "I see this error:\n> cannot open\n> file 1\n> file 2\n"),
    ("a shell", "Hello\n> ls\nand then nothing"),
    ("an arrow", "Visit us\n>>> >>>  http://www.example.org <<<\nby clicking"),
    ("headers in a form", "Please change it.\n\nFrom: old@example.org\nTo: new@example.org\n\nThank you"),
    ("a table of data", "Name: Bob\nDate: tomorrow\nPlace: here\n\nOK?"),
    ("forwarded by gmail", "FYI\n\n---------- Forwarded message ---------\nFrom: Jane <jane@example.org>\nDate: Fri, Jan 3, 2025\nSubject: Hi\nTo: Bob\n\nHi\n-- \nJane\n"),
    ("forwarded by gmail de", "Zur Info\n\n---------- Weitergeleitete Nachricht ---------\nVon: Jane\nDate: Fr., 3. Jan. 2025\nSubject: Hi\nTo: Bob\n\nHi\n"),
    ("forwarded by thunderbird", "FYI\n\n-------- Forwarded Message --------\nSubject: Hi\nDate: Fri, 3 Jan 2025\nFrom: Jane\nTo: Bob\n\nOn 2 Jan 2025, Bob wrote:\n> Hi\n"),
    ("forwarded by apple", "FYI\n\nBegin forwarded message:\n\n> From: Jane\n> Subject: Hi\n> Date: 3 Jan 2025\n> To: Bob\n> \n> Hi\n"),
    ("dashes around words", "Please enter below.\n\n------ Enter Feedback Below ------\n\nIt was fine."),
];

#[test]
fn words_are_not_taken_for_history() {
    for (name, body) in NEW {
        assert_eq!(split_text(body).fragments(), above(body, "", ""), "{name}");
    }
}

#[test]
fn an_attribution_may_share_a_line_with_the_answer() {
    let split = split_text("Yes, it - is--- On Wed, Apr 4, 2012 at 3:59 PM, me@example.org wrote:\n> Hi");
    let quoted = "--- On Wed, Apr 4, 2012 at 3:59 PM, me@example.org wrote:\n> Hi";
    assert_eq!(split.fragments(), above("Yes, it - is", "", quoted));
}
