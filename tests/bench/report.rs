//! What came out, for people.

use std::{collections::BTreeMap, fmt};

use crate::{
    measure::{Load, Operation, Samples},
    memory::Memory,
};

/// The desk's p50 is at most this many times that of the bare calls.
const AIM_RATIO: f64 = 2.0;
/// The process takes at most so much memory with all tickets.
const AIM_MB: f64 = 150.0;

/// The moment that the aim of memory is about.
pub(crate) const AIMED_AT: &str = "with all tickets";

/// Both sides of every operation under every load.
#[derive(Default)]
pub(crate) struct Report {
    rows: BTreeMap<(Operation, Load), (Samples, Samples)>,
    pub(crate) memory: Vec<(&'static str, Memory)>,
}

impl Report {
    pub(crate) fn add(&mut self, what: (Operation, Load), (desk, bare): (Samples, Samples)) {
        let row = self.rows.entry(what).or_default();
        row.0.extend(desk);
        row.1.extend(bare);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out)?;
        writeln!(out, "                         p50 ms              p99 ms        requests/s     DynamoDB calls")?;
        writeln!(out, "       clients       desk  bare ratio     desk   bare    desk   bare        desk   bare")?;
        let mut slow = Vec::new();
        for ((operation, load), (desk, bare)) in &self.rows {
            let (name, clients) = (operation.name(), load.name());
            let (desk_p50, bare_p50) = (desk.quantile_ms(0.5), bare.quantile_ms(0.5));
            let (desk_p99, bare_p99) = (desk.quantile_ms(0.99), bare.quantile_ms(0.99));
            let (desk_rate, bare_rate) = (desk.per_second(), bare.per_second());
            let (desk_calls, bare_calls) = (desk.usual_calls(), bare.usual_calls());
            let ratio = desk_p50 / bare_p50;
            writeln!(
                out,
                "{name:<6} {clients:<10} {desk_p50:>6.2} {bare_p50:>5.2} {ratio:>5.2} {desk_p99:>8.2} {bare_p99:>6.2} \
                 {desk_rate:>7.0} {bare_rate:>6.0} {desk_calls:>11} {bare_calls:>6}"
            )?;
            if ratio > AIM_RATIO {
                slow.push(format!("{name} with {clients} {ratio:.2}"));
            }
        }
        writeln!(
            out,
            "The desk sends mail after create and reply, the bare calls do not. A client that does not pause competes with it."
        )?;
        writeln!(out)?;
        writeln!(out, "memory               resident      peak")?;
        for (when, Memory { resident_mb, peak_mb }) in &self.memory {
            writeln!(out, "{when:<18} {resident_mb:>6.0} MB {peak_mb:>5.0} MB")?;
        }
        writeln!(out)?;
        let verdict = |missed: String| if missed.is_empty() { "met".to_owned() } else { format!("missed ({missed})") };
        writeln!(out, "aim: p50 within {AIM_RATIO} times the bare calls: {}", verdict(slow.join(", ")))?;
        let resident = self.memory.iter().find(|(when, _)| *when == AIMED_AT).map(|(_, memory)| memory.resident_mb);
        let large = resident.filter(|resident| *resident > AIM_MB).map(|resident| format!("{resident:.0} MB"));
        write!(out, "aim: at most {AIM_MB} MB resident {}: {}", AIMED_AT, verdict(large.unwrap_or_default()))
    }
}
