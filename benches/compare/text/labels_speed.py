"""Labelling speed of one thread: Reknit's bench beside fastText's `predict`, one after the other in one run.

The idea: each engine learns from the same training texts and labels the same 10,000 different texts (those of the test
split, then of the training split), three times; the best round counts, and for Reknit the first one is told as well,
because a classifier remembers words it has met. fastText is asked for all texts at once, from texts that were
tokenised and lower-cased outside the clock; Reknit reads them as they are. fastText learns two epochs: what it learns
does not change how long a prediction takes.

    python benches/compare/text/labels.py DATA --work FOLDER --speed

Cost: two trainings of Reknit and four of fastText, then seconds.
"""

import json
import pathlib
import re
import subprocess
import sys
import time

import labels_engines as engines
import measure

SETS = {"tweeteval_sentiment": "macro_recall", "banking77": "accuracy"}
TEXTS = 10_000
ROUNDS = 3
WAYS = {"words": {}, "subwords": engines.SUBWORDS}


def texts(data):
    """Different texts without line breaks."""
    pairs = engines.rows(data / "test.tsv") + engines.rows(data / "train.tsv")
    return list(dict.fromkeys(re.sub(r"[\r\n\t]", " ", text) for _, text in pairs))[:TEXTS]


def model(options, name, metric):
    """Reknit's model, made once for each binary."""
    folder = options.work / f"speed-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    file, stamp = folder / "model", folder / "binary"
    if not (file.exists() and stamp.exists() and stamp.read_text() == options.binary):
        dev = options.data / name / "dev.tsv"
        learn = [options.reknit, "train", options.data / name / "train.tsv", "--metric", metric, "--threads", "1"]
        learn += ["--dev", dev] if dev.exists() else []
        found = measure.run([str(part) for part in [*learn, "-o", file]], str(folder / "train.log"), options.limit)
        if "failed" in found:
            sys.exit(f"{name}: {found['failed']}")
        stamp.write_text(options.binary)
    return file


def ours(options, name, metric, asked):
    """{verb: (texts a second in the best round, in the first)}, as the bench tells them."""
    file = options.work / f"speed-{name}" / "texts.txt"
    learnt = model(options, name, metric)
    file.write_text("".join(f"{text}\n" for text in asked), encoding="utf-8")
    root = pathlib.Path(__file__).resolve().parents[3]
    command = ["cargo", "bench", "-q", "-p", "reknit", "--bench", "classify", "--", learnt.resolve(), file.resolve(), str(ROUNDS)]
    told = subprocess.run([str(part) for part in command], cwd=root, check=True, capture_output=True, text=True).stdout
    speeds = re.findall(r"^(.+): ([\d.]+) texts/s.*?([\d.]+) texts/s$", told, re.MULTILINE)
    return {verb: (float(best), float(first)) for verb, best, first in speeds}


RIVAL = """
import json, sys, time
import fasttext
job = json.load(open(sys.argv[1], encoding="utf-8"))
model = fasttext.train_supervised(job["train"], **job["settings"])
best = 1e9
for _ in range(job["rounds"]):
    begin = time.perf_counter()
    model.predict(job["texts"])
    best = min(best, time.perf_counter() - begin)
print(len(job["texts"]) / best)
"""


def theirs(options, name, way, asked):
    """Texts a second of fastText, in a process of its own."""
    folder = options.work / f"speed-{name}"
    pairs = engines.rows(options.data / name / "train.tsv")
    labels = sorted({label for label, _ in pairs})
    train, file = folder / "fasttext.txt", folder / f"{way}.json"
    train.write_text("".join(f"__label__{labels.index(label)} {engines.words(text)}\n" for label, text in pairs), encoding="utf-8")
    settings = {**engines.FASTTEXT, **WAYS[way], "wordNgrams": 2, "epoch": 2, "lr": 0.5}
    job = {"train": str(train), "settings": settings, "rounds": ROUNDS, "texts": [engines.words(text) for text in asked]}
    file.write_text(json.dumps(job), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", RIVAL, file], check=True, capture_output=True, text=True)
    return float(done.stdout)


def report(options):
    lines = ["| set | engine | texts/s | in its first round | times fastText words | times fastText subwords |", "|---" * 6 + "|"]
    for name, metric in SETS.items():
        asked = texts(options.data / name)
        rivals = {way: theirs(options, name, way, asked) for way in WAYS}
        for way, speed in rivals.items():
            ratios = " | ".join(f"{speed / rivals[other]:.2f}" for other in WAYS)
            lines.append(f"| {name} | fastText, {way} | {speed:,.0f} | | {ratios} |")
        for verb, (best, first) in ours(options, name, metric, asked).items():
            ratios = " | ".join(f"{best / rivals[other]:.2f} ({first / rivals[other]:.2f})" for other in WAYS)
            lines.append(f"| {name} | Reknit, {verb} | {best:,.0f} | {first:,.0f} | {ratios} |")
    when = time.strftime("%Y-%m-%d")
    return f"One thread, the best of {ROUNDS} rounds over {TEXTS:,} texts (in brackets Reknit's first round), {when}.\n\n" + "\n".join(lines) + "\n"
