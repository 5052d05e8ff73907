"""Writes metadata.rs from the PyPI package phonenumbers (Apache-2.0).

    pip install phonenumbers==9.0.43
    python build_metadata.py > metadata.rs

The package describes the numbering plan of each region by patterns: which numbers there are and of
which kind, what is dialled before a national number and how that changes it, what is dialled before a
foreign country code. All of them are bounded patterns over ten digits, so each is a finite automaton
without a loop. They are built here, in one pool in which equal states are one, and written as tables;
at run time a number is walked through them digit by digit and no pattern is looked at.

A pattern of whole numbers becomes the plain subset construction; its last state is labelled with the
kind of number, that is, the first kind in the package's own order whose pattern and lengths fit.

A pattern of a prefix follows the first alternative that fits, as a backtracking matcher does. So its
states are ordered lists of threads (R. Cox, "Regular Expression Matching: the Virtual Machine
Approach", 2009): a thread that has matched cuts off those behind it, and the last label on the walk
is the match. The label says where the digits that are kept begin and end: of the match that holds only
at the end of the number, and of the one that holds anywhere.
"""

import importlib.metadata
import re
import sys
from re import _constants as op
from re import _parser as parser

from phonenumbers.phonemetadata import PhoneMetadata
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE

WORLD = "001"  # the region of calling codes that belong to no country
GENERAL = 1  # digits as the region has them, of no known kind
FIXED, MOBILE, FIXED_OR_MOBILE = 2, 3, 4
# The kinds in the order in which the package asks for them, after the general pattern.
SPECIAL = ["toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail"]
ASKED = ["premium_rate", "toll_free", *SPECIAL[2:], "fixed_line", "mobile"]
DIGITS = range(10)
LINE = 108  # characters of a line of the file


def program(pattern: str, group: int | None) -> list[tuple]:
    """The pattern as instructions of a thread machine; `group` is the one whose place is kept."""
    code: list[list] = []

    def emit(*words) -> int:
        code.append(list(words))
        return len(code) - 1

    def digits(members) -> frozenset:
        found: set[int] = set()
        for kind, value in members:
            if kind is op.LITERAL:
                found.add(int(chr(value)))
            elif kind is op.RANGE:
                found |= set(range(int(chr(value[0])), int(chr(value[1])) + 1))
            elif kind is op.CATEGORY and value is op.CATEGORY_DIGIT:
                found |= set(DIGITS)
            else:
                raise ValueError(f"no digits: {kind} {value}")
        return frozenset(found)

    def sequence(items) -> None:
        for kind, value in items:
            if kind is op.LITERAL:
                emit("digit", digits([(kind, value)]))
            elif kind is op.IN:
                emit("digit", digits(value))
            elif kind is op.MAX_REPEAT:
                repeat(*value)
            elif kind is op.SUBPATTERN:
                keep = value[0] is not None and value[0] == group
                if keep:
                    emit("open")
                sequence(value[3])
                if keep:
                    emit("close")
            elif kind is op.BRANCH:
                branch(value[1])
            elif kind is op.AT and value is op.AT_END:
                emit("end")
            else:
                raise ValueError(f"unknown part of a pattern: {kind} {value}")

    def repeat(least, most, item) -> None:
        if most > 20:
            raise ValueError("a number has an end")
        for _ in range(least):
            sequence(item)
        forks = []
        for _ in range(most - least):
            forks.append(emit("fork", len(code) + 1, None))
            sequence(item)
        for fork in forks:
            code[fork][2] = len(code)

    def branch(alternatives) -> None:
        jumps = []
        for alternative in alternatives[:-1]:
            fork = emit("fork", len(code) + 1, None)
            sequence(alternative)
            jumps.append(emit("jump", None))
            code[fork][2] = len(code)
        sequence(alternatives[-1])
        for jump in jumps:
            code[jump][1] = len(code)

    sequence(parser.parse(pattern))
    emit("match")
    return [tuple(words) for words in code]


class Pool:
    """States of all automata; equal ones are one. State 0 is the dead end."""

    def __init__(self) -> None:
        self.states: dict[tuple, int] = {}
        self.prefixes: dict[tuple, int] = {}

    def state(self, label: int, next_states: list[int]) -> int:
        if label == 0 and not any(next_states):
            return 0
        return self.states.setdefault((label, tuple(next_states)), len(self.states) + 1)

    def numbers(self, meta) -> int:
        """The automaton of whole numbers; its labels are kinds."""
        descriptions = []
        for name in ["general_desc", *ASKED]:
            found = getattr(meta, name)
            if found is None or not found.national_number_pattern:
                descriptions.append(None)
            else:
                descriptions.append((program(found.national_number_pattern, None), set(found.possible_length)))
        built: dict[tuple, int] = {}

        def follow(code, at) -> frozenset:
            seen, todo = set(), list(at)
            while todo:
                place = todo.pop()
                if place in seen:
                    continue
                seen.add(place)
                if code[place][0] in ("fork", "jump"):
                    todo += code[place][1:]
            return frozenset(place for place in seen if code[place][0] in ("digit", "match"))

        def build(depth: int, places: tuple) -> int:
            if (depth, places) not in built:
                next_states = []
                for digit in DIGITS:
                    after = tuple(
                        follow(d[0], [p + 1 for p in at if d[0][p][0] == "digit" and digit in d[0][p][1]])
                        if d else frozenset()
                        for d, at in zip(descriptions, places)
                    )
                    next_states.append(build(depth + 1, after) if after[0] else 0)
                built[depth, places] = self.state(label(depth, places), next_states)
            return built[depth, places]

        def label(depth: int, places: tuple) -> int:
            ends = [d is not None and any(d[0][p][0] == "match" for p in at) for d, at in zip(descriptions, places)]
            if not ends[0]:
                return 0
            fits = [end and (not d[1] or depth in d[1]) for d, end in zip(descriptions, ends)]
            return kind(dict(zip(["general", *ASKED], fits)), meta.same_mobile_and_fixed_line_pattern)

        return build(0, tuple(follow(d[0], [0]) if d else frozenset() for d in descriptions))

    def prefix(self, pattern: str | None, group: int | None = None) -> int:
        """The automaton of a prefix; its labels are numbers of rows in `prefixes`."""
        if not pattern:
            return 0
        code = program(pattern, group)
        built: dict[tuple, int] = {}

        def run(threads: list, seen: set, place: int, kept: tuple, depth: int) -> None:
            if place in seen:
                return
            seen.add(place)
            word, *rest = code[place]
            if word in ("fork", "jump"):
                for target in rest:
                    run(threads, seen, target, kept, depth)
            elif word == "open":
                run(threads, seen, place + 1, (depth, depth), depth)
            elif word == "close":
                run(threads, seen, place + 1, (kept[0], depth), depth)
            else:
                threads.append((place, kept))

        def only_match_follows(place: int) -> bool:
            while code[place][0] == "jump":
                place = code[place][1]
            return code[place][0] == "match"

        def build(depth: int, threads: tuple) -> int:
            if (depth, threads) in built:
                return built[depth, threads]
            live, at_end, anywhere = [], None, None
            for place, kept in threads:
                if code[place][0] == "match":
                    anywhere = kept
                    break
                if code[place][0] == "end":
                    assert only_match_follows(place + 1), pattern
                    at_end = at_end or kept
                else:
                    live.append((place, kept))
            label = 0
            if at_end or anywhere:
                label = self.prefixes.setdefault((at_end, anywhere), len(self.prefixes) + 1)
            next_states = []
            for digit in DIGITS:
                after, seen = [], set()
                for place, kept in live:
                    if digit in code[place][1]:
                        run(after, seen, place + 1, kept, depth + 1)
                next_states.append(build(depth + 1, tuple(after)) if after else 0)
            built[depth, threads] = self.state(label, next_states)
            return built[depth, threads]

        first: list = []
        run(first, set(), 0, (0, 0), 0)
        return build(0, tuple(first))


def kind(fits: dict[str, bool], one_pattern: bool) -> int:
    """The kind of a number that has the general pattern."""
    if not fits["general"]:
        return GENERAL
    for name in ASKED[:-2]:
        if fits[name]:
            return FIXED_OR_MOBILE + 1 + SPECIAL.index(name)
    if fits["fixed_line"]:
        return FIXED_OR_MOBILE if one_pattern or fits["mobile"] else FIXED
    return MOBILE if fits["mobile"] and not one_pattern else GENERAL


def bits(lengths) -> int:
    return sum(1 << length for length in lengths if length > 0)


def region(pool: Pool, code: str, calling: int) -> str:
    if code == WORLD:
        meta = PhoneMetadata.metadata_for_nongeo_region(calling, None)
    else:
        meta = PhoneMetadata.metadata_for_region(code, None)
    group, instead = None, ""
    if meta.national_prefix_transform_rule:
        instead, group = re.fullmatch(r"(\d*)\\(\d)", meta.national_prefix_transform_rule).groups()
        # The rule is read when the last group took part, so it has to be the one that is kept.
        assert int(group) == re.compile(meta.national_prefix_for_parsing).groups
    general = meta.general_desc
    columns = [
        f'"{code}"',
        calling,
        hex(bits(general.possible_length)),
        pool.numbers(meta),
        pool.prefix(meta.national_prefix_for_parsing, group and int(group)),
        f'"{instead}"',
        pool.prefix(meta.international_prefix),
        pool.prefix(meta.leading_digits),
    ]
    return f"    region({', '.join(map(str, columns))}),"


def wrapped(words) -> str:
    lines, line = [], "   "
    for word in words:
        if len(line) + len(word) + 2 > LINE:
            lines.append(line)
            line = "   "
        line += f" {word},"
    return "\n".join([*lines, line])


def table(name: str, kind_of_row: str, words: list[str], doc: str) -> str:
    return f"/// {doc}\npub(super) static {name}: [{kind_of_row}; {len(words)}] = [\n{wrapped(words)}\n];\n"


def some(kept: tuple | None) -> str:
    return "None" if kept is None else f"Some(({kept[0]}, {kept[1]}))"


def packed(pool: Pool) -> tuple[list[str], list[str], list[str]]:
    """States as (shape, first target); a shape says which target each digit takes, and the label."""
    shapes: dict[int, int] = {0: 0}
    runs: dict[tuple, int] = {}
    targets: list[int] = [0]
    states = ["(0, 0)"]
    for label, next_states in pool.states:
        places: dict[int, int] = {}
        shape = label << 40
        for digit, target in enumerate(next_states):
            shape |= places.setdefault(target, len(places)) << 4 * digit
        run = tuple(places)
        if run not in runs:
            runs[run] = len(targets)
            targets += run
        states.append(f"({shapes.setdefault(shape, len(shapes))}, {runs[run]})")
    assert max(len(states), len(targets), len(shapes)) <= 1 << 16
    return states, [str(target) for target in targets], [hex(shape) for shape in shapes]


def main() -> None:
    pool = Pool()
    regions = [
        region(pool, code, calling)
        for calling, codes in sorted(COUNTRY_CODE_TO_REGION_CODE.items())
        for code in codes
    ]
    states, targets, shapes = packed(pool)
    prefixes = ["(None, None)"]
    prefixes += [f"({some(at_end)}, {some(anywhere)})" for at_end, anywhere in pool.prefixes]
    version = importlib.metadata.version("phonenumbers")
    out = sys.stdout
    out.reconfigure(encoding="utf-8", newline="\n")
    out.write(
        f"//! Numbering plans of all regions as tables, made by `build_metadata.py`; not to be edited.\n"
        f"//!\n"
        f"//! From the Python package `phonenumbers` {version}, Apache License 2.0, (c) The Libphonenumber Authors:\n"
        f"//! the metadata of Google's libphonenumber, changed in form (patterns became automata). What the\n"
        f"//! tables mean is said in `plan.rs`. Cost: {len(states)} states, about\n"
        f"//! {(len(states) * 4 + len(targets) * 2 + len(shapes) * 8 + len(regions) * 64) // 1024} KiB of constants.\n"
        f"\n"
        f"use super::plan::{{Kept, Region, region}};\n"
        f"\n"
        f"/// All regions by calling code; where several share one, the main one first.\n"
        f"pub(super) static REGIONS: [Region; {len(regions)}] = [\n"
        f"    // code, calling code, lengths, numbers, trunk prefix, put instead, international prefix,\n"
        f"    // leading digits\n"
    )
    out.write("\n".join(regions) + "\n];\n\n")
    out.write(table("PREFIXES", "(Option<Kept>, Option<Kept>)", prefixes, "Labels of prefixes: the match at the end of the number, and the one anywhere.") + "\n")
    out.write(table("STATES", "(u16, u16)", states, "A state: its shape and its first target.") + "\n")
    out.write(table("TARGETS", "u16", targets, "Runs of states that follow a state.") + "\n")
    out.write(table("SHAPES", "u64", shapes, "Four bits a digit: which target of the run; above them the label."))


main()
