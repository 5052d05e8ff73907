"""What people and systems do to a value: slips of the finger, and other ways to write the same thing.

The idea: every kind of noise is one operation on a whole column at once. A slip works on a matrix of bytes, one
row a value; a format is a join of slices. Only the chosen rows are touched.

Sources: the kinds of slip are Damerau's four (1964): insert, delete, substitute, transpose; a wrong letter is
mostly a neighbour on the keyboard.

Cost: linear in the number of bytes touched, about 0.3 microseconds a value.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NEIGHBOURS = {
    "a": "qwsz", "b": "vghn", "c": "xdfv", "d": "serfcx", "e": "wsdr", "f": "drtgvc", "g": "ftyhbv", "h": "gyujnb",
    "i": "ujko", "j": "huikmn", "k": "jiolm", "l": "kop", "m": "njk", "n": "bhjm", "o": "iklp", "p": "ol",
    "q": "wa", "r": "edft", "s": "awedxz", "t": "rfgy", "u": "yhji", "v": "cfgb", "w": "qase", "x": "zsdc",
    "y": "tghu", "z": "asx",
}
DIGITS = "0123456789"
INSERT, DELETE, SUBSTITUTE, TRANSPOSE = range(4)


def neighbour_table():
    """For each byte six bytes that a finger may hit instead; a digit for a digit, a letter for the rest."""
    table = np.tile(np.frombuffer(b"aeinrt", np.uint8), (256, 1))
    for letter, near in NEIGHBOURS.items():
        table[ord(letter)] = np.frombuffer((near * 6)[:6].encode(), np.uint8)
    for digit in DIGITS:
        table[ord(digit)] = np.frombuffer((DIGITS * 2)[int(digit) + 1 :][:6].encode(), np.uint8)
    return table


TABLE = neighbour_table()


def slip(rng, values):
    """The values with one slip each."""
    cells = np.array(values.to_pylist(), dtype="S")
    width = cells.dtype.itemsize
    letters = np.zeros((len(cells), width + 1), np.uint8)
    letters[:, :width] = cells.view(np.uint8).reshape(len(cells), width)
    length = (letters != 0).sum(axis=1)
    kind = np.where(length < 3, SUBSTITUTE, rng.integers(0, 4, len(cells)))
    room = np.maximum(length - (kind == TRANSPOSE), 1)
    at = (rng.random(len(cells)) * room).astype(np.int64)
    out = moved(letters, kind, at)
    new = (kind == INSERT) | (kind == SUBSTITUTE)
    rows = np.flatnonzero(new)
    out[rows, at[rows]] = TABLE[letters[rows, at[rows]], rng.integers(0, 6, len(rows))]
    return pa.array(out.view(f"S{width + 1}").ravel()).cast(pa.string())


def moved(letters, kind, at):
    """The letters pushed right (insert), pulled left (delete) or exchanged (transpose) at one place."""
    column = np.arange(letters.shape[1])[None, :]
    kind, at = kind[:, None], at[:, None]
    source = column - ((kind == INSERT) & (column > at)) + ((kind == DELETE) & (column >= at))
    source = source + ((kind == TRANSPOSE) & (column == at)) - ((kind == TRANSPOSE) & (column == at + 1))
    inside = source < letters.shape[1]
    return np.where(inside, np.take_along_axis(letters, np.where(inside, source, 0), axis=1), 0).astype(np.uint8)


def chosen(rng, column, share):
    """A mask of about that share of the rows, filled ones only."""
    return (rng.random(len(column)) < share) & column.is_valid().to_numpy(zero_copy_only=False)


def slips(rng, column, share):
    """The column with a slip in about that share of its rows."""
    mask = chosen(rng, column, share)
    if not mask.any():
        return column
    return pc.replace_with_mask(column, pa.array(mask), slip(rng, column.filter(pa.array(mask))))


def wrong_date(rng, column, share):
    """Dates yyyymmdd, some with day and month exchanged and some with a slip in a digit."""
    day_first = pc.binary_join_element_wise(cut(column, 0, 4), cut(column, 6, 8), cut(column, 4, 6), "")
    may = pc.less_equal(cut(column, 6, 8), "12").fill_null(False)
    swap = pc.and_(pa.array(rng.random(len(column)) < share * 0.6), may)
    column = pc.if_else(swap, day_first, column)
    mask = chosen(rng, column, share * 0.7)
    letters = np.array(column.filter(pa.array(mask)).to_pylist(), dtype="S8").view(np.uint8).reshape(-1, 8).copy()
    last = 6 * (rng.random(len(letters)) < 0.5).astype(int) + 1
    letters[np.arange(len(letters)), last + 2 * (last == 1)] = ord("0") + rng.integers(1, 10, len(letters))
    wrong = pa.array(letters.view("S8").ravel()).cast(pa.string())
    return pc.replace_with_mask(column, pa.array(mask), wrong)


def cut(column, start, stop):
    """A slice of each value."""
    return pc.utf8_slice_codeunits(column, start, stop)


def phone_formats(rng, digits):
    """Ten-digit phones (a zero, nine digits) in eight ways of writing them, each equally often."""
    area, short, middle, last = cut(digits, 0, 2), cut(digits, 1, 2), cut(digits, 2, 6), cut(digits, 6, 10)
    join = pc.binary_join_element_wise
    written = [
        digits,
        join(area, middle, last, " "),
        join(join("(", area, ")", ""), join(middle, last, "-"), " "),
        join(area, middle, last, "-"),
        join(area, middle, last, "."),
        join("+61", cut(digits, 1, 10), ""),
        join("+61", short, middle, last, " "),
        join("0061", cut(digits, 1, 10), ""),
    ]
    return pc.choose(pa.array(rng.integers(0, len(written), len(digits))), *written)


def email_formats(rng, emails):
    """Addresses that mean the same mailbox: a +tag, a capital, all capitals."""
    tag = pa.array(np.array(["+news@", "+shop@"])[rng.integers(0, 2, len(emails))])
    at = pc.split_pattern(emails, "@", max_splits=1)
    tagged = pc.binary_join_element_wise(pc.list_element(at, 0), tag, pc.list_element(at, 1), "")
    gmail = pc.ends_with(emails, "@gmail.com").fill_null(False)
    emails = pc.if_else(pc.and_(gmail, pa.array(rng.random(len(emails)) < 0.064)), tagged, emails)
    dice = rng.random(len(emails))
    emails = pc.if_else(pa.array(dice < 0.045), pc.utf8_upper(emails), emails)
    return pc.if_else(pa.array(dice > 0.895), pc.utf8_capitalize(emails), emails)
