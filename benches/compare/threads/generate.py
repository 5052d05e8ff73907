"""An invented mailbox of any size: headers alone, as JSON Lines with truth.

    python generate.py --size 1000000 --seed 7 -o mailbox.jsonl

The idea: threads of many sizes (half of them one message, few of them long), answers that go mostly to the latest or
the first message, people of whom few write much. Clients differ: most list all ancestors (the first and the last twenty
of a long list), one in ten only the parent, one in forty nothing; one message in fifty is missing, so that others name
what is not there. Subjects are a few words, one in twenty threads has one that many share ("weekly report"); answers
carry "Re:", some a localised mark. Truth is the thread as it was written. Equal arguments give equal bytes.

Threads overlap in time; the file is in the order of sending. Cost: linear, but for one sort; a million take about
twenty seconds and a gigabyte.
"""

import argparse
import json
import random

WORDS = """account address agenda answer archive audit backup badge balance battery bill board branch broken budget
build cable calendar camera cancel card case chair change charge chart claim clock code colour column contact contract
copy crash credit customer data date deadline delay delivery desk device discount display door draft driver error
export fan feature field file filter folder form format fuel garden glass guide heater hinge holiday host import
invoice item kernel key label lamp ledger letter licence limit list lock log login manual map meeting memory menu
meter minutes monitor motor name network note notice number offer office order package page panel paper parcel
password patch path payment permit phone photo plan plug policy port price printer profile project proposal quote
radio rate receipt record refund release renewal repair report request review roof room route sample scan schedule
screen search seat sensor server session setup shelf shipment signal site size socket source stock store subject
summary supply support switch system table tax team template test ticket timer token tool tour train transfer travel
tray trial update upgrade user value vendor version video voucher warranty water web window wire""".split()
SHARED = ["weekly report", "status", "minutes of the meeting", "hello", "invoice", "question", "build failed"]
MARKS = ["Re: "] * 20 + ["RE: "] * 4 + ["AW: ", "SV: ", "Antw: ", "Re[2]: "]
HOSTS = [f"mail{number}.example.org" for number in range(40)]
HOUR = 3600.0
START = 1_600_000_000
YEAR = 365 * 24 * HOUR
LONGEST = 20  # ids a client keeps of the end of a list


def threads(size, draw):
    """The sizes of threads until `size` messages are together."""
    left = size
    while left > 0:
        many = 1 if draw.random() < 0.5 else min(400, 1 + int(draw.paretovariate(1.1) * 2))
        many = min(many, left)
        left -= many
        yield many


class Writer:
    """Who writes, under which ids."""

    def __init__(self, size, draw):
        self.draw = draw
        self.people = max(20, size // 60)
        self.count = 0

    def person(self):
        # Few write much: the square of a uniform number lies low.
        number = int(self.people * self.draw.random() ** 2)
        return f"Person {number} <person{number}@{HOSTS[number % len(HOSTS)]}>"

    def id(self):
        self.count += 1
        return f"{self.draw.getrandbits(64):016x}.{self.count}@{HOSTS[self.count % len(HOSTS)]}"


def subject(draw):
    if draw.random() < 0.05:
        return draw.choice(SHARED)
    return " ".join(draw.sample(WORDS, draw.randint(2, 5)))


def parent_of(number, draw):
    """The place of the message that message `number` of a thread answers."""
    chance = draw.random()
    if chance < 0.55:
        return number - 1
    return 0 if chance < 0.75 else draw.randrange(number)


def headers(ancestors, draw):
    """In-Reply-To and References as one of several clients writes them."""
    chance = draw.random()
    if chance < 0.025:
        return [], []
    parent = ancestors[-1:]
    if chance < 0.125:
        return parent, []
    return parent, ancestors if len(ancestors) <= LONGEST + 1 else ancestors[:1] + ancestors[-LONGEST:]


def thread(name, many, writer, draw, years):
    """`(time, line)` of the messages of one thread that are there."""
    title, group = subject(draw), [writer.person() for _ in range(min(many, 2 + draw.randrange(6)))]
    home = f"list{draw.randrange(200)}@lists.example.org"
    time = START + draw.random() * years * YEAR
    chains = []
    for number in range(many):
        own = writer.id()
        ancestors = chains[parent_of(number, draw)] if number else []
        chains.append(ancestors + [own])
        in_reply_to, references = headers(ancestors, draw) if number else ([], [])
        row = {"id": own, "ts": round(time, 3), "channel": "email", "author": draw.choice(group), "to": [home],
               "subject": draw.choice(MARKS) + title if number else title, "in_reply_to": in_reply_to,
               "references": references, "text": "", "truth_thread": name}
        time += draw.expovariate(1 / (5 * HOUR))
        if many == 1 or draw.random() >= 0.02:
            yield row["ts"], json.dumps(row)


def mailbox(size, seed):
    """The lines in the order of sending."""
    draw = random.Random(seed)
    writer = Writer(size, draw)
    # Some are missing, so more are written than asked for.
    years = max(1.0, size / 500_000)
    written = (thread(f"t{number}", many, writer, draw, years)
               for number, many in enumerate(threads(int(size * 1.02), draw)))
    lines = [line for messages in written for line in messages]
    lines.sort()
    return lines[:size]


def main():
    parser = argparse.ArgumentParser(description="An invented mailbox.")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("-o", "--output", required=True)
    given = parser.parse_args()
    with open(given.output, "w", encoding="utf-8") as out:
        out.writelines(line + "\n" for _, line in mailbox(given.size, given.seed))


if __name__ == "__main__":
    main()
