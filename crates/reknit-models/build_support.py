"""Makes data/intent.bin: the classifier of the built-in reader of intents.

    cargo build --release -p reknit-cli
    python build_support.py [RELEASE_BINARY] [--check PARTS]

It is learnt as anybody learns one, by `reknit train --multi` with the settings below, from `support_lines.tsv` and
`intent_lines.tsv`, all invented for it. What wants nothing is a label of its own, `none`. A feature
must stand in five lines, which keeps the file below a megabyte. With --check the script first says how many main intents
are right of each of so many parts, learnt from the others: a part has a writer and trades of its own. Standard library
only; half a minute of one core, as much again for each part. The same lines give the same bytes.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

HOME = pathlib.Path(__file__).resolve().parent
ROOT = HOME.parents[1]
CONFIG = {"metric": "macro_f1", "min_rows": 5}


def rows(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def learn(binary, lines, folder, model):
    config, train = folder / "config.json", folder / "train.tsv"
    config.write_text(json.dumps(CONFIG), encoding="utf-8")
    escaped = (f"{intents}\t{text}\n".replace("\\", "\\\\") for intents, text in lines)
    train.write_text("".join(escaped), encoding="utf-8")
    subprocess.run([binary, "train", "--multi", train, "--config", config, "-o", model], check=True)


def main_intents(binary, texts, folder, model):
    """The likeliest label of each text."""
    asked = folder / "texts.txt"
    asked.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
    command = [binary, "classify", "--model", model, "--json", asked]
    told = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    return [json.loads(line)["labels"][0]["label"] for line in told.splitlines()]


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("binary", nargs="?", type=pathlib.Path, default=ROOT / "target" / "release" / "reknit")
    reader.add_argument("--check", type=int, default=0, metavar="PARTS")
    options = reader.parse_args()
    parts = {}
    for part, intents, _, _, _, text in rows(HOME / "support_lines.tsv"):
        parts.setdefault(part, []).append((intents, text))
    ours = [(intents, text) for intents, text in rows(HOME / "intent_lines.tsv")]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = folder / "intent.model"
        for held in list(parts)[: options.check]:
            others = [line for part, lines in parts.items() if part != held for line in lines]
            learn(options.binary, others + ours, folder, model)
            found = main_intents(options.binary, [text for _, text in parts[held]], folder, model)
            right = sum(one == intents.split(",")[0] for one, (intents, _) in zip(found, parts[held], strict=True))
            print(f"part {held}: main intent of {right} of {len(parts[held])} right", flush=True)
        learn(options.binary, [line for lines in parts.values() for line in lines] + ours, folder, model)
        data = model.read_bytes()
    (HOME / "data" / "intent.bin").write_bytes(data)
    print(f"{len(data)} bytes")


if __name__ == "__main__":
    main()
