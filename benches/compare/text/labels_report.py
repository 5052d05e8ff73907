"""What `labels.py` found, as Markdown: scores over seeds, a paired bootstrap, processor time and memory.

The idea: all engines label the same test texts, so the difference of two engines is judged on the same drawn texts
(paired bootstrap: Efron and Tibshirani 1993). The score of an engine is the mean over its seeds, on the whole test
split and on every resample alike. The rival of a row is whichever has the best mean TEST score there, which is kinder
to the rivals than any choice that can be made without looking; MiniLM is told, but is no rival, since it reads a
network of 90 MB.

Cost: 1,000 resamples of n test texts, for each seed of two engines.
"""

import numpy

RESAMPLES = 1_000
NAMES = {
    "reknit": "Reknit",
    "fasttext": "fastText, words",
    "fasttext-subwords": "fastText, subwords",
    "svc": "LinearSVC",
    "logistic": "LogisticRegression",
    "minilm": "MiniLM + LR",
}
HEAVY = {"minilm"}


def confusion(truth, given, labels):
    return numpy.bincount(truth * labels + given, minlength=labels * labels).reshape(labels, labels)


def quality(metric, matrix, names):
    """A metric of a confusion matrix (true label by given label); the definitions are those of scikit-learn."""
    hits, true, given = numpy.diag(matrix), matrix.sum(1), matrix.sum(0)
    if metric == "accuracy":
        return hits.sum() / max(matrix.sum(), 1)
    if metric == "macro_recall":
        return float(numpy.mean((hits / numpy.maximum(true, 1))[true > 0]))
    scores = 2 * hits / numpy.maximum(true + given, 1)
    if metric == "macro_f1":
        return float(numpy.mean(scores[true + given > 0]))
    return float(numpy.mean([scores[names.index(name)] for name in metric.removeprefix("f1:").split(",")]))


class Row:
    """One set: the truth, and what each engine gave under each seed, as numbers of labels."""

    def __init__(self, name, metric, truth, given):
        self.name, self.metric = name, metric
        self.labels = sorted({*truth, *(label for runs in given.values() for run in runs for label in run)})
        places = {label: at for at, label in enumerate(self.labels)}
        self.truth = numpy.array([places[label] for label in truth])
        self.given = {
            engine: [numpy.array([places[label] for label in run]) for run in runs] for engine, runs in given.items()
        }

    def scores(self, engine, drawn=slice(None)):
        """The score under each seed."""
        count = len(self.labels)
        return [
            quality(self.metric, confusion(self.truth[drawn], run[drawn], count), self.labels)
            for run in self.given[engine]
        ]

    def rival(self):
        others = [engine for engine in self.given if engine != "reknit" and engine not in HEAVY]
        return max(others, key=lambda engine: numpy.mean(self.scores(engine)), default=None)

    def interval(self, rival):
        """Where 95 % of the differences lie on texts drawn again."""
        random = numpy.random.default_rng(1)
        differences = []
        for _ in range(RESAMPLES):
            drawn = random.integers(len(self.truth), size=len(self.truth))
            differences.append(numpy.mean(self.scores("reknit", drawn)) - numpy.mean(self.scores(rival, drawn)))
        return numpy.percentile(differences, [2.5, 97.5])


def short(value, sign=False):
    text = f"{value:+.4f}" if sign else f"{value:.4f}"
    return text.replace("0.", ".", 1)


def table(head, lines):
    return "\n".join(["| " + " | ".join(head) + " |", "|---" * len(head) + "|", *lines, ""])


def line(cells):
    return "| " + " | ".join(cells) + " |"


def scores(rows, engines):
    """The table of scores, and what it says as a whole."""
    head = ["set", "metric", *(NAMES[engine] for engine in engines), "Reknit - best rival", "95 % interval"]
    lines, ours, best = [], [], []
    for row in rows:
        rival, cells = row.rival(), []
        for engine in engines:
            if engine not in row.given:
                cells.append("")
                continue
            found = row.scores(engine)
            spread = f" ± {short(numpy.std(found, ddof=1))}" if len(found) > 1 else ""
            mark = "**" if engine == rival else ""
            cells.append(f"{mark}{short(numpy.mean(found))}{mark}{spread}")
        ends = ["", ""]
        if rival and "reknit" in row.given:
            ours.append(numpy.mean(row.scores("reknit")))
            best.append(numpy.mean(row.scores(rival)))
            low, high = row.interval(rival)
            ends = [short(ours[-1] - best[-1], True), f"{short(low, True)} to {short(high, True)}"]
        lines.append(line([row.name, row.metric, *cells, *ends]))
    text = table(head, lines)
    if ours:
        gaps = [a - b for a, b in zip(ours, best, strict=True)]
        text += (
            f"\nMean over {len(ours)} rows: Reknit {short(numpy.mean(ours))}, the best rival of each row (bold) "
            f"{short(numpy.mean(best))}, difference {short(numpy.mean(gaps), True)}; the lowest row {short(min(gaps), True)}.\n"
        )
    return text


def costs(verb, measured, engines):
    """Processor seconds and peak memory of `train` or `predict`: {set: {engine: [{cpu, rss_mb}]}}."""
    lines = []
    for name, found in measured.items():
        cells = []
        for engine in engines:
            runs = found.get(engine, [])
            seconds = [run[verb]["cpu"] for run in runs]
            memory = [run[verb]["rss_mb"] for run in runs]
            cells.append(f"{numpy.median(seconds):.1f} s, {max(memory):.0f} MB" if runs else "")
        lines.append(line([name, *cells]))
    return table(["set", *(NAMES[engine] for engine in engines)], lines)
