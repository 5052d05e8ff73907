"""Trains the room ranker from rows of features; `cargo xtask rooms` calls it. See docs/models/rooms.md.

  train_model.py vocabulary WORDS OUT             a model of words alone
  train_model.py folds WORDS_MODEL ROWS OUT       OUT.0 to OUT.2: each trained on the files of the other folds
  train_model.py final WORDS_MODEL FOLDS OUT ROWS...   the model, from all rows; its temperature from FOLDS

Rows are grouped by line: the first row of a line stands for opening a thread, the others for its
candidates. The loss is the cross-entropy of a softmax over the rows of a line, the true rows sharing
the weight. Needs numpy, scipy and lightgbm (MIT). Seeds are fixed and LightGBM runs in its
deterministic mode, so the same data and versions give the same bytes.
"""
import struct
import sys
from collections import Counter

import numpy as np

MAGIC = b"RKROOM01"
DIMENSIONS = 16
WORDS = 4096
FOLDS = 3
TREES = dict(num_leaves=31, max_depth=7, max_bin=63, min_data_in_leaf=80, min_sum_hessian_in_leaf=1.0,
             lambda_l2=2.0, feature_fraction=0.33, seed=7, num_threads=2, deterministic=True,
             force_row_wise=True, verbose=-1)


# --- rows

class Rows:
    """Features, whether each row is true, where each line starts, and the file of each line."""

    def __init__(self, stem):
        files, self.right, starts = [], [], []
        with open(stem + ".tsv") as meta:
            for at, row in enumerate(meta):
                file, line, parent, right = row.rstrip("\n").split("\t")
                if line == parent:
                    starts.append(at)
                    files.append(int(file))
                self.right.append(int(right))
        self.right = np.array(self.right, dtype=np.float64)
        self.starts, self.files = np.array(starts), np.array(files)
        self.features = np.fromfile(stem + ".f32", dtype=np.float32).reshape(len(self.right), -1)

    def only(self, lines):
        """The rows of the chosen lines."""
        part = object.__new__(Rows)
        counts = np.diff(np.append(self.starts, len(self.right)))
        rows = np.repeat(lines, counts)
        part.right, part.features = self.right[rows], self.features[rows]
        part.starts = np.append(0, np.cumsum(counts[lines]))[:-1]
        part.files = self.files[lines]
        return part

    @staticmethod
    def joined(parts):
        """Several sets of rows as one."""
        whole = object.__new__(Rows)
        whole.right = np.concatenate([part.right for part in parts])
        whole.features = np.concatenate([part.features for part in parts])
        before = np.cumsum([0] + [len(part.right) for part in parts])
        whole.starts = np.concatenate([part.starts + shift for part, shift in zip(parts, before)])
        whole.files = np.concatenate([part.files for part in parts])
        return whole

    def probabilities(self, scores):
        """The softmax of the scores of each line's rows, and for each row its line."""
        line = np.repeat(np.arange(len(self.starts)), np.diff(np.append(self.starts, len(scores))))
        scaled = np.exp(scores - np.maximum.reduceat(scores, self.starts)[line])
        return scaled / np.add.reduceat(scaled, self.starts)[line], line

    def loss(self, scores):
        """The mean cross-entropy, in bits, of the lines that have a true row."""
        true = np.add.reduceat(self.probabilities(scores)[0] * self.right, self.starts)
        known = np.add.reduceat(self.right, self.starts) > 0
        return -np.log2(np.maximum(true[known], 1e-9)).mean()


# --- trees

def objective(rows):
    """Gradient and curvature of the cross-entropy, for LightGBM."""
    whole = np.add.reduceat(rows.right, rows.starts)

    def gradient(scores, _):
        probability, line = rows.probabilities(scores)
        known = whole[line] > 0
        wanted = rows.right / np.maximum(whole[line], 1.0)
        slope = np.where(known, probability - wanted, 0.0)
        curve = np.where(known, np.maximum(probability * (1 - probability), 1e-6), 1e-9)
        return slope, curve

    return gradient


def fit(rows, trees, rate, **more):
    import lightgbm
    settings = dict(TREES, objective=objective(rows), learning_rate=rate, **more)
    data = lightgbm.Dataset(rows.features, label=rows.right)
    return lightgbm.train(settings, data, num_boost_round=trees)


def temperature(rows, scores):
    """What the scores of lines not trained on are best divided by."""
    grid = np.arange(0.8, 1.6, 0.02)
    return float(grid[np.argmin([rows.loss(scores / one) for one in grid])])


# --- words

def vocabulary(path):
    """The commonest words with rarity (quarters of a bit) and vector.

    Vectors: singular vectors of the positive pointwise mutual information of words in the same line,
    and in a line and the one it answers by the rules, whose counts weigh half (Levy and Goldberg 2014).
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.linalg import svds
    lines = {}
    for row in open(path):
        line, parent, *words = map(int, row.split())
        lines[line] = (parent, words)
    counts = Counter(word for _, words in lines.values() for word in words)
    common = sorted(sorted(counts, key=lambda word: (-counts[word], word))[:WORDS])
    place = {word: at for at, word in enumerate(common)}
    pairs = Counter()
    for parent, words in lines.values():
        mine = [place[word] for word in words if word in place]
        theirs = [place[word] for word in lines[parent][1] if word in place] if parent in lines else []
        for one in mine:
            for other in mine:
                if one != other:
                    pairs[one, other] += 1.0
            for other in theirs:
                pairs[one, other] += 0.5
                pairs[other, one] += 0.5
    keys = sorted(pairs)
    seen = np.array([pairs[key] for key in keys])
    one, other = np.array(keys).T
    row = np.bincount(one, seen, WORDS)
    column = np.bincount(other, seen, WORDS) ** 0.75
    column /= column.sum()
    information = np.log(seen / row[one] / column[other]) - np.log(2.0)
    keep = information > 0
    matrix = csr_matrix((information[keep], (one[keep], other[keep])), shape=(WORDS, WORDS))
    # The first direction tells common words from rare ones and is left out.
    left, values, _ = svds(matrix, k=DIMENSIONS + 1, v0=np.full(WORDS, WORDS ** -0.5))
    order = np.argsort(-values)[1:]
    vectors = left[:, order] * np.sqrt(values[order])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    vectors = np.round(vectors * 127).astype(np.int8)
    rarity = [int(np.clip(round(4 * np.log2(len(lines) / counts[word])), 0, 56)) for word in common]
    return [(word, rare, vector.tobytes()) for word, rare, vector in zip(common, rarity, vectors)]


# --- the file

def checksum(data):
    """FNV-1a, 64 bits."""
    state = 0xcbf29ce484222325
    for byte in data:
        state = ((state ^ byte) * 0x100000001b3) & 0xFFFFFFFFFFFFFFFF
    return state


def words_of(path):
    """The words of a model file, as they stand in it."""
    data = open(path, "rb").read()
    count, = struct.unpack_from("<I", data, 16)
    return data[16:20 + count * (5 + DIMENSIONS)]


def words_block(words):
    return struct.pack("<I", len(words)) + b"".join(struct.pack("<IB", word, rare) + vector
                                                    for word, rare, vector in words)


def tree_block(tree):
    """A tree as splits and leaves; a split leads to later splits, or to leaves (bit 7)."""
    splits, leaves = [], []

    def mean(node):
        if "leaf_value" in node:
            return node["leaf_value"], max(node.get("leaf_count", 1), 1)
        (left, few), (right, many) = mean(node["left_child"]), mean(node["right_child"])
        node["mean"] = (left * few + right * many) / (few + many)
        return node["mean"], few + many

    def place(node):
        if "leaf_value" in node:
            leaves.append(struct.pack("<f", node["leaf_value"]))
            return 0x80 | (len(leaves) - 1)
        assert node["decision_type"] == "<="
        at = len(splits)
        splits.append(b"")
        ways = place(node["left_child"]), place(node["right_child"])
        # The largest f32 that is not above the threshold: rows of f32 go the same way.
        threshold = np.float32(node["threshold"])
        if float(threshold) > node["threshold"]:
            threshold = np.nextafter(threshold, np.float32(-np.inf))
        splits[at] = struct.pack("<BBBff", node["split_feature"], *ways, threshold, node["mean"])
        return at

    mean(tree)
    place(tree)
    return struct.pack("<B", len(splits)) + b"".join(splits) + b"".join(leaves)


def write(path, features, words, booster=None, scale=1.0):
    trees = [one["tree_structure"] for one in booster.dump_model()["tree_info"]] if booster else []
    trees = [tree for tree in trees if "split_feature" in tree]
    data = MAGIC + struct.pack("<If", features, scale) + words
    data += struct.pack("<I", len(trees)) + b"".join(map(tree_block, trees))
    open(path, "wb").write(data + struct.pack("<Q", checksum(data)))
    print(f"{path}: {len(trees)} trees, {len(data) + 8} bytes, temperature {scale:.2f}", flush=True)


# --- the steps

def train_folds(words, stem, out, trees=150, rate=0.12):
    rows = Rows(stem)
    for fold in range(FOLDS):
        held = rows.only(rows.files % FOLDS == fold)
        booster = fit(rows.only(rows.files % FOLDS != fold), trees, rate)
        scores = booster.predict(held.features, raw_score=True)
        scale = temperature(held, scores)
        print(f"fold {fold}: {held.loss(scores):.4f} bits a line, {held.loss(scores / scale):.4f} at its temperature",
              flush=True)
        write(f"{out}.{fold}", rows.features.shape[1], words_of(words), booster, scale)


def train_final(words, folds, out, stems, trees=220, rate=0.1):
    rows = Rows.joined([Rows(stem) for stem in stems])
    scales = [struct.unpack_from("<f", open(f"{folds}.{fold}", "rb").read(), 12)[0] for fold in range(FOLDS)]
    write(out, rows.features.shape[1], words_of(words), fit(rows, trees, rate), float(np.mean(scales)))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["vocabulary", features, words, out]:
            write(out, int(features), words_block(vocabulary(words)))
        case ["folds", words, rows, out]:
            train_folds(words, rows, out)
        case ["final", words, folds, out, *rows]:
            train_final(words, folds, out, rows)
        case _:
            sys.exit(__doc__)
