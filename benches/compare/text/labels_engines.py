"""The rivals of `labels.py`, each in a process of its own: fastText, linear models of scikit-learn, MiniLM vectors.

The idea: `train` reads a job (JSON), chooses settings, fits, saves a model and prints what it chose; `predict` loads
that model and writes one label a line. The process is measured from outside, so the search, the reading of files and
the interpreter count. All use one thread.

    python labels_engines.py train JOB.json
    python labels_engines.py predict JOB.json

How settings are chosen, always by the metric of the set: on the development set where there is one, without fitting
on it afterwards (Reknit does not either); else fastText on a tenth of the training texts, kept apart by label, the
others by cross-validation in three folds; then all training texts are fitted with what was best.

| engine | reads | grid |
|---|---|---|
| `fasttext`, `fasttext-subwords` | lower-cased words and marks, apart; without subwords, or characters 2 to 5; 100 numbers, 500,000 buckets | learning rate .1, .5, 1 by epochs 10, 25, 50 (subwords 10, 25) with word bigrams; then word n-grams of 1 and 3 at the best; above 20,000 texts epochs 5, 15 |
| `svc` | TF-IDF of words 1-2 beside TF-IDF of characters 2-5 within words, logarithmic counts | LinearSVC, C .05, .25, 1, 4; then balanced class weights at the best, if the metric is not accuracy |
| `logistic` | the same | LogisticRegression, one against the rest by liblinear, C .25, 1, 4, 16, balanced likewise |
| `minilm` | the mean of MiniLM's vectors (`minilm.py`) | the same, multinomial |

Sources: Joulin, Grave, Bojanowski and Mikolov 2017 ("Bag of Tricks for Efficient Text Classification"); Fan et al. 2008
(liblinear, under LinearSVC); Reimers and Gurevych 2019 (sentence vectors). Cost: about ten fits an engine.
"""

import json
import os
import pathlib
import pickle
import random
import re
import sys
import warnings

FOLDS = 3
FASTTEXT = {"dim": 100, "bucket": 500_000, "thread": 1, "verbose": 0, "minn": 0, "maxn": 0}
SUBWORDS = {"minn": 2, "maxn": 5}
RATES = (0.1, 0.5, 1.0)
MANY_TEXTS = 20_000
SVC_COSTS = (0.05, 0.25, 1.0, 4.0)
LOGISTIC_COSTS = (0.25, 1.0, 4.0, 16.0)
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


def rows(path):
    """Labels and texts of `label TAB text`, in which backslash, tab and line breaks are escaped."""
    pairs = []
    for line in pathlib.Path(path).read_text(encoding="utf-8").split("\n"):
        if line:
            label, text = line.split("\t", 1)
            pairs.append((label, re.sub(r"\\([tnr\\])", lambda found: ESCAPES[found[1]], text)))
    return pairs


def words(text):
    return " ".join(re.findall(r"\w+|[^\w\s]", text.lower()))


def quality(metric, truth, given):
    from sklearn.metrics import accuracy_score, f1_score, recall_score

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if metric.startswith("f1:"):
            return f1_score(truth, given, labels=[metric[3:]], average="macro", zero_division=0)
        macro = {"macro_f1": f1_score, "macro_recall": recall_score}
        return macro[metric](truth, given, average="macro") if metric in macro else accuracy_score(truth, given)


def kept_apart(pairs, seed):
    """A tenth of each label's texts, at least one where there are two, and the others."""
    by_label, apart, others = {}, [], []
    for pair in pairs:
        by_label.setdefault(pair[0], []).append(pair)
    for label in sorted(by_label):
        own = by_label[label]
        random.Random(f"{seed} {label}").shuffle(own)
        count = 0 if len(own) < 2 else max(1, len(own) // 10)
        apart += own[:count]
        others += own[count:]
    return others, apart


# --- fastText ------------------------------------------------------------------------------------------------------

class FastText:
    """A label is its number, since fastText's labels hold no spaces."""

    def __init__(self, job, pairs, settings):
        import fasttext

        self.labels = sorted({label for label, _ in pairs})
        file = f"{job['model']}.txt"
        with open(file, "w", encoding="utf-8") as out:
            out.writelines(f"__label__{self.labels.index(label)} {words(text)}\n" for label, text in pairs)
        extra = SUBWORDS if job["engine"] == "fasttext-subwords" else {}
        self.model = fasttext.train_supervised(file, **{**FASTTEXT, **extra, **settings}, seed=job["seed"])
        os.remove(file)

    def predict(self, texts):
        found, _ = self.model.predict([words(text) for text in texts])
        return [self.labels[int(one[0].removeprefix("__label__"))] if one else self.labels[0] for one in found]

    def save(self, file):
        self.model.save_model(file)
        pathlib.Path(f"{file}.labels").write_text(json.dumps(self.labels), encoding="utf-8")

    @classmethod
    def load(cls, file):
        import fasttext

        loaded = cls.__new__(cls)
        loaded.model = fasttext.load_model(file)
        loaded.labels = json.loads(pathlib.Path(f"{file}.labels").read_text(encoding="utf-8"))
        return loaded


def train_fasttext(job, pairs, dev):
    if job["settings"]:
        return FastText(job, pairs, job["settings"]), job["settings"]
    fitted, judged = (pairs, dev) if dev else kept_apart(pairs, job["seed"])
    best, model, most = None, None, -1.0

    def trial(settings):
        nonlocal best, model, most
        try:
            found = FastText(job, fitted, settings)
        except RuntimeError:  # it met a number that is none, as it does with high rates
            return
        score = quality(job["metric"], [label for label, _ in judged], found.predict([text for _, text in judged]))
        if score > most:
            best, model, most = settings, found if dev else None, score

    short = (10, 25) if job["engine"] == "fasttext-subwords" else (10, 25, 50)
    for epochs in (5, 15) if len(pairs) > MANY_TEXTS else short:
        for rate in RATES:
            trial({"lr": rate, "epoch": epochs, "wordNgrams": 2})
    chosen = best
    for ngrams in (1, 3):
        trial({**chosen, "wordNgrams": ngrams})
    return model if dev else FastText(job, pairs, best), best


# --- scikit-learn --------------------------------------------------------------------------------------------------

def tfidf():
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )


class Vectors:
    """MiniLM as a scikit-learn transformer that learns nothing; each text is read once."""

    def __init__(self):
        self.seen = {}

    def fit_transform(self, texts):
        return self.transform(texts)

    def transform(self, texts):
        import numpy

        import minilm

        new = sorted({text for text in texts} - self.seen.keys())
        self.seen.update(zip(new, minilm.vectors(new), strict=True))
        return numpy.array([self.seen[text] for text in texts])

    def __getstate__(self):
        return {"seen": {}}


def linear(engine, cost, weights, seed):
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import LinearSVC

    if engine == "svc":
        return LinearSVC(C=cost, class_weight=weights, random_state=seed)
    if engine == "minilm":
        return LogisticRegression(C=cost, class_weight=weights, max_iter=300, random_state=seed)
    one = LogisticRegression(C=cost, class_weight=weights, solver="liblinear", dual=True, random_state=seed)
    return OneVsRestClassifier(one)


def splits(job, pairs, dev):
    """Where settings are judged: the texts to fit and the texts to judge, once or in folds."""
    if dev:
        return [(pairs, dev)]
    from sklearn.model_selection import StratifiedKFold

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=job["seed"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dealt = list(folds.split(pairs, [label for label, _ in pairs]))
    return [([pairs[at] for at in fitted], [pairs[at] for at in judged]) for fitted, judged in dealt]


def columns(pairs):
    return [label for label, _ in pairs], [text for _, text in pairs]


def train_linear(job, pairs, dev):
    engine, reader = job["engine"], Vectors() if job["engine"] == "minilm" else None
    parts = []
    for fitted, judged in splits(job, pairs, dev):
        own = reader or tfidf()
        truth, texts = columns(fitted)
        asked, asked_texts = columns(judged)
        parts.append((own, own.fit_transform(texts), truth, own.transform(asked_texts), asked))
    best, models, most = None, None, -1.0

    def trial(cost, weights):
        nonlocal best, models, most
        fits = [linear(engine, cost, weights, job["seed"]).fit(seen, truth) for _, seen, truth, _, _ in parts]
        given = [label for fit, part in zip(fits, parts, strict=True) for label in fit.predict(part[3])]
        score = quality(job["metric"], [label for part in parts for label in part[4]], given)
        if score > most:
            best, models, most = (cost, weights), fits, score

    for cost in SVC_COSTS if engine == "svc" else LOGISTIC_COSTS:
        trial(cost, None)
    if job["metric"] != "accuracy":
        trial(best[0], "balanced")
    settings = {"C": best[0], "class_weight": best[1]}
    if dev:
        return (parts[0][0], models[0]), settings
    parts.clear()
    own = reader or tfidf()
    truth, texts = columns(pairs)
    return (own, linear(engine, *best, job["seed"]).fit(own.fit_transform(texts), truth)), settings


# --- the process ---------------------------------------------------------------------------------------------------

def train(job):
    pairs = rows(job["train"])
    known = {label for label, _ in pairs}
    dev = [pair for pair in rows(job["dev"]) if pair[0] in known] if job["dev"] else []
    random.Random(job["seed"]).shuffle(pairs)
    if job["engine"].startswith("fasttext"):
        model, settings = train_fasttext(job, pairs, dev)
        model.save(job["model"])
    else:
        model, settings = train_linear(job, pairs, dev)
        pathlib.Path(job["model"]).write_bytes(pickle.dumps(model))
    print(json.dumps({"settings": settings}))


def predict(job):
    texts = [text for _, text in rows(job["test"])]
    if job["engine"].startswith("fasttext"):
        given = FastText.load(job["model"]).predict(texts)
    else:
        # The file was written by `train` a moment ago.
        reader, model = pickle.loads(pathlib.Path(job["model"]).read_bytes())
        given = model.predict(reader.transform(texts))
    pathlib.Path(job["given"]).write_text("".join(f"{label}\n" for label in given), encoding="utf-8")


if __name__ == "__main__":
    {"train": train, "predict": predict}[sys.argv[1]](json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")))
