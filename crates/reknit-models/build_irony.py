"""Makes data/irony.bin: weights of words and pairs of words by which the built-in sentiment knows ironic messages.

    pip install numpy scipy
    python build_irony.py DATA [XTASK]

Learnt from `support_lines.tsv`, of which a part is ironic, and from what is taken not to be: `irony_lines.tsv`, honest
lines in words that irony borrows, and in the folder DATA `goemotions/train.tsv` (CC-BY-4.0; Demszky et al. 2020),
`vader/tweets.tsv` and `vader/amazonReviewSnippets.tsv` (MIT; Hutto and Gilbert 2014) and `clinc150/train.tsv` (CC-BY-3.0;
Larson et al. 2019). Some of those are ironic too; they teach that other people's talk is seldom so. XTASK is the built
`xtask`; without it cargo builds it.

A logistic model with a ridge: a text is its words and pairs that stand in four texts at least, each as often as it comes,
rarer ones weightier (ln(texts / texts with it), as in tf-idf), over the root of how many there are. The layout is told by
`irony_words.rs`. The script says first what share of ironic and of other lines is called ironic in parts of
`support_lines.tsv` that were left out, each part by a writer and of trades of its own. Everything is computed in a fixed
order without chance; a minute of one core.
"""

import collections
import os
import pathlib
import struct
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy  # noqa: E402
import scipy.optimize  # noqa: E402
import scipy.sparse  # noqa: E402
import scipy.special  # noqa: E402
from build_sentiment import read, rows  # noqa: E402
from build_support import rows as invented  # noqa: E402

HOME = pathlib.Path(__file__).resolve().parent
OUT = HOME / "data" / "irony.bin"
SEEN, COST, ROUNDS, FOLDS = 4, 64.0, 150, 4
# How often an honest line in words that irony borrows is counted.
TIMES = 4
# Idf is counted in these, about its mean, so that the cost is about that of a model of unit vectors.
IDF = 8.0
# The probability from which on a text is taken for ironic, chosen on parts left out and with lines of others in view; told
# as 0.5.
CUT = 0.25
# So many of the strongest weights are kept: lines left out were told as well as by twice as many.
KEPT = 16_000
# What is taken not to be ironic.
OTHERS = ("goemotions/train", "vader/tweets", "vader/amazonReviewSnippets", "clinc150/train")


class Texts:
    """Rows of known words and pairs."""

    def __init__(self, texts):
        self.hashes = [line["hashes"] for line in read(texts)]
        seen = collections.Counter(one for hashes in self.hashes for one in set(hashes))
        known = sorted(one for one, count in seen.items() if count >= SEEN)
        self.known = numpy.array(known, dtype=numpy.uint64)
        self.idf = numpy.log(len(texts) / numpy.array([seen[one] for one in known])) / IDF
        places = {one: at for at, one in enumerate(known)}
        cells = [(row, places[one], len(hashes) ** -0.5)
                 for row, hashes in enumerate(self.hashes) for one in hashes if one in places]
        row, column, value = (numpy.array(one) for one in zip(*cells, strict=True))
        x = scipy.sparse.csr_matrix((value, (row, column)), (len(texts), len(known)))
        self.x = (x @ scipy.sparse.diags(self.idf)).tocsr()


def fit(texts, rows, truth):
    """Weights and bias of the least log loss with a ridge, learnt from those rows; only the strongest weights."""
    x, truth = texts.x[rows], truth[rows]
    sign, turned = numpy.where(truth, 1.0, -1.0), x.T.tocsr()

    def loss(at):
        w, bias = at[:-1], at[-1]
        margin = sign * (x @ w + bias)
        pull = -sign * scipy.special.expit(-margin)
        value = numpy.logaddexp(0, -margin).sum() + w @ w / (2 * COST)
        return value, numpy.append(turned @ pull + w / COST, pull.sum())

    start = numpy.zeros(x.shape[1] + 1)
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x
    weights, strength = found[:-1], numpy.abs(found[:-1] * texts.idf)
    weights[numpy.argsort(-strength, kind="stable")[KEPT:]] = 0.0
    return weights, found[-1]


def write(texts, weights, bias):
    weights = weights * texts.idf / numpy.log(2)
    step = numpy.float32(numpy.abs(weights).max() / 127)
    steps = numpy.rint(weights / step).astype(int)
    entries = sorted((int(texts.known[at]) & 0xFFFFFFFFFF, int(steps[at])) for at in numpy.flatnonzero(steps))
    bias = (bias - scipy.special.logit(CUT)) / numpy.log(2)
    data = b"RKIRON01" + struct.pack("<Iff", len(entries), step, bias)
    data += b"".join(hash.to_bytes(5, "little") + struct.pack("b", weight) for hash, weight in entries)
    OUT.write_bytes(data)
    print(f"{len(entries)} words and pairs, {len(data)} bytes")


def main():
    data = pathlib.Path(sys.argv[1])
    ours = invented(HOME / "support_lines.tsv")
    others = TIMES * [text for (text,) in invented(HOME / "irony_lines.tsv")]
    others += [text for name in OTHERS for _, text in rows(data / f"{name}.tsv")]
    texts = Texts([line[-1] for line in ours] + others)
    truth = numpy.array([line[3] == "yes" for line in ours] + [False] * len(others))
    parts = sorted({line[0] for line in ours})
    fold = numpy.array([parts.index(line[0]) % FOLDS for line in ours] + [-1] * len(others))
    found = numpy.zeros(len(truth))
    for one in range(FOLDS):
        weights, bias = fit(texts, fold != one, truth)
        found[fold == one] = texts.x[fold == one] @ weights + bias
    called, own = found > scipy.special.logit(CUT), fold >= 0
    shares = called[truth].mean(), called[own & ~truth].mean()
    print("left out: {:.3f} of ironic lines, {:.4f} of others are called ironic".format(*shares), flush=True)
    write(texts, *fit(texts, numpy.full(len(fold), True), truth))


if __name__ == "__main__":
    main()
