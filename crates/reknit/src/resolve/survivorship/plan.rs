//! A table made ready: its fields, their normal forms, and the policies that hold for each.
//!
//! Every distinct value of a column is read once. Names in the config meet the table here, and here a
//! name that fits nothing is refused. Cost: linear in the distinct values.

use std::collections::BTreeMap;

use super::config::{self, Config, Policy};
use super::consent::{Consent, Direction};
use super::form;
use super::rank::Claim;
use crate::model::{Column, Distinct, FieldKind, Table, Timestamp};
use crate::text::date::CivilDate;
use crate::text::phone::Phone;
use crate::{Error, Result};

/// The name under which the config speaks of all parts of an address.
const ADDRESS: &str = "address";

/// How the values of a field are ranked.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub policies: Vec<Policy>,
    /// The rank of each source of the table.
    source_ranks: Vec<u32>,
}

impl Rule {
    pub(super) fn keeps_all(&self) -> bool {
        self.policies.contains(&Policy::KeepAll)
    }
}

/// A column of a field, with the normal form of each of its distinct values.
struct Part<'a> {
    column: &'a Column,
    forms: Vec<Option<u32>>,
    consents: Vec<Consent>,
}

/// A field: all columns of one kind, or one column of its own.
pub(super) struct Field<'a> {
    pub name: String,
    pub kind: FieldKind,
    /// What `yes` means, where the field is about consent.
    pub consent: Option<Direction>,
    pub rule: Rule,
    parts: Vec<Part<'a>>,
    forms: Distinct,
}

impl Field<'_> {
    /// The normal form with this id.
    pub(super) fn form(&self, id: u32) -> &str {
        self.forms.get(id)
    }
}

/// A table made ready.
pub(super) struct Plan<'a> {
    pub table: &'a Table,
    /// The fields that survive one by one.
    pub fields: Vec<Field<'a>>,
    /// The parts of the address.
    pub address: Vec<Field<'a>>,
    /// The rule of the address.
    pub address_rule: Rule,
    /// The place of each row in the order of keys.
    order: Vec<u32>,
    /// When each row was last changed; empty when nobody said where that stands.
    updated: Vec<Option<Timestamp>>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(config: &Config, table: &'a Table) -> Result<Self> {
        check_columns(config, table)?;
        let rules = Rules::new(config, table)?;
        let region = config.default_region.clone().or_else(|| home_region(config, table));
        let mut fields = Vec::new();
        let mut address = Vec::new();
        for (name, columns) in columns_of(config, table) {
            let kind = kind_of(config, columns[0]);
            let direction = Direction::of_column(&name, kind);
            let rule = rules.rule(&name, kind, direction);
            let field = read_field(name, kind, direction, rule, &columns, region.as_deref());
            if is_address(kind) { address.push(field) } else { fields.push(field) }
        }
        let mut order = vec![0; table.len()];
        for (place, row) in table.rows_by_key().into_iter().enumerate() {
            order[row as usize] = place as u32;
        }
        let address_rule = rules.rule(ADDRESS, FieldKind::Address, None);
        let updated = updated(config, table, region.as_deref());
        Ok(Self { table, fields, address, address_rule, order, updated })
    }

    /// What the records in `rows` say in `field`, sorted by value and then by record.
    pub(super) fn claims<'s>(&'s self, field: &'s Field<'a>, rows: &[u32]) -> Vec<Claim<'s>> {
        let mut claims = Vec::new();
        for &row in rows {
            self.push_claims(field, row, &mut claims);
        }
        claims.sort_by(|a, b| (a.form, a.scope(), a.place).cmp(&(b.form, b.scope(), b.place)));
        claims
    }

    fn push_claims<'s>(&'s self, field: &'s Field<'a>, row: u32, claims: &mut Vec<Claim<'s>>) {
        let at = row as usize;
        for (part, column) in field.parts.iter().zip(0..) {
            let facts = part.column.facts(at);
            for (place, &value) in part.column.ids(at).iter().enumerate() {
                let Some(form) = part.forms[value as usize] else { continue };
                claims.push(Claim {
                    row,
                    place: (self.order[at], column, place as u32),
                    form,
                    text: part.column.distinct().get(value),
                    facts: facts.get(place),
                    consent: part.consents.get(value as usize).copied().unwrap_or(Consent::Unknown),
                    source_rank: field.rule.source_ranks[self.table.source_id(at) as usize],
                    updated: self.updated.get(at).copied().flatten(),
                });
            }
        }
    }
}

/// What a column means, with the caller's word first.
fn kind_of(config: &Config, column: &Column) -> FieldKind {
    config.fields.get(column.name()).copied().unwrap_or_else(|| column.kind())
}

/// Whether values of this kind make no sense beside those of another record.
pub(super) fn is_address(kind: FieldKind) -> bool {
    use FieldKind as Kind;
    matches!(
        kind,
        Kind::StreetNumber
            | Kind::Address
            | Kind::AddressExtra
            | Kind::City
            | Kind::Region
            | Kind::Postcode
            | Kind::Country
    )
}

/// The columns of each field, by the names of the fields and then of the columns.
fn columns_of<'a>(config: &Config, table: &'a Table) -> BTreeMap<String, Vec<&'a Column>> {
    let mut fields: BTreeMap<String, Vec<&Column>> = BTreeMap::new();
    for column in table.columns() {
        let kind = kind_of(config, column);
        if kind != FieldKind::Ignored {
            fields.entry(name_of(column.name(), kind)).or_default().push(column);
        }
    }
    for columns in fields.values_mut() {
        columns.sort_by_key(|column| column.name());
    }
    fields
}

/// The field a column belongs to.
fn name_of(column: &str, kind: FieldKind) -> String {
    if kind == FieldKind::Other { column.to_owned() } else { kind.name() }
}

fn read_field<'a>(
    name: String,
    kind: FieldKind,
    direction: Option<Direction>,
    rule: Rule,
    columns: &[&'a Column],
    region: Option<&str>,
) -> Field<'a> {
    // A column that people call a consent is one, whatever its name.
    let consent =
        rule.policies.contains(&Policy::MostRestrictive).then(|| direction.unwrap_or(Direction::Allows));
    let mut forms = Distinct::default();
    let mut parts = Vec::with_capacity(columns.len());
    for &column in columns {
        let mut part = Part { column, forms: Vec::new(), consents: Vec::new() };
        for text in column.distinct().iter() {
            let mut form = form::normal(kind, text, region);
            if let (Some(direction), Some(form)) = (consent, &mut form) {
                let read = Consent::read(text, direction);
                part.consents.push(read);
                match read {
                    Consent::OptIn => "\u{1f}in".clone_into(form),
                    Consent::OptOut => "\u{1f}out".clone_into(form),
                    Consent::Unknown => {}
                }
            } else if consent.is_some() {
                part.consents.push(Consent::Unknown);
            }
            part.forms.push(form.map(|form| forms.intern(&form)));
        }
        parts.push(part);
    }
    Field { name, kind, consent, rule, parts, forms }
}

/// The country most phone numbers belong to, of those that say; the first in the alphabet on a tie.
fn home_region(config: &Config, table: &Table) -> Option<String> {
    let mut votes: BTreeMap<&'static str, u32> = BTreeMap::new();
    for column in table.columns().iter().filter(|c| kind_of(config, c) == FieldKind::Phone) {
        let regions = column.distinct().iter().filter_map(|text| Phone::read(text, None)?.region);
        regions.for_each(|region| *votes.entry(region).or_default() += 1);
    }
    votes.into_iter().rev().max_by_key(|&(_, count)| count).map(|(region, _)| region.to_owned())
}

/// When each row was last changed, as far as its column can be read.
fn updated(config: &Config, table: &Table, region: Option<&str>) -> Vec<Option<Timestamp>> {
    let Some(name) = &config.updated else { return Vec::new() };
    let columns: Vec<&Column> = table.columns().iter().filter(|column| column.name() == name).collect();
    let newest = |row| {
        let values = columns.iter().flat_map(|column| column.values(row));
        values.filter_map(|text| read_time(text, region)).max()
    };
    (0..table.len()).map(newest).collect()
}

/// A time in any form that timestamps or dates are written in.
fn read_time(text: &str, region: Option<&str>) -> Option<Timestamp> {
    Timestamp::parse(text).or_else(|| Timestamp::parse(&CivilDate::read_in(text, region)?.to_string()))
}

/// The config's rules by field.
struct Rules<'a> {
    config: &'a Config,
    table: &'a Table,
    policies: BTreeMap<String, &'a [Policy]>,
    sources: BTreeMap<String, &'a [String]>,
}

impl<'a> Rules<'a> {
    fn new(config: &'a Config, table: &'a Table) -> Result<Self> {
        let mut rules = Self { config, table, policies: BTreeMap::new(), sources: BTreeMap::new() };
        for (name, sources) in &config.sources_of {
            let field = rules.field(name, "sources_of")?;
            if rules.sources.insert(field, sources).is_some() {
                return Err(twice("sources_of", name));
            }
        }
        for (name, policies) in &config.policies {
            let field = rules.field(name, "policies")?;
            rules.check(name, &field, policies)?;
            if rules.policies.insert(field, policies).is_some() {
                return Err(twice("policies", name));
            }
        }
        Ok(rules)
    }

    /// The field that the config calls `name`: its own name, or that of a column in it.
    fn field(&self, name: &str, setting: &str) -> Result<String> {
        if name == ADDRESS {
            return Ok(name.to_owned());
        }
        let column = self.table.columns().iter().find(|column| column.name() == name);
        let kind = match column {
            Some(column) => kind_of(self.config, column),
            None => FieldKind::from_name(name)
                .filter(|kind| !matches!(kind, FieldKind::Other | FieldKind::Ignored))
                .ok_or_else(|| unknown(setting, name))?,
        };
        if is_address(kind) {
            return Err(Error::config(format!(
                "`{setting}.{name}` speaks of a part of an address; the parts survive together, so set \
                 `{setting}.{ADDRESS}`"
            )));
        }
        Ok(name_of(name, kind))
    }

    /// Refuses policies that could never decide.
    fn check(&self, name: &str, field: &str, policies: &[Policy]) -> Result<()> {
        let has = |policy| policies.contains(&policy);
        let identifier = FieldKind::from_name(field).is_some_and(|kind| kind.identifier().is_some());
        let complaint =
            if has(Policy::SourceRank) && self.config.sources.is_empty() && !self.sources.contains_key(field)
            {
                "`source_rank`, but neither `sources` nor `sources_of` ranks the sources"
            } else if has(Policy::Recency) && self.config.updated.is_none() && !identifier {
                "`recency`, but `updated` does not name the column that says when a record was changed"
            } else if field == ADDRESS && (has(Policy::KeepAll) || has(Policy::MostRestrictive)) {
                "a policy that an address cannot have; it survives whole, from one record"
            } else {
                return Ok(());
            };
        Err(Error::config(format!("`policies.{name}` has {complaint}")))
    }

    fn rule(&self, name: &str, kind: FieldKind, direction: Option<Direction>) -> Rule {
        let default = if kind == FieldKind::Other && self.config.updated.as_deref() == Some(name) {
            config::UPDATED
        } else if direction.is_some() {
            config::CONSENT
        } else {
            Policy::of_kind(kind)
        };
        let name = if is_address(kind) { ADDRESS } else { name };
        let policies = self.policies.get(name).copied().unwrap_or(default).to_vec();
        let ranked = self.sources.get(name).copied().unwrap_or(&self.config.sources);
        let rank = |source: &str| ranked.iter().position(|known| known == source).unwrap_or(ranked.len());
        let source_ranks = self.table.sources().iter().map(|source| rank(source) as u32).collect();
        Rule { policies, source_ranks }
    }
}

fn unknown(setting: &str, name: &str) -> Error {
    Error::config(format!(
        "`{setting}` names `{name}`, which is neither a kind of field nor a column with values in the table"
    ))
}

fn twice(setting: &str, name: &str) -> Error {
    Error::config(format!("`{setting}.{name}` speaks of a field that `{setting}` has under another name too"))
}

/// Refuses columns that are not there. Those of kind `ignored` and empty ones are not in a table, so
/// nothing is said about those that shall be ignored.
fn check_columns(config: &Config, table: &Table) -> Result<()> {
    let known = |name: &str| table.columns().iter().any(|column| column.name() == name);
    let missing = |setting: &str, name: &str| {
        Error::config(format!(
            "`{setting}` names the column `{name}`, which the table does not have or has no values in"
        ))
    };
    if let Some((name, _)) =
        config.fields.iter().find(|(name, kind)| **kind != FieldKind::Ignored && !known(name))
    {
        return Err(missing("fields", name));
    }
    match &config.updated {
        Some(name) if !known(name) => Err(missing("updated", name)),
        _ => Ok(()),
    }
}
