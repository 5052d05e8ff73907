//! The address of an entity: one record's, whole.
//!
//! The street of one record beside the postcode of another is an address where nobody lives. So the
//! parts are one value here: records with the same normal forms in all of them agree, and a record with
//! fewer parts (`Ulm`) speaks for every fuller address it fits. Which parts records have differs little
//! in practice, so the fuller ones are found by looking up what remains of each address under the other
//! patterns of parts. Where each record has a slip of its own no two agree; then the address goes first
//! whose parts most others have. Cost: linear in the addresses, times the patterns of the entity (two or three; never
//! more than 127).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Field, Plan};
use super::rank::{Claim, Decider, Fallback, Standing, rank};
use super::{FieldValue, GoldenRecord, Provenance, Support, best_spelling, form, records_in};

/// The normal forms of each part.
type Place = Vec<Vec<u32>>;

/// The claims of one record, part by part.
struct Home<'c, 'a> {
    row: u32,
    parts: Vec<Vec<&'c Claim<'a>>>,
}

impl Home<'_, '_> {
    fn place(&self) -> Place {
        let forms = |claims: &Vec<&Claim<'_>>| {
            let mut forms: Vec<u32> = claims.iter().map(|claim| claim.form).collect();
            forms.sort_unstable();
            forms.dedup();
            forms
        };
        self.parts.iter().map(forms).collect()
    }

    /// How well it is spelled: by case and accents, summed over its values.
    fn quality(&self, fields: &[Field<'_>]) -> (u32, u32) {
        let mut sum = (0, 0);
        for (claims, field) in self.parts.iter().zip(fields) {
            for claim in claims {
                let (case, _, accents, ..) = form::quality(field.kind, claim.text, field.form(claim.form), 1);
                sum = (sum.0 + u32::from(case), sum.1 + u32::from(accents));
            }
        }
        sum
    }
}

/// Records that agree on the whole address.
struct Candidate {
    /// Places in the list of homes, in the order of keys.
    homes: Vec<usize>,
    standing: Standing,
}

impl Plan<'_> {
    /// Chooses the record whose address survives, and says so for each part.
    pub(super) fn add_address(&self, golden: &mut GoldenRecord, rows: &[u32]) {
        let claims: Vec<Vec<Claim<'_>>> = self.address.iter().map(|field| self.claims(field, rows)).collect();
        let homes = homes(rows, &claims);
        let mut candidates = candidates(&self.address, &homes);
        let decided_by = rank(&mut candidates, &self.address_rule.policies, |candidate| &candidate.standing);
        let Some(best) = candidates.first() else { return };
        let chosen = best.homes.iter().map(|&at| &homes[at]);
        // Of equals the first by key.
        let Some(home) = chosen.rev().max_by_key(|home| home.quality(&self.address)) else { return };
        for ((field, claims), kept) in self.address.iter().zip(&claims).zip(&home.parts) {
            self.add_part(golden, field, claims, kept, decided_by, home.row);
        }
    }

    fn add_part(
        &self,
        golden: &mut GoldenRecord,
        field: &Field<'_>,
        claims: &[Claim<'_>],
        kept: &[&Claim<'_>],
        decided_by: Decider,
        row: u32,
    ) {
        if claims.is_empty() {
            return;
        }
        let mut values: Vec<(_, Support)> = Vec::new();
        let mut lost: Vec<(_, Support)> = Vec::new();
        for group in claims.chunk_by(|a, b| a.form == b.form) {
            let own = kept.iter().find(|claim| claim.form == group[0].form);
            let spelling = own.map_or_else(|| best_spelling(field, group), |claim| claim.text);
            let support = self.part_support(spelling, group);
            match own {
                Some(claim) => values.push((claim.place, support)),
                None => lost.push(((Reverse(support.agreed), group[0].place), support)),
            }
        }
        values.sort_by_key(|(place, _)| *place);
        lost.sort_by_key(|(place, _)| *place);
        let lost: Vec<Support> = lost.into_iter().map(|(_, support)| support).collect();
        let values: Vec<Support> = values.into_iter().map(|(_, support)| support).collect();
        match values.as_slice() {
            [] => None,
            [one] => golden.fields.insert(field.name.clone(), FieldValue::One(one.value.clone())),
            _ => {
                let texts = values.iter().map(|support| support.value.clone()).collect();
                golden.fields.insert(field.name.clone(), FieldValue::Many(texts))
            }
        };
        let decided_by = if lost.is_empty() { Decider::Fallback(Fallback::Unanimous) } else { decided_by };
        let from = Some(self.table.key(row as usize));
        let provenance = Provenance { decided_by, filled: records_in(claims), from, values, lost };
        golden.provenance.insert(field.name.clone(), provenance);
    }

    fn part_support(&self, spelling: &str, claims: &[Claim<'_>]) -> Support {
        let records = self.keys(claims);
        let agreed = records.len() as u32;
        Support { value: spelling.to_owned(), records, agreed, scope: None, assurance: None, consent: None }
    }
}

/// The address of each record that has any part of one, in the order of keys.
fn homes<'c, 'a>(rows: &[u32], claims: &'c [Vec<Claim<'a>>]) -> Vec<Home<'c, 'a>> {
    let place: BTreeMap<u32, usize> = rows.iter().enumerate().map(|(at, &row)| (row, at)).collect();
    let empty = |&row: &u32| Home { row, parts: vec![Vec::new(); claims.len()] };
    let mut homes: Vec<Home<'_, '_>> = rows.iter().map(empty).collect();
    for (part, claims) in claims.iter().enumerate() {
        for claim in claims {
            homes[place[&claim.row]].parts[part].push(claim);
        }
    }
    homes.retain(|home| home.parts.iter().any(|part| !part.is_empty()));
    for part in homes.iter_mut().flat_map(|home| &mut home.parts) {
        part.sort_by_key(|claim| claim.place);
    }
    homes
}

fn candidates(fields: &[Field<'_>], homes: &[Home<'_, '_>]) -> Vec<Candidate> {
    let mut groups: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
    for (at, home) in homes.iter().enumerate() {
        groups.entry(home.place()).or_default().push(at);
    }
    let shorter = shorter(&groups);
    let echoes = echoes(&groups);
    let groups: Vec<(&Place, &Vec<usize>)> = groups.iter().collect();
    let mut found: Vec<Candidate> = groups
        .iter()
        .zip(shorter.iter().zip(echoes))
        .filter_map(|((place, own), (shorter, echo))| {
            let all = own.iter().chain(shorter.iter().flat_map(|&at| groups[at].1));
            let claims = all.flat_map(|&at| homes[at].parts.iter().flatten().copied());
            let first = homes[own[0]].parts.iter().flatten().map(|claim| claim.place).min()?;
            let mut standing = Standing::of(claims, first, length(fields, place))?;
            standing.echo = echo;
            Some(Candidate { homes: (*own).clone(), standing })
        })
        .collect();
    for at in shorter.into_iter().flatten() {
        found[at].standing.partial = true;
    }
    found
}

/// For each address, by its place in the order of the map, in how many records its parts stand: the
/// mean, in thousandths.
fn echoes(groups: &BTreeMap<Place, Vec<usize>>) -> Vec<i64> {
    let filled = |place: &Place| -> Vec<(usize, Vec<u32>)> {
        place.iter().cloned().enumerate().filter(|(_, forms)| !forms.is_empty()).collect()
    };
    let mut votes: BTreeMap<(usize, Vec<u32>), i64> = BTreeMap::new();
    for (place, homes) in groups {
        for part in filled(place) {
            *votes.entry(part).or_default() += homes.len() as i64;
        }
    }
    let mean = |place: &Place| {
        let parts = filled(place);
        parts.iter().map(|part| votes[part]).sum::<i64>() * 1000 / parts.len().max(1) as i64
    };
    groups.keys().map(mean).collect()
}

/// The parts of an address first, then its letters.
fn length(fields: &[Field<'_>], place: &Place) -> i64 {
    let letters = |(field, forms): (&Field<'_>, &Vec<u32>)| -> i64 {
        forms.iter().map(|&form| field.form(form).chars().count() as i64).sum()
    };
    let filled = place.iter().filter(|forms| !forms.is_empty()).count() as i64;
    (filled << 32) + fields.iter().zip(place).map(letters).sum::<i64>()
}

/// For each address, by its place in the order of the map, which others are a part of it.
fn shorter(groups: &BTreeMap<Place, Vec<usize>>) -> Vec<Vec<usize>> {
    let mask = |place: &Place| -> u32 {
        place.iter().enumerate().map(|(part, forms)| u32::from(!forms.is_empty()) << part).sum()
    };
    let masks: BTreeSet<u32> = groups.keys().map(mask).collect();
    let index: BTreeMap<&Place, usize> = groups.keys().zip(0..).collect();
    let of = |place: &Place| {
        let own = mask(place);
        let fitting = masks.iter().filter(|&&other| other != own && other & own == other);
        fitting.filter_map(|&other| index.get(&under(place, other)).copied()).collect()
    };
    groups.keys().map(of).collect()
}

/// What remains of an address under a pattern of parts.
fn under(place: &Place, mask: u32) -> Place {
    let kept = |(part, forms): (usize, &Vec<u32>)| {
        if mask >> part & 1 == 1 { forms.clone() } else { Vec::new() }
    };
    place.iter().enumerate().map(kept).collect()
}
