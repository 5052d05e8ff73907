"""Makes data/sentiment.bin: what is learnt of words on top of the rated lists, for the built-in sentiment.

    pip install numpy scipy
    python build_sentiment.py DATA [XTASK]


DATA is a folder with `vader/tweets.tsv` and `vader/*Snippets.tsv` (MIT; Hutto and Gilbert 2014),
`goemotions/train.tsv`, `goemotions/dev.tsv` (CC-BY-4.0; Demszky et al. 2020) and `clinc150/train.tsv` (CC-BY-3.0;
Larson et al. 2019): label, TAB, text a line. XTASK is the built `xtask`; without it cargo builds it.

The sum of a text is what rules make of rated words, plus what is learnt of each word, plain or in the scope of a
negation. The second part is fitted so that the sum explains human ratings (squashed, squared error) and the lean of
GoEmotions and CLINC150 (ordered logistic model; CLINC150's questions and orders lean nowhere). Weights are held small
by a ridge; a part of each is linear in the word's vector (`words.bin`), so that words that were never seen learn from
their like. Each set has a bias of its own in training that is left out in use. Words come from the very code that
reads (`xtask learnt`). Everything is computed in a fixed order without chance; about a minute of one core.

The script says how well it does on the half of the tweets that was left out, both ways, and on the development set
of GoEmotions; then it fits on all.
"""

import collections
import hashlib
import itertools
import json
import os
import pathlib
import struct
import subprocess
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy  # noqa: E402
import scipy.optimize  # noqa: E402
import scipy.sparse  # noqa: E402
import scipy.special  # noqa: E402

HOME = pathlib.Path(__file__).parent
OUT = HOME / "data" / "sentiment.bin"
# With this file's choices: searched on one half of the tweets and on the development set of GoEmotions.
RIDGE, SHARE, SEEN, SEEN_NEGATED, ROUNDS = 3e-4, 0.6, 3, 5, 60
SQUASH = 15.0  # as in sentiment.rs
# How much a text counts of sets that are less like messages than the others.
CLINC_WEIGHT, SNIPPETS_WEIGHT = 0.3, 0.3
READER = sys.argv[2:3] or ["cargo", "run", "--quiet", "--release", "-p", "xtask", "--"]

PRAISE = set("admiration amusement approval caring desire excitement gratitude joy love optimism pride relief".split())
TROUBLE = set(
    "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness".split()
)


def rows(path: pathlib.Path) -> list[tuple[str, str]]:
    found = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            label, text = line.split("\t", 1)
            for code, sign in (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\\\\", "\\")):
                text = text.replace(code, sign)
            found.append((label, text))
    return found


def lean(labels: str) -> int | None:
    """1, 0 or -1 for a set of emotions; None for both ways and for what leans nowhere clearly."""
    found = set(labels.split(","))
    praise, trouble = bool(found & PRAISE), bool(found & TROUBLE)
    if praise and trouble:
        return None
    return 1 if praise else -1 if trouble else 0 if "neutral" in found else None


def read(texts: list[str]) -> list[dict]:
    """Words and the sum by rules of each text, from the code that reads."""
    lines = "\n".join(json.dumps(text) for text in texts)
    command = [*READER, "learnt"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, cwd=HOME, encoding="utf-8")
    return [json.loads(line) for line in done.stdout.splitlines()]


def word_vectors() -> tuple[dict[str, int], numpy.ndarray]:
    data = (HOME / "data" / "words.bin").read_bytes()
    pieces, dimensions, _, slots, texts = struct.unpack("<5I", data[8:28])
    step = struct.unpack("<f", data[28:32])[0] / 65535
    at = 32
    scales = numpy.frombuffer(data, "<u2", pieces, at)
    at += 4 * pieces
    ends = numpy.frombuffer(data, "<u4", pieces, at)
    at += 4 * pieces + 2 * slots
    text = data[at : at + texts]
    vectors = numpy.frombuffer(data, numpy.int8, pieces * dimensions, at + texts).reshape(pieces, dimensions)
    vectors = vectors * (scales[:, None] * step)
    length = numpy.sqrt((vectors**2).sum(1, keepdims=True))
    begins = [0, *ends[:-1]]
    names = [text[begin:end].decode() for begin, end in zip(begins, ends)]
    return {name: at for at, name in enumerate(names) if name[:1].isalpha()}, vectors / (length + numpy.median(length) / 2)


class Set:
    """Texts of one source: their words, sums by rules, and what is known of them."""

    def __init__(self, name: str, pairs: list[tuple[str, str]], rated: bool, weight: float = 1.0):
        self.name, self.rated, self.weight = name, rated, weight
        self.texts = [text for _, text in pairs]
        self.truth = numpy.array([float(label) for label, _ in pairs])
        found = read(self.texts)
        self.words = [line["words"] for line in found]
        self.sums = numpy.array([line["sum"] for line in found])
        self.half = numpy.array([hashlib.sha256(text.encode()).digest()[0] & 1 for text in self.texts])

    def part(self, keep: numpy.ndarray) -> "Set":
        other = object.__new__(Set)
        other.name, other.rated, other.weight = self.name, self.rated, self.weight
        other.words = [words for words, kept in zip(self.words, keep) if kept]
        other.truth, other.sums = self.truth[keep], self.sums[keep]
        return other


class Fit:
    def __init__(self, sets: list[Set], places: dict[str, int], vectors: numpy.ndarray):
        self.places, self.vectors = places, vectors
        seen = collections.Counter(word for one in sets for words in one.words for word in set(words))
        least = lambda word: SEEN_NEGATED if word.startswith("not ") else SEEN
        self.known = {word: at for at, word in enumerate(sorted(w for w, n in seen.items() if n >= least(w)))}
        x = self.matrix([words for one in sets for words in one.words])
        sums, truth = (numpy.concatenate([getattr(one, name) for one in sets]) for name in ("sums", "truth"))
        source = numpy.concatenate([numpy.full(len(one.words), at) for at, one in enumerate(sets)])
        rated = numpy.array([one.rated for one in sets])[source]
        weight = numpy.array([one.weight for one in sets])[source]
        width, count, total, turned = x.shape[1], len(sets), weight.sum(), x.T.tocsr()

        def loss(at: numpy.ndarray) -> tuple[float, numpy.ndarray]:
            w, bias, scale, slope, cut = at[:width], at[width : width + count], at[width + count : -2], at[-2], at[-1]
            s = sums + x @ w + bias[source]
            by_sum, by_scale = numpy.zeros(len(s)), numpy.zeros(count)
            m = rated
            u, du = s[m] / numpy.sqrt(s[m] ** 2 + SQUASH), SQUASH / (s[m] ** 2 + SQUASH) ** 1.5
            miss = scale[source[m]] * u - truth[m]
            value = 0.5 * (weight[m] * miss**2).sum()
            by_sum[m] = weight[m] * miss * scale[source[m]] * du
            numpy.add.at(by_scale, source[m], weight[m] * miss * u)
            m = ~rated
            up, down = (scipy.special.expit(sign * slope * s[m] - cut) for sign in (1, -1))
            p = numpy.select([truth[m] > 0, truth[m] < 0], [up, down], 1 - up - down).clip(1e-6)
            value -= (weight[m] * numpy.log(p)).sum()
            du, dd = up * (1 - up), down * (1 - down)
            along = numpy.select([truth[m] > 0, truth[m] < 0], [du, -dd], dd - du)
            outward = numpy.select([truth[m] > 0, truth[m] < 0], [-du, -dd], du + dd)
            q = -weight[m] / p
            by_sum[m] = q * along * slope
            ends = [(q * along * s[m]).sum(), (q * outward).sum()]
            value += 0.5 * RIDGE * total * (w @ w)
            by_bias = numpy.bincount(source, by_sum, count)
            gradient = numpy.concatenate([turned @ by_sum + RIDGE * total * w, by_bias, by_scale, ends])
            return value / total, gradient / total

        start = numpy.concatenate([numpy.zeros(width + count), numpy.full(count, 3.5), [0.57, 1.0]])
        found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
        self.weights = found.x[:width]

    def matrix(self, texts: list[list[str]]) -> scipy.sparse.csr_matrix:
        def counts(table: dict[str, int]) -> scipy.sparse.csr_matrix:
            cells = [(at, table[word]) for at, words in enumerate(texts) for word in words if word in table]
            rows, columns = zip(*cells)
            return scipy.sparse.csr_matrix((numpy.ones(len(rows)), (rows, columns)), (len(texts), len(table)))

        meaning = scipy.sparse.csr_matrix(self.meaning(texts))
        return scipy.sparse.hstack([counts(self.known), meaning]).tocsr()

    def meaning(self, texts: list[list[str]]) -> numpy.ndarray:
        cells = [(at, self.places[word]) for at, words in enumerate(texts) for word in words if word in self.places]
        rows, columns = zip(*cells)
        counts = scipy.sparse.csr_matrix((numpy.ones(len(rows)), (rows, columns)), (len(texts), len(self.vectors)))
        return counts @ self.vectors

    def sums(self, one: Set) -> numpy.ndarray:
        return one.sums + SHARE * (self.matrix(one.words) @ self.weights)

    def table(self) -> dict[str, float]:
        """What every word is worth that has a weight or a vector."""
        by_vector = self.vectors @ self.weights[len(self.known) :]
        worth = {word: by_vector[at] for word, at in self.places.items()}
        for word, at in self.known.items():
            worth[word] = worth.get(word, 0.0) + self.weights[at]
        return {word: SHARE * value for word, value in worth.items()}


def squash(sums: numpy.ndarray) -> numpy.ndarray:
    return sums / numpy.sqrt(sums**2 + SQUASH)


def recall(sums: numpy.ndarray, truth: numpy.ndarray, cuts: tuple[float, float]) -> float:
    found = numpy.where(sums > cuts[1], 1, numpy.where(sums < cuts[0], -1, 0))
    return float(numpy.mean([(found[truth == label] == label).mean() for label in (-1, 0, 1)]))


def bits(sums: numpy.ndarray, truth: numpy.ndarray) -> numpy.ndarray:
    """Bits a point, and those that praise and trouble must overcome: ordered logistic, the three equally frequent."""
    weight = numpy.select([truth == label for label in (-1, 0, 1)], [1 / (truth == label).sum() for label in (-1, 0, 1)])

    def loss(at: numpy.ndarray) -> float:
        up, down = (scipy.special.expit(numpy.log(2) * (sign * at[0] * sums - cut)) for sign, cut in ((1, at[1]), (-1, at[2])))
        p = numpy.select([truth > 0, truth < 0], [up, down], 1 - up - down).clip(1e-6)
        return -(weight * numpy.log(p)).sum()

    return scipy.optimize.minimize(loss, [1.0, 1.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-6}).x


def hashed(word: str) -> int:
    """As `form_hash` in `text/token.rs`."""
    data, value = word.encode(), 0x9E3779B97F4A7C15
    for at in range(0, len(data), 8):
        value = (value ^ int.from_bytes(data[at : at + 8], "little")) * 0xD6E8FEB86659FD93 % (1 << 64)
        value ^= value >> 32
    return max(value, 1)


def write(table: dict[str, float]) -> None:
    step = numpy.float32(max(abs(value) for value in table.values()) / 127)
    # Few words are strong: a finer step for all others is worth more than their last digit.
    step = min(step, numpy.float32(0.012))
    steps = {word: int(numpy.clip(round(value / float(step)), -127, 127)) for word, value in table.items()}
    words = {}
    for word, value in steps.items():
        at = word.startswith("not ")
        pair = words.setdefault(hashed(word[4 * at :]), [0, 0])
        pair[at] = value
    # A word that was never seen negated is taken to count half, and the other way.
    for word, value in steps.items():
        if not word.startswith("not ") and "not " + word not in steps:
            words[hashed(word)][1] = round(-value / 2)
    words = {key: pair for key, pair in words.items() if any(pair)}
    keys = sorted(words)
    data = b"RKSENT02" + struct.pack("<If", len(keys), step) + numpy.array(keys, "<u8").tobytes()
    data += numpy.array([words[key][0] for key in keys], numpy.int8).tobytes()
    data += numpy.array([words[key][1] for key in keys], numpy.int8).tobytes()
    OUT.write_bytes(data)
    print(f"{len(keys)} words, {len(data)} bytes")


def main() -> None:
    data = pathlib.Path(sys.argv[1])
    leans = lambda name: [(str(at), text) for label, text in rows(data / name) if (at := lean(label)) is not None]
    tweets = Set("tweets", rows(data / "vader/tweets.tsv"), True)
    others = [
        Set("amazon", rows(data / "vader/amazonReviewSnippets.tsv"), True),
        Set("movies", rows(data / "vader/movieReviewSnippets.tsv"), True, SNIPPETS_WEIGHT),
        Set("editorials", rows(data / "vader/nytEditorialSnippets.tsv"), True, SNIPPETS_WEIGHT),
        Set("goemotions", leans("goemotions/train.tsv"), False),
        Set("clinc150", [("0", text) for _, text in rows(data / "clinc150/train.tsv")], False, CLINC_WEIGHT),
    ]
    dev = Set("dev", leans("goemotions/dev.tsv"), False)
    places, vectors = word_vectors()
    for half in (0, 1):
        fit = Fit([tweets.part(tweets.half != half), *others], places, vectors)
        left = tweets.part(tweets.half == half)
        by_rules, whole = (numpy.corrcoef(squash(s), left.truth)[0, 1] for s in (left.sums, fit.sums(left)))
        print(f"tweets, half {half} left out: Pearson {whole:.4f}, by rules alone {by_rules:.4f}", flush=True)
    fit = Fit([tweets, *others], places, vectors)
    for cuts in itertools.product((-0.5, -0.6, -0.7, -0.8), (0.8, 1.0, 1.2, 1.4)):
        values = [recall(s, dev.truth, cuts) for s in (fit.sums(dev), dev.sums)]
        print(f"GoEmotions dev, cut at {cuts}: macro-recall {values[0]:.4f}, by rules alone {values[1]:.4f}")
    print("bits a point, praise and trouble:", bits(fit.sums(dev), dev.truth).round(3))
    write(fit.table())


if __name__ == "__main__":
    main()
