//! The command line.

use std::path::PathBuf;

use lambdesk_platform::Scanner;

use crate::{Data, Options};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Lambdesk: a support desk, every function of it in one process on this machine.

usage: lambdesk [--port PORT] [--data-dir DIRECTORY | --ephemeral] [--no-demo]
                [--smtp-port PORT | --no-smtp] [--relay HOST:PORT] [--scanner SCANNER] [--web DIRECTORY]
       lambdesk provision FILE…

  --port PORT           where the API listens on 127.0.0.1; 0 takes any free port (or PORT; default 3000)
  --data-dir DIRECTORY  where data lives (or DATA_DIR; default .lambdesk)
  --ephemeral           keep data only as long as the process runs
  --no-demo             do not bring the demo and preset tenants, their people and a few tickets. An empty desk runs, but
                        nobody can sign in until a tenant and people are written to the table
  --smtp-port PORT      where mail is taken on 127.0.0.1; 0 takes any free port (or SMTP_PORT; default 2525)
  --no-smtp             take no mail
  --relay HOST:PORT     hand a copy of every mail to an SMTP server, such as a mail catcher (or SMTP_RELAY)
  --scanner SCANNER     who looks at attachments: off, clamd:HOST:PORT or clamd:unix:PATH (or SCANNER; default off)
  --web DIRECTORY       where the built console and portal are (or WEB_DIR; default web/dist)
  --help                this text
  provision FILE…       add the tenants and people of files such as infra/presets/ticketing.toml to the table of a deployment,
                        named by TABLE, AWS_REGION and AWS credentials in the environment; prints who has which id

It prints `ready http://127.0.0.1:PORT` when it serves, then the AWS services it opened and the port for mail. A token for trying it:
  curl -H 'content-type: application/json' http://127.0.0.1:3000/local/token -d '{\"tenant\":\"demo\",\"email\":\"ada@demo.test\"}'
Logs go to stderr; RUST_LOG narrows or widens them.
";

const DEFAULT_PORT: u16 = 3000;
const DEFAULT_SMTP_PORT: u16 = 2525;
const DEFAULT_DIRECTORY: &str = ".lambdesk";
const DEFAULT_WEB: &str = "web/dist";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Wish {
    /// To run.
    Run(Options),
    /// To add the desks of these files to a deployment's table.
    Provision(Vec<String>),
    /// To be told how.
    Help,
}

/// Reads arguments, and variables where they say nothing. The error is for people.
pub(crate) fn read(arguments: impl Iterator<Item = String>, variable: impl Fn(&str) -> Option<String>) -> Result<Wish, String> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let mut port = variable("PORT");
    let mut directory = variable("DATA_DIR");
    let mut smtp_port = variable("SMTP_PORT");
    let mut relay = variable("SMTP_RELAY");
    let mut scanner = variable("SCANNER");
    let mut web = variable("WEB_DIR");
    let (mut ephemeral, mut demo, mut smtp) = (false, true, true);
    let mut arguments = arguments.peekable();
    if arguments.next_if(|first| first == "provision").is_some() {
        let files: Vec<_> = arguments.collect();
        return if files.is_empty() { Err("provision needs a file".to_owned()) } else { Ok(Wish::Provision(files)) };
    }
    while let Some(argument) = arguments.next() {
        let (name, mut attached) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let mut value = || attached.take().or_else(|| arguments.next()).ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--port" => port = Some(value()?),
            "--data-dir" => directory = Some(value()?),
            "--relay" => relay = Some(value()?),
            "--web" => web = Some(value()?),
            "--scanner" => scanner = Some(value()?),
            "--smtp-port" => smtp_port = Some(value()?),
            "--no-smtp" => smtp = false,
            "--ephemeral" => ephemeral = true,
            "--no-demo" => demo = false,
            "--help" | "-h" => return Ok(Wish::Help),
            _ => return Err(format!("{name} is not known; --help says what is")),
        }
        if attached.is_some() {
            return Err(format!("{name} takes no value"));
        }
    }
    let number = |port: Option<String>, default: u16| {
        port.map_or(Ok(default), |port| port.parse().map_err(|_| format!("{port} is not a port")))
    };
    let (port, smtp_port) = (number(port, DEFAULT_PORT)?, number(smtp_port, DEFAULT_SMTP_PORT)?);
    let relay = relay.map(|relay| relay.parse().map_err(|error| format!("{relay}: {error}"))).transpose()?;
    let scanner = Scanner::parse(&scanner.unwrap_or_default())?;
    let data = if ephemeral {
        Data::Ephemeral
    } else {
        Data::Directory(PathBuf::from(directory.unwrap_or_else(|| DEFAULT_DIRECTORY.to_owned())))
    };
    let (smtp, web) = (smtp.then_some(smtp_port), Some(PathBuf::from(web.unwrap_or_else(|| DEFAULT_WEB.to_owned()))));
    Ok(Wish::Run(Options { port, data, demo, smtp, relay, scanner, web, show_cost: true }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Wish, String> {
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        read(arguments.iter().map(|argument| (*argument).to_owned()), variable)
    }

    fn options(arguments: &[&str], variables: &[(&str, &str)]) -> Options {
        match wish(arguments, variables).expect("readable") {
            Wish::Run(options) => options,
            Wish::Help | Wish::Provision(_) => panic!("it does not ask to run"),
        }
    }

    #[test]
    fn arguments_come_before_variables_and_variables_before_defaults() {
        let defaults = options(&[], &[]);
        assert_eq!(defaults.port, 3000);
        assert_eq!(defaults.smtp, Some(2525));
        assert!(defaults.demo && defaults.relay.is_none());
        assert!(matches!(defaults.data, Data::Directory(path) if path == std::path::Path::new(".lambdesk")));

        let variables = [("PORT", "4000"), ("DATA_DIR", "/data"), ("SMTP_PORT", "25"), ("SMTP_RELAY", "localhost:1025")];
        let from_variables = options(&[], &variables);
        assert_eq!((from_variables.port, from_variables.smtp), (4000, Some(25)));
        assert_eq!(options(&["--smtp-port", "0"], &variables).smtp, Some(0));
        assert_eq!(options(&["--no-smtp"], &variables).smtp, None);
        let both = options(&["--port", "0", "--data-dir=/other", "--no-demo"], &variables);
        assert_eq!(both.port, 0);
        assert!(!both.demo);
        assert_eq!(both.relay.expect("a relay").port, 1025);
        assert!(matches!(both.data, Data::Directory(path) if path == std::path::Path::new("/other")));
        assert!(matches!(options(&["--ephemeral"], &variables).data, Data::Ephemeral));
        assert_eq!(defaults.scanner, Scanner::Off);
        let clamd = Scanner::ClamdTcp("localhost:3310".to_owned());
        assert_eq!(options(&["--scanner", "clamd:localhost:3310"], &[("SCANNER", "off")]).scanner, clamd);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in [
            &["--prot", "1"][..],
            &["--port"],
            &["--port", "http"],
            &["--smtp-port", "smtp"],
            &["--relay", "x"],
            &["--scanner", "x"],
            &["--no-demo=1"],
            &["serve"],
            &["provision"],
        ] {
            assert!(wish(bad, &[]).is_err(), "{bad:?}");
        }
        assert!(matches!(wish(&["--help"], &[]), Ok(Wish::Help)));
        assert!(matches!(wish(&["provision", "a.toml", "b.toml"], &[]), Ok(Wish::Provision(files)) if files.len() == 2));
    }
}
