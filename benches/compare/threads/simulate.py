"""Customers who write over many channels, made of real conversations: JSON Lines out.

Nobody publishes the messages of customers over all channels. This program takes real conversations
of two or three people out of a chat room with known threads (the CC-BY-4.0 set `irc_ubuntu` of
Kummerfeld et al., ACL 2019: train only) and simulates the rest: who is the customer, which
conversations belong to one customer and when they take place, handles, channels and hops between
them, members of staff, late mail, copies, lost reply ids, unresolved handles. The weights of
one-to-one messages (`stitch/weigh/contact.rs`) are learnt on what it writes.

    python simulate.py train.jsonl.gz -o simulated.jsonl --seed 1 [--part 0/2] [--without other.jsonl]

`--part` takes one share of the conversations, so that weights can be learnt on one and judged on
another. `--without` leaves out conversations any of whose longer lines stands in another file, so
that a check set made of the same source stays unseen. Same seed, same bytes.

Every seed is a world of its own: how often customers hop, how loyal agents are, how close
conversations follow each other and so on is drawn from the ranges of `World`, set by hand, wide around
what the check set `omni` shows as a whole and not fitted to it, so that weights learnt over several
seeds lean on no one desk.
"""

import argparse
import collections
import datetime
import gzip
import json
import math
import random
import zlib

CHANNELS = ["email", "sms", "whatsapp", "messenger", "web_chat", "x", "phone"]
PHONES = {"sms", "whatsapp", "phone"}
DAYS = 72
DAY = 86_400.0
CONVERSATIONS_EACH = [(1, 29), (2, 26), (3, 15), (4, 9), (5, 6), (7, 6), (10, 6), (15, 3)]


def conversations(path, part, without):
    """Conversations of two or three people, each a list of rows."""
    share, shares = (int(number) for number in part.split("/"))
    threads = collections.defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if not row.get("context") and row.get("truth_thread") and row.get("author"):
                threads[row["truth_thread"]].append(row)
    for thread, rows in sorted(threads.items()):
        if zlib.crc32(thread.encode()) % shares != share:
            continue
        authors = {row["author"] for row in rows}
        seen = any(row["text"].strip() in without for row in rows if len(row["text"]) > 24)
        if 2 <= len(authors) <= 3 and not seen:
            yield rows


def clock(rows, rng):
    """Seconds since the start: the log has minutes only, and its clock may step back."""
    start = datetime.datetime.fromisoformat(rows[0]["ts"])
    now, minute, seconds = 0.0, None, []
    for row in rows:
        at = (datetime.datetime.fromisoformat(row["ts"]) - start).total_seconds()
        step = rng.uniform(4, 40) if at == minute else 0.0
        now = max(now + max(step, 1.0), at) if seconds else 0.0
        minute = at
        seconds.append(now)
    return seconds


class World:
    """One desk: its rates, drawn once."""

    def __init__(self, rng):
        # One desk in five answers under a single name.
        self.agents = [f"agent{n}" for n in range(1 if rng.random() < 0.2 else rng.randint(3, 24))]
        self.loyal = rng.uniform(0.6, 0.9)  # turns answered by the conversation's own agent
        self.near = rng.uniform(0.3, 0.6)  # conversations within a day of the customer's last one
        self.hop = rng.uniform(0.05, 0.15)  # turns of a customer on another channel
        self.hop_late = rng.uniform(0.2, 0.45)  # the same after half an hour of silence
        self.slow = rng.uniform(0.05, 0.3)  # conversations at the pace of letters
        self.resolved = rng.uniform(0.75, 0.95)  # handles whose customer is known
        self.reply_ids = rng.uniform(0.3, 0.7)  # reply ids that survive on one channel
        self.late = rng.uniform(0.02, 0.08)  # mail that comes in late


class Customer:
    """Handles by channel; some are not resolved yet."""

    def __init__(self, number, world, rng):
        self.name = f"p{number}"
        count = rng.choice([2, 2, 3, 3, 4])
        self.channels = rng.sample(CHANNELS, count)
        phone = f"+1555{rng.randrange(10**7):07}"
        self.handles = {c: phone if c in PHONES else self.handle(c, rng) for c in self.channels}
        self.known = {c: rng.random() < world.resolved for c in self.channels}

    def handle(self, channel, rng):
        mark = f"{rng.randrange(10**8):08}"
        return {"email": f"u{mark}@mail.example", "x": f"@u{mark}"}.get(channel, f"{channel}:{mark}")


def starts(lengths, world, rng):
    """When each conversation of a customer begins, in seconds."""
    at, begin = rng.uniform(0, DAYS * DAY), []
    for length in lengths:
        begin.append(at)
        near = rng.random() < world.near
        at = at + length + rng.uniform(-min(length, 3600), DAY) if near else rng.uniform(0, DAYS * DAY)
    return begin


def turns_of(rows, world, rng):
    """(seconds, inbound, row) with the opener as the customer."""
    customer = rows[0]["author"]
    pace = math.exp(rng.uniform(math.log(10), math.log(600))) if rng.random() < world.slow else 1.0
    for row, seconds in zip(rows, clock(rows, rng)):
        yield seconds * pace, row["author"] == customer, row


def message(customer, channel, inbound, agent, text):
    handle = customer.handles[channel]
    return {
        "channel": channel,
        "inbound": inbound,
        "handle": handle if inbound else agent,
        "author_contact": (customer.name if customer.known[channel] else None) if inbound else agent,
        "to": [agent if inbound else handle],
        "text": text,
    }


def played(number, rows, customer, start, next_id, world, rng):
    """One conversation as messages."""
    channel, own_agent = rng.choice(customer.channels), rng.choice(world.agents)
    delay, before, agent, side, placed, out = 0.0, 0.0, own_agent, None, {}, []
    for seconds, inbound, row in turns_of(rows, world, rng):
        silence, turn = seconds - before, side is not None and inbound != side
        if side is None or turn:
            agent = own_agent if rng.random() < world.loyal else rng.choice(world.agents)
        hops = inbound and side is not None
        hops = hops and rng.random() < (world.hop_late if silence > 1800 else world.hop)
        if hops and len(customer.channels) > 1:
            channel = rng.choice([c for c in customer.channels if c != channel])
            delay += math.exp(rng.uniform(math.log(180), math.log(72_000)))
        before, side = seconds, inbound
        made = message(customer, channel, inbound, agent, row["text"])
        made["id"] = next_id()
        made["ts"] = made["arrival"] = start + seconds + delay
        late = channel == "phone" or (channel == "email" and rng.random() < world.late)
        if late:
            made["arrival"] += rng.expovariate(1 / 5400)
        answered = [placed[i] for i in row.get("truth_reply_to", []) if i in placed]
        kept = [i for i, c in answered if c == channel and rng.random() < world.reply_ids]
        made["in_reply_to"] = kept[:1]
        made["truth_thread"], made["truth_reply_to"] = f"t{number}", [i for i, _ in answered]
        made["truth_person"] = customer.name
        placed[row["id"]] = (made["id"], channel)
        out.append(made)
        if rng.random() < 0.01:
            out.append({**made, "id": next_id(), "arrival": made["arrival"] + 60})
    return out


def simulate(source, rng):
    source, world = list(source), World(rng)
    rng.shuffle(source)
    ids = iter(range(10**9))
    # Ids that say nothing of the order of time.
    next_id = lambda: f"m{(next(ids) * 2654435761) % 2**32:08x}"
    number, person, out = 0, 0, []
    while number < len(source):
        counts, weights = zip(*CONVERSATIONS_EACH)
        own = source[number:number + rng.choices(counts, weights)[0]]
        customer = Customer(person, world, rng)
        lengths = [clock(rows, random.Random(0))[-1] for rows in own]
        for rows, start in zip(own, starts(lengths, world, rng)):
            out += played(number, rows, customer, start, next_id, world, rng)
            number += 1
        person += 1
    out.sort(key=lambda m: (m["arrival"], m["id"]))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("source", help="irc_ubuntu train.jsonl.gz")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="0/1", help="share/shares of the conversations [default: 0/1]")
    parser.add_argument("--without", help="JSON Lines whose texts must not be used")
    options = parser.parse_args()
    without = set()
    if options.without:
        with open(options.without, encoding="utf-8") as lines:
            without = {json.loads(line)["text"].strip() for line in lines}
    made = simulate(conversations(options.source, options.part, without), random.Random(options.seed))
    with open(options.output, "w", encoding="utf-8") as out:
        for row in made:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
