//! Links the bootstrap at a fixed address. A position-independent one is patched in twenty thousand places each time it starts.

#[allow(clippy::disallowed_macros, reason = "this is how a build script speaks to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=../../infra/bootstrap/link.rs");
    println!("cargo::rustc-link-arg-bins=-no-pie");
}
