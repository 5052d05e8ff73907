"""The built-in sentiment beside VADER: agreement with people, invented support lines, speed and memory.

    pip install vaderSentiment==3.3.2 numpy
    cargo bench -p reknit --bench sentiment --no-run        # prints the path of the program
    python sentiment.py DATA PROGRAM [SUPPORT]

DATA holds `vader/*.tsv` (mean human rating, TAB, text) and `tweeteval_sentiment/test.tsv` (label, TAB, text); SUPPORT
is `tests/cases/sentiment_support.tsv`. Prints Markdown. Ratings are compared by Pearson's r, over the tweets in two
halves by the hash of the text; what was learnt of the half at hand is in the shipped model, so the halves held out are
told by `build_sentiment.py`. Labels: macro-recall, with VADER's own cuts of 0.05. Speed: one thread each, in turns;
processor seconds and peak memory as the system counts them for each program.
"""

import hashlib
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

HOME = pathlib.Path(__file__).resolve().parents[3]
LABELS = ("negative", "neutral", "positive")
TURNS = 7


def rows(path: pathlib.Path) -> list[tuple[str, str]]:
    found = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("# "):
            cells = line.split("\t")
            text = cells[-1]
            for code, sign in (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\\\\", "\\")):
                text = text.replace(code, sign)
            found.append((cells[0], text))
    return found


def ours(program: str, path: pathlib.Path) -> list[tuple[float, float, str]]:
    done = subprocess.run([program, "--scores", str(path)], capture_output=True, text=True, check=True)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    return [(float(score), float(effective), label) for score, effective, label, _ in lines]


def label(compound: float) -> str:
    return "positive" if compound >= 0.05 else "negative" if compound <= -0.05 else "neutral"


def recall(truth: list[str], found: list[str]) -> float:
    pairs = list(zip(truth, found))
    return float(numpy.mean([numpy.mean([f == t for t, f in pairs if t == name]) for name in LABELS]))


def agreement(data: pathlib.Path, program: str, vader: SentimentIntensityAnalyzer) -> None:
    print("| ratings | rows | score | effective score | VADER |\n|---|---|---|---|---|")
    for name in ("tweets", "amazonReviewSnippets", "movieReviewSnippets", "nytEditorialSnippets"):
        path = data / "vader" / f"{name}.tsv"
        pairs = rows(path)
        truth = numpy.array([float(mean) for mean, _ in pairs])
        readings = ours(program, path)
        theirs = numpy.array([vader.polarity_scores(text)["compound"] for _, text in pairs])
        half = numpy.array([hashlib.sha256(text.encode()).digest()[0] & 1 for _, text in pairs])
        parts = [("", half >= 0)] + ([(", half 0", half == 0), (", half 1", half == 1)] if name == "tweets" else [])
        for part, keep in parts:
            r = [numpy.corrcoef(x[keep], truth[keep])[0, 1] for x in (*numpy.array([x[:2] for x in readings]).T, theirs)]
            print(f"| {name}{part} | {keep.sum()} | {r[0]:.4f} | {r[1]:.4f} | {r[2]:.4f} |")
    path = data / "tweeteval_sentiment" / "test.tsv"
    pairs = rows(path)
    truth = [mean for mean, _ in pairs]
    found = [label if label != "mixed" else "neutral" for _, _, label in ours(program, path)]
    theirs = [label(vader.polarity_scores(text)["compound"]) for _, text in pairs]
    print("\n| labels | rows | macro-recall | VADER |\n|---|---|---|---|")
    print(f"| tweeteval_sentiment test | {len(pairs)} | {recall(truth, found):.4f} | {recall(truth, theirs):.4f} |")


def support(path: pathlib.Path, program: str, vader: SentimentIntensityAnalyzer) -> None:
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as copy:
        copy.write("".join(f"{truth}\t{text}\n" for truth, _, text in lines))
        copy.flush()
        found = [label for _, _, label in ours(program, pathlib.Path(copy.name))]
    theirs = [label(vader.polarity_scores(text)["compound"]) for _, _, text in lines]
    print("\n| invented support lines | lines | right | VADER right |\n|---|---|---|---|")
    groups = ["tried", "held out", *dict.fromkeys(group for _, group, _ in lines)]
    for name in groups:
        keep = [
            at
            for at, (_, group, _) in enumerate(lines)
            if (at % 3 == 2) == (name == "held out") and name in ("tried", "held out") or group == name
        ]
        shares = [sum(x[at] == lines[at][0] for at in keep) / len(keep) for x in (found, theirs)]
        print(f"| {name} | {len(keep)} | {shares[0]:.3f} | {shares[1]:.3f} |")


def run(command: list[str]) -> tuple[str, float, float]:
    """What a program prints, its processor seconds and its peak memory in MB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    return out, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


VADER = """
import sys, time
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
texts = [line.rstrip("\\n").split("\\t")[-1] for line in open(sys.argv[1], encoding="utf-8")]
vader = SentimentIntensityAnalyzer()
best = 1e9
for _ in range(2):
    begin = time.process_time()
    for text in texts:
        vader.polarity_scores(text)
    best = min(best, time.process_time() - begin)
print(len(texts) / best)
"""


def speed(data: pathlib.Path, program: str) -> None:
    """Both in turns, because machines are faster in one minute than in the next; a ratio is of one turn."""
    path = data / "tweeteval_sentiment" / "test.tsv"
    rates, spent = {}, {}
    for _ in range(TURNS):
        theirs, *cost = run([sys.executable, "-c", VADER, str(path)])
        rates.setdefault("VADER", []).append(float(theirs))
        spent.setdefault("VADER", []).append(cost)
        out, *cost = run([program, str(path)])
        for line in out.splitlines()[1:]:
            name, rate = line.split(": ")
            rates.setdefault(name, []).append(float(rate.split()[0]))
            spent.setdefault(name, []).append(cost)
    print(f"\nOne thread, best round of a turn, {TURNS} turns: medians (least to greatest)\n")
    print("| | texts/s | times VADER | processor s, all rounds | peak MB |\n|---|---|---|---|---|")
    for name, found in rates.items():
        ratios = sorted(rate / vader for rate, vader in zip(found, rates["VADER"]))
        middle = statistics.median
        seconds, memory = (middle(cost[at] for cost in spent[name]) for at in (0, 1))
        times = f"{middle(ratios):.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})"
        print(f"| {name} | {middle(found):,.0f} | {times} | {seconds:.1f} | {memory:.0f} |")


def main() -> None:
    data, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    vader = SentimentIntensityAnalyzer()
    agreement(data, program, vader)
    support(pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else HOME / "tests/cases/sentiment_support.tsv", program, vader)
    speed(data, program)


main()
