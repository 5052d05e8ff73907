//! What a column of contact data means, and how to tell from its name.
//!
//! Every face of the library maps columns by the same table: CSV headers, the keys of a JSON row,
//! the names in a data frame. A name is folded (lower case, letters and digits only), a trailing
//! number goes (`email2` is an e-mail), and the first row that fits wins. What fits nowhere is still
//! worth comparing: as [`FieldKind::Other`], which the resolver reads as text or category depending
//! on its values.

use serde::{Deserialize, Serialize};

use super::IdentifierKind;

/// The meaning of a column.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// First or given name.
    GivenName,
    /// Middle names or initials.
    MiddleName,
    /// Family name.
    Surname,
    /// The whole name in one field.
    FullName,
    /// Name of an organisation.
    Company,
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Name or profile URL on a network.
    Handle,
    /// An id a platform gave out.
    PlatformId,
    /// An id a state or institution gave to one person.
    NationalId,
    /// Date of birth.
    DateOfBirth,
    /// House number.
    StreetNumber,
    /// Street, or the whole address in one field.
    Address,
    /// Second line of an address: building, unit, property name.
    AddressExtra,
    /// City, town or suburb.
    City,
    /// State, province or region.
    Region,
    /// Postcode.
    Postcode,
    /// Country.
    Country,
    /// Place of birth.
    BirthPlace,
    /// Gender as declared.
    Gender,
    /// Occupation or job title.
    Occupation,
    /// Not known by its name: compared as category or text, whichever its values are.
    Other,
    /// Not compared at all.
    Ignored,
}

/// Folded column names per kind. A name ending in `*` fits every name that starts so. Rows are
/// tried from the top, exact names before prefixes.
const NAMES: &[(FieldKind, &[&str])] = &[
    (
        FieldKind::GivenName,
        &[
            "givenname",
            "firstname",
            "fname",
            "forename",
            "first",
            "given",
            "vorname",
            "prenom",
            "christianname",
            "nombre",
        ],
    ),
    (
        FieldKind::MiddleName,
        &["middlename", "middle", "mname", "middleinitial", "secondname", "fathername", "patronymic"],
    ),
    (
        FieldKind::Surname,
        &[
            "surname",
            "lastname",
            "lname",
            "familyname",
            "last",
            "family",
            "sname",
            "nachname",
            "apellido",
            "apellidos",
            "nomdefamille",
        ],
    ),
    (
        FieldKind::FullName,
        &[
            "fullname",
            "name",
            "displayname",
            "contactname",
            "personname",
            "customername",
            "realname",
            "firstandsurname",
            "contact",
            "author",
        ],
    ),
    (
        FieldKind::Company,
        &[
            "company",
            "companyname",
            "organisation",
            "organization",
            "org",
            "orgname",
            "employer",
            "firma",
            "business",
            "businessname",
            "account",
            "accountname",
        ],
    ),
    (
        FieldKind::Email,
        &["email", "mail", "emailaddress", "mailaddress", "email*", "workemail", "homeemail", "primaryemail"],
    ),
    (
        FieldKind::Phone,
        &[
            "phone",
            "mobile",
            "telephone",
            "tel",
            "cell",
            "cellphone",
            "msisdn",
            "phone*",
            "mobile*",
            "telephone*",
            "homephone",
            "workphone",
            "fax",
            "whatsapp",
            "telefon",
            "handy",
        ],
    ),
    (
        FieldKind::Handle,
        &[
            "handle",
            "twitter",
            "username",
            "screenname",
            "instagram",
            "facebook",
            "linkedin",
            "github",
            "telegram",
            "skype",
            "xhandle",
            "handle*",
            "twitter*",
            "instagram*",
            "facebook*",
            "linkedin*",
            "profileurl",
            "nick",
            "nickname",
        ],
    ),
    (
        FieldKind::PlatformId,
        &["platformid", "bsuid", "waid", "whatsappid", "psid", "userid", "uid", "externalid"],
    ),
    (
        FieldKind::NationalId,
        &[
            "nationalid",
            "ssn",
            "socsecid",
            "socialsecuritynumber",
            "socialsecurity",
            "passport",
            "passportnumber",
            "taxid",
            "vatid",
            "vat",
            "personalnumber",
            "nin",
        ],
    ),
    (
        FieldKind::DateOfBirth,
        &[
            "dateofbirth",
            "dob",
            "birthdate",
            "birthday",
            "born",
            "bdate",
            "geburtsdatum",
            "yob",
            "yearofbirth",
            "birthyear",
        ],
    ),
    (
        FieldKind::StreetNumber,
        &["streetnumber", "housenumber", "streetno", "houseno", "hausnummer", "number"],
    ),
    (
        FieldKind::AddressExtra,
        &[
            "address2",
            "addressline2",
            "addr2",
            "unit",
            "apartment",
            "building",
            "address3",
            "addressline3",
            "street2",
        ],
    ),
    (
        FieldKind::Address,
        &[
            "address",
            "address1",
            "addressline1",
            "addr",
            "addr1",
            "street",
            "streetname",
            "streetaddress",
            "fulladdress",
            "mailingaddress",
            "strasse",
        ],
    ),
    (FieldKind::BirthPlace, &["birthplace", "placeofbirth", "birthcity", "pob"]),
    (FieldKind::City, &["city", "town", "suburb", "locality", "municipality", "ort", "ville", "ciudad"]),
    (FieldKind::Region, &["state", "region", "province", "county", "stateprovince"]),
    (FieldKind::Postcode, &["postcode", "zip", "zipcode", "postalcode", "plz", "postcode*", "zip*"]),
    (FieldKind::Country, &["country", "countrycode", "nation", "land"]),
    (FieldKind::Gender, &["gender", "sex"]),
    (FieldKind::Occupation, &["occupation", "job", "jobtitle", "profession", "title", "role"]),
];

/// Parts of folded column names that tell of a permission: `email_opt_in` holds no e-mail address.
const PERMISSIONS: &[&str] =
    &["optin", "optout", "opted", "consent", "permission", "subscri", "newsletter", "donot", "allowed"];

impl FieldKind {
    /// The kind a column of this name most likely is; [`FieldKind::Other`] when nothing fits, and
    /// [`FieldKind::Ignored`] for `truth*`, which is never read.
    ///
    /// ```
    /// use reknit::model::FieldKind;
    /// assert_eq!(FieldKind::of_column("E-Mail 2"), FieldKind::Email);
    /// assert_eq!(FieldKind::of_column("phone_raw"), FieldKind::Phone);
    /// assert_eq!(FieldKind::of_column("favourite colour"), FieldKind::Other);
    /// assert_eq!(FieldKind::of_column("truth_person"), FieldKind::Ignored);
    /// ```
    pub fn of_column(name: &str) -> Self {
        let folded: String =
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if folded.starts_with("truth") {
            return Self::Ignored;
        }
        let stem = folded.trim_end_matches(|c: char| c.is_ascii_digit());
        Self::exact(&folded)
            .or_else(|| Self::exact(stem))
            .or_else(|| Self::prefixed(&folded))
            .unwrap_or(Self::Other)
    }

    fn exact(folded: &str) -> Option<Self> {
        NAMES.iter().find(|(_, names)| names.contains(&folded)).map(|(kind, _)| *kind)
    }

    fn prefixed(folded: &str) -> Option<Self> {
        if PERMISSIONS.iter().any(|part| folded.contains(part)) {
            return None;
        }
        let fits = |name: &&str| name.strip_suffix('*').is_some_and(|p| folded.starts_with(p));
        NAMES.iter().find(|(_, names)| names.iter().any(fits)).map(|(kind, _)| *kind)
    }

    /// The identifier kind of this field, if it is one.
    pub fn identifier(self) -> Option<IdentifierKind> {
        match self {
            Self::Email => Some(IdentifierKind::Email),
            Self::Phone => Some(IdentifierKind::Phone),
            Self::Handle => Some(IdentifierKind::Handle),
            Self::PlatformId => Some(IdentifierKind::PlatformId),
            Self::NationalId => Some(IdentifierKind::NationalId),
            _ => None,
        }
    }

    /// The field that holds identifiers of `kind`.
    pub fn of_identifier(kind: IdentifierKind) -> Self {
        match kind {
            IdentifierKind::Email => Self::Email,
            IdentifierKind::Phone => Self::Phone,
            IdentifierKind::Handle => Self::Handle,
            IdentifierKind::PlatformId => Self::PlatformId,
            IdentifierKind::NationalId => Self::NationalId,
        }
    }

    /// The kind called `name` in configs and on the command line (`given_name`, `email` ...).
    pub fn from_name(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }

    /// The name used in configs and on the command line.
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names_of_real_files_are_known() {
        for (name, kind) in [
            ("first_and_surname", FieldKind::FullName),
            ("postcode_fake", FieldKind::Postcode),
            ("soc_sec_id", FieldKind::NationalId),
            ("address_1", FieldKind::Address),
            ("address_2", FieldKind::AddressExtra),
            ("Last Name", FieldKind::Surname),
            ("addr", FieldKind::Address),
            ("birth_place", FieldKind::BirthPlace),
            ("suburb", FieldKind::City),
            ("phone_number", FieldKind::Phone),
            ("type", FieldKind::Other),
            ("email_opt_in", FieldKind::Other),
            ("phone consent", FieldKind::Other),
        ] {
            assert_eq!(FieldKind::of_column(name), kind, "{name}");
        }
    }

    #[test]
    fn names_round_trip() {
        assert_eq!(FieldKind::from_name("date_of_birth"), Some(FieldKind::DateOfBirth));
        assert_eq!(FieldKind::DateOfBirth.name(), "date_of_birth");
        assert_eq!(FieldKind::from_name("shoe"), None);
    }
}
