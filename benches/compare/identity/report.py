"""The measured figures as Markdown.

The idea: RESULTS.json holds what was measured, RESULTS.md is only its picture; a part that was not run is left out.
"""

from statistics import median

TITLES = {
    "splink@0.95": "Splink, .95",
    "splink@0.5": "Splink, .5",
    "goldenmatch-Z": "GoldenMatch, zero configuration",
    "goldenmatch-P": "GoldenMatch, automatic probabilistic",
    "goldenmatch-X": "GoldenMatch, explicit",
    "recordlinkage": "recordlinkage, ECM",
    "splink": "Splink",
    "reknit": "Reknit",
}


def markdown(found):
    parts = [head(found), quality(found), speed(found), dense(found), scale(found), one_key(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def head(found):
    machine = ", ".join(f"{name} {value}" for name, value in found.get("machine", {}).items())
    versions = ", ".join(f"{name} {value}" for name, value in found.get("versions", {}).items())
    return (
        "# People: Reknit beside Splink, GoldenMatch and recordlinkage\n\n"
        "Written by `compare.py` from RESULTS.json; README.md says what was run and why that is fair.\n\n"
        f"Machine: {machine}.\n\nVersions: {versions}."
    )


def rows(header, lines):
    rule = "|" + " --- |" * len(header)
    return "\n".join(["| " + " | ".join(header) + " |", rule, *("| " + " | ".join(line) + " |" for line in lines)])


def figure(value, digits=3):
    return f"{value:.{digits}f}" if isinstance(value, (int, float)) else "-"


def cost(run):
    return [figure(run.get("wall"), 2), figure(run.get("cpu"), 2), figure(run.get("rss_mb"), 0)]


def quality(found):
    if not found.get("quality"):
        return ""
    header = ["set", "records", "engine", "pairwise P / R / F1", "B-cubed F1", "wall s", "CPU s", "peak MB"]
    lines = [quality_line(name, tool, run) for name, tools in found["quality"].items() for tool, run in tools.items()]
    return (
        "## How good are the people?\n\n"
        "No labels; each engine at the operating point it has without looking at the truth. Cost is that of the "
        "whole process; Splink at .5 is the same run as at .95, clustered again.\n\n" + rows(header, lines)
    )


def quality_line(name, tool, run):
    start = [name, f"{run.get('records', 0):,}", TITLES.get(tool, tool)]
    if "failed" in run:
        return [*start, run["failed"], "", "", "", ""]
    return [*start, three(run["pairwise"]), figure(run["b_cubed"]["f1"]), *cost(run)]


def three(score):
    return " / ".join(figure(score[part]) for part in ("precision", "recall", "f1"))


def speed(found):
    sections = [speed_section(name, part) for name, part in found.get("speed", {}).items()]
    return "\n\n".join(["## How fast, end to end?", *sections]) if sections else ""


def speed_section(name, part):
    header = ["engine", "runs", "wall s", "CPU s", "peak MB", "pairwise F1"]
    lines = [speed_line(tool, runs) for tool, runs in part.items()]
    return f"{name}; the engines alternate; medians.\n\n{rows(header, lines)}{ratios(part)}"


def speed_line(tool, runs):
    good = [run for run in runs if "failed" not in run]
    if not good:
        return [TITLES[tool], "0", runs[0]["failed"], "", "", ""]
    middle = {name: median(run[name] for run in good) for name in ("wall", "cpu", "rss_mb")}
    f1 = [run["pairwise"]["f1"] for run in good if "pairwise" in run]
    return [TITLES[tool], str(len(good)), *cost(middle), figure(median(f1) if f1 else None)]


def ratios(part):
    """How many times Reknit's time the other took, pair by pair."""
    if not {"splink", "reknit"} <= part.keys():
        return ""
    pairs = [(a, b) for a, b in zip(part["splink"], part["reknit"]) if "failed" not in a and "failed" not in b]
    told = [
        f"{name} " + ", ".join(f"{a[name] / b[name]:.1f}" for a, b in pairs) for name in ("wall", "cpu") if pairs
    ]
    return f"\n\nSplink / Reknit, pair by pair: {'; '.join(told)}." if told else ""


def dense(found):
    if "dense" not in found:
        return ""
    header = ["engine", "what", "candidate pairs", "wall s", "CPU s", "CPU us a pair", "peak MB"]
    lines = [dense_line(tool, run) for tool, runs in found["dense"].items() for run in runs]
    return "## Many candidates: compare and score\n\n" + rows(header, lines)


def dense_line(tool, run):
    if "failed" in run:
        return [TITLES[tool], "", run["failed"], "", "", "", ""]
    stages, pairs = run.get("stages", {}), run.get("candidates")
    stage = next((name for name in ("predict", "compare") if name in stages), None)
    spent = stages[stage] if stage else run
    each = figure(spent["cpu"] / pairs * 1e6, 2) if pairs else "-"
    counted = f"{pairs:,}" if pairs else "-"
    return [TITLES[tool], stage or "whole process", counted, figure(spent["wall"], 2), figure(spent["cpu"], 2), each,
            figure(run["rss_mb"], 0)]


def scale(found):
    if "scale" not in found:
        return ""
    header = ["engine", "records", "wall s", "CPU s", "peak MB", "a doubling: wall", "a doubling: CPU"]
    lines = [line for tool, runs in found["scale"].items() for line in scale_lines(tool, runs)]
    return "## How does it grow?\n\n" + rows(header, lines)


def scale_lines(tool, runs):
    before = None
    for run in runs:
        if "failed" in run:
            yield [TITLES[tool], f"{run['size']:,}", run["failed"], "", "", "", ""]
            before = None
            continue
        doubled = before is not None and run["size"] == 2 * before["size"]
        grown = [f"{run[part] / before[part]:.2f}" if doubled else "-" for part in ("wall", "cpu")]
        yield [TITLES[tool], f"{run['size']:,}", *cost(run), *grown]
        before = run


def one_key(found):
    if "one_key" not in found:
        return ""
    header = ["set", "runs", "wall s", "CPU s", "peak MB", "people"]
    lines = []
    for name, runs in found["one_key"].items():
        line = speed_line("reknit", runs)
        people = next((f"{run['entities']:,}" for run in runs if "entities" in run), "-")
        lines.append([name, *line[1:5], people])
    return (
        "## One key that everybody shares\n\nReknit only: an equality rule on this phone would give any engine "
        "that takes it at its word half the square of the records in pairs.\n\n" + rows(header, lines)
    )
