"""recordlinkage over one set: read, clean, index, compare, ECM, connected components, write people.csv.

The idea: the toolkit as its documentation teaches it without labels: blocks, comparisons cut to yes and no, the
expectation-conditional-maximisation classifier. It has no clustering, so its links go through SciPy's connected
components. It keeps all pairs in memory, so it is shown on small sets only.

Source: the documentation of recordlinkage 0.16 (BSD-3-Clause, Jonathan de Bruin).

    python recordlinkage_run.py records.csv -o people.csv
"""

import argparse

import numpy as np
import recordlinkage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

import clean
from stages import Stages

NEAR = {
    "given_name": 0.85, "first_name": 0.85, "surname": 0.85, "name": 0.85, "address_1": 0.85, "addr": 0.85,
    "email": 0.9, "phone": 0.9, "phone_number": 0.9, "handle": 0.9, "soc_sec_id": 0.9,
}
EQUAL = ["date_of_birth", "dob", "postcode", "postcode_fake", "city", "suburb", "state", "birth_place",
         "occupation", "street_number"]
BLOCKS = {
    "crm": [["email"], ["phone"], ["handle"], ["given_name", "surname"], ["surname", "date_of_birth"],
            ["given_name", "date_of_birth"], ["date_of_birth", "postcode"]],
    "febrl": [["given_name", "surname"], ["date_of_birth"], ["soc_sec_id"], ["state", "address_1"],
              ["street_number", "address_1"]],
    "historical": [["surname", "dob"], ["first_name", "dob"], ["postcode_fake", "first_name"],
                   ["postcode_fake", "surname"], ["dob", "birth_place"], ["first_name", "surname"]],
    "restaurants": [["phone"], ["name"], ["city"]],
    "fake": [["first_name"], ["surname"], ["dob"], ["email"]],
}


def pairs(frame, kind):
    index = recordlinkage.Index()
    for columns in BLOCKS[kind]:
        index.block(columns)
    return index.index(frame)


def features(frame, found):
    compare = recordlinkage.Compare()
    for column, threshold in NEAR.items():
        if column in frame.columns:
            compare.string(column, column, method="jarowinkler", threshold=threshold, label=column)
    for column in EQUAL:
        if column in frame.columns:
            compare.exact(column, column, label=column)
    return compare.compute(found, frame)


def components(links, count):
    first, second = links.get_level_values(0), links.get_level_values(1)
    graph = coo_matrix((np.ones(len(links)), (first, second)), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def run(given):
    clock = Stages()
    with clock.stage("read"):
        connection, _, kind = clean.load(given.records)
        frame = connection.execute("select * from records order by unique_id").df().set_index("unique_id")
    with clock.stage("index"):
        found = pairs(frame, kind)
    with clock.stage("compare"):
        seen = features(frame, found)
    with clock.stage("classify"):
        links = recordlinkage.ECMClassifier(binarize=0.5).fit_predict(seen)
    with clock.stage("cluster"):
        frame["entity_id"] = components(links, len(frame))
    with clock.stage("write"):
        frame[["source", "id", "entity_id"]].to_csv(given.output, index=False)
    clock.tell(records=len(frame), candidates=len(found))


def main():
    parser = argparse.ArgumentParser(description="recordlinkage over one set.")
    parser.add_argument("records")
    parser.add_argument("-o", "--output", required=True)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
