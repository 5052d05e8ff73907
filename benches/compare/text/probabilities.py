"""How honest the probabilities of trained classifiers are, and how well texts about no label are told, as Markdown.

    cargo build --release -p reknit-cli
    python benches/compare/text/probabilities.py DATA --work FOLDER

DATA holds `SET/train.tsv`, `dev.tsv` (not every set) and `test.tsv`: label, tab, text, the official splits, and
`clinc150_small/oos_test.tsv`. Each set is learnt with `reknit train train.tsv [--dev dev.tsv] --metric METRIC`, its
defaults; no text out of scope is shown to it.

Expected calibration error (Naeini, Cooper and Hauskrecht 2015): texts in 15 bins of equal width by the probability of
the label that is given, the mean distance of a bin's probability from its share of right labels, by texts. Area under
the ROC curve: how often a text in scope gets a higher probability of being about any label than one out of scope, half
for ties. Standard library only; minutes of one core, most of them for learning clinc150.
"""

import argparse
import bisect
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
SETS = {
    "banking77": "accuracy",
    "clinc150": "accuracy",
    "clinc150_small": "accuracy",
    "tweeteval_emotion": "macro_f1",
    "tweeteval_sentiment": "macro_recall",
}
SCOPE = "clinc150_small"
BINS = 15


def rows(path):
    return [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]


def answers(options, model, texts, *more):
    """What is printed of each text of a file."""
    found = options.work / "answers.tsv"
    command = [options.reknit, "classify", "--model", model, *more, "--threads", "1", "-o", found, texts]
    subprocess.run(command, check=True, capture_output=True)
    return rows(found)


def calibration_error(right, probabilities):
    bins = [[] for _ in range(BINS)]
    for one, probability in zip(right, probabilities, strict=True):
        bins[min(int(probability * BINS), BINS - 1)].append((one, probability))
    return sum(abs(sum(one - p for one, p in part)) for part in bins) / len(right)


def area(inside, outside):
    """The share of pairs in which the one inside is higher."""
    low = sorted(outside)
    ways = (bisect.bisect_left(low, value) + bisect.bisect_right(low, value) for value in inside)
    return sum(ways) / (2 * len(inside) * len(low))


def scope(options, model, test, labels):
    inside = answers(options, model, test, "--scope")
    outside = answers(options, model, options.data / SCOPE / "oos_test.tsv", "--scope")
    kept = [row[3] == "true" and row[0] == label for row, label in zip(inside, labels, strict=True)]
    refused = [row[3] == "false" for row in outside]
    return [
        f"Out of scope ({SCOPE}, {len(inside)} texts in scope, {len(outside)} out of it): "
        f"AUROC {area([float(row[2]) for row in inside], [float(row[2]) for row in outside]):.4f}; "
        f"{sum(kept) / len(kept):.4f} right and accepted, {sum(refused) / len(refused):.4f} refused."
    ]


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("data", type=pathlib.Path)
    reader.add_argument("--work", type=pathlib.Path, required=True, help="where models and answers go")
    reader.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    reader.add_argument("--reknit", type=pathlib.Path, default=ROOT / "target" / "release" / "reknit")
    options = reader.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    print("| set | right | expected calibration error |\n|---|---|---|")
    told = []
    for name in options.sets:
        folder, model = options.data / name, options.work / f"{name}.model"
        dev = ["--dev", folder / "dev.tsv"] if (folder / "dev.tsv").exists() else []
        command = [options.reknit, "train", folder / "train.tsv", *dev, "--metric", SETS[name], "-o", model]
        subprocess.run(command, check=True, capture_output=True)
        labels = [row[0] for row in rows(folder / "test.tsv")]
        found = answers(options, model, folder / "test.tsv")
        right = [row[0] == label for row, label in zip(found, labels, strict=True)]
        error = calibration_error(right, [float(row[1]) for row in found])
        print(f"| {name} | {sum(right) / len(right):.4f} | {error:.4f} |", flush=True)
        if name == SCOPE:
            told = scope(options, model, folder / "test.tsv", labels)
    print(*["", *told][: 2 * len(told)], sep="\n")


if __name__ == "__main__":
    main()
