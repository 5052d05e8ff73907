"""Is the same taken for reply, quotation and signature as the suites of reply parsers expect?

The idea: a case says what its suite takes off (`strips`) and what must be left. It is right if everything it asserts
holds. White space around a text and at the ends of lines does not count; where a case says so, none does. A reply that
is asserted as markup is compared as text, for every parser in the same way. Cases that the suites answer differently
(`disputed`) and those whose answer a trained classifier gave (`signature/learned`) are left out.

Source: the README of the cases. Cost: linear in the bytes.
"""

from html.parser import HTMLParser

HIDDEN = {"style", "script", "title", "head"}


def counts(case):
    return not case.get("disputed") and "signature/learned" not in case["name"]


def score(cases, answers):
    """`{format: {"right": n, "of": n}}`, the cases that went wrong, and those without an answer."""
    found, wrong = {}, []
    by_name = {answer["name"]: answer for answer in answers}
    for case in filter(counts, cases):
        answer = by_name.get(case["name"])
        row = found.setdefault(case["format"], {"right": 0, "of": 0, "answered": 0})
        row["of"] += 1
        row["answered"] += answer is not None
        if answer is not None and is_right(case, answer):
            row["right"] += 1
        else:
            wrong.append(case["name"])
    return found, wrong


def is_right(case, answer):
    reply = as_text(answer["markup"]) if "markup" in answer else answer.get("+".join(case["strips"]), "") or ""
    quoted, signature = answer.get("quoted") or "", answer.get("the_signature") or ""
    # A parser that hands back markup tells no other pieces.
    return all([
        is_same(case, "expected_reply", reply, dense if case.get("compare") else even),
        "expected_reply_html" not in case or dense(as_text(case["expected_reply_html"])) == dense(reply),
        is_same(case, "expected_signature", signature, even),
        holds(case, "must_contain", reply), not any_of(case, "must_not_contain", reply),
        holds(case, "quoted_must_contain", quoted), not any_of(case, "quoted_must_not_contain", quoted),
        holds(case, "signature_must_contain", signature),
    ])


def is_same(case, key, found, read):
    return key not in case or read(case[key] or "") == read(found)


def strings(case, key):
    value = case.get(key) or []
    return [value] if isinstance(value, str) else value


def holds(case, key, text):
    return all(part in text for part in strings(case, key))


def any_of(case, key, text):
    return any(part in text for part in strings(case, key))


def even(text):
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def dense(text):
    return "".join(text.split())


class Text(HTMLParser):
    """The text of a page, without what nobody sees."""

    def __init__(self):
        super().__init__()
        self.hidden, self.parts = 0, []

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in HIDDEN

    def handle_endtag(self, tag):
        self.hidden -= tag in HIDDEN and self.hidden > 0

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data)


def as_text(markup):
    reader = Text()
    reader.feed(markup or "")
    reader.close()
    return "".join(reader.parts)
