"""The measured figures as Markdown.

The idea: RESULTS.json holds what was measured, RESULTS.md is only its picture; a part that was not run is left out.
"""

from statistics import median

TITLES = {
    "reknit": "**Reknit**",
    "reknit-inside": "Reknit, in a Rust program",
    "mail-threading": "mail-threading (Rust)",
    "threadweave": "threadweave (Python)",
    "threadweave-subjects": "threadweave, subjects joined",
    "jwzthreading": "jwzthreading (Python)",
    "notmuch": "notmuch",
    "references": "rule: references",
    "references+subject": "rule: references, or equal subject",
    "previous": "rule: the line before",
    "previous-spoken": "rule: the last line spoken",
    "gap-2": "rule: 2 minutes of silence",
    "gap-5": "rule: 5 minutes of silence",
    "rules": "rules: mention, turn, else new",
    "handle-24h": "policy: handle, 24 h",
    "contact-1h": "policy: contact, 1 h",
    "contact-6h": "policy: contact, 6 h",
    "contact-24h": "policy: contact, 24 h",
    "email-reply-parser": "email-reply-parser (Zapier)",
}


def markdown(found):
    parts = [head(found), email(found), quotes(found), rooms(found), omni(found), speed(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def head(found):
    machine = ", ".join(f"{name} {value}" for name, value in found.get("machine", {}).items())
    versions = ", ".join(f"{name} {value}" for name, value in found.get("versions", {}).items())
    return (
        "# Threads: Reknit beside other engines and plain rules\n\n"
        "Written by `compare.py` from RESULTS.json; README.md says what was run and why that is fair.\n\n"
        f"Machine: {machine}.\n\nVersions: {versions}."
    )


def rows(header, lines):
    rule = "|" + " --- |" * len(header)
    return "\n".join(["| " + " | ".join(header) + " |", rule, *("| " + " | ".join(line) + " |" for line in lines)])


def title(engine):
    return TITLES.get(engine, engine)


def figure(value, digits=3):
    return f"{value:,.{digits}f}" if isinstance(value, (int, float)) else "-"


def hundred(value):
    return figure(100 * value, 1) if isinstance(value, (int, float)) else "-"


def three(score):
    return " / ".join(figure(score.get(part)) for part in ("precision", "recall", "f1"))


def failed(engine, run, width):
    return [title(engine), run["failed"], *[""] * (width - 2)]


# --- mail ----------------------------------------------------------------------------------------------------------

def email(found):
    part = found.get("email")
    if not part:
        return ""
    header = ["engine", "(a) all headers", "(b) 20 % of replies stripped", "(c) b, and one id kept", "(d) none"]
    lines = [failed(engine, run, len(header)) if "failed" in run else
             [title(engine), *(three(run.get(condition, {})) for condition in "abcd")] for engine, run in part.items()]
    return (
        "## Which mails are one thread?\n\n"
        "Pairwise precision / recall / F1 over five corpora, weighted by messages; b and c are means over five seeds, "
        "the same for all. The truth is that of the headers, which is why engines that use nothing else are perfect "
        "in (a).\n\n" + rows(header, lines) + "\n\n" + spread(part) + "\n\n" + by_corpus(part)
    )


def spread(part):
    header = ["engine", "(b) F1, least to most", "(c) F1, least to most"]
    lines = [[title(engine), *(reach(run.get(condition, {}).get("seeds")) for condition in "bc")]
             for engine, run in part.items() if "failed" not in run]
    return "How far the seeds lie apart:\n\n" + rows(header, lines)


def reach(values):
    return f"{min(values):.3f} to {max(values):.3f}" if values else "-"


def by_corpus(part):
    good = {engine: run for engine, run in part.items() if "failed" not in run}
    names = sorted({name for run in good.values() for scores in run.values() for name in scores.get("corpora", {})})
    header = ["engine", *names]
    lines = [[title(engine), *(" / ".join(figure(run.get(condition, {}).get("corpora", {}).get(name), 2)
                                          for condition in "abcd") for name in names)]
             for engine, run in good.items()]
    return "F1 by corpus, (a) / (b) / (c) / (d):\n\n" + rows(header, lines)


# --- quotes --------------------------------------------------------------------------------------------------------

def quotes(found):
    part = found.get("quotes")
    if not part:
        return ""
    header = ["parser", "plain text, right", "HTML, right", "us a message, text", "us a message, HTML"]
    lines = [failed(parser, run, len(header)) if "failed" in run else
             [title(parser), *(right(run["formats"].get(format)) for format in ("text", "html")),
              figure(run.get("text_us"), 1), figure(run.get("html_us"), 1)] for parser, run in part.items()]
    return (
        "## What is reply, quotation and signature?\n\n"
        "Cases of five parsers' own suites, without those the suites answer differently and those a trained "
        "classifier answered. Time is the processor's, of one call of the reader, averaged over the cases.\n\n"
        + rows(header, lines)
    )


def right(row):
    if not row or not row["answered"]:
        return "does not read it"
    return f"{row['right']} of {row['of']} ({100 * row['right'] / row['of']:.1f} %)"


# --- rooms and customers -------------------------------------------------------------------------------------------

def rooms(found):
    part = found.get("rooms")
    if not part:
        return ""
    header = ["set", "engine", "link F1", "VI", "one-to-one", "exact F1", "us a line, stitching alone"]
    lines = [room_line(name, engine, run) for name, runs in part.items() for engine, run in runs.items()]
    return (
        "## Who talks to whom in a room?\n\n"
        "The metrics of Kummerfeld et al. 2019 over whole files, as in their paper (in %; published there for "
        "irc_ubuntu test: Previous 35.0 / 66.1 / 27.6 / 0, feed-forward 72.3 / 91.3 / 75.6 / 36.2, the vote of ten "
        "73.5 / 91.5 / 76.0 / 38.0).\n\n" + rows(header, lines)
    )


def room_line(name, engine, run):
    if "failed" in run:
        return [name, *failed(engine, run, 6)]
    return [name, title(engine), *paper(run), each(run)]


def paper(run):
    return [hundred(run["links"]["f1"]), hundred(run["variation_of_information"]), hundred(run["one_to_one"]),
            hundred(run["exact_match"]["f1"])]


def each(run):
    """Microseconds of processor time a line, without reading and writing."""
    return figure(run["thread_cpu"] / run["lines"] * 1e6, 1) if run.get("thread_cpu") else "-"


def omni(found):
    part = found.get("omni")
    if not part:
        return ""
    header = ["engine", "pairwise P / R / F1", "exact F1", "link F1", "VI", "one-to-one",
              "conversations of two customers", "us a message, stitching alone", "peak MB"]
    lines = [failed(engine, run, len(header)) if "failed" in run else
             [title(engine), three(run["pairwise"]), figure(run["exact_match"]["f1"]), figure(run["links"]["f1"]),
              figure(run["variation_of_information"]), figure(run["one_to_one"]), str(run.get("two_customers", "-")),
              each(run), figure(run.get("rss_mb"), 0)] for engine, run in part.items()]
    return "## Which messages of a customer are one matter?\n\n" + rows(header, lines)


# --- speed ---------------------------------------------------------------------------------------------------------

FAST = (
    "Processor time, since the machine has other work: of the whole process, and of threading without reading and "
    "writing, where an engine tells it. What notmuch takes is the making of a search index."
)


def speed(found):
    sections = [speed_section(name, part) for name, part in found.get("speed", {}).items()]
    return "\n\n".join(["## How fast?", FAST, *sections]) if sections else ""


def speed_section(name, part):
    header = ["engine", "runs", "wall s", "CPU s", "peak MB", "us a message, whole process",
              "us a message, threading alone", "pairwise F1"]
    count = int(name.split()[0].replace(",", ""))
    lines = [speed_line(engine, runs, count) for engine, runs in part.items()]
    return f"{name}, one in forty without headers; medians.\n\n" + rows(header, lines)


def speed_line(engine, runs, count):
    good = [run for run in runs if "failed" not in run]
    if not good:
        return failed(engine, runs[0] if runs else {"failed": "not run"}, 8)
    middle = {name: median(run[name] for run in good) for name in ("wall", "cpu", "rss_mb")}
    alone = [run["stages"]["thread"]["cpu"] for run in good if "thread" in run.get("stages", {})]
    f1 = [run["pairwise"]["f1"] for run in good if run.get("pairwise")]
    return [title(engine), str(len(good)), figure(middle["wall"], 2), figure(middle["cpu"], 2),
            figure(middle["rss_mb"], 0), figure(middle["cpu"] / count * 1e6, 2),
            figure(median(alone) / count * 1e6, 2) if alone else "-", figure(f1[0] if f1 else None)]
