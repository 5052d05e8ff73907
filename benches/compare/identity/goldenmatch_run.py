"""GoldenMatch over one set, by one of its documented entry points: read, clean, resolve, write people.csv.

The idea: three ways a user may take. `Z`: zero configuration, `dedupe_df(table)`. `P`: its probabilistic
auto-configuration, `auto_configure_probabilistic_df(table)` and then `dedupe_df`. `X`: one explicit
Fellegi-Sunter match key over several blocking passes, the same fields and blocks that Splink gets here, untuned.
Columns carry the names that its documentation uses (first_name, last_name, zip ...), since it reads meaning from
names; dates are ISO. It remembers configurations between runs; here it must not.

Source: the documentation that GoldenMatch 3.22.0 ships (MIT, Ben Severn).

    python goldenmatch_run.py records.csv -o people.csv --way Z
"""

import argparse
import csv
import os
import tempfile

os.environ["GOLDENMATCH_AUTOCONFIG_MEMORY"] = "0"
# It writes its caches into the current folder and the home folder.
os.environ["HOME"] = tempfile.mkdtemp(prefix="goldenmatch-")

import goldenmatch
from goldenmatch import BlockingConfig, BlockingKeyConfig, GoldenMatchConfig, MatchkeyConfig, MatchkeyField

import clean
from stages import Stages

CANONICAL = {
    "given_name": "first_name",
    "surname": "last_name",
    "postcode": "zip",
    "postcode_fake": "zip",
    "suburb": "city",
    "address_1": "address",
    "addr": "address",
    "phone_number": "phone",
    "soc_sec_id": "ssn",
}
# The kind of kitchen says nothing about which restaurant it is, and misleads the automatic configuration.
LEFT_OUT = ["unique_id", "type", *clean.KEYS]
# What an explicit configuration compares, and how; three levels where a value can be nearly right.
SCORERS = {
    "first_name": ("jaro_winkler", 3), "last_name": ("jaro_winkler", 3), "name": ("jaro_winkler", 3),
    "address": ("jaro_winkler", 3), "date_of_birth": ("levenshtein", 3), "dob": ("levenshtein", 3),
    "email": ("jaro_winkler", 3), "phone": ("levenshtein", 3), "handle": ("levenshtein", 3),
    "ssn": ("levenshtein", 3), "zip": ("exact", 2), "city": ("exact", 2), "birth_place": ("exact", 2),
    "occupation": ("exact", 2), "street_number": ("exact", 2),
}
PASSES = {
    "crm": [["email"], ["phone"], ["handle"], ["first_name", "last_name"], ["last_name", "date_of_birth"],
            ["first_name", "date_of_birth"], ["date_of_birth", "zip"]],
    "febrl": [["first_name", "last_name"], ["date_of_birth"], ["ssn"], ["state", "address"],
              ["street_number", "address"], ["zip"]],
    "historical": [["last_name", "dob"], ["first_name", "dob"], ["zip", "first_name"], ["zip", "last_name"],
                   ["dob", "birth_place"], ["first_name", "last_name"]],
    "restaurants": [["phone"], ["name"], ["city"]],
    "fake": [["first_name"], ["last_name"], ["dob"], ["email"]],
}


def iso(column):
    return f"""case when length({column}) = 8 then
        {column}[1:4] || '-' || {column}[5:6] || '-' || {column}[7:8] else {column} end as date_of_birth"""


def table(connection, columns):
    """The cleaned records under canonical names, in their order, as an Arrow table."""
    picked = [
        iso(column) if column == "date_of_birth" else f"{column} as {CANONICAL.get(column, column)}"
        for column in columns
        if column not in LEFT_OUT
    ]
    return connection.sql(f"select {', '.join(picked)} from records order by unique_id").to_arrow_table()


def explicit(kind, names):
    """One probabilistic match key over all columns with a scorer, several blocking passes."""
    fields = [
        MatchkeyField(field=name, scorer=scorer, levels=levels, tf_adjustment=scorer != "levenshtein")
        for name, (scorer, levels) in SCORERS.items()
        if name in names
    ]
    passes = [BlockingKeyConfig(fields=fields_of) for fields_of in PASSES[kind]]
    return GoldenMatchConfig(
        matchkeys=[MatchkeyConfig(name="person", type="probabilistic", fields=fields)],
        blocking=BlockingConfig(strategy="multi_pass", keys=passes[:1], passes=passes),
    )


def resolve(way, kind, rows):
    if way == "Z":
        return goldenmatch.dedupe_df(rows)
    if way == "P":
        return goldenmatch.dedupe_df(rows, config=goldenmatch.auto_configure_probabilistic_df(rows))
    return goldenmatch.dedupe_df(rows, config=explicit(kind, rows.column_names))


def entities(result, count):
    """The entity of each row; a row in no cluster is its own."""
    entity = [f"r{row}" for row in range(count)]
    for number, cluster in result.clusters.items():
        for row in cluster["members"]:
            entity[row] = f"c{number}"
    return entity


def write(connection, entity, path):
    keys = connection.execute("select source, id from records order by unique_id").fetchall()
    with open(path, "w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["source", "id", "entity_id"])
        rows.writerows((*key, name) for key, name in zip(keys, entity))


def run(given):
    clock, output = Stages(), os.path.abspath(given.output)
    with clock.stage("read"):
        connection, columns, kind = clean.load(given.records)
        rows = table(connection, columns)
    os.chdir(os.environ["HOME"])
    with clock.stage("resolve"):
        result = resolve(given.way, kind, rows)
    with clock.stage("write"):
        write(connection, entities(result, rows.num_rows), output)
    clock.tell(records=rows.num_rows)


def main():
    parser = argparse.ArgumentParser(description="GoldenMatch over one set.")
    parser.add_argument("records")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--way", choices=["Z", "P", "X"], default="Z")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
