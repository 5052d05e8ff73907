"""Scores what `cargo bench -p reknit --bench mine` prints against the gold of the same file.

    pip install nltk scipy
    python score_mine.py similarity FILE.tsv ANSWERS.tsv     Spearman and Pearson of both columns
    python score_mine.py phrases FILE.tsv ANSWERS.txt        F1@10, also of the two halves by md5 of the text

Key phrases agree if they are equal after lower case and Porter stemming of each word; F1 is of the mean
precision and the mean recall over all texts. Even halves (first byte of the md5) were used to choose constants.
"""

import hashlib
import re
import sys


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def unescape(text):
    return re.sub(r"\\(.)", lambda match: {"t": "\t", "n": "\n", "r": "\r"}.get(match[1], match[1]), text)


def similarity(gold, answers):
    from scipy.stats import pearsonr, spearmanr

    wanted = [float(row[0]) for row in gold]
    for column, name in enumerate(["general", "fitted"]):
        found = [float(row[column]) for row in answers]
        print(f"{name}: Spearman {spearmanr(found, wanted)[0]:.4f}, Pearson {pearsonr(found, wanted)[0]:.4f}")


def phrases(gold, answers, most=10):
    from nltk.stem import PorterStemmer

    stemmer, stems = PorterStemmer(), {}

    def norm(phrase):
        words = re.findall(r"\w+", phrase.lower())
        return " ".join(stems.get(word) or stems.setdefault(word, stemmer.stem(word)) for word in words)

    scores = {"all": [], "even half": [], "odd half": []}
    for row, answer in zip(gold, answers, strict=True):
        wanted = {norm(unescape(phrase)) for phrase in row[0].split("|")} - {""}
        found = list(dict.fromkeys(filter(None, map(norm, answer[0].split("|")))))[:most]
        hits = len(wanted & set(found))
        score = hits / max(1, len(found)), hits / max(1, len(wanted))
        odd = hashlib.md5(unescape(row[1]).encode()).digest()[0] & 1
        scores["all"].append(score)
        scores["odd half" if odd else "even half"].append(score)
    for name, part in scores.items():
        precision, recall = (sum(column) / len(part) for column in zip(*part))
        print(f"{name}: F1 {2 * precision * recall / (precision + recall):.4f}, P {precision:.4f}, R {recall:.4f}")


{"similarity": similarity, "phrases": phrases}[sys.argv[1]](rows(sys.argv[2]), rows(sys.argv[3]))
