"""Splink 5 with DuckDB over one set: read, clean, train, predict, cluster, write people.csv.

The idea: no labels and nothing tuned on the truth. The models are those of Splink's own demos for these sets (or,
for the contact sets, made in the same way): comparisons from its library, term frequencies on names and places, the
prior from deterministic rules, u from a random million pairs with its early stop, EM on two blocking rules,
predictions from 0.01, connected components.

Source: the demos and the documentation of Splink 5.0.0 (MIT, Ministry of Justice).

    python splink_run.py records.csv -o people.csv [--threshold 0.95 0.5] [--dense] [--count] [--no-cluster]

With more than one threshold the first names `people.csv`, the others `people.csv.THRESHOLD`.
"""

import argparse
import logging

import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

import clean
from stages import Stages

U_PAIRS = 1e6
PREDICT_FROM = 0.01


def frequent(comparison):
    """The comparison with term-frequency adjustment: a rare name that agrees says more."""
    return comparison.configure(term_frequency_adjustments=True)


def birth(column, form=None):
    return cl.DateOfBirthComparison(column, input_is_string=True, datetime_format=form, invalid_dates_as_null=True)


def historical():
    area = "substr(postcode_fake, 1, 3)"
    return {
        "comparisons": [
            frequent(cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="first_surname")),
            birth("dob"),
            cl.PostcodeComparison("postcode_fake"),
            frequent(cl.ExactMatch("birth_place")),
            frequent(cl.ExactMatch("occupation")),
        ],
        "blocking": [
            block_on("substr(first_name, 1, 3)", "substr(surname, 1, 4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on(area, "dob"),
            block_on(area, "first_name"),
            block_on(area, "surname"),
            block_on("substr(first_name, 1, 2)", "substr(surname, 1, 2)", "substr(dob, 1, 4)"),
        ],
        "certain": [block_on("first_name", "surname", "dob"),
                    block_on("substr(first_name, 1, 2)", "surname", "substr(postcode_fake, 1, 2)"),
                    block_on("dob", "postcode_fake")],
        "recall": 0.6,
        "train": [block_on("first_name", "surname"), block_on("dob")],
    }


def fake():
    return {
        "comparisons": [
            frequent(cl.NameComparison("first_name")),
            frequent(cl.NameComparison("surname")),
            birth("dob"),
            frequent(cl.ExactMatch("city")),
            cl.EmailComparison("email"),
        ],
        "blocking": [block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email")],
        "certain": ["l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1",
                    "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
                    "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
                    "l.email = r.email"],
        "recall": 0.7,
        "train": [block_on("first_name", "surname"), block_on("dob")],
    }


def febrl(columns):
    edits = cl.DamerauLevenshteinAtThresholds
    phone = [edits("phone_number", [1, 2])] if "phone_number" in columns else []
    return {
        "comparisons": [
            frequent(cl.NameComparison("given_name")),
            frequent(cl.NameComparison("surname")),
            birth("date_of_birth", "%Y%m%d"),
            edits("soc_sec_id", [1, 2]),
            frequent(edits("postcode", [1, 2])),
            cl.ExactMatch("street_number"),
            *phone,
        ],
        "blocking": [
            block_on("given_name", "surname"),
            "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        "certain": [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
        "recall": 0.8,
        "train": [block_on("given_name", "surname"), block_on("date_of_birth")],
    }


def restaurants():
    return {
        "comparisons": [
            cl.JaroWinklerAtThresholds("name", [0.9, 0.7]),
            cl.JaroWinklerAtThresholds("addr", [0.9, 0.7]),
            cl.ExactMatch("city"),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
        ],
        "blocking": [block_on("phone"), block_on("name"), block_on("city"), block_on("substr(name, 1, 3)")],
        "certain": [block_on("phone"), block_on("name", "city")],
        "recall": 0.8,
        "train": [block_on("phone"), block_on("name")],
    }


def crm():
    return {
        "comparisons": [
            frequent(cl.NameComparison("given_name")),
            frequent(cl.NameComparison("surname")),
            birth("date_of_birth", "%Y%m%d"),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            cl.LevenshteinAtThresholds("handle", [1, 2]),
            frequent(cl.ExactMatch("postcode")),
        ],
        "blocking": [
            block_on("email"),
            block_on("phone"),
            block_on("handle"),
            block_on("given_name", "surname", "postcode"),
            block_on("given_name", "surname"),
            block_on("surname", "date_of_birth"),
            block_on("given_name", "date_of_birth"),
            block_on("date_of_birth", "postcode"),
        ],
        "certain": [block_on("email"), block_on("phone", "surname"), block_on("handle")],
        "recall": 0.6,
        "train": [block_on("given_name", "surname"), block_on("email")],
    }


def dense():
    """The contact model over wide blocks, as a user picks them who would rather miss nobody."""
    year = "substr(date_of_birth, 1, 4)"
    return {
        **crm(),
        "blocking": [
            block_on("given_name", "surname"),
            block_on("surname", year),
            block_on("given_name", "postcode"),
            block_on("surname", "postcode"),
            block_on(year, "postcode", "substr(surname, 1, 1)"),
        ],
    }


def model(kind, columns, is_dense):
    if is_dense:
        return dense()
    makers = {"historical": historical, "fake": fake, "restaurants": restaurants, "crm": crm}
    return febrl(columns) if kind == "febrl" else makers[kind]()


def linker(connection, chosen):
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=chosen["comparisons"],
        blocking_rules_to_generate_predictions=chosen["blocking"],
        retain_matching_columns=False,
    )
    records = DuckDBAPI(connection=connection).register("records", table_name="input")
    return Linker(records, settings, log_level=logging.ERROR)


def train(link, chosen, clock):
    with clock.stage("prior"):
        link.training.estimate_probability_two_random_records_match(chosen["certain"], recall=chosen["recall"])
    with clock.stage("u"):
        link.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS)
    with clock.stage("em"):
        for rule in chosen["train"]:
            # Without term frequencies the rounds run on counted patterns: two to three times as fast, and F1 stays
            # within .003 on the sets it was tried on.
            link.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True)


def write(connection, clusters, path):
    connection.execute(
        f"copy (select r.source, r.id, c.cluster_id as entity_id from records r "
        f"join {clusters.physical_name} c using (unique_id) order by unique_id) to '{path}' (header, delimiter ',')"
    )


def rule_sql(rule):
    text = rule if isinstance(rule, str) else rule.get_blocking_rule("duckdb").blocking_rule_sql
    return f"coalesce(({text}), false)"


def candidates(connection, rules):
    """How many different pairs the rules put forward, counted apart and outside every stage."""
    total, before = 0, []
    for rule in rules:
        joined = rule if isinstance(rule, str) else rule.get_blocking_rule("duckdb").blocking_rule_sql
        fresh = " ".join(f"and not {rule_sql(other)}" for other in before)
        count = f"select count(*) from records l join records r on {joined} where l.unique_id < r.unique_id {fresh}"
        total += connection.execute(count).fetchone()[0]
        before.append(rule)
    return total


def run(given):
    clock = Stages()
    with clock.stage("read"):
        connection, columns, kind = clean.load(given.records)
        if kind == "historical":
            connection.execute("alter table records add column first_surname varchar")
            connection.execute("update records set first_surname = first_name || ' ' || surname")
    chosen = model(kind, columns, given.dense)
    link = linker(connection, chosen)
    train(link, chosen, clock)
    with clock.stage("predict"):
        scored = link.inference.predict(threshold_match_probability=PREDICT_FROM)
    for at, threshold in enumerate([] if given.no_cluster else given.threshold):
        with clock.stage("cluster" if at == 0 else f"cluster {threshold}"):
            people = link.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold)
        with clock.stage("write" if at == 0 else f"write {threshold}"):
            write(connection, people, given.output if at == 0 else f"{given.output}.{threshold}")
    more = {"candidates": candidates(connection, chosen["blocking"])} if given.count else {}
    clock.tell(records=connection.execute("select count(*) from records").fetchone()[0], **more)


def main():
    parser = argparse.ArgumentParser(description="Splink 5 with DuckDB over one set.")
    parser.add_argument("records")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--threshold", type=float, nargs="+", default=[0.95])
    parser.add_argument("--dense", action="store_true", help="wide blocks")
    parser.add_argument("--no-cluster", action="store_true", help="stop after predict; nothing is written")
    parser.add_argument("--count", action="store_true", help="count the candidate pairs, after the run")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
