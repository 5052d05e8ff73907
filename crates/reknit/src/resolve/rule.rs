//! The blocking rules: which keys a record meets others by.
//!
//! A rule makes numbers from a record; two records that share a number of one rule meet in a block.
//! There are many rules, from exact identifiers over sounds of names with a year or a place to a rare
//! word of any text; which of them are worth their pairs is decided per table (`plan`). A value many
//! people share, such as the number of a switchboard, is also a key together with the sounds of
//! names, which splits its block. Keys are made of the values' texts and are the same in every run;
//! they have 32 bits, and two keys of one number only make a few pairs more. Cost: some nanoseconds a
//! key.

use super::aspect::Aspect;
use super::values::{Derived, Prepared, mix, short_hash};

/// A way for two records to meet.
pub(super) struct Rule {
    pub name: &'static str,
    /// Pairs it may spend per record of the table before it is planned.
    pub pairs_per_record: usize,
    /// Blocks up to this size are used in every table: what has no match today may have one tomorrow.
    pub always: usize,
    /// The kinds of information it cannot do without.
    needs: &'static [Aspect],
    keys: fn(&Keys<'_>, u32, &mut Vec<u32>),
}

const fn rule(
    name: &'static str,
    pairs_per_record: usize,
    always: usize,
    needs: &'static [Aspect],
    keys: fn(&Keys<'_>, u32, &mut Vec<u32>),
) -> Rule {
    Rule { name, pairs_per_record, always, needs, keys }
}

impl Rule {
    /// Whether the records can have keys of this rule at all.
    pub(super) fn applies(&self, data: &Prepared) -> bool {
        self.needs.iter().all(|&aspect| data.place(aspect).is_some())
    }
}

/// The aspects in short.
use Aspect::{
    BirthDate, BirthPlace, City, Company, Email, GivenName, Handle, Name, NationalId, Other, Phone,
    PlatformId, Postcode, Street, StreetNumber, Surname,
};

/// Records of a small table.
pub(super) const SMALL: usize = 64;
/// The rule of small tables, the only one whose keys depend on other records.
pub(super) const SMALL_TABLE: &str = "small table";

/// From the surest to the most wasteful.
// A method of `Keys<'a>` is no function of all `Keys<'_>`, a closure is.
#[allow(clippy::redundant_closure_for_method_calls, clippy::redundant_closure)]
pub(super) const RULES: &[Rule] = &[
    rule("email", 40, 32, &[Email], |k, row, out| k.alone(Email, row, out)),
    rule("phone", 40, 32, &[Phone], |k, row, out| k.alone(Phone, row, out)),
    rule("handle", 40, 32, &[Handle], |k, row, out| k.alone(Handle, row, out)),
    rule("platform id", 40, 32, &[PlatformId], |k, row, out| k.alone(PlatformId, row, out)),
    rule("national id", 40, 32, &[NationalId], |k, row, out| k.alone(NationalId, row, out)),
    rule("account name", 20, 8, &[], |k, row, out| k.accounts(row, out)),
    rule("name and phone", 20, 8, &[Phone], |k, row, out| k.names_with(Phone, row, out)),
    rule("name and email", 20, 8, &[Email], |k, row, out| k.names_with(Email, row, out)),
    rule("full name", 20, 4, &[], |k, row, out| k.full_name(row, out)),
    rule("name and birth date", 20, 8, &[BirthDate], |k, row, out| k.names_with(BirthDate, row, out)),
    rule("name and postcode", 20, 4, &[Postcode], |k, row, out| k.names_with(Postcode, row, out)),
    rule("name and birth place", 20, 2, &[BirthPlace], |k, row, out| k.names_with(BirthPlace, row, out)),
    rule("name and city", 20, 2, &[City], |k, row, out| k.names_with(City, row, out)),
    rule("name and street number", 10, 0, &[StreetNumber], |k, row, out| {
        k.names_with(StreetNumber, row, out);
    }),
    rule("birth date and postcode", 20, 4, &[BirthDate, Postcode], |k, row, out| {
        k.both(BirthDate, Postcode, row, out);
    }),
    rule("birth date and birth place", 20, 2, &[BirthDate, BirthPlace], |k, row, out| {
        k.both(BirthDate, BirthPlace, row, out);
    }),
    rule("birth date and city", 20, 2, &[BirthDate, City], |k, row, out| k.both(BirthDate, City, row, out)),
    rule("street and number", 10, 4, &[Street, StreetNumber], |k, row, out| {
        k.both(Street, StreetNumber, row, out);
    }),
    rule("street and postcode", 10, 4, &[Street, Postcode], |k, row, out| k.both(Street, Postcode, row, out)),
    rule("sound of names", 20, 2, &[], |k, row, out| k.sounds(row, out)),
    rule("sound and birth year", 15, 0, &[BirthDate], |k, row, out| k.sound_and_year(row, out)),
    rule("initials and birth month", 10, 0, &[BirthDate, GivenName, Surname], |k, row, out| {
        k.initials_and_month(row, out);
    }),
    rule("beginnings of names", 10, 0, &[GivenName, Surname], |k, row, out| k.beginnings(row, out)),
    rule("end of phone", 10, 0, &[Phone], |k, row, out| k.phone_end(row, out)),
    rule("two words of name", 20, 4, &[Name], |k, row, out| k.word_pairs(row, out)),
    rule("word of name", 10, 0, &[Name], |k, row, out| k.words(Name, row, out)),
    rule("word of company", 4, 0, &[Company], |k, row, out| k.words(Company, row, out)),
    rule("birth date", 10, 0, &[BirthDate], |k, row, out| k.alone(BirthDate, row, out)),
    rule("postcode", 5, 0, &[Postcode], |k, row, out| k.alone(Postcode, row, out)),
    rule("street", 5, 0, &[Street], |k, row, out| k.alone(Street, row, out)),
    rule("surname", 10, 0, &[Surname], |k, row, out| k.alone(Surname, row, out)),
    rule("given name", 5, 0, &[GivenName], |k, row, out| k.alone(GivenName, row, out)),
    // In a table of some forty records every pair is looked at: names may share no key at all.
    rule(SMALL_TABLE, 20, SMALL, &[], |k, _, out| out.extend((k.data.rows <= SMALL).then_some(0))),
    rule("word of other text", 4, 0, &[Other], |k, row, out| k.words(Other, row, out)),
];

/// Makes the keys of rows.
pub(super) struct Keys<'a> {
    data: &'a Prepared,
}

impl<'a> Keys<'a> {
    pub(super) fn new(data: &'a Prepared) -> Self {
        Self { data }
    }

    /// The keys of one rule, each once, ascending, in `out`.
    pub(super) fn of(&self, rule: &Rule, row: u32, out: &mut Vec<u32>) {
        out.clear();
        (rule.keys)(self, row, out);
        if out.len() > 1 {
            out.sort_unstable();
            out.dedup();
        }
    }

    fn derived(&self, aspect: Aspect, row: u32) -> impl Iterator<Item = (u32, &'a Derived)> + 'a {
        let data = self.data;
        data.place(aspect).into_iter().flat_map(move |slot| {
            data.of(slot, row).iter().map(move |&id| (id, &data.values[slot].derived[id as usize]))
        })
    }

    fn keys(&self, aspect: Aspect, row: u32) -> impl Iterator<Item = u32> + 'a {
        self.derived(aspect, row).map(|(_, derived)| derived.key)
    }

    fn texts(&self, aspect: Aspect, row: u32) -> impl Iterator<Item = &'a str> + 'a {
        let data = self.data;
        data.place(aspect)
            .into_iter()
            .flat_map(move |slot| data.of(slot, row).iter().map(move |&id| data.values[slot].text(id)))
    }

    fn alone(&self, aspect: Aspect, row: u32, out: &mut Vec<u32>) {
        out.extend(self.keys(aspect, row));
    }

    fn both(&self, a: Aspect, b: Aspect, row: u32, out: &mut Vec<u32>) {
        for x in self.keys(a, row) {
            out.extend(self.keys(b, row).map(|y| pair(x, y)));
        }
    }

    /// Sounds of all parts of the name, whichever field they stand in.
    fn name_sounds(&self, row: u32) -> impl Iterator<Item = u32> + 'a {
        self.derived(Aspect::GivenName, row)
            .chain(self.derived(Aspect::Surname, row))
            .map(|(_, derived)| derived.code)
    }

    fn names_with(&self, aspect: Aspect, row: u32, out: &mut Vec<u32>) {
        for x in self.keys(aspect, row) {
            out.extend(self.name_sounds(row).map(|sound| pair(x, sound)));
            self.each_word(Aspect::Name, row, |word| out.push(pair(x, short_hash(word))));
        }
    }

    fn full_name(&self, row: u32, out: &mut Vec<u32>) {
        for x in self.keys(Aspect::GivenName, row) {
            out.extend(self.keys(Aspect::Surname, row).map(|y| either_way(x, y)));
        }
        self.alone(Aspect::Name, row, out);
    }

    fn sounds(&self, row: u32, out: &mut Vec<u32>) {
        pairs_of(&self.name_sounds(row).collect::<Vec<u32>>(), out);
    }

    fn sound_and_year(&self, row: u32, out: &mut Vec<u32>) {
        for (_, birth) in self.derived(Aspect::BirthDate, row) {
            let Some(date) = birth.date() else { continue };
            out.extend(self.name_sounds(row).map(|sound| pair(date.year(), sound)));
        }
    }

    fn initials_and_month(&self, row: u32, out: &mut Vec<u32>) {
        let initials = |aspect| self.texts(aspect, row).filter_map(|text| text.chars().next()).map(u32::from);
        for date in self.derived(Aspect::BirthDate, row).filter_map(|(_, birth)| birth.date()) {
            for x in initials(Aspect::GivenName) {
                let month = date.year() << 4 | date.month();
                out.extend(initials(Aspect::Surname).map(|y| pair(month, either_way(x, y))));
            }
        }
    }

    fn beginnings(&self, row: u32, out: &mut Vec<u32>) {
        let heads = |aspect| {
            self.texts(aspect, row).map(|text| {
                let end = text.char_indices().nth(3).map_or(text.len(), |(at, _)| at);
                short_hash(&text[..end])
            })
        };
        for x in heads(Aspect::GivenName) {
            out.extend(heads(Aspect::Surname).map(|y| either_way(x, y)));
        }
    }

    fn phone_end(&self, row: u32, out: &mut Vec<u32>) {
        for text in self.texts(Aspect::Phone, row) {
            let digits = text.trim_start_matches('+');
            if let Some(end) = digits.len().checked_sub(7).and_then(|from| digits.get(from..)) {
                out.push(short_hash(end));
            }
        }
    }

    /// An e-mail name and a handle are often the same word.
    fn accounts(&self, row: u32, out: &mut Vec<u32>) {
        let codes = self.derived(Aspect::Email, row).chain(self.derived(Aspect::Handle, row));
        out.extend(codes.map(|(_, derived)| derived.code).filter(|code| *code != 0));
    }

    fn each_word(&self, aspect: Aspect, row: u32, mut take: impl FnMut(&str)) {
        let slots = self.data.slots.iter().enumerate().filter(|(_, slot)| slot.aspect == aspect);
        for (at, _) in slots {
            let values = &self.data.values[at];
            for &id in self.data.of(at, row) {
                values.words_of(id).iter().for_each(|&word| take(values.words.get(word)));
            }
        }
    }

    fn words(&self, aspect: Aspect, row: u32, out: &mut Vec<u32>) {
        self.each_word(aspect, row, |word| out.push(short_hash(word)));
    }

    fn word_pairs(&self, row: u32, out: &mut Vec<u32>) {
        let mut words = Vec::new();
        self.words(Aspect::Name, row, &mut words);
        words.sort_unstable();
        words.dedup();
        pairs_of(&words, out);
    }
}

/// Two numbers to one.
fn pair(a: u32, b: u32) -> u32 {
    (mix(u64::from(a), u64::from(b)) >> 32) as u32
}

/// Two numbers to one, in any order.
fn either_way(a: u32, b: u32) -> u32 {
    pair(a.min(b), a.max(b))
}

fn pairs_of(keys: &[u32], out: &mut Vec<u32>) {
    for (i, &x) in keys.iter().enumerate() {
        out.extend(keys[i + 1..].iter().map(|&y| either_way(x, y)));
    }
}
