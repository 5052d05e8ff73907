//! The kinds of information two records are compared by.
//!
//! A table may hold three columns about one thing (`phone`, `phone_raw`, `mobile`) or one thing in
//! several spellings (`full_name` beside `first_name`); what counts is the kind of information, an
//! [`Aspect`], and each aspect is judged once, by the best of its levels. The table below is all that
//! is known beforehand: the levels of each aspect from best to worst and how matches and strangers
//! spread over them, rounded from what contact tables of many kinds show. The spreads stand for a few
//! imagined pairs ([`PRIOR_MATCHES`], [`PRIOR_STRANGERS`]): they carry tables of three or a hundred
//! records and are outweighed by larger ones.

use serde::{Deserialize, Serialize};

use crate::model::FieldKind;

/// A kind of information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Aspect {
    Email,
    Phone,
    Handle,
    PlatformId,
    NationalId,
    Name,
    GivenName,
    Surname,
    BirthDate,
    Company,
    Street,
    StreetNumber,
    Postcode,
    City,
    Region,
    Country,
    BirthPlace,
    Gender,
    Occupation,
    Other,
}

/// How many imagined matches the spreads below stand for.
pub(super) const PRIOR_MATCHES: f64 = 12.0;
/// And how many imagined pairs of strangers.
pub(super) const PRIOR_STRANGERS: f64 = 1000.0;

/// A level: its name, its share among matches, its share among pairs of strangers.
pub(super) type Level = (&'static str, f64, f64);

/// With whom else than themselves people share a kind of information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SharedWith {
    /// With nobody but by chance.
    Nobody,
    /// With those who share one family name or home or line.
    Household,
    /// With the household and with all neighbours.
    Place,
}

/// What is known of an aspect beforehand.
pub(super) struct Profile {
    pub aspect: Aspect,
    pub name: &'static str,
    /// The levels from best to worst.
    pub levels: &'static [Level],
    pub shared: SharedWith,
    pub fields: &'static [FieldKind],
}

/// Level numbers in a comparison vector: 0 is "nothing to compare", 1 the first level of the table.
pub(super) const NULL: u8 = 0;
pub(super) const EXACT: u8 = 1;

const IDS: &[Level] = &[
    ("exact", 0.85, 2e-06),
    ("one edit", 0.05, 1e-05),
    ("two edits", 0.03, 0.0001),
    ("different", 0.07, 0.999_888),
];
const TOKENS: &[Level] = &[
    ("exact", 0.6, 0.0003),
    ("same words", 0.06, 0.0001),
    ("close", 0.12, 0.0005),
    ("contained", 0.06, 0.002),
    ("similar", 0.07, 0.002),
    ("some words", 0.04, 0.02),
    ("different", 0.05, 0.9751),
];
// Where names contradict each other, what else they share is no evidence until the data says so.
const NAMES: &[Level] = &[
    ("exact", 0.56, 0.0003),
    ("same words", 0.08, 0.0001),
    ("close", 0.14, 0.0005),
    ("contained", 0.09, 0.002),
    ("one word", 0.03, 0.01),
    ("similar", 0.01, 0.05),
    ("some words", 0.03, 0.12),
    ("other generation", 0.000_001, 0.0001),
    ("different", 0.059_999, 0.817),
];
const COMPANIES: &[Level] = &[
    ("exact", 0.58, 0.0003),
    ("same words", 0.1, 0.0001),
    ("close", 0.12, 0.0005),
    ("contained", 0.08, 0.002),
    ("similar", 0.01, 0.05),
    ("some words", 0.03, 0.12),
    ("other legal form", 0.01, 0.05),
    ("different", 0.07, 0.7771),
];
const WORDS: &[Level] =
    &[("exact", 0.7, 0.02), ("close", 0.1, 0.002), ("near", 0.08, 0.006), ("different", 0.12, 0.972)];
const CODES: &[Level] = &[("exact", 0.9, 1e-05), ("different", 0.1, 0.99999)];

pub(super) const PROFILES: &[Profile] = &[
    Profile {
        aspect: Aspect::Email,
        name: "email",
        levels: &[
            ("exact", 0.72, 2e-06),
            ("same local part", 0.04, 2e-05),
            ("close", 0.08, 2e-05),
            ("near", 0.04, 0.0002),
            ("different", 0.12, 0.999_758),
        ],
        shared: SharedWith::Nobody,
        fields: &[FieldKind::Email],
    },
    Profile {
        aspect: Aspect::Phone,
        name: "phone",
        levels: &[
            ("exact", 0.72, 1e-05),
            ("one edit", 0.06, 1e-05),
            ("two edits", 0.04, 5e-05),
            ("different", 0.18, 0.99993),
        ],
        shared: SharedWith::Household,
        fields: &[FieldKind::Phone],
    },
    Profile {
        aspect: Aspect::Handle,
        name: "handle",
        levels: &[
            ("exact", 0.75, 5e-06),
            ("close", 0.08, 2e-05),
            ("as e-mail name", 0.05, 1e-05),
            ("different", 0.12, 0.999_965),
        ],
        shared: SharedWith::Nobody,
        fields: &[FieldKind::Handle],
    },
    Profile {
        aspect: Aspect::PlatformId,
        name: "platform_id",
        levels: CODES,
        shared: SharedWith::Nobody,
        fields: &[FieldKind::PlatformId],
    },
    Profile {
        aspect: Aspect::NationalId,
        name: "national_id",
        levels: IDS,
        shared: SharedWith::Nobody,
        fields: &[FieldKind::NationalId],
    },
    Profile {
        aspect: Aspect::Name,
        name: "name",
        levels: NAMES,
        shared: SharedWith::Nobody,
        fields: &[FieldKind::FullName],
    },
    Profile {
        aspect: Aspect::GivenName,
        name: "given_name",
        levels: &[
            ("exact", 0.7, 0.005),
            ("nickname", 0.05, 0.002),
            ("close", 0.08, 0.003),
            ("near", 0.04, 0.008),
            ("initial", 0.03, 0.002),
            ("other given name", 0.02, 0.001),
            ("swapped", 0.03, 0.001),
            ("different", 0.05, 0.978),
        ],
        shared: SharedWith::Nobody,
        fields: &[FieldKind::GivenName],
    },
    Profile {
        aspect: Aspect::Surname,
        name: "surname",
        levels: &[
            ("exact", 0.74, 0.001),
            ("close", 0.09, 0.001),
            ("near", 0.04, 0.004),
            ("initial", 0.02, 0.0005),
            ("part", 0.02, 0.0005),
            ("swapped", 0.03, 0.0001),
            ("other generation", 0.000_001, 0.0001),
            ("different", 0.059_999, 0.9928),
        ],
        shared: SharedWith::Household,
        fields: &[FieldKind::Surname],
    },
    Profile {
        aspect: Aspect::BirthDate,
        name: "date_of_birth",
        levels: &[
            ("exact", 0.74, 0.0001),
            ("one edit or swapped", 0.1, 0.001),
            ("two edits", 0.05, 0.01),
            ("same year", 0.03, 0.01),
            ("near year", 0.02, 0.03),
            ("a generation apart", 0.025, 0.3954),
            ("different", 0.035, 0.5535),
        ],
        shared: SharedWith::Nobody,
        fields: &[FieldKind::DateOfBirth],
    },
    Profile {
        aspect: Aspect::Company,
        name: "company",
        levels: COMPANIES,
        shared: SharedWith::Household,
        fields: &[FieldKind::Company],
    },
    Profile {
        aspect: Aspect::Street,
        name: "address",
        levels: TOKENS,
        shared: SharedWith::Household,
        fields: &[FieldKind::Address, FieldKind::AddressExtra],
    },
    Profile {
        aspect: Aspect::StreetNumber,
        name: "street_number",
        levels: &[("exact", 0.75, 0.008), ("one edit", 0.08, 0.06), ("different", 0.17, 0.932)],
        shared: SharedWith::Household,
        fields: &[FieldKind::StreetNumber],
    },
    Profile {
        aspect: Aspect::Postcode,
        name: "postcode",
        levels: &[
            ("exact", 0.72, 0.001),
            ("one edit or swapped", 0.08, 0.003),
            ("same area", 0.06, 0.02),
            ("different", 0.14, 0.976),
        ],
        shared: SharedWith::Place,
        fields: &[FieldKind::Postcode],
    },
    Profile {
        aspect: Aspect::City,
        name: "city",
        levels: WORDS,
        shared: SharedWith::Place,
        fields: &[FieldKind::City],
    },
    Profile {
        aspect: Aspect::Region,
        name: "region",
        levels: WORDS,
        shared: SharedWith::Place,
        fields: &[FieldKind::Region],
    },
    Profile {
        aspect: Aspect::Country,
        name: "country",
        levels: CODES,
        shared: SharedWith::Place,
        fields: &[FieldKind::Country],
    },
    Profile {
        aspect: Aspect::BirthPlace,
        name: "birth_place",
        levels: WORDS,
        shared: SharedWith::Place,
        fields: &[FieldKind::BirthPlace],
    },
    Profile {
        aspect: Aspect::Gender,
        name: "gender",
        levels: &[("exact", 0.95, 0.5), ("different", 0.05, 0.5)],
        shared: SharedWith::Nobody,
        fields: &[FieldKind::Gender],
    },
    Profile {
        aspect: Aspect::Occupation,
        name: "occupation",
        levels: &[("exact", 0.7, 0.02), ("shares a word", 0.1, 0.02), ("different", 0.2, 0.96)],
        shared: SharedWith::Nobody,
        fields: &[FieldKind::Occupation],
    },
    Profile {
        aspect: Aspect::Other,
        name: "other",
        levels: &[
            ("exact", 0.55, 0.05),
            ("close", 0.1, 0.02),
            ("similar", 0.15, 0.08),
            ("different", 0.2, 0.85),
        ],
        shared: SharedWith::Nobody,
        fields: &[FieldKind::Other],
    },
];

impl Aspect {
    /// How many there are.
    pub(super) const COUNT: usize = Self::Other as usize + 1;

    pub(super) fn profile(self) -> &'static Profile {
        &PROFILES[self as usize]
    }

    /// How many levels there are, "nothing to compare" left out.
    pub(super) fn levels(self) -> usize {
        self.profile().levels.len()
    }

    /// The number of the worst level.
    pub(super) fn different(self) -> u8 {
        self.levels() as u8
    }

    pub(super) fn level_name(self, level: u8) -> &'static str {
        let place = usize::from(level).checked_sub(1);
        place.and_then(|place| self.profile().levels.get(place)).map_or("nothing to compare", |level| level.0)
    }

    /// Whether a whole name contradicts the other but shares words with it: what surnames are to names
    /// in parts, and the name of a house to the firms in it.
    pub(super) fn is_partly(self, level: u8) -> bool {
        matches!(self, Self::Name | Self::Company)
            && matches!(self.level_name(level), "similar" | "some words")
    }

    /// Whether a value is meant to point at one entity.
    pub(super) fn is_identifier(self) -> bool {
        self <= Self::NationalId
    }

    /// The aspect a column of `kind` speaks about; given names, surnames and whole names are put
    /// together by the reader of names instead.
    pub(super) fn of_field(kind: FieldKind) -> Option<Self> {
        PROFILES.iter().find(|p| p.fields.contains(&kind)).map(|p| p.aspect)
    }
}

/// One comparison of a model: an aspect, or one column nobody knows the meaning of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slot {
    pub aspect: Aspect,
    /// The column's name; set only where the aspect is `Other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Slot {
    /// The name used in evidence.
    pub(super) fn name(&self) -> &str {
        self.column.as_deref().unwrap_or(self.aspect.profile().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_stand_in_the_order_of_their_aspects_and_spread_over_one() {
        for (place, profile) in PROFILES.iter().enumerate() {
            assert_eq!(profile.aspect as usize, place);
            let sums =
                profile.levels.iter().fold((0.0, 0.0), |sums, level| (sums.0 + level.1, sums.1 + level.2));
            assert!((sums.0 - 1.0).abs() < 1e-9 && (sums.1 - 1.0).abs() < 1e-9, "{}", profile.name);
            assert!(profile.levels.len() < 15, "a level must fit in four bits");
        }
    }

    #[test]
    fn whole_names_can_partly_agree_and_other_things_cannot() {
        for profile in PROFILES {
            let partly =
                (EXACT..=profile.aspect.different()).filter(|&l| profile.aspect.is_partly(l)).count();
            let whole = matches!(profile.aspect, Aspect::Name | Aspect::Company);
            assert_eq!(partly, if whole { 2 } else { 0 }, "{}", profile.name);
        }
    }
}
