"""Learns the bits of `stitch/weigh/contact.rs` from simulated histories, and judges them.

The histories of `simulate.py` are walked in the order of time with the true conversations as the
past. Each message that no reply id places is one decision among the open conversations of its
contact, a few of its member of staff, and a new one. A conditional logit (McFadden 1974) with a
little L2 gives each finding its bits: the log2 odds of a conversation against a new one. The names
printed are the constants of `contact.rs`.

    python learn.py --train a1.jsonl a2.jsonl ... --judge b1.jsonl ... [--table rarity_table.rs]

The judged files get a log loss a decision and, for the bits rounded to quarters, how often the
chosen conversation is right by the probability claimed for it (calibration).
"""

import argparse
import bisect
import collections
import json
import math
import pathlib
import re

import numpy
from scipy.optimize import minimize

HOUR = 3600.0
WINDOW, STAFF_WINDOW, MOST_OPEN, MOST_OTHERS, OTHERS, TAIL = 64, 40, 8, 4, 3 * 24 * HOUR, 24
SILENCE = [-8, -6, -4, -2, 0, 2, 3.585, 4.585, 5.585, 6.585, 7.9]
HANDLE = [-4, 0, 3]
OTHER_CONTACT = [-6, -2, 2, 5]
ONE_BY_ONE = [
    "CUSTOMER", "STAFF_AGAIN", "SAME_CHANNEL", "SAME_AGENT", "EARLIER_AGENT", "AGENT_SHARE", "ONLY_AGENT",
    "NEWER", "GREETS", "OPENS", "ASKS", "ANSWERS", "CLOSES", "ASKED", "CLOSED", "LENGTH", "SHARED_BITS",
    "SHARED_PART", "RAREST", "SHARED_ENTITY", "OTHER_ON_CHANNEL",
    "OTHER_BUT_KNOWN_HANDLE", "BUSY_AGENT",
]
NAMES = (
    [f"SILENCE {knot:+}" for knot in SILENCE]
    + [f"HANDLE {knot:+}" for knot in HANDLE[:-1]]
    + [f"OTHER_CONTACT {knot:+}" for knot in OTHER_CONTACT]
    + ONE_BY_ONE
)
SOURCE = pathlib.Path(__file__).parents[3] / "crates/reknit/src/stitch/weigh"


def word_list(name, source):
    """A list of words out of `talk.rs`, so that both read the same."""
    found = re.search(rf"const {name}: &\[&str\] = &\[(.*?)\];", source, re.S)
    return re.findall(r'"([^"]*)"', found.group(1))


TALK = (SOURCE / "talk.rs").read_text(encoding="utf-8")
GREETINGS, CLOSERS, ANSWERS = (set(word_list(n, TALK)) for n in ("GREETINGS", "CLOSERS", "ANSWERS"))
LOOSE = {"does any", "can some"}
OPENERS = re.compile(
    "|".join(rf"(?<!\w){re.escape(t)}" + ("" if t in LOOSE else r"(?!\w)") for t in word_list("OPENERS", TALK))
)


class Rarity:
    """Bits of a word by the shipped table."""

    def __init__(self, path):
        text = pathlib.Path(path).read_text(encoding="utf-8")
        found = re.findall(r"\(0x([0-9a-f_]{9}), (\d+)\)", text)
        self.rows = {int(key.replace("_", ""), 16): int(quarters) / 4 for key, quarters in found}
        self.rarest = int(re.search(r"RAREST: u8 = (\d+)", text).group(1)) / 4

    def bits(self, word):
        value = 0x811C9DC5
        for byte in word.encode():
            value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
        return self.rows.get(value, self.rarest)


class Digest:
    """What `digest.rs` and `talk.rs` read of a message."""

    def __init__(self, row, known, rarity):
        self.id, self.time, self.thread, self.way = row["id"], row["ts"], row["truth_thread"], row["channel"]
        self.inbound, self.text = row["inbound"], row["text"]
        self.handle, self.agent = sides(row)
        self.key = handle_key(row["channel"], self.handle)
        self.resolved = self.key in known
        self.contact = known.get(self.key, self.key)
        self.answers_ids = row.get("in_reply_to") or []
        lower = row["text"].lower()
        spoken = re.findall(r"[^\W_]+", lower)
        self.words = {word: rarity.bits(word) for word in [w for w in spoken if len(w) >= 3][:128]}
        self.above = sum(max(bits - 5, 0) for bits in self.words.values())
        self.entities = {word for word in map(trimmed, lower.split()) if is_entity(word)}
        self.doublings = min(math.log2(1 + len(spoken)), 5)
        first = spoken[0] if spoken else ""
        self.greets, self.answers, self.asks = first in GREETINGS, first in ANSWERS, "?" in lower
        self.opens = bool(OPENERS.search(lower))
        self.closes = bool(CLOSERS & set(spoken if len(spoken) < 8 else spoken[:4]))


def sides(row):
    return (row["handle"], row["to"][0]) if row["inbound"] else (row["to"][0], row["handle"])


def handle_key(channel, handle):
    return handle if "@" in handle[1:] or handle.startswith("+") else f"{channel} {handle}"


def trimmed(word):
    return re.sub(r"^[\W_]+|[\W_]+$", "", word)


def is_entity(word):
    return word.startswith(("http://", "https://", "www.")) or (len(word) >= 4 and bool(re.search(r"\d", word)))


def read(path, rarity):
    with open(path, encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if not row.get("room")]
    known = {}
    for row in rows:
        if row["inbound"] and row["author_contact"]:
            known.setdefault(handle_key(row["channel"], row["handle"]), row["author_contact"])
    digests = [Digest(row, known, rarity) for row in rows]
    return sorted(digests, key=lambda digest: (digest.time, digest.id))


def log_hours(gap):
    return math.log2(max(gap, 1.0) / HOUR)


def hats(knots, x):
    """The parts of the knots in the straight line at x."""
    parts = [0.0] * len(knots)
    place = bisect.bisect_right(knots, x)
    if place in (0, len(knots)):
        parts[min(place, len(knots) - 1)] = 1.0
    else:
        low, high = knots[place - 1], knots[place]
        parts[place] = (x - low) / (high - low)
        parts[place - 1] = 1 - parts[place]
    return parts


def features(own, conversation, newer, agents, busy):
    """One number for each of NAMES."""
    last = conversation[-1]
    hours, same = log_hours(own.time - last.time), own.contact == last.contact
    customer, here = own.inbound, own.way == last.way
    before = next((d for d in reversed(conversation) if d.key == own.key), None)
    handle = hats(HANDLE, log_hours(own.time - before.time))[:-1] if before else [0.0, 0.0]
    other = [0.0] * len(OTHER_CONTACT) if same else hats(OTHER_CONTACT, hours)
    share = sum(d.agent == own.agent for d in conversation) / len(conversation)
    with_last = last.agent == own.agent
    shared = [bits for word, bits in own.words.items() if any(word in d.words for d in conversation)]
    above = sum(max(bits - 5, 0) for bits in shared)
    entity = any(e in d.entities for e in own.entities for d in conversation)
    singles = [
        customer,
        not customer and not last.inbound,
        same and here,
        agents and with_last,
        agents and not with_last and share > 0,
        share if agents else 0,
        not agents and (same or share < 1),
        same and newer,
        customer and own.greets,
        customer and own.opens,
        customer and own.asks,
        own.answers,
        own.closes,
        last.asks,
        any(d.closes for d in conversation[-2:]),
        own.doublings if customer else 0,
        min(above, 12),
        above / (own.above + 4),
        max(max(shared, default=0) - 6, 0) if above > 0 else 0,
        entity,
        not same and here,
        not same and before is not None,
        0 if same else math.log2(1 + busy),
    ]
    return hats(SILENCE, hours) + handle + other + [float(value) for value in singles]


def decisions(digests):
    """For each message nothing places: the features of its candidates, and which is right or -1."""
    by_contact, by_agent = collections.defaultdict(list), collections.defaultdict(list)
    conversations, seen, ids = collections.defaultdict(list), set(), set()
    for own in digests:
        copy = (own.way, own.key, own.inbound, own.time, own.text)
        placed = copy in seen or any(i in ids for i in own.answers_ids)
        window, staff = by_contact[own.contact][-WINDOW:], by_agent[own.agent][-STAFF_WINDOW:]
        if not placed:
            open_ = list(dict.fromkeys(d.thread for d in reversed(window)))[:MOST_OPEN]
            new = [t for t in dict.fromkeys(d.thread for d in reversed(staff)) if t not in open_][:MOST_OTHERS]
            others = [t for t in new if own.inbound and may_be_same(own, conversations[t][-TAIL:])]
            agents = len({d.agent for d in window} | {own.agent}) > 1
            rows = []
            for thread in open_ + others:
                tail = conversations[thread][-TAIL:]
                newer = any(d.thread != thread and d.time > tail[-1].time for d in window)
                busy = len({d.thread for d in staff if d.time > tail[-1].time and d.thread != thread})
                rows.append(features(own, tail, newer, agents, busy))
            if rows:
                candidates = open_ + others
                yield rows, candidates.index(own.thread) if own.thread in candidates else -1
        seen.add(copy)
        ids.add(own.id)
        conversations[own.thread].append(own)
        by_contact[own.contact].append(own)
        by_agent[own.agent].append(own)


def may_be_same(own, tail):
    strangers = any(own.resolved and d.resolved and d.contact != own.contact for d in tail)
    resolved = own.resolved or any(d.resolved for d in tail)
    return own.time - tail[-1].time <= OTHERS and resolved and not strangers


class Decisions:
    """Decisions as arrays: all rows, where each decision begins, and the row that is right or -1."""

    def __init__(self, paths, rarity):
        listed = [decision for path in paths for decision in decisions(read(path, rarity))]
        self.rows = numpy.array([row for rows, _ in listed for row in rows])
        self.sizes = numpy.array([len(rows) for rows, _ in listed])
        self.starts = numpy.concatenate([[0], numpy.cumsum(self.sizes)[:-1]])
        right = numpy.array([right for _, right in listed])
        self.right = numpy.where(right >= 0, self.starts + right, -1)

    def loss(self, bits):
        """Mean log loss in nats, and the probability of each row."""
        scores = self.rows @ bits * math.log(2)
        most = numpy.maximum(numpy.maximum.reduceat(scores, self.starts), 0)
        parts = numpy.exp(scores - numpy.repeat(most, self.sizes))
        total = numpy.add.reduceat(parts, self.starts) + numpy.exp(-most)
        taken = numpy.where(self.right >= 0, scores[self.right], 0)
        return (most + numpy.log(total) - taken).mean(), parts / numpy.repeat(total, self.sizes)


def learn(data, penalty):
    scale = data.rows.std(0)
    scale[scale == 0] = 1
    right, count = data.right[data.right >= 0], len(data.sizes)

    def objective(weights):
        loss, odds = data.loss(weights / scale / math.log(2))
        slope = (data.rows.T @ odds - data.rows[right].sum(0)) / scale / count
        return loss + penalty / count * weights @ weights / 2, slope + penalty / count * weights

    found = minimize(objective, numpy.zeros(len(scale)), jac=True, method="L-BFGS-B", options={"maxiter": 800})
    return found.x / scale / math.log(2)


def calibration(data, bits):
    """Of the chosen conversations (odds of 1 or more against a new one): claimed and right shares."""
    _, odds = data.loss(bits)
    bins = collections.defaultdict(list)
    for start, size, right in zip(data.starts, data.sizes, data.right):
        best = start + int(numpy.argmax(odds[start:start + size]))
        new = 1 - odds[start:start + size].sum()
        if odds[best] >= new:
            bins[min(int(odds[best] * 10), 9)].append((odds[best], best == right))
    return {b: tuple(numpy.mean(v, axis=0)) + (len(v),) for b, v in sorted(bins.items())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--judge", nargs="*", default=[])
    parser.add_argument("--table", default=SOURCE / "rarity_table.rs")
    parser.add_argument("--penalty", type=float, default=3.0)
    options = parser.parse_args()
    rarity = Rarity(options.table)
    data = Decisions(options.train, rarity)
    bits = learn(data, options.penalty)
    rounded = numpy.round(bits * 4) / 4
    rounded[NAMES.index("SHARED_BITS")] = round(bits[NAMES.index("SHARED_BITS")], 1)
    print("| constant | bits | rounded |\n|---|---|---|")
    for name, exact, short in zip(NAMES, bits, rounded):
        print(f"| {name} | {exact:.2f} | {short:g} |")
    print(f"\n{len(data.sizes)} decisions; log loss {data.loss(bits)[0]:.4f}, rounded {data.loss(rounded)[0]:.4f}")
    for path in options.judge:
        judged = Decisions([path], rarity)
        print(f"\n{path}: {len(judged.sizes)} decisions; log loss {judged.loss(bits)[0]:.4f}, "
              f"rounded {judged.loss(rounded)[0]:.4f}")
        for place, (claimed, right, count) in calibration(judged, rounded).items():
            print(f"  {place / 10:.1f}-: claimed {claimed:.3f}, right {right:.3f} ({count})")


if __name__ == "__main__":
    main()
