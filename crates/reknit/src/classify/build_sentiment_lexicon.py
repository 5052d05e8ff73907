"""Writes sentiment_lexicon.tsv from the PyPI package vaderSentiment (MIT).

    pip install vaderSentiment==3.3.2
    python build_sentiment_lexicon.py > sentiment_lexicon.tsv

One line a word: the form the tokeniser gives it, TAB, the mean of ten human ratings on -4..4. Words
with blanks are left out (phrases are rules, written by hand in sentiment.rs). An emoji is worth what
the words of its description are worth together; those worth nothing are left out. Lines are sorted by
their bytes, so that a rebuilt file differs only where the package does.
"""

import importlib.metadata
import pathlib
import re
import sys

import vaderSentiment

LIMIT = 4.0  # the ends of the rating scale


def fold(word: str) -> str:
    """The tokeniser's form: lower case, three or more equal letters as two."""
    return re.sub(r"([a-z])\1{2,}", r"\1\1", word.lower())


def is_word(key: str) -> bool:
    return re.fullmatch(r"[a-z0-9][a-z0-9'*_-]*", key.lower()) is not None and re.search("[a-z]", key.lower())


def ratings(path: pathlib.Path) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, mean = line.split("\t")[:2]
        if not key or " " in key:
            continue
        found.setdefault(fold(key) if is_word(key) else key, float(mean))
    return found


def pictures(path: pathlib.Path, words: dict[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        emoji, description = line.split("\t")[:2]
        bare = "".join(c for c in emoji if c != "\ufe0f" and not "\U0001f3fb" <= c <= "\U0001f3ff")
        mean = sum(words.get(fold(word), 0.0) for word in re.findall(r"[\w'-]+", description))
        if bare and mean:
            found.setdefault(bare, max(-LIMIT, min(LIMIT, round(mean, 2))))
    return found


def main() -> None:
    home = pathlib.Path(vaderSentiment.__file__).parent
    words = ratings(home / "vader_lexicon.txt")
    words |= pictures(home / "emoji_utf8_lexicon.txt", words)
    version = importlib.metadata.version("vaderSentiment")
    out = sys.stdout
    out.reconfigure(encoding="utf-8", newline="\n")
    out.write(f"# Word ratings from the PyPI package vaderSentiment {version}, MIT licence,\n")
    out.write("# (c) 2016 C.J. Hutto. Authors: C.J. Hutto and Eric Gilbert (ICWSM 2014, \"VADER: A Parsimonious\n")
    out.write("# Rule-based Model for Sentiment Analysis of Social Media Text\"). Made by build_sentiment_lexicon.py.\n")
    for key in sorted(words, key=lambda k: k.encode()):
        out.write(f"{key}\t{words[key]:g}\n")


main()
