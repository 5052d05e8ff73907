"""Mail corpora with truth, and what happens when headers are lost.

The idea: a corpus is JSON Lines with `id` (the Message-ID), `in_reply_to`, `references` and `truth_thread`. An engine
gets a copy without any `truth_...` field, under one of four conditions; the same seed strips the same headers for
every engine. Messages count in the order of the file.

    a  all headers
    b  20 % of the replies (messages with a threading header) lose In-Reply-To and References
    c  as b, and all others keep only their last reference
    d  no threading headers at all

    python corpora.py IN OUT        # a copy of IN without its truth

Source: the README of the corpora. Cost: linear in the bytes.
"""

import json
import random
import sys
from pathlib import Path

CORPORA = ["fedora_2010", "maven_dev_2017", "mips_2007", "notmuch_default", "notmuch_lkml"]
CONDITIONS = "abcd"
LOST = 0.2


def read(path):
    """The rows of a JSON Lines file."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def write(rows, path):
    """Rows as JSON Lines, without their truth."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        for row in rows:
            kept = {key: value for key, value in row.items() if not key.startswith("truth_")}
            out.write(json.dumps(kept, ensure_ascii=False) + "\n")


def named(row):
    """The ids a row names, oldest first: References, else the first id of In-Reply-To (RFC 5256)."""
    return list(row.get("references") or []) or list(row.get("in_reply_to") or [])[:1]


def is_random(condition):
    """Whether the condition strips by chance, so that several seeds are worth a mean."""
    return condition in "bc"


def stripped(rows, condition, seed):
    """The rows under a condition."""
    draw = random.Random(seed)
    return [with_loss(row, condition, draw) for row in rows]


def with_loss(row, condition, draw):
    if condition == "a" or not named(row):
        return row
    if condition == "d" or draw.random() < LOST:
        return {**row, "in_reply_to": [], "references": []}
    if condition == "c":
        return {**row, "in_reply_to": [], "references": named(row)[-1:]}
    return row


if __name__ == "__main__":
    write(read(sys.argv[1]), Path(sys.argv[2]))
