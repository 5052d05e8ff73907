"""Reknit beside other ways to thread mail, untangle rooms and find the reply: the same data, machine and run.

The idea: each engine is a process that reads JSON Lines and writes who hangs on whom. All are scored by the same
command, `reknit eval stitch`, and measured from outside. No engine sees the truth: it gets a copy without it.

    export REKNIT_DATA=FOLDER_OF_SETS
    python benches/compare/threads/compare.py email      # five corpora, headers whole and lost
    python benches/compare/threads/compare.py quotes     # what is reply, quotation and signature
    python benches/compare/threads/compare.py rooms      # group chat, beside rules
    python benches/compare/threads/compare.py omni       # one customer over many channels, beside fixed policies
    python benches/compare/threads/compare.py speed      # invented mailboxes of 20,000 to a million
    python benches/compare/threads/compare.py all

Each part is merged into RESULTS.json, from which RESULTS.md is drawn. The rivals are installed once, below
target/compare; notmuch is taken where the system has it. Only the standard library is used here.

Cost: `all` takes about ten minutes on two cores, most of it the million of mails; two gigabytes of disk below
target/compare.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PEOPLE = HERE.parent / "identity"
sys.path.append(str(PEOPLE))

import corpora  # noqa: E402
import measure  # noqa: E402
import quotes_score  # noqa: E402
import report  # noqa: E402

WORK = ROOT / "target" / "compare" / "threads"
ENV = ROOT / "target" / "compare" / "threads-venv"
PYTHON = ENV / ("Scripts" if os.name == "nt" else "bin") / "python"
HELPER = ROOT / "target" / "compare" / "threads-helper"

MAIL = ["reknit", "mail-threading", "threadweave", "threadweave-subjects", "jwzthreading", "notmuch", "references",
        "references+subject"]
PARSERS = ["reknit", "talon", "mail-parser-reply", "email-reply-parser", "quotequail"]
ROOMS = ["irc_ubuntu/dev", "irc_ubuntu/test", "irc_channel_two/dev", "irc_channel_two/test"]
RULES = ["previous", "previous-spoken", "gap-2", "gap-5", "rules"]
POLICIES = ["handle-24h", "contact-1h", "contact-6h", "contact-24h"]
FAST = ["reknit", "reknit-inside"]
ONCE = ["mail-threading", "threadweave", "references"]  # slower: one turn
SMALL = {"jwzthreading": 100_000, "notmuch": 20_000}  # not tried beyond
SEEDS = 5


# --- what is needed ------------------------------------------------------------------------------------------------

def environment():
    """The rivals in their pinned versions, installed once for each requirements.txt."""
    listed = HERE / "requirements.txt"
    wanted = hashlib.sha256(listed.read_bytes()).hexdigest()
    stamp = ENV / "requirements.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("installing the rivals into target/compare/threads-venv")
    venv.create(ENV, with_pip=True, clear=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet"]
    if subprocess.run([*pip, "-r", listed]).returncode != 0:
        # One that does not install must not take the others along: its runs will fail, and the table says so.
        for line in listed.read_text().splitlines():
            if line and not line.startswith("#"):
                subprocess.run([*pip, line])
    stamp.write_text(wanted)


def helper():
    """The Rust programs, in a workspace of their own; `html` where Reknit reads HTML."""
    html = (ROOT / "crates" / "reknit" / "src" / "text" / "html").exists() or \
        (ROOT / "crates" / "reknit" / "src" / "text" / "html.rs").exists()
    command = ["cargo", "build", "--release", "--quiet", "--manifest-path", HERE / "helper" / "Cargo.toml"]
    if subprocess.run(command + (["--features", "html"] if html else []),
                      env={**os.environ, "CARGO_TARGET_DIR": str(HELPER)}).returncode != 0:
        say("the helper does not build: its runs will fail, and the tables say so")


def versions(reknit):
    """What ran: Reknit's commit, and the packages that matter."""
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    named = subprocess.run([reknit, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    listed = subprocess.run([PYTHON, "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    packages = dict(line.split("==") for line in listed.split() if "==" in line)
    shown = ["jwzthreading", "threadweave", "email-reply-parser", "mail-parser-reply", "quotequail", "talon"]
    found = {"Reknit": f"{named} ({commit.stdout.strip()})", "mail-threading": "0.1.3"}
    found.update({name: packages.get(name, "not installed") for name in shown})
    return {**found, "notmuch": notmuch_version(), "Python": platform.python_version()}


def notmuch_version():
    if not shutil.which("notmuch"):
        return "not on this machine"
    return subprocess.run(["notmuch", "--version"], capture_output=True, text=True).stdout.split()[-1]


def machine():
    return {"cores": os.cpu_count(), "system": platform.system(), "processor": processor()}


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def stored(given, name):
    """A file of the data folder."""
    if not given.data:
        raise SystemExit("say where the sets lie: --data FOLDER or REKNIT_DATA")
    places = [Path(given.data) / "threads" / name, Path(given.data) / name]
    full = next((place for place in places if place.exists()), None)
    if full is None:
        raise SystemExit(f"no {name} in {given.data}")
    return full


# --- running and scoring -------------------------------------------------------------------------------------------

def commands(given, engine, pairs):
    """The processes that thread `pairs` of files: one for all of them where an engine takes several."""
    paths = [path for pair in pairs for path in pair]
    if engine == "reknit":
        return [[given.reknit, "stitch", source, "-o", out, *given.reknit_args.split()] for source, out in pairs]
    if engine in ("mail-threading", "reknit-inside"):
        program = {"mail-threading": "mail_threading", "reknit-inside": "stitch"}[engine]
        return [[HELPER / "release" / program, *paths]]
    if engine.startswith("threadweave"):
        return [[PYTHON, HERE / "threadweave_run.py", *(["--subjects"] if "subjects" in engine else []), *paths]]
    if engine == "jwzthreading":
        return [[PYTHON, HERE / "jwzthreading_run.py", *paths]]
    if engine == "notmuch":
        return [[PYTHON, HERE / "notmuch_run.py", WORK / "notmuch", *paths]]
    return [[PYTHON, HERE / "baselines.py", engine, *paths]]


def run(given, engine, pairs):
    """Threads `pairs`; the measures of the last process, or how it failed."""
    if engine == "notmuch" and not shutil.which("notmuch"):
        return {"failed": "notmuch is not on this machine"}
    used = {}
    for command in commands(given, engine, pairs):
        used = measure.run([str(word) for word in command], WORK / f"{engine}.log", given.limit)
        if "failed" in used:
            break
    return used


def score(given, pred, truth):
    """What `reknit eval stitch` says of a result."""
    command = [given.reknit, "eval", "stitch", "--json", "--pred", pred, "--truth", truth]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        return {"failed": done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else "no score"}
    return json.loads(done.stdout)


def blind(full, name):
    """A copy without the truth. Another process makes it: on Linux a child's peak memory counts from that of its
    parent, so this one stays small."""
    copy = WORK / "sets" / f"{name}.jsonl"
    subprocess.run([sys.executable, HERE / "corpora.py", full, copy], check=True)
    return copy


def lines_of(path):
    with open(path, "rb") as lines:
        return sum(1 for _ in lines)


# --- mail ----------------------------------------------------------------------------------------------------------

def email(given, found):
    part = found.setdefault("email", {})
    truth = {name: stored(given, f"email/{name}.jsonl") for name in corpora.CORPORA}
    rows = {name: corpora.read(path) for name, path in truth.items()}
    cases = [(condition, seed, name) for condition in corpora.CONDITIONS
             for seed in range(SEEDS if corpora.is_random(condition) else 1) for name in corpora.CORPORA]
    places = {case: WORK / "email" / "-".join(map(str, case)) for case in cases}
    for (condition, seed, name), place in places.items():
        corpora.write(corpora.stripped(rows[name], condition, seed), place.with_suffix(".jsonl"))
    for engine in given.engines or MAIL:
        say(f"email: {engine}")
        pairs = [(place.with_suffix(".jsonl"), place.with_suffix(f".{engine}.csv")) for place in places.values()]
        used = run(given, engine, pairs)
        part[engine] = used if "failed" in used else mail_scores(given, engine, places, truth, rows)
    save(given, found)


def mail_scores(given, engine, places, truth, rows):
    """Pairwise scores by condition, weighted by messages, over corpora and seeds; F1 by corpus."""
    conditions = {}
    for (condition, _, name), place in places.items():
        scored = score(given, place.with_suffix(f".{engine}.csv"), truth[name])
        if "failed" in scored:
            return scored
        conditions.setdefault(condition, []).append((name, len(rows[name]), scored["pairwise"]))
    return {condition: weighted(runs) for condition, runs in conditions.items()}


def weighted(runs):
    """The mean over `(corpus, messages, scores)`, weighted by messages."""
    whole = sum(count for _, count, _ in runs)
    mean = {key: sum(count * scores[key] for _, count, scores in runs) / whole for key in ("precision", "recall", "f1")}
    by_corpus = {name: [scores["f1"] for other, _, scores in runs if other == name] for name, _, _ in runs}
    seeds = len(runs) // len(by_corpus)
    by_seed = [sum(count * scores["f1"] for _, count, scores in runs[at * len(by_corpus):(at + 1) * len(by_corpus)])
               / (whole / seeds) for at in range(seeds)]
    return {**{key: round(value, 4) for key, value in mean.items()}, "seeds": [round(value, 4) for value in by_seed],
            "corpora": {name: round(sum(values) / len(values), 4) for name, values in by_corpus.items()}}


# --- quoted replies ------------------------------------------------------------------------------------------------

def quotes(given, found):
    part = found.setdefault("quotes", {})
    cases = corpora.read(stored(given, "quoted_reply/cases.jsonl"))
    bare = WORK / "sets" / "quotes.jsonl"
    corpora.write([{key: case[key] for key in ("name", "format", "body")} for case in cases], bare)
    for parser in given.engines or PARSERS:
        say(f"quotes: {parser}")
        out = WORK / f"quotes.{parser}.jsonl"
        own = [HELPER / "release" / "body", bare, out]
        command = own if parser == "reknit" else [PYTHON, HERE / "quotes_run.py", parser, bare, out]
        used = measure.run([str(word) for word in command], WORK / f"quotes.{parser}.log", given.limit)
        if "failed" not in used:
            used["formats"], used["wrong"] = quotes_score.score(cases, corpora.read(out))
        part[parser] = used
    save(given, found)


# --- rooms and customers -------------------------------------------------------------------------------------------

def rooms(given, found):
    part = found.setdefault("rooms", {})
    for name in given.sets or ROOMS:
        engines = given.engines or ["reknit", *RULES]
        part[name] = placed(given, f"{name}.jsonl", name.replace("/", "-"), engines)
        if "reknit" in engines:
            part[name]["reknit"] |= alone(given, name.replace("/", "-"))
        save(given, found)


def omni(given, found):
    name = "omni/omni.jsonl"
    found["omni"] = placed(given, name, "omni", given.engines or ["reknit", *POLICIES])
    if "reknit" in found["omni"]:
        found["omni"]["reknit"] |= alone(given, "omni")
    rows = {row["id"]: row for row in corpora.read(stored(given, name))}
    for engine, runs in found["omni"].items():
        if "failed" not in runs:
            runs["two_customers"] = two_customers(rows, WORK / f"omni.{engine}.csv")
    save(given, found)


def placed(given, name, label, engines):
    """Each engine on one set: its measures and scores."""
    full = stored(given, name)
    copy, runs = blind(full, label), {}
    for engine in engines:
        say(f"{label}: {engine}")
        out = WORK / f"{label}.{engine}.csv"
        used = run(given, engine, [(copy, out)])
        runs[engine] = used if "failed" in used else {**used, **score(given, out, full)}
    return runs


def alone(given, label):
    """How long stitching itself takes, without reading and writing; the least of some runs."""
    copy = WORK / "sets" / f"{label}.jsonl"
    runs = [run(given, "reknit-inside", [(copy, WORK / f"{label}.inside.csv")]) for _ in range(given.rounds)]
    spent = [used["stages"]["thread"]["cpu"] for used in runs if "failed" not in used]
    return {"lines": lines_of(copy), **({"thread_cpu": min(spent)} if spent else {})}


def two_customers(rows, pred):
    """How many conversations hold one-to-one messages of two known customers."""
    import csv

    customers = {}
    with open(pred, newline="", encoding="utf-8") as lines:
        for place in csv.DictReader(lines):
            row = rows[place["id"]]
            if row["inbound"] and not row["room"] and row["author_contact"]:
                customers.setdefault(place["conversation_id"], set()).add(row["author_contact"])
    return sum(len(group) > 1 for group in customers.values())


# --- speed ---------------------------------------------------------------------------------------------------------

def speed(given, found):
    part = found.setdefault("speed", {})
    for size in given.sizes or [20_000, 100_000, 1_000_000]:
        full, copy = generated(size, given.seed)
        engines = given.engines or FAST + ONCE + [engine for engine, most in SMALL.items() if size <= most]
        runs = part[f"{size:,} invented mails"] = {engine: [] for engine in engines}
        for turn in range(given.rounds):
            for engine in engines:
                if turn and (engine not in FAST or "failed" in runs[engine][-1]):
                    continue
                say(f"speed, {size:,}, turn {turn + 1}: {engine}")
                runs[engine].append(timed(given, engine, copy, full, turn))
                save(given, found)


def timed(given, engine, copy, full, turn):
    out = WORK / f"speed.{engine}.csv"
    used = run(given, engine, [(copy, out)])
    if turn == 0 and "failed" not in used:
        used["pairwise"] = score(given, out, full).get("pairwise")
    return used


def generated(size, seed):
    """An invented mailbox: with the truth, and blind."""
    full = WORK / "generated" / f"mailbox-{size}-{seed}.jsonl"
    full.parent.mkdir(parents=True, exist_ok=True)
    if not full.exists() or full.stat().st_mtime < (HERE / "generate.py").stat().st_mtime:
        say(f"inventing {size:,} mails")
        command = [PYTHON, HERE / "generate.py", "--size", str(size), "--seed", str(seed), "-o", full]
        subprocess.run([str(word) for word in command], check=True)
    copy = full.with_name(f"blind-{full.name}")
    if not copy.exists() or copy.stat().st_mtime < full.stat().st_mtime:
        with open(full, encoding="utf-8") as source, open(copy, "w", encoding="utf-8") as target:
            # The truth is the last field of a line.
            target.writelines(line[:line.rindex(', "truth_thread"')] + "}\n" for line in source)
    return full, copy


# --- results -------------------------------------------------------------------------------------------------------

PARTS = {"email": email, "quotes": quotes, "rooms": rooms, "omni": omni, "speed": speed}


def say(what):
    print(what, flush=True)


def load(given):
    path = Path(given.json)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def save(given, found):
    Path(given.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    Path(given.json).with_suffix(".md").write_text(report.markdown(found), encoding="utf-8")


def arguments():
    parser = argparse.ArgumentParser(description="Reknit beside other ways to thread.")
    parser.add_argument("part", choices=[*PARTS, "all"])
    parser.add_argument("--data", default=os.environ.get("REKNIT_DATA"), help="folder of the sets [REKNIT_DATA]")
    parser.add_argument("--engines", nargs="+", help="engines of the part")
    parser.add_argument("--sets", nargs="+", help="rooms, as irc_ubuntu/dev")
    parser.add_argument("--sizes", nargs="+", type=int, help="sizes of invented mailboxes")
    parser.add_argument("--rounds", type=int, default=3, help="turns of the speed comparison")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=float, default=240, help="seconds after which a run is given up")
    parser.add_argument("--reknit", default=str(ROOT / "target" / "release" / "reknit"), help="its binary")
    parser.add_argument("--reknit-args", default="", help="more arguments for `reknit stitch`")
    parser.add_argument("--json", default=str(HERE / "RESULTS.json"), help="results; the Markdown lies beside it")
    return parser.parse_args()


def main():
    given = arguments()
    if not Path(given.reknit).exists():
        raise SystemExit(f"no {given.reknit}: run `cargo build --release` first, or say --reknit PATH")
    if given.part == "all":
        # Each part by a process of its own: a measured child's peak memory counts from that of its parent.
        words = [word for word in sys.argv[1:] if word != "all"]
        for part in PARTS:
            subprocess.run([sys.executable, __file__, part, *words], check=True)
        return
    environment()
    helper()
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), str(PEOPLE)])
    found = load(given)
    found.update(machine=machine(), versions=versions(given.reknit))
    PARTS[given.part](given, found)
    say(f"written: {Path(given.json).with_suffix('.md')}")


if __name__ == "__main__":
    main()
