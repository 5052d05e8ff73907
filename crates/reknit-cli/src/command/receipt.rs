//! Why, why not, how and what if, in words for a terminal.

use std::io::{Result, Write};

use reknit::model::RecordKey;
use reknit::resolve::{PairExplanation, Step, WhyNot};

use super::resolve::name_of;

/// Why two records are one person, or why not.
pub(super) fn pair(out: &mut dyn Write, receipt: &PairExplanation) -> Result<()> {
    let verdict = if receipt.same_entity { "are one person" } else { "are two people" };
    writeln!(out, "{} and {} {verdict}", receipt.a, receipt.b)?;
    writeln!(out, "{}", receipt.evidence)?;
    writeln!(out, "the pair alone: {}", name_of(&receipt.decision))?;
    if let Some(reason) = &receipt.refused {
        writeln!(out, "kept apart by the rule: {}", name_of(reason))?;
    }
    if let Some(why_not) = &receipt.why_not {
        apart(out, why_not)?;
    }
    match receipt.blocking.as_slice() {
        [] => writeln!(out, "compared under no blocking rule: they have too little in common to meet"),
        rules => writeln!(out, "compared because they share: {}", rules.join(", ")),
    }
}

fn apart(out: &mut dyn Write, why_not: &WhyNot) -> Result<()> {
    if why_not.missing.bits() > 0.0 {
        writeln!(out, "missing to a match: {:.2} bits", why_not.missing.bits())?;
    }
    if !why_not.unmet.is_empty() {
        writeln!(out, "not shared: {}", why_not.unmet.join(", "))?;
    }
    if !why_not.crowded.is_empty() {
        writeln!(out, "shared with too many others: {}", why_not.crowded.join(", "))?;
    }
    Ok(())
}

/// How a person came about.
pub(super) fn how(
    out: &mut dyn Write,
    records: &[RecordKey],
    steps: &[Step],
    must_links: &[(RecordKey, RecordKey)],
) -> Result<()> {
    writeln!(out, "one person: {}", listed(records))?;
    for (at, step) in steps.iter().enumerate() {
        let [of_a, of_b] = step.joined;
        writeln!(out, "step {}: {} and {} join {of_a} and {of_b} records", at + 1, step.a, step.b)?;
        writeln!(out, "{}", step.evidence)?;
    }
    for (a, b) in must_links {
        writeln!(out, "people decided: {a} and {b} are one")?;
    }
    Ok(())
}

/// Which people would be other without a record.
pub(super) fn what_if(out: &mut dyn Write, key: &RecordKey, groups: &[Vec<RecordKey>]) -> Result<()> {
    if groups.is_empty() {
        return writeln!(out, "without {key} everybody else is as before");
    }
    writeln!(out, "without {key} there would be")?;
    for group in groups {
        writeln!(out, "  one person: {}", listed(group))?;
    }
    Ok(())
}

fn listed(records: &[RecordKey]) -> String {
    records.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
