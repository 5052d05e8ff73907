"""How well mail is joined when its threading headers are lost: one command, Markdown out.

Each corpus (JSON Lines with `truth_thread`) is read under four conditions, as real clients and
gateways make them:

    a  all headers
    b  20 % of the replies lose In-Reply-To and References
    c  as b, and all others keep only their last reference
    d  no message has In-Reply-To or References

b and c draw the replies by a seeded hash of the message id, so a draw depends neither on the order
of the file nor on the language. Figures are pairwise precision, recall and F1 over conversations,
averaged over the corpora with the number of messages as weight, then over the seeds.

    python headers.py CORPUS.jsonl ... [--reknit target/release/reknit] [--seeds 5]

`--baseline` scores "References only" (connected components of the ids, as mail stores do) instead
of Reknit, to see how much each condition takes away.
"""

import argparse
import collections
import csv
import hashlib
import json
import pathlib
import subprocess
import tempfile

LOST = 0.20
CONDITIONS = "abcd"


def share(seed, message_id):
    """A number in [0, 1) that depends on nothing but the seed and the id."""
    digest = hashlib.sha256(f"{seed}\x1f{message_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def stripped(message, condition, seed):
    """The message as it looks under the condition."""
    reply, references = message.get("in_reply_to") or [], message.get("references") or []
    if not (reply or references) or condition == "a":
        return message
    lost = condition == "d" or share(seed, message["id"]) < LOST
    if lost:
        return {**message, "in_reply_to": [], "references": []}
    if condition == "b":
        return message
    last = [(references or reply)[-1]]
    return {**message, "in_reply_to": last, "references": last}


def pairs(counts):
    return sum(n * (n - 1) // 2 for n in counts.values())


def pairwise(truth, found):
    """Precision, recall and F1 over pairs of messages; both are {id: conversation}."""
    both = pairs(collections.Counter((truth[i], found[i]) for i in truth))
    claimed = pairs(collections.Counter(found[i] for i in truth))
    real = pairs(collections.Counter(truth.values()))
    precision = both / claimed if claimed else 1.0
    recall = both / real if real else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f1


def by_references(messages):
    """{id: conversation} by connected components of the ids; of In-Reply-To the first (RFC 5256)."""
    parent = {}

    def root(node):
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for message in messages:
        for other in (message.get("in_reply_to") or [])[:1] + (message.get("references") or []):
            parent[root(other)] = root(message["id"])
    return {message["id"]: root(message["id"]) for message in messages}


def by_reknit(messages, binary, config):
    """{id: conversation} as `reknit stitch` says."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = pathlib.Path(folder, "in.jsonl"), pathlib.Path(folder, "out.csv")
        with source.open("w", encoding="utf-8") as out:
            for message in messages:
                out.write(json.dumps(message, ensure_ascii=False) + "\n")
        command = [binary, "stitch", str(source), "-o", str(result)]
        if config:
            command += ["--config", config]
        subprocess.run(command, check=True, capture_output=True)
        with result.open(newline="", encoding="utf-8") as rows:
            return {row["id"]: row["conversation_id"] for row in csv.DictReader(rows)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpus", nargs="+", type=pathlib.Path)
    parser.add_argument("--reknit", default="target/release/reknit")
    parser.add_argument("--config", help="a stitch::Config as JSON")
    parser.add_argument("--seeds", type=int, default=5, help="draws for b and c [default: 5]")
    parser.add_argument("--baseline", action="store_true", help="References only, instead of Reknit")
    options = parser.parse_args()

    corpora = {}
    for path in options.corpus:
        with path.open(encoding="utf-8") as lines:
            corpora[path.stem] = [json.loads(line) for line in lines]
    everything = sum(len(messages) for messages in corpora.values())
    print("| condition | corpus | precision | recall | F1 | F1 by seed |")
    print("|---|---|---|---|---|---|")
    for condition in CONDITIONS:
        seeds = range(options.seeds) if condition in "bc" else range(1)
        total = collections.defaultdict(lambda: [0.0, 0.0, 0.0])
        for name, messages in corpora.items():
            truth = {message["id"]: message["truth_thread"] for message in messages}
            scores = []
            for seed in seeds:
                seen = [stripped(message, condition, seed) for message in messages]
                found = by_references(seen) if options.baseline else by_reknit(
                    seen, options.reknit, options.config)
                scores.append(pairwise(truth, found))
                for place in range(3):
                    total[seed][place] += scores[-1][place] * len(messages) / everything
            row(condition, f"{name} ({len(messages)})", scores)
        row(condition, f"**all ({everything})**", [tuple(total[seed]) for seed in seeds])


def row(condition, name, scores):
    mean = [sum(score[place] for score in scores) / len(scores) for place in range(3)]
    by_seed = " ".join(f"{score[2]:.3f}" for score in scores) if len(scores) > 1 else ""
    print(f"| {condition} | {name} | {mean[0]:.4f} | {mean[1]:.4f} | {mean[2]:.4f} | {by_seed} |")


if __name__ == "__main__":
    main()
