"""Contacts as a company finds them in five channels, invented, from one seed, of any size up to millions.

The idea: people live in households that share a surname, an address and sometimes a phone. A person has one or
two e-mail addresses, phones and homes, and a handle. Each record is one look at a person through a channel, which
knows only some of it (a mail has a name and an address, a call a number), with slips, nicknames, initials,
exchanged names, new married names and many formats. `truth` is the person.

Everything is drawn column by column, so a million records take seconds, and equal arguments give equal bytes.

    python generate.py --size 20000 --seed 7 -o crm_20k.csv
    python generate.py --size 1000000 --one-phone 1000000 -o one_phone.csv
    python generate.py --size 1000000 --dense -o dense.csv

The shares below were set so that the set resembles one of 20,000 contacts which the project tests with: filled
columns, sizes of groups, and how often two records of a person agree in a column. Nothing of it is copied; names
and places are those of pools.py.

Cost: linear; 5 microseconds and 0.7 kB a record (1 M in 5 s, 4 M in 21 s on two cores).
"""

import argparse
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

import noise
import pools

MEAN_GROUP = 20_000 / 11_080
LARGEST_GROUP = 12
ADDRESS = ["street_number", "address_1", "suburb", "postcode"]
COLUMNS = ["given_name", "surname", "date_of_birth", "email", "phone_raw", "handle", *ADDRESS]

# How often a channel fills a column; the parts of an address come together.
CHANNELS = ["crm", "web", "social", "email", "phone"]
CHANNEL_SHARE = [0.284, 0.265, 0.152, 0.151, 0.148]
FILLED = {
    "given_name": [0.988, 0.900, 0.920, 0.848, 0.796],
    "surname": [0.992, 0.900, 0.779, 0.843, 0.806],
    "date_of_birth": [0.753, 0.253, 0.048, 0.000, 0.322],
    "email": [0.796, 0.972, 0.292, 1.000, 0.136],
    "phone_raw": [0.799, 0.449, 0.115, 0.046, 1.000],
    "handle": [0.049, 0.049, 1.000, 0.000, 0.000],
    "address": [0.901, 0.347, 0.049, 0.000, 0.201],
}

# How often a record departs from what is true of the person.
SLIP = {"given_name": 0.05, "surname": 0.05, "email": 0.017, "phone_raw": 0.009, "handle": 0.03,
        "street_number": 0.004, "address_1": 0.10, "suburb": 0.08, "postcode": 0.002}
WRONG_DATE = 0.025
INITIAL, NICKNAME, EXCHANGED = 0.04, 0.20, 0.02
SECOND = {"surname": 0.04, "email": 0.09, "phone": 0.013, "home": 0.085}

HOUSEHOLD_SHARE = [0.70, 0.14, 0.10, 0.06]
OWN_SURNAME, SHARED_PHONE = 0.12, 0.62
DENSE_POSTCODES = 80

DOMAINS = ["gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "example-mail.net", "aol.com"]
DOMAIN_SHARE = [0.43, 0.15, 0.135, 0.115, 0.085, 0.045, 0.04]
HANDLE_WORDS = pa.array(["official", "dev", "hq", "real", "x", "the"])

join = pc.binary_join_element_wise


def text(numbers):
    return pc.cast(pa.array(numbers), pa.string())


def padded(numbers, width):
    return pc.utf8_lpad(text(numbers), width, "0")


def share(rng, count, part):
    return pa.array(rng.random(count) < part)


def group_sizes(rng, records):
    """How many records each person has: a geometric law, cut where the set is full."""
    sizes = np.minimum(rng.geometric(1 / MEAN_GROUP, int(records / MEAN_GROUP * 1.1) + 50), LARGEST_GROUP)
    people = int(np.searchsorted(np.cumsum(sizes), records)) + 1
    sizes = sizes[:people]
    sizes[-1] -= sizes.sum() - records
    return sizes


def households(rng, people):
    """For each person the household."""
    sizes = rng.choice(len(HOUSEHOLD_SHARE), people, p=HOUSEHOLD_SHARE) + 1
    return np.repeat(np.arange(people), sizes)[:people]


def phones(rng, count):
    """Ten digits: an area and eight more."""
    area = pa.array(["02", "03", "04", "07", "08"]).take(pa.array(rng.integers(0, 5, count)))
    return join(area, padded(rng.integers(10_000_000, 100_000_000, count), 8), "")


def birthdays(rng, count):
    """yyyymmdd between 1935 and 2004, most between 1950 and 1990."""
    days = rng.triangular(0, 14_600, 25_567, count).astype(int)
    dates = (np.datetime64("1935-01-01") + days).astype("datetime64[D]")
    return pc.strftime(pa.array(dates), format="%Y%m%d")


def unlike(values, people):
    """The values, those already taken by somebody lengthened by the person's number: a mailbox has one owner."""
    codes = values.dictionary_encode().indices.to_numpy()
    _, first = np.unique(codes, return_index=True)
    taken = np.ones(len(codes), bool)
    taken[first] = False
    return pc.if_else(pa.array(taken), join(values, text(people), ""), values)


def mail_names(rng, given, surname, number):
    """The part before the @, in one of the usual shapes, two in three with a number."""
    first, last = noise.cut(given, 0, 1), noise.cut(surname, 0, 1)
    some = pc.if_else(share(rng, len(given), 0.6), text(rng.integers(1, 100, len(given))), "")
    shapes = [join(given, surname, "."), join(given, surname, ""), join(first, surname, ""), join(given, last, "_")]
    shape = rng.choice(len(shapes), len(given), p=[0.35, 0.3, 0.25, 0.1])
    return unlike(join(pc.choose(pa.array(shape), *shapes), some, ""), number)


def handles(rng, given, surname, number):
    """What a person is called on a platform."""
    count = len(given)
    word = HANDLE_WORDS.take(pa.array(rng.integers(0, len(HANDLE_WORDS), count)))
    digits = text(rng.integers(1, 100, count))
    shapes = [
        join(given, surname, ""),
        join(noise.cut(given, 0, 1), surname, digits, ""),
        join(given, join(word, digits, ""), "_"),
    ]
    return unlike(pc.choose(pa.array(rng.choice(3, count, p=[0.4, 0.38, 0.22])), *shapes), number)


def homes(rng, places, households_of):
    """The address of each household, handed to its people."""
    count = int(households_of.max()) + 1
    suburb, street = places.suburbs.draw(rng, count), places.streets.draw(rng, count)
    number = rng.integers(1, 251, count)
    return {
        "street_number": text(number[households_of]),
        "address_1": places.streets.take(street[households_of]),
        "suburb": places.suburbs.take(suburb[households_of]),
        "postcode": places.postcodes.take(pa.array(suburb[households_of])),
    }


class People:
    """Everybody, with what is true of them; column by column, first and second values apart."""

    def __init__(self, rng, count, records, dense):
        givens, surnames = pools.given_names(), pools.census("last")
        places = pools.places(rng, surnames, records, DENSE_POSTCODES if dense else None)
        home, number = households(rng, count), np.arange(count)
        given = givens.draw(rng, count)
        family = surnames.draw(rng, count)
        family = np.where(rng.random(count) < OWN_SURNAME, family, family[home])
        self.given, self.nickname = givens.take(given), pools.nickname_of(givens).take(pa.array(given))
        self.surname, self.married = surnames.take(family), surnames.take(surnames.draw(rng, count))
        self.born = birthdays(rng, count)
        self.email, self.second_email = self.mailboxes(rng, number, surnames)
        own, shared = phones(rng, count), phones(rng, count).take(pa.array(home))
        together = rng.random(count) < SHARED_PHONE
        self.phone, self.second_phone = pc.if_else(pa.array(together), shared, own), phones(rng, count)
        self.handle = handles(rng, self.given, self.surname, number)
        self.home, self.second_home = homes(rng, places, home), homes(rng, places, number)

    def mailboxes(self, rng, number, surnames):
        """A private address for all, and a second one: at work or with another provider."""
        count = len(number)
        private = [
            join(mail_names(rng, self.given, self.surname, number), domain, "@")
            for domain in (self.domains(rng, count), self.domains(rng, count))
        ]
        firm = join(surnames.take(surnames.draw(rng, count)), "co.com", "-")
        work = join(unlike(join(self.given, self.surname, "."), number), firm, "@")
        at_work = share(rng, count, 0.1)
        return pc.if_else(at_work, work, private[0]), pc.if_else(share(rng, count, 0.5), work, private[1])

    @staticmethod
    def domains(rng, count):
        return pa.array(DOMAINS).take(pa.array(rng.choice(len(DOMAINS), count, p=DOMAIN_SHARE)))


def either(rng, first, second, part, person):
    """The first value for each record, in some of them the second."""
    return pc.if_else(share(rng, len(person), part), second.take(person), first.take(person))


def looks(rng, people, person):
    """What the records would say with every column filled, noise included."""
    count = len(person)
    given = either(rng, people.given, people.nickname, NICKNAME, person)
    given = pc.if_else(share(rng, count, INITIAL), noise.cut(given, 0, 1), given)
    surname = either(rng, people.surname, people.married, SECOND["surname"], person)
    exchanged = share(rng, count, EXCHANGED)
    moved = share(rng, count, SECOND["home"])
    out = {
        "given_name": pc.if_else(exchanged, surname, given),
        "surname": pc.if_else(exchanged, given, surname),
        "date_of_birth": noise.wrong_date(rng, people.born.take(person), WRONG_DATE),
        "email": either(rng, people.email, people.second_email, SECOND["email"], person),
        "phone_raw": either(rng, people.phone, people.second_phone, SECOND["phone"], person),
        "handle": people.handle.take(person),
    }
    for part in ADDRESS:
        out[part] = pc.if_else(moved, people.second_home[part].take(person), people.home[part].take(person))
    return out


def known(rng, channel, column):
    """Which records have the column, by channel."""
    return share(rng, len(channel), np.array(FILLED[column])[channel])


def written(rng, columns):
    """Slips, and the formats of each kind of column."""
    out = dict(columns)
    out["phone_raw"] = noise.phone_formats(rng, out["phone_raw"])
    out["email"] = noise.email_formats(rng, out["email"])
    out["handle"] = pc.if_else(share(rng, len(out["handle"]), 0.5), join("@", out["handle"], ""), out["handle"])
    for column, part in SLIP.items():
        out[column] = noise.slips(rng, out[column], part)
    return out


def blanked(rng, columns, channel):
    """The columns with nothing where the channel does not know."""
    address = known(rng, channel, "address")
    nothing = pa.nulls(len(channel), pa.string())
    return {
        name: pc.if_else(address if name in ADDRESS else known(rng, channel, name), values, nothing)
        for name, values in columns.items()
    }


def with_one_phone(rng, columns, count):
    """The first `count` records get one number, in its many formats."""
    total = len(columns["phone_raw"])
    one = noise.phone_formats(rng, pa.array(["0299990000"]).take(pa.array(np.zeros(total, np.int64))))
    return {**columns, "phone_raw": pc.if_else(pa.array(np.arange(total) < count), one, columns["phone_raw"])}


def filled_names(columns, full):
    """A dense set knows the name, the birth date and the postcode of everybody."""
    return {**columns, **{name: full[name] for name in ("given_name", "surname", "date_of_birth", "postcode")}}


def generate(size, seed=7, one_phone=0, dense=False):
    """The table of records."""
    rng = np.random.default_rng(seed)
    sizes = group_sizes(rng, size)
    people = People(rng, len(sizes), size, dense)
    person = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    channel = rng.choice(len(CHANNELS), size, p=np.array(CHANNEL_SHARE) / sum(CHANNEL_SHARE))
    full = looks(rng, people, pa.array(person))
    columns = written(rng, blanked(rng, full, channel))
    columns = filled_names(columns, full) if dense else columns
    columns = with_one_phone(rng, columns, one_phone) if one_phone else columns
    return pa.table({
        "source": pa.array(CHANNELS).take(pa.array(channel)),
        "id": pa.array(np.arange(size)),
        **{name: columns[name] for name in COLUMNS},
        "truth": pa.array(person),
    })


def write(table, path):
    pyarrow.csv.write_csv(table, path, pyarrow.csv.WriteOptions(quoting_style="none", quoting_header="none"))


def arguments():
    parser = argparse.ArgumentParser(description="Invented contacts with their truth, from one seed.")
    parser.add_argument("--size", type=int, default=20_000, help="records")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--one-phone", type=int, default=0, metavar="N", help="N records share one phone number")
    parser.add_argument("--dense", action="store_true", help="name, birth date and postcode known, few postcodes")
    parser.add_argument("-o", "--output", required=True, metavar="FILE")
    return parser.parse_args()


def main():
    given, started = arguments(), time.perf_counter()
    table = generate(given.size, given.seed, given.one_phone, given.dense)
    write(table, given.output)
    print(f"{given.output}: {table.num_rows} records in {time.perf_counter() - started:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
