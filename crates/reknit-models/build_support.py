"""Makes data/intent.bin or data/urgency.bin: the classifiers of the built-in readers of intents and of urgency.

    cargo build --release -p reknit-cli
    python build_support.py (intent | urgency) [RELEASE_BINARY] [--check PARTS]

Each is learnt as anybody learns one, by `reknit train` with the settings below, from `support_lines.tsv` and
`intent_lines.tsv` or `urgency_lines.tsv`, all invented for it. Of intents a message may have several (`--multi`); what
wants nothing is a label of its own, `none`. A feature must stand in five lines, which keeps either file below a megabyte.
With --check the script first says how many labels (of several the main one) are right of each of so many parts, learnt
from the others: a part has a writer and trades of its own. Standard library only; half a minute of one core, as much
again for each part. The same lines give the same bytes.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

HOME = pathlib.Path(__file__).resolve().parent
ROOT = HOME.parents[1]
CONFIG = {"metric": "macro_f1", "min_rows": 5}
# What is learnt: the place of its cell among a line's, and how.
KINDS = {"intent": (0, ["--multi"]), "urgency": (3, [])}


def rows(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def learn(binary, how, lines, folder, model):
    config, train = folder / "config.json", folder / "train.tsv"
    config.write_text(json.dumps(CONFIG), encoding="utf-8")
    escaped = (f"{labels}\t{text}\n".replace("\\", "\\\\") for labels, text in lines)
    train.write_text("".join(escaped), encoding="utf-8")
    subprocess.run([binary, "train", *how, train, "--config", config, "-o", model], check=True)


def labels(binary, texts, folder, model):
    """The label of each text, of several the likeliest."""
    asked = folder / "texts.txt"
    asked.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
    command = [binary, "classify", "--model", model, "--json", asked]
    told = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    found = [json.loads(line) for line in told.splitlines()]
    return [one["label"] if "label" in one else one["labels"][0]["label"] for one in found]


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("kind", choices=KINDS)
    reader.add_argument("binary", nargs="?", type=pathlib.Path, default=ROOT / "target" / "release" / "reknit")
    reader.add_argument("--check", type=int, default=0, metavar="PARTS")
    options = reader.parse_args()
    cell, how = KINDS[options.kind]
    parts = {}
    for part, *cells, text in rows(HOME / "support_lines.tsv"):
        parts.setdefault(part, []).append((cells[cell], text))
    ours = rows(HOME / f"{options.kind}_lines.tsv")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = folder / "learnt.model"
        for held in list(parts)[: options.check]:
            others = [line for part, lines in parts.items() if part != held for line in lines]
            learn(options.binary, how, others + ours, folder, model)
            found = labels(options.binary, [text for _, text in parts[held]], folder, model)
            right = sum(one == told.split(",")[0] for one, (told, _) in zip(found, parts[held], strict=True))
            print(f"part {held}: {right} of {len(parts[held])} right", flush=True)
        learn(options.binary, how, [line for lines in parts.values() for line in lines] + ours, folder, model)
        data = model.read_bytes()
    (HOME / "data" / f"{options.kind}.bin").write_bytes(data)
    print(f"{len(data)} bytes")


if __name__ == "__main__":
    main()
