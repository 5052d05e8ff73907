//! What a word does beside being rated: it negates, strengthens, opens a waiting time, stands round an exclamation.
//!
//! The lists are data (`cues.tsv`); here each list is one bit of a [`Roles`] set, so that a rule asks for a bit
//! where it would have to compare strings. Cost: one look-up a word gives all of them.

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Roles(u64);

macro_rules! roles {
    ($($name:ident),* $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)] // one counter for the bits
        enum Bit { $($name),* }
        impl Roles {
            $(pub(super) const $name: Self = Self(1 << Bit::$name as u32);)*
            const ALL: &[(&str, Self)] = &[$((stringify!($name), Self::$name)),*];
        }
    };
}

roles!(
    STRENGTHENS,
    WEAKENS,
    NEGATES,
    ENDS_CLAUSE,
    TURNS,
    ENDS_TROUBLE,
    ONLY,
    HAPPENS,
    COUNTS,
    ORDERS,
    LONG_UNIT,
    LONG_UNITS,
    SHORT_UNITS,
    OCCASION,
    EARLY,
    FILLER,
    ENJOYS,
    EVENT_FOLLOWS,
    IT,
    WHOLE,
    THANKS,
    FOR,
    TO,
    AWAITS,
    APPLAUDS,
    REPEATS,
    INTERJECTS,
    EYE_ROLL,
    WAITS,
    SERVICE,
    CONTRASTS,
    OVER,
    IRONY_TAG,
    NOT,
    ASKS,
    ENGLISH,
    FOREIGN,
    WORLD,
    OWN_NEGATION,
    NONE_OF,
    LIKES,
    LIKENS,
    COMPARES,
    SEEKS,
    HARMS,
    TOILS,
    INSULTS,
    ANEW,
    ANOTHER,
    SIDES,
    COURTESY,
    UNDERLINES,
    NOW,
);

impl Roles {
    /// Whether one of `roles` is here.
    pub(super) fn any(self, roles: Self) -> bool {
        self.0 & roles.0 != 0
    }

    /// Both.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The lists: a role's name, TAB, its words with commas between them.
const CUES: &str = include_str!("cues.tsv");

/// Every word with a role and that role; words with several come several times.
pub(super) fn cues() -> impl Iterator<Item = (&'static str, Roles)> {
    CUES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')).flat_map(
        |(name, words)| {
            let role = Roles::ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            let role = role.map_or(Roles::default(), |(_, role)| *role);
            words.split(',').map(move |word| (word, role))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::spelling::negates;
    use crate::text::token::tokens;

    #[test]
    fn every_list_has_a_role_and_every_role_a_list() {
        assert!(cues().all(|(word, role)| role != Roles::default() && !word.is_empty()));
        for (name, role) in Roles::ALL.iter().filter(|(name, _)| !["WORLD", "OWN_NEGATION"].contains(name)) {
            assert!(cues().any(|(_, found)| found == *role), "{name}");
        }
    }

    #[test]
    fn words_are_written_in_the_tokenisers_form() {
        for (word, _) in cues() {
            let forms: Vec<String> = tokens(word).map(|t| t.form()).collect();
            assert_eq!(forms.join(" "), word);
        }
    }

    #[test]
    fn english_negations_are_those_of_the_classifier() {
        let foreign = "nicht kein keine keinen keiner nie niemals pas jamais aucun aucune nunca jamás ningún ninguna \
                       non mai nessun nessuna não nem niet geen nooit";
        for (word, _) in cues().filter(|(_, role)| *role == Roles::NEGATES) {
            assert_eq!(negates(word), !foreign.split(' ').any(|f| f == word), "{word}");
        }
    }
}
