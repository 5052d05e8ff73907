"""Quoted-reply parsers of Python: the pieces of each body, and microseconds a message.

    python quotes_run.py PARSER CASES OUT

Cases are JSON Lines with `name`, `format` and `body`. Out comes one JSON object a case, with what is left when a suite
takes off `quote`, `signature` or both (`quote+signature`), what was `quoted`, and `the_signature`. A parser that does
not tell what is quoted is credited with all lines that it took off; one without a reader for HTML leaves those cases
out. The time is the processor's, of one call of its reader, over all cases of one format, the least of several rounds.

PARSER: mail-parser-reply (all of its languages, since nobody says which one a mail has), email-reply-parser (Zapier's),
talon (its quotations, and its signatures by rules; the trained ones need a scikit-learn of 2017), quotequail (knows no
signatures). Cost: seconds, but for mail-parser-reply, whose patterns go back and forth.
"""

import collections
import json
import sys
import time

import corpora

BUDGET = 10.0  # seconds of the clock for the rounds of one format
ROUNDS = 5


def without(text, removed):
    """A text without a part of it."""
    return text.replace(removed, "", 1) if removed else text


def taken_off(body, kept):
    """The lines of the body that are not among those kept."""
    left = collections.Counter(line.strip() for line in kept.splitlines())
    lines = []
    for line in body.splitlines():
        if left[line.strip()] > 0:
            left[line.strip()] -= 1
        else:
            lines.append(line)
    return "\n".join(lines)


class MailParserReply:
    def __init__(self):
        from mailparser_reply import EmailReplyParser
        from mailparser_reply.constants import MAIL_LANGUAGES

        self.languages = [language for language in MAIL_LANGUAGES if len(language) == 2]
        self.parser = EmailReplyParser

    def read(self, case):
        # It adds to the list of languages it is given.
        return self.parser(languages=list(self.languages)).read(text=case["body"])

    def pieces(self, case, mail):
        reply = mail.replies[0]
        return {
            "quote+signature": reply.body,
            "quote": reply.full_body,
            "signature": without(mail.text, reply.signatures),
            "quoted": "\n".join(other.content for other in mail.replies[1:]),
            "the_signature": reply.signatures,
        }


class EmailReplyParser:
    def __init__(self):
        from email_reply_parser import EmailReplyParser as parser

        self.parser = parser

    def read(self, case):
        return self.parser.read(case["body"])

    def pieces(self, case, mail):
        def is_quote(fragment):
            return fragment.quoted or fragment.headers or fragment.hidden

        def is_own(at):
            fragment, before = mail.fragments[at], mail.fragments[:at]
            closes = fragment.signature and not any(is_quote(other) and not other.signature for other in before)
            return closes or not is_quote(fragment)

        def joined(wanted):
            return "\n".join(fragment.content for at, fragment in enumerate(mail.fragments) if wanted(at))

        return {
            "quote+signature": mail.reply,
            "quote": joined(is_own),
            "signature": joined(lambda at: not mail.fragments[at].signature),
            "quoted": joined(lambda at: is_quote(mail.fragments[at])),
            "the_signature": joined(lambda at: mail.fragments[at].signature),
        }


class Talon:
    reads_html = True

    def __init__(self):
        from talon import quotations
        from talon.signature.bruteforce import extract_signature

        quotations.register_xpath_extensions()
        self.quotations, self.signature_of = quotations, extract_signature

    def read(self, case):
        if case["format"] == "html":
            return self.quotations.extract_from_html(case["body"]), None, None
        reply = self.quotations.extract_from_plain(case["body"])
        bare, signature = self.signature_of(reply)
        return reply, bare, signature

    def pieces(self, case, found):
        reply, bare, signature = found
        if case["format"] == "html":
            return {"markup": reply}
        return {
            "quote+signature": bare,
            "quote": reply,
            "signature": self.signature_of(case["body"])[0],
            "quoted": taken_off(case["body"], reply),
            "the_signature": signature or "",
        }


class Quotequail:
    reads_html = True

    def __init__(self):
        import quotequail

        self.quotequail = quotequail

    def read(self, case):
        unwrap = self.quotequail.unwrap_html if case["format"] == "html" else self.quotequail.unwrap
        return unwrap(case["body"]) or {}

    def pieces(self, case, found):
        if case["format"] == "html":
            own = [found[part] for part in ("html_top", "html_bottom") if found.get(part)]
            return {"markup": "\n".join(own) if found else case["body"]}
        own = [found[part] for part in ("text_top", "text_bottom") if found.get(part)]
        reply = "\n".join(own) if found else case["body"]
        return {"quote+signature": reply, "quote": reply, "signature": case["body"],
                "quoted": found.get("text", ""), "the_signature": ""}


PARSERS = {"mail-parser-reply": MailParserReply, "email-reply-parser": EmailReplyParser, "talon": Talon,
           "quotequail": Quotequail}


def clocked(parser, cases):
    """Microseconds of processor time a message: the least of some rounds, as many as the budget allows."""
    if not cases:
        return None
    rounds, began = [], time.perf_counter()
    while len(rounds) < ROUNDS and (not rounds or time.perf_counter() - began < BUDGET):
        start = time.process_time()
        for case in cases:
            attempt(parser.read, case)
        rounds.append(time.process_time() - start)
    return round(min(rounds) / len(cases) * 1e6, 1)


def attempt(call, *given):
    """What a call gives; nothing where the parser itself fails."""
    try:
        return call(*given)
    except Exception:
        return None


def answer(parser, case):
    found = attempt(parser.read, case)
    return {"name": case["name"], **(found is not None and attempt(parser.pieces, case, found) or {})}


def main():
    name, given, out = sys.argv[1:]
    parser = PARSERS[name]()
    cases = corpora.read(given)
    text = [case for case in cases if case["format"] == "text"]
    html = [case for case in cases if case["format"] == "html" and getattr(parser, "reads_html", False)]
    with open(out, "w", encoding="utf-8") as lines:
        for case in text + html:
            lines.write(json.dumps(answer(parser, case)) + "\n")
    print(json.dumps({"text_us": clocked(parser, text), "html_us": clocked(parser, html)}))


if __name__ == "__main__":
    main()
