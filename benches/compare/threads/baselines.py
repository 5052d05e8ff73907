"""The rules that any engine must beat, as plain Python.

The idea: what most products do fits in a few lines. Each rule reads JSON Lines and writes who hangs on whom.

    python baselines.py RULE IN OUT [IN OUT ...]

Mail:
    references          connected by Message-ID, In-Reply-To and References, ids nobody bears included (as notmuch does)
    references+subject  the same, and all of one base subject together
Rooms (in the order of `n`; lines of the system hang on nothing):
    previous            the line before, of the system or not
    previous-spoken     the last line somebody said: "Previous" of Kummerfeld et al. 2019
    gap-2, gap-5        a session ends after so many minutes of silence
    rules               a mention: the last line of that person, within an hour; else the last line that addresses me
                        or is mine, within 15 minutes; else a new conversation
Channels of one customer (`contact`, or the handle while nobody knows whose it is):
    handle-24h, contact-1h, contact-6h, contact-24h
                        the last conversation of the same one if the silence is no longer; in rooms 15 minutes. A
                        reply id that is known goes before

Names are those seen in earlier lines only, so that nothing looks ahead. Sources: Kummerfeld et al. 2019 (Previous), the
design notes of the data. Cost: linear in the words.
"""

import csv
import datetime
import re
import sys

import corpora

MARK = re.compile(r"^\s*(?:(?:re|fwd?|aw|sv|antw|wg|tr)\s*(?:\[\d+\])?\s*:|\[[^\]]*\])\s*", re.IGNORECASE)
MINUTE = 60.0
ROOM_GAP = 15 * MINUTE


def base(subject):
    """A subject without reply marks, forward marks and tags in front."""
    rest = subject or ""
    while (shorter := MARK.sub("", rest, count=1)) != rest:
        rest = shorter
    return " ".join(rest.lower().split())


class Groups:
    """Union-find over anything."""

    def __init__(self):
        self.above = {}

    def top(self, item):
        path = []
        while (above := self.above.setdefault(item, item)) != item:
            path.append(item)
            item = above
        for step in path:
            self.above[step] = item
        return item

    def join(self, one, other):
        self.above[self.top(one)] = self.top(other)


# --- mail ----------------------------------------------------------------------------------------------------------

def references(rows, subjects=False):
    groups, parents, known = Groups(), {}, {row["id"] for row in rows}
    for row in rows:
        for id in corpora.named(row):
            groups.join(("id", row["id"]), ("id", id))
            if id in known and id != row["id"]:
                parents[row["id"]] = id
        if subjects and base(row.get("subject")):
            groups.join(("id", row["id"]), ("subject", base(row["subject"])))
    return [(row["id"], groups.top(("id", row["id"])), parents.get(row["id"])) for row in rows]


# --- rooms ---------------------------------------------------------------------------------------------------------

def by_file(rows, place):
    """Places the lines of each file by themselves, in the order of `n`; `place` is made anew for each."""
    found = []
    for file in sorted({row["file"] for row in rows}):
        lines = sorted((row for row in rows if row["file"] == file), key=lambda row: row["n"])
        placer = place()
        found += trees([(line, placer(line)) for line in lines])
    return found


def trees(placed):
    """`(row, parent id or None)` in order to `(id, conversation, parent id)`."""
    top = {}
    for row, parent in placed:
        top[row["id"]] = top.get(parent, row["id"])
    return [(row["id"], top[row["id"]], parent) for row, parent in placed]


def is_said(line):
    return line.get("kind") != "system" and line.get("author")


def minutes(line):
    return datetime.datetime.fromisoformat(line["ts"]).timestamp() / MINUTE


def previous(spoken=False):
    last = None

    def place(line):
        nonlocal last
        if spoken and not is_said(line):
            return None
        before, last = last, line["id"]
        return before

    return place


def gap(limit):
    last = None

    def place(line):
        nonlocal last
        if not is_said(line):
            return None
        before, last = last, line
        return before["id"] if before and minutes(line) - minutes(before) <= limit else None

    return place


class Rules:
    """Mention, else the talk I am in, else a new one."""

    def __init__(self):
        self.last_of = {}  # the last line of each person, by the name in lower case
        self.turn_of = {}  # the last line that addresses a person or is theirs

    def __call__(self, line):
        if not is_said(line):
            return None
        own, now = line["author"].lower(), minutes(line)
        addressed = [name for name in mentioned(line["text"]) if name in self.last_of and name != own]
        parent = self.pick(addressed, own, now)
        self.last_of[own] = self.turn_of[own] = line
        for name in addressed[:1]:
            self.turn_of[name] = line
        return parent["id"] if parent else None

    def pick(self, addressed, own, now):
        for name in addressed:
            if now - minutes(self.last_of[name]) <= 60:
                return self.last_of[name]
        turn = self.turn_of.get(own)
        return turn if turn and now - minutes(turn) <= 15 else None


def mentioned(text):
    """The words that may be names, in order: bare and without punctuation, longer than two letters."""
    for word in text.lower().split():
        for form in dict.fromkeys([word, word.strip(".,:;!?()<>@\"'")]):
            if len(form) > 2:
                yield form


# --- channels of one customer --------------------------------------------------------------------------------------

def policy(rows, by_contact, limit):
    last, known, contact_of, placed = {}, set(), {}, []
    for row in sorted(rows, key=lambda row: row["ts"]):
        if row["inbound"] and row["author_contact"]:
            contact_of[row["handle"]] = row["author_contact"]
        key, allowed = whose(row, contact_of if by_contact else {}), ROOM_GAP if row["room"] else limit
        named = [id for id in row["in_reply_to"] if id in known]
        before = last.get(key)
        near = before and row["ts"] - before["ts"] <= allowed
        placed.append((row, named[0] if named else before["id"] if near else None))
        last[key] = row
        known.add(row["id"])
    return trees(placed)


def whose(row, contact_of):
    """The room, or the customer: who wrote a message that came in, to whom one went that went out."""
    if row["room"]:
        return ("room", row["room"])
    handle = row["handle"] if row["inbound"] else (row["to"] or [""])[0]
    return ("customer", contact_of.get(handle, handle))


HOUR = 60 * MINUTE
RULES = {
    "references": references,
    "references+subject": lambda rows: references(rows, subjects=True),
    "previous": lambda rows: by_file(rows, previous),
    "previous-spoken": lambda rows: by_file(rows, lambda: previous(spoken=True)),
    "gap-2": lambda rows: by_file(rows, lambda: gap(2)),
    "gap-5": lambda rows: by_file(rows, lambda: gap(5)),
    "rules": lambda rows: by_file(rows, Rules),
    "handle-24h": lambda rows: policy(rows, False, 24 * HOUR),
    "contact-1h": lambda rows: policy(rows, True, HOUR),
    "contact-6h": lambda rows: policy(rows, True, 6 * HOUR),
    "contact-24h": lambda rows: policy(rows, True, 24 * HOUR),
}


def write(placed, path):
    """`(id, conversation, parent id)` as the CSV that `reknit eval stitch` reads; conversations by their number."""
    numbers = {}
    with open(path, "w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["id", "conversation_id", "parent_id", "weight"])
        for id, conversation, parent in placed:
            rows.writerow([id, f"c{numbers.setdefault(conversation, len(numbers))}", parent or "", "0"])


def main():
    rule, *paths = sys.argv[1:]
    for given, out in zip(paths[::2], paths[1::2]):
        write(RULES[rule](corpora.read(given)), out)


if __name__ == "__main__":
    main()
