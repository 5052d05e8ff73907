"""Writes the table of common words: how rare a word is, in bits, as Rust source.

Counted are the lines of the room `irc_ubuntu` (Kummerfeld et al. 2019, CC-BY-4.0, train only) and
the demo's own texts in three languages, each of whose lines counts as WEIGHT lines so that words of
shops stand beside words of computers. Kept are the WORDS most frequent words that many people wrote,
which leaves names out; of each only a hash of 32 bits (FNV-1a) and its rarity in quarters of a bit.

    python rarity.py train.jsonl.gz ../../../crates/reknit-cli/src/demo/texts/*.txt \\
        > ../../../crates/reknit/src/stitch/weigh/rarity_table.rs
"""

import collections
import gzip
import json
import math
import re
import sys

WORDS = 3000
WEIGHT = 20
PEOPLE = 25
WORD = re.compile(r"[^\W_]{3,}")


def fnv(word):
    """FNV-1a, 32 bits (Fowler, Noll, Vo)."""
    value = 0x811C9DC5
    for byte in word.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def main():
    room, texts = sys.argv[1], sys.argv[2:]
    lines, said, people = 0, collections.Counter(), collections.defaultdict(set)
    with gzip.open(room, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            if not row.get("author"):
                continue
            lines += 1
            for word in set(WORD.findall(row["text"].lower())):
                said[word] += 1
                if len(people[word]) < PEOPLE:
                    people[word].add(row["author"])
    said = collections.Counter({w: n for w, n in said.items() if len(people[w]) >= PEOPLE})
    for path in texts:
        with open(path, encoding="utf-8") as templates:
            for line in templates:
                # Slots and alternatives: what stands in braces is filled, brackets are wordings.
                text = re.sub(r"\{\w+\}", " ", line.split(":", 1)[-1].lower())
                lines += WEIGHT
                for word in set(WORD.findall(text)):
                    said[word] += WEIGHT
    kept = sorted(said.items(), key=lambda item: (-item[1], item[0]))[:WORDS]
    table, quarters = {}, lambda count: round(4 * math.log2(lines / count))
    for word, count in kept:
        table.setdefault(fnv(word), quarters(count))
    rarest = quarters(kept[-1][1])
    print("//! Made by `benches/compare/threads/rarity.py`; do not edit.")
    print("//!")
    print("//! How rare common words are: a hash (FNV-1a, 32 bits) and quarters of a bit, sorted by hash.")
    print(f"//! {len(table)} words out of {lines} lines: `irc_ubuntu` train (Kummerfeld et al. 2019, CC-BY-4.0) and")
    print("//! the demo's own texts.\n")
    print("/// The rarity of a word that is not in the table, in quarters of a bit.")
    print(f"pub(super) const RAREST: u8 = {rarest + 4};\n")
    print("/// Hash and rarity.")
    print("#[rustfmt::skip]")
    print(f"pub(super) static COMMON: [(u32, u8); {len(table)}] = [")
    rows = [f"(0x{key >> 16:04x}_{key & 0xFFFF:04x}, {bits})" for key, bits in sorted(table.items())]
    for start in range(0, len(rows), 6):
        print("    " + ", ".join(rows[start:start + 6]) + ",")
    print("];")


if __name__ == "__main__":
    main()
