//! Signatures, with and without history below.

use super::*;

/// What the sender wrote, and the signature below.
#[rustfmt::skip]
const SIGNED: &[(&str, &str, &str)] = &[
    ("rfc 3676", "Hello\n\n", "-- \nBob\nACME\n"),
    ("dashes", "Hello\n", "--\nBob"),
    ("dashes, blank line", "Hello\n", "--\n\nBob Smith\nhttps://example.org\n"),
    ("a dash", "Hello\n", "—\nBob\n"),
    ("three dashes", "Hey man! How r u?\n", "---\nRoman"),
    ("underscores", "Hello\n\n", "______________\nBob Smith\nACME\n+49 30 1234567\n"),
    ("rfc 3676, a closing phrase in it", "Hey!\n", "--\nBest regards,\n\nRoman"),
    ("a name behind a dash", "Hello\n\n", "-Abhishek Kona\n"),
    ("a name and a phone", "Blah.\n\n", "-Lev.\n\nSent from my HTC smartphone!"),
    ("a name, and a list's footer", "Hello\n\n", "-Abhishek Kona\n\n\n_______________________________________________\nusers mailing list\nusers@example.org\n"),
    ("a phone, and an excuse", "Hello\n\n", "Sent from my phone, please excuse my brevity.\n"),
    ("a torch", "It renders.\n\n", "Sent from a magnificent torch of pixels\n"),
    ("a provider", "Hello\n\n", "Sent from my Verizon Wireless 4G LTE smartphone\n"),
    ("dashes, and a phone", "Hello\n\n", "-- \nBob\n\nSent from my iPhone\n"),
    ("iphone en", "Hello\n\n", "Sent from my iPhone\n"),
    ("iphone de", "Hallo\n\n", "Von meinem iPhone gesendet\n"),
    ("iphone fr", "Salut\n\n", "Envoyé de mon iPhone\n"),
    ("iphone es", "Hola\n\n", "Enviado desde mi iPhone\n"),
    ("iphone it", "Ciao\n\n", "Inviato da iPhone\n"),
    ("iphone pt", "Olá\n\n", "Enviado do meu iPhone\n"),
    ("iphone nl", "Hoi\n\n", "Verstuurd vanaf mijn iPhone\n"),
    ("iphone pl", "Cześć\n\n", "Wysłane z iPhone'a\n"),
    ("android de", "Hallo\n\n", "Diese Nachricht wurde von meinem Android-Mobiltelefon mit GMX Mail gesendet.\n"),
    ("gmx de", "Hallo\n", "Gesendet mit der GMX Mail App\n"),
    ("samsung en", "Hello\n\n", "Sent from my Samsung Galaxy smartphone.\n"),
    ("samsung de", "Hallo\n\n", "Von meinem Samsung Galaxy Smartphone gesendet.\n"),
    ("samsung nl", "Hoi\n\n", "Verzonden vanaf mijn Galaxy\n"),
    ("blackberry en", "Hello\n", "Sent from my BlackBerry 10 smartphone.\n"),
    ("blackberry, two languages", "Heeyyoooo.\n", "Sent wirelessly from my BlackBerry device on the Bell network.\nEnvoyé sans fil par mon terminal mobile BlackBerry sur le réseau de Bell."),
    ("outlook ios", "Hello\n\n", "Get Outlook for iOS<https://aka.ms/o0ukef>\n"),
    ("outlook android de", "Hallo\n\n", "Outlook für Android<https://aka.ms/ghei36> herunterladen\n"),
    ("outlook ios fr", "Salut\n\n", "Télécharger Outlook pour iOS<https://aka.ms/o0ukef>\n"),
    ("windows mail", "Hello\n\n", "Sent from Mail for Windows\n"),
    ("yahoo", "Hello\n\n", "Sent from Yahoo Mail on Android\n"),
    ("proton", "Hello\n\n", "Sent with Proton Mail secure email.\n"),
    ("mailbox", "Blah\n", "Sent from Mailbox for iPhone"),
    ("a closing phrase", "Hello\n\nBest regards,\n", "Bob Smith\nACME Ltd\n+49 30 1234567\n"),
    ("a closing phrase de", "Hallo\n\nMit freundlichen Grüßen\n\n", "Bob Smith\nACME GmbH\nTel. 030 1234567\n"),
    ("a closing phrase fr", "Bonjour\n\nCordialement,\n", "Bob Smith\nbob@example.org\n"),
    ("a closing phrase es", "Hola\n\nSaludos,\n", "Bob Smith\nwww.example.org\n"),
    ("a closing phrase it", "Ciao\n\nCordiali saluti\n", "Bob Smith\nhttps://example.org\n"),
    ("a closing phrase pt", "Olá\n\nAtenciosamente,\n", "Bob Smith\nbob@example.org\n"),
    ("a closing phrase nl", "Hoi\n\nMet vriendelijke groet,\n", "Bob Smith\n020 123 4567\n"),
    ("a closing phrase pl", "Cześć\n\nPozdrawiam\n", "Bob Smith\ntel. 22 123 45 67\n"),
    ("thanks", "Hello\n\nThanks,\n", "Bob Smith\nbob@example.org\n"),
];

#[test]
fn signatures_are_told() {
    for (name, new, signature) in SIGNED {
        let body = format!("{new}{signature}");
        assert_eq!(split_text(&body).fragments(), above(new, signature, ""), "{name}");
        let quoted = "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n-- \nJane\n";
        let (signature, body) = (format!("{signature}\n\n"), format!("{body}\n\n{quoted}"));
        assert_eq!(split_text(&body).fragments(), above(new, &signature, quoted), "{name}");
    }
}

/// Bodies without a signature, or with one that is too much like words.
#[rustfmt::skip]
const UNSIGNED: &[(&str, &str)] = &[
    ("only a signature", "--\nBob"),
    ("only a phone's footer", "Sent from my iPhone"),
    ("a name alone", "Hello\n\nBest regards,\nBob"),
    ("a name and a company", "Hello\n\nThanks,\nBob\nACME"),
    ("words about a phone", "Hello\n\nSent from my iPhone it does not arrive. I tried it three times now, and it never did. What am I to do about it, then? I wait."),
    ("words about a desk", "Here is another\n\nSent from my desk, is much easier than my phone."),
    ("dashes in a line", "And here is a fix -- this is no signature.\n\nkthxbai"),
    ("a footer above", "Sent from my iPhone\n\nHello"),
    ("thanks, and more", "Thanks for the quick answer.\nI tried it.\nCall me at 030 1234567.\nBob"),
    ("a list", "I need:\n- bread\n- milk\n- butter"),
    ("a rule between paragraphs", "One paragraph.\n\n---\n\nAnother paragraph, which says more.\n\nAnd a third one.\n\nAnd the last."),
    ("a best practice", "It works.\nBest practice is to call 030 1234567\nor so\nand so on"),
    ("an option", "Run it with\n--verbose 5"),
    ("arrows", "Look at this:\n\n--> one\n--> two"),
];

#[test]
fn words_are_not_taken_for_a_signature() {
    for (name, body) in UNSIGNED {
        assert_eq!(split_text(body).fragments(), above(body, "", ""), "{name}");
    }
}

#[test]
fn a_footer_alone_above_history_stays() {
    let split = split_text("Sent from my iPhone\n\nOn 1/3/25 10:00, Jane Doe wrote:\n> Hi\n");
    assert_eq!(split.fragments()[0], Fragment { kind: New, text: "Sent from my iPhone\n\n" });
    assert_eq!(split.joined(Signature), "");
}
