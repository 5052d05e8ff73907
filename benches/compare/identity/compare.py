"""Reknit beside Splink, GoldenMatch and recordlinkage: the same data, the same machine, the same run.

The idea: each engine is a process that reads a CSV file and writes who is whom. All are measured from outside and
scored by the same command. No engine sees the truth: it gets a copy of the file without that column.

    export REKNIT_DATA=FOLDER_OF_SETS
    python benches/compare/identity/compare.py quality                      # small sets, all engines
    python benches/compare/identity/compare.py speed --sizes 1000000        # alternating, median of 3
    python benches/compare/identity/compare.py dense                        # tens of millions of candidate pairs
    python benches/compare/identity/compare.py scale                        # 250 k to 4 M
    python benches/compare/identity/compare.py one-key                      # a million records with one phone

Each part is merged into RESULTS.json, from which RESULTS.md is drawn. The rivals are installed once, in the versions
of requirements.txt, into target/compare/venv. Only the standard library is used here.

Cost: `quality` takes about ten minutes on two cores, most of it GoldenMatch; `speed` for a million records a minute
a round.
"""

import argparse
import csv
import hashlib
import json
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

import measure
import report

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
WORK = ROOT / "target" / "compare"
ENV = WORK / "venv"
PYTHON = ENV / ("Scripts" if os.name == "nt" else "bin") / "python"

SMALL = ["fake_1000", "febrl1", "febrl2", "febrl3", "febrl4", "restaurants", "crm_20k", "historical_50k",
         "fake_20000", "zingg_febrl_20k", "febrl_dsgen_a10k", "febrl_dsgen_c10k"]
ENGINES = ["reknit", "splink", "goldenmatch-Z", "goldenmatch-P", "goldenmatch-X", "recordlinkage"]
DOUBLINGS = [250_000, 500_000, 1_000_000, 2_000_000, 4_000_000]


# --- the rivals' environment ---------------------------------------------------------------------------------------

def environment():
    """The rivals in their pinned versions, installed once for each requirements.txt."""
    wanted = hashlib.sha256((HERE / "requirements.txt").read_bytes()).hexdigest()
    stamp = ENV / "requirements.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("installing the rivals into target/compare/venv")
    venv.create(ENV, with_pip=True, clear=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"], check=True)
    stamp.write_text(wanted)


def versions(reknit):
    """What ran: Reknit's commit, and the packages that matter."""
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    named = subprocess.run([reknit, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    listed = subprocess.run([PYTHON, "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    packages = dict(line.split("==") for line in listed.split() if "==" in line)
    shown = ["splink", "duckdb", "goldenmatch", "goldenmatch-native", "recordlinkage"]
    return {"Reknit": f"{named} ({commit.stdout.strip()})", **{name: packages[name] for name in shown},
            "Python": platform.python_version()}


def machine():
    return {"cores": os.cpu_count(), "system": platform.system(), "processor": processor()}


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


# --- the sets ------------------------------------------------------------------------------------------------------

def blind(name, full):
    """A copy of the set that hides the truth, and the ready-made phone where there is a raw one."""
    copy = WORK / "sets" / f"{name}.csv"
    copy.parent.mkdir(parents=True, exist_ok=True)
    if copy.exists() and copy.stat().st_mtime > full.stat().st_mtime:
        return copy
    with open(full, newline="", encoding="utf-8") as source, open(copy, "w", newline="", encoding="utf-8") as target:
        rows = csv.reader(source)
        header = next(rows)
        hidden = {"truth"} | ({"phone"} if "phone_raw" in header else set())
        kept = [at for at, column in enumerate(header) if column not in hidden]
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow([header[at] for at in kept])
        writer.writerows([row[at] for at in kept] for row in rows)
    return copy


def stored(given, name):
    """A set of the data folder: its blind copy and the file with the truth."""
    if not given.data:
        raise SystemExit("say where the sets lie: --data FOLDER or REKNIT_DATA")
    places = [Path(given.data) / name, Path(given.data) / "identity" / name]
    full = next((place / "records.csv" for place in places if (place / "records.csv").exists()), None)
    if full is None:
        raise SystemExit(f"no set {name} in {given.data}")
    return blind(name, full), full


def generated(given, size, *flags):
    """An invented set: its blind copy and the file with the truth."""
    name = "-".join(["contacts", str(size), str(given.seed), *(flag.lstrip("-") for flag in flags)])
    full = WORK / "generated" / f"{name}.csv"
    full.parent.mkdir(parents=True, exist_ok=True)
    maker = max((HERE / part).stat().st_mtime for part in ("generate.py", "pools.py", "noise.py"))
    if not full.exists() or full.stat().st_mtime < maker:
        command = [PYTHON, HERE / "generate.py", "--size", str(size), "--seed", str(given.seed), *flags, "-o", full]
        subprocess.run(command, check=True)
    return blind(name, full), full


# --- the engines ---------------------------------------------------------------------------------------------------

def command(given, engine, records, people, *more):
    name, _, way = engine.partition("-")
    if name == "reknit":
        return [given.reknit, "resolve", records, "-o", people, *given.reknit_args.split(), *more]
    ways = ["--way", way] if way else []
    return [PYTHON, HERE / f"{name}_run.py", records, "-o", people, *ways, *more]


def run(given, engine, name, records, *more):
    """One process: where it put its people, and what it cost."""
    place = WORK / "runs" / name
    place.mkdir(parents=True, exist_ok=True)
    people = place / f"{engine}.csv"
    people.unlink(missing_ok=True)
    words = [str(word) for word in command(given, engine, records, people, *more)]
    measured = measure.run(words, str(place / f"{engine}.log"), given.limit)
    say(f"{name}, {engine}: {short(measured)}")
    return people, measured


def short(measured):
    if "failed" in measured:
        return measured["failed"]
    return f"{measured['wall']:.2f} s wall, {measured['cpu']:.2f} s CPU, {measured['rss_mb']:.0f} MB"


def score(given, people, full):
    """Pairwise and B-cubed figures, by the project's own command, for every engine alike."""
    words = [given.reknit, "eval", "resolve", "--json", "--pred", people, "--truth", full]
    told = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return {part: told[part] for part in ("records", "entities", "pairwise", "b_cubed")}


def say(text):
    print(text, file=sys.stderr, flush=True)


# --- the parts -----------------------------------------------------------------------------------------------------

def quality(given, found):
    """Every engine on every set, once. GoldenMatch and recordlinkage may be left out with --engines."""
    sets = [(name, *stored(given, name)) for name in given.sets]
    sets += [(f"contacts_{size}", *generated(given, size)) for size in given.sizes]
    for name, records, full in sets:
        rows = found.setdefault("quality", {}).setdefault(name, {})
        for engine in given.engines:
            rows.update(judged(given, engine, name, records, full))
        found["quality"][name] = dict(sorted(rows.items(), key=lambda row: place_of(row[0])))
        save(given, found)


def place_of(title):
    return [ENGINES.index(engine) for engine in ENGINES if title.startswith(engine)][0], title == "splink@0.5"


def judged(given, engine, name, records, full):
    """The rows of one engine: two for Splink, which leaves the threshold to its user."""
    more = ["--threshold", "0.95", "0.5"] if engine == "splink" else []
    people, measured = run(given, engine, name, records, *more)
    files = {"splink@0.95": people, "splink@0.5": f"{people}.0.5"} if engine == "splink" else {engine: people}
    if "failed" in measured:
        return {title: measured for title in files}
    return {title: {**measured, **score(given, file, full)} for title, file in files.items()}


def speed(given, found):
    """The engines in turn, A B A B, so that a busy minute hits both."""
    sets = [(f"{size:,} invented contacts", *generated(given, size)) for size in given.sizes]
    sets += [(name, *stored(given, name)) for name in given.sets]
    for name, records, full in sets:
        part = {engine: [] for engine in given.engines}
        for _ in range(given.rounds):
            for engine in given.engines:
                part[engine].append(timed(given, engine, name.replace(" ", "_"), records, full))
        found.setdefault("speed", {}).setdefault(name, {}).update(part)
        save(given, found)


def timed(given, engine, name, records, full):
    people, measured = run(given, engine, name, records)
    return measured if "failed" in measured else {**measured, **score(given, people, full)}


def dense(given, found):
    """Comparison and scoring alone, over tens of millions of pairs."""
    records, _ = generated(given, given.sizes[0], "--dense")
    part = {engine: [] for engine in given.engines}
    for turn in range(given.rounds):
        for engine in given.engines:
            more = ["--stages", "--config", HERE / "dense.json"]
            if engine == "splink":
                more = ["--dense", "--no-cluster", *(["--count"] if turn == 0 else [])]
            part[engine].append(run(given, engine, "dense", records, *more)[1])
    for runs in part.values():
        counted = next((one["candidates"] for one in runs if "candidates" in one), None)
        for one in runs:
            if counted and "failed" not in one:
                one.setdefault("candidates", counted)
    found.setdefault("dense", {}).update(part)
    save(given, found)


def scale(given, found):
    """One run for each size."""
    for engine in given.engines:
        runs = []
        for size in given.sizes:
            records, full = generated(given, size)
            runs.append({"size": size, **timed(given, engine, f"scale_{size}", records, full)})
        found.setdefault("scale", {})[engine] = runs
        save(given, found)


def one_key(given, found):
    """A million records that share one phone against a million that do not, in turn."""
    size = given.sizes[0]
    sets = {"many phones": generated(given, size), "one phone": generated(given, size, "--one-phone", str(size))}
    part = {name: [] for name in sets}
    for _ in range(given.rounds):
        for name, (records, full) in sets.items():
            part[name].append(timed(given, "reknit", name.replace(" ", "_"), records, full))
    found["one_key"] = part
    save(given, found)


PARTS = {
    "quality": (quality, ENGINES, SMALL, []),
    "speed": (speed, ["splink", "reknit"], [], [1_000_000]),
    "dense": (dense, ["splink", "reknit"], [], [1_000_000]),
    "scale": (scale, ["reknit"], [], DOUBLINGS),
    "one-key": (one_key, ["reknit"], [], [1_000_000]),
}


# --- the results ---------------------------------------------------------------------------------------------------

def load(given):
    path = Path(given.json)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def save(given, found):
    Path(given.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    Path(given.json).with_suffix(".md").write_text(report.markdown(found), encoding="utf-8")


def arguments():
    parser = argparse.ArgumentParser(description="Reknit beside Splink, GoldenMatch and recordlinkage.")
    parser.add_argument("part", choices=[*PARTS, "all"])
    parser.add_argument("--data", default=os.environ.get("REKNIT_DATA"), help="folder of the sets [REKNIT_DATA]")
    parser.add_argument("--sets", nargs="*", help="sets of the data folder")
    parser.add_argument("--sizes", nargs="*", type=int, help="sizes of invented sets")
    parser.add_argument("--engines", nargs="+", choices=ENGINES)
    parser.add_argument("--rounds", type=int, default=3, help="turns of a speed comparison")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=float, default=900, help="seconds after which a run is given up")
    parser.add_argument("--reknit", default=str(ROOT / "target" / "release" / "reknit"), help="its binary")
    parser.add_argument("--reknit-args", default="", help="more arguments for `reknit resolve`")
    parser.add_argument("--json", default=str(HERE / "RESULTS.json"), help="results; the Markdown lies beside it")
    return parser.parse_args()


def with_defaults(given, part):
    """The arguments with what this part uses where nothing was said."""
    _, engines, sets, sizes = PARTS[part]
    own = argparse.Namespace(**vars(given))
    own.engines = given.engines or engines
    said = given.sets is not None or given.sizes is not None
    own.sets = given.sets or ([] if said else sets)
    own.sizes = given.sizes or ([] if said and given.sets else sizes)
    return own


def main():
    given = arguments()
    if not Path(given.reknit).exists():
        raise SystemExit(f"no {given.reknit}: run `cargo build --release` first, or say --reknit PATH")
    environment()
    found = load(given)
    found.update(machine=machine(), versions=versions(given.reknit))
    for part in PARTS if given.part == "all" else [given.part]:
        PARTS[part][0](with_defaults(given, part), found)
    say(f"written: {Path(given.json).with_suffix('.md')}")


if __name__ == "__main__":
    main()
