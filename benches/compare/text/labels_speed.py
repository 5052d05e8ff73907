"""Labelling speed of one thread: Reknit's bench beside fastText's `predict`, in turns.

The idea: each engine learns from the same training texts and labels the same 10,000 different texts (those of the test
split, then of the training split). Machines are faster in one minute than in the next, so the engines take turns: in
each turn every engine labels the texts three times and its best round counts, and a ratio is of two engines of one
turn. What is told is the median over the turns, and from which to which ratio they went. For Reknit the first round
of a turn is told as well, because a classifier remembers words it has met. fastText is asked for all texts at once,
from texts that were tokenised and lower-cased outside the clock; Reknit reads them as they are. fastText learns two
epochs: what it learns does not change how long a prediction takes.

    python benches/compare/text/labels.py DATA --work FOLDER --speed

Cost: two trainings of Reknit and four of fastText, then about a minute a set; 2 GB for fastText's tables.
"""

import contextlib
import json
import pathlib
import re
import statistics
import subprocess
import sys
import time

import labels_engines as engines
import measure

SETS = {"tweeteval_sentiment": "macro_recall", "banking77": "accuracy"}
TEXTS = 10_000
ROUNDS, TURNS = 3, 9
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
    """Asks the bench: each call gives {verb: (texts a second in the best round, in the first)}."""
    learnt = model(options, name, metric)
    file = options.work / f"speed-{name}" / "texts.txt"
    file.write_text("".join(f"{text}\n" for text in asked), encoding="utf-8")
    root = pathlib.Path(__file__).resolve().parents[3]
    command = ["cargo", "bench", "-q", "-p", "reknit", "--bench", "classify", "--", learnt.resolve(), file.resolve(), ROUNDS]
    command = [str(part) for part in command]

    def turn():
        told = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
        speeds = re.findall(r"^(.+): ([\d.]+) texts/s.*?([\d.]+) texts/s$", told, re.MULTILINE)
        return {f"Reknit, {verb}": (float(best), float(first)) for verb, best, first in speeds}

    turn()  # builds the bench
    return turn


RIVAL = """
import json, sys, time
import fasttext
job = json.load(open(sys.argv[1], encoding="utf-8"))
model = fasttext.train_supervised(job["train"], **job["settings"])
for _ in sys.stdin:
    best = 1e9
    for _ in range(job["rounds"]):
        begin = time.perf_counter()
        model.predict(job["texts"])
        best = min(best, time.perf_counter() - begin)
    print(len(job["texts"]) / best, flush=True)
"""


def theirs(options, name, way, asked, running):
    """Asks fastText, in a process of its own that ends with `running`: each call gives {way: (texts a second, None)}."""
    folder = options.work / f"speed-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    pairs = engines.rows(options.data / name / "train.tsv")
    labels = sorted({label for label, _ in pairs})
    train, file = folder / "fasttext.txt", folder / f"{way}.json"
    train.write_text("".join(f"__label__{labels.index(label)} {engines.words(text)}\n" for label, text in pairs), encoding="utf-8")
    settings = {**engines.FASTTEXT, **WAYS[way], "wordNgrams": 2, "epoch": 2, "lr": 0.5}
    job = {"train": str(train), "settings": settings, "rounds": ROUNDS, "texts": [engines.words(text) for text in asked]}
    file.write_text(json.dumps(job), encoding="utf-8")
    asks = [sys.executable, "-c", RIVAL, file]
    pipe = subprocess.PIPE
    rival = running.enter_context(subprocess.Popen(asks, stdin=pipe, stdout=pipe, text=True))

    def turn():
        rival.stdin.write("\n")
        rival.stdin.flush()
        return {f"fastText, {way}": (float(rival.stdout.readline()), None)}

    turn()  # waits for the training
    return turn


def ratio(turns, engine, rival, which):
    """The median ratio of two engines over the turns, the least and the greatest."""
    if turns[0][engine][which] is None:
        return ""
    found = sorted(turn[engine][which] / turn[rival][0] for turn in turns)
    return f"{statistics.median(found):.2f} ({found[0]:.2f} to {found[-1]:.2f})"


def report(options):
    heads = [f"{what}times fastText {way}" for way in WAYS for what in ("", "first round, ")]
    lines = [f"| set | engine | texts/s | {' | '.join(heads)} |", "|---" * (3 + len(heads)) + "|"]
    for name, metric in SETS.items():
        asked = texts(options.data / name)
        with contextlib.ExitStack() as running:
            rivals = (theirs(options, name, way, asked, running) for way in WAYS)
            engines_asked = [ours(options, name, metric, asked), *rivals]
            turns = [{key: value for turn in engines_asked for key, value in turn().items()} for _ in range(TURNS)]
        for engine in turns[0]:
            speed = statistics.median(turn[engine][0] for turn in turns)
            cells = [ratio(turns, engine, f"fastText, {way}", which) for way in WAYS for which in (0, 1)]
            lines.append(f"| {name} | {engine} | {speed:,.0f} | {' | '.join(cells)} |")
    when = time.strftime("%Y-%m-%d")
    return f"One thread, {TURNS} turns of {ROUNDS} rounds over {TEXTS:,} texts: medians (least to greatest), {when}.\n\n" + "\n".join(lines) + "\n"
