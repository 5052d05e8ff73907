"""Makes data/emotion.bin and data/spam.bin: small linear models for the built-in emotion and spam readers.

    pip install numpy scipy
    python build_linear.py (emotion|spam) DATA [XTASK]

DATA is a folder with `goemotions` (CC-BY-4.0; Demszky et al. 2020) or `sms_spam` (CC-BY-4.0; Almeida, Gómez Hidalgo
and Yamakami 2011), each with `train.tsv`, `dev.tsv` and `test.tsv`: labels with commas between them, TAB, text.

What is read of a text: its words, `not ` before those in the scope of a negation, and pairs of neighbours, each worth
one over the root of their number; and the vector of its word pieces (`words.bin`), scaled to length 1. One logistic
model a label with a ridge (L-BFGS), fitted on train. The features with the largest weights are kept and rounded
to whole numbers of -127 to 127 with a scale a label. The threshold of a label is the one with the best F1 on dev.
Emotions come twice: the 28 of GoEmotions, and the six of Ekman and neutral as columns of their own. Spam is judged by
cross-validation over train and dev in ten parts, and the model shipped learns from both. Test is only reported.
Computed in a fixed order; about three minutes of one core for emotion.

Layout, little endian: "RKLINE01"; u32 labels, features, bytes of label names; the names, newlines between them; f32 a
label: bias, threshold (a logit), scale of its rows, scale of its vector; i8 vectors, 128 a label; u64 hash a feature,
ascending; i8 rows, one number a label.
"""

import collections
import json
import os
import pathlib
import struct
import subprocess
import sys
import unicodedata

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy  # noqa: E402
import scipy.sparse  # noqa: E402
import scipy.optimize  # noqa: E402
import scipy.special  # noqa: E402

HOME = pathlib.Path(__file__).parent
READER = sys.argv[3:4] or ["cargo", "run", "--quiet", "--release", "-p", "xtask", "--"]
MEANING = 1.0  # length of the part of meaning
DIMENSIONS, ROUNDS = 128, 120
EKMAN = {
    "anger": "anger annoyance disapproval",
    "disgust": "disgust",
    "fear": "fear nervousness",
    "joy": "joy amusement approval excitement gratitude love optimism relief pride admiration desire caring",
    "sadness": "sadness disappointment embarrassment grief remorse",
    "surprise": "surprise realization confusion curiosity",
    "neutral": "neutral",
}


def rows(path: pathlib.Path) -> list[tuple[list[str], str]]:
    found = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            labels, text = line.split("\t", 1)
            for code, sign in (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\\\\", "\\")):
                text = text.replace(code, sign)
            found.append((labels.split(","), text))
    return found


def read(texts: list[str]) -> list[list[str]]:
    lines = "\n".join(json.dumps(text) for text in texts)
    done = subprocess.run(
        [*READER, "learnt"], input=lines, capture_output=True, text=True, check=True, cwd=HOME, encoding="utf-8"
    )
    return [json.loads(line)["words"] for line in done.stdout.splitlines()]


class Words:
    """The word pieces and their vectors, cut as `text::words` does."""

    def __init__(self) -> None:
        data = (HOME / "data" / "words.bin").read_bytes()
        pieces, dimensions, _, slots, texts = struct.unpack("<5I", data[8:28])
        step = struct.unpack("<f", data[28:32])[0] / 65535
        scales = numpy.frombuffer(data, "<u2", pieces, 32)
        at = 32 + 4 * pieces
        ends = numpy.frombuffer(data, "<u4", pieces, at)
        at += 4 * pieces + 2 * slots
        text = data[at : at + texts]
        self.vectors = numpy.frombuffer(data, numpy.int8, pieces * dimensions, at + texts).reshape(pieces, dimensions)
        self.vectors = (self.vectors * (scales[:, None] * step)).astype(numpy.float32)
        begins = [0, *ends[:-1]]
        self.places = {text[b:e].decode(): at for at, (b, e) in enumerate(zip(begins, ends))}
        self.known: dict[str, list[int]] = {}

    def cut(self, form: str) -> list[int]:
        if form not in self.known:
            plain = "".join(c for c in unicodedata.normalize("NFD", form) if not unicodedata.combining(c))
            found: list[int] = []
            word = ""
            for sign in plain + "\0":
                if sign.isalnum():
                    word += sign
                else:
                    found += self.pieces(word)
                    word = ""
                    found += [self.places[sign]] if sign in self.places else []
            self.known[form] = found
        return self.known[form]

    def pieces(self, word: str) -> list[int]:
        found, at = [], 0
        while at < len(word):
            for end in range(min(len(word), at + 24), at, -1):
                piece = ("##" if at else "") + word[at:end]
                if piece in self.places:
                    break
            else:
                return []
            found.append(self.places[piece])
            at = end
        return found

    def meaning(self, texts: list[list[str]]) -> numpy.ndarray:
        found = numpy.zeros((len(texts), self.vectors.shape[1]), numpy.float32)
        for row, forms in zip(found, texts):
            pieces = [piece for form in forms for piece in self.cut(form.removeprefix("not "))]
            row += self.vectors[pieces].sum(0) if pieces else 0
        return found / numpy.maximum(numpy.sqrt((found**2).sum(1, keepdims=True)), 1e-9)


def hashed(word: str) -> int:
    value = 0xCBF29CE484222325
    for byte in word.encode():
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return value


def features(words: list[str]) -> list[tuple[str, ...]]:
    return [(word,) for word in words] + list(zip(words, words[1:]))


def fingerprint(feature: tuple[str, ...]) -> int:
    value = 0
    for word in feature:
        value = ((value << 1 | value >> 63) ^ hashed(word)) * 0x9E3779B97F4A7C15 % (1 << 64)
    return value


class Reading:
    def __init__(self, texts: list[list[str]], words: Words):
        self.found = [features(text) for text in texts]
        self.meaning = words.meaning(texts)

    def table(self, least: int) -> dict[tuple[str, ...], int]:
        seen = collections.Counter(f for found in self.found for f in set(found))
        return {f: at for at, f in enumerate(sorted(f for f, n in seen.items() if n >= least))}

    def matrix(self, table: dict[tuple[str, ...], int], rows: list[int] | None = None) -> scipy.sparse.csr_matrix:
        rows = list(range(len(self.found))) if rows is None else rows
        ends, columns, values = [0], [], []
        for row in rows:
            known = [table[f] for f in set(self.found[row]) if f in table]
            columns += known
            values += [1 / numpy.sqrt(max(len(self.found[row]), 1))] * len(known)
            ends.append(len(columns))
        counts = scipy.sparse.csr_matrix((values, columns, ends), (len(rows), len(table)))
        return scipy.sparse.hstack([counts, scipy.sparse.csr_matrix(self.meaning[rows] * MEANING)]).tocsr()


def fit(x: scipy.sparse.csr_matrix, y: numpy.ndarray, cost: float) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Weights and biases of one logistic model a column of `y`, all at once by L-BFGS."""
    count, meaning = x.shape[1] - DIMENSIONS, x[:, -DIMENSIONS:].toarray()
    words = x[:, :count].tocsr()
    turned, sign = words.T.tocsr(), numpy.where(y, 1.0, -1.0)

    def loss(at: numpy.ndarray) -> tuple[float, numpy.ndarray]:
        w = at.reshape(x.shape[1] + 1, y.shape[1])
        margin = sign * (words @ w[:count] + meaning @ w[count:-1] + w[-1])
        value = 0.5 * (w[:-1] ** 2).sum() + cost * numpy.logaddexp(0, -margin).sum()
        slope = -cost * sign * scipy.special.expit(-margin)
        gradient = numpy.vstack([turned @ slope + w[:count], meaning.T @ slope + w[count:-1], slope.sum(0)])
        return value, gradient.ravel()

    start = numpy.zeros((x.shape[1] + 1) * y.shape[1])
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 6})
    found = found.x.reshape(x.shape[1] + 1, y.shape[1])
    return found[:-1], found[-1]


def f1(found: numpy.ndarray, truth: numpy.ndarray) -> float:
    return 2 * (found & truth).sum() / max(1, found.sum() + truth.sum())


def best_threshold(scores: numpy.ndarray, truth: numpy.ndarray) -> float:
    cuts = numpy.linspace(-4, 1.5, 56)
    return float(max(cuts, key=lambda cut: f1(scores > cut, truth)))


class Model:
    """The kept features, rounded."""

    def __init__(self, names, table, weights, bias, keep: int):
        count = len(table)
        strength = numpy.abs(weights[:count]).max(1)
        kept = sorted(numpy.argsort(-strength, kind="stable")[:keep])
        rows = weights[kept]
        self.names, self.bias = names, numpy.array(bias, numpy.float32)
        self.scale = (numpy.abs(rows).max(0) / 127).astype(numpy.float32)
        self.rows = numpy.rint(rows / self.scale).astype(numpy.int8)
        vector = weights[count:]
        self.vector_scale = (numpy.abs(vector).max(0) / 127).astype(numpy.float32)
        self.vector = numpy.rint(vector / self.vector_scale).astype(numpy.int8)
        by_place = {place: f for f, place in table.items()}
        self.table = {by_place[place]: at for at, place in enumerate(kept)}
        self.threshold = numpy.zeros(len(names), numpy.float32)

    def scores(self, reading: Reading) -> numpy.ndarray:
        weights = numpy.vstack([self.rows * self.scale, self.vector * self.vector_scale])
        return reading.matrix(self.table) @ weights + self.bias

    def bytes(self) -> bytes:
        names = "\n".join(self.names).encode()
        data = b"RKLINE01" + struct.pack("<3I", len(self.names), len(self.table), len(names)) + names
        for part in (self.bias, self.threshold, self.scale, self.vector_scale):
            data += part.astype("<f4").tobytes()
        data += self.vector.T.tobytes()
        order = sorted((fingerprint(f), at) for f, at in self.table.items())
        data += numpy.array([key for key, _ in order], "<u8").tobytes()
        return data + self.rows[[at for _, at in order]].tobytes()


def emotion(data: pathlib.Path) -> None:
    words = Words()
    sets = {part: rows(data / "goemotions" / f"{part}.tsv") for part in ("train", "dev", "test")}
    labels = sorted({label for found, _ in sets["train"] for label in found})
    ekman = [f"ekman {name}" for name in EKMAN]
    of = {label: f"ekman {name}" for name, members in EKMAN.items() for label in members.split()}
    names = labels + ekman
    truth = {
        part: numpy.array([[n in found or any(of[f] == n for f in found) for n in names] for found, _ in pairs])
        for part, pairs in sets.items()
    }
    reading = {part: Reading(read([text for _, text in pairs]), words) for part, pairs in sets.items()}
    table = reading["train"].table(3)
    x = reading["train"].matrix(table)
    weights, bias = fit(x, truth["train"], EMOTION_COST)
    model = Model(names, table, weights, bias, 14_000)
    dev, test = model.scores(reading["dev"]), model.scores(reading["test"])
    for at in range(len(names)):
        model.threshold[at] = best_threshold(dev[:, at], truth["dev"][:, at])
    values = [f1(test[:, at] > model.threshold[at], truth["test"][:, at]) for at in range(len(names))]
    for name, value in zip(names, values):
        print(f"{name}: test F1 {value:.3f}")
    many, few = numpy.mean(values[: len(labels)]), numpy.mean(values[len(labels) :])
    print(f"macro-F1 on test: 28 emotions {many:.4f}, Ekman and neutral {few:.4f}")
    write("emotion", model)


def spam(data: pathlib.Path) -> None:
    words = Words()
    sets = {part: rows(data / "sms_spam" / f"{part}.tsv") for part in ("train", "dev", "test")}
    pairs = sets["train"] + sets["dev"]
    truth = numpy.array(["spam" in found for found, _ in pairs])
    reading = Reading(read([text for _, text in pairs]), words)
    out = numpy.zeros(len(pairs))
    for part in range(10):
        left = [row for row in range(len(pairs)) if row % 10 == part]
        used = [row for row in range(len(pairs)) if row % 10 != part]
        table = reading.table(2)
        weights, bias = fit(reading.matrix(table, used), truth[used, None], SPAM_COST)
        out[left] = (reading.matrix(table, left) @ weights + bias)[:, 0]
    cut = best_threshold(out, truth)
    print(f"cross-validation: F1 of spam {f1(out > cut, truth):.4f} at {cut:.2f}, at 0 {f1(out > 0, truth):.4f}")
    table = reading.table(2)
    weights, bias = fit(reading.matrix(table), truth[:, None], SPAM_COST)
    model = Model(["spam"], table, weights, bias, 12_000)
    model.threshold[0] = cut
    test = Reading(read([text for _, text in sets["test"]]), words)
    found = model.scores(test)[:, 0] > cut
    print(f"test: F1 of spam {f1(found, numpy.array(['spam' in f for f, _ in sets['test']])):.4f}")
    write("spam", model)


EMOTION_COST, SPAM_COST = 6.0, 300.0


def write(name: str, model: Model) -> None:
    data = model.bytes()
    (HOME / "data" / f"{name}.bin").write_bytes(data)
    print(f"{len(model.table)} features, {len(data)} bytes")


{"emotion": emotion, "spam": spam}[sys.argv[1]](pathlib.Path(sys.argv[2]))
