//! The local process of Lambdesk: `lambdesk --help` says how to run it.

fn main() -> std::process::ExitCode {
    lambdesk_local::main()
}
