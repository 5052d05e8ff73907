"""One cleaning for all rivals: what their documentation asks to be done before matching, done in SQL.

The idea: Splink, GoldenMatch and recordlinkage compare values as they get them, so each gets trimmed lower-case
text, nothing where a value is empty, e-mail addresses without +tag, phones as digits with a national zero, and
handles without @. Reknit reads the raw columns, since reading dirty text is a part of what it does.

Cost: one pass of DuckDB over the file, about a second a million records.
"""

import csv

import duckdb

KEYS = ["source", "id"]


def header(path):
    with open(path, newline="", encoding="utf-8") as lines:
        return next(csv.reader(lines))


def kind_of(columns):
    """Which of the families of sets this is, by its columns; each has one configuration."""
    for column, kind in [
        ("phone_raw", "crm"),
        ("soc_sec_id", "febrl"),
        ("postcode_fake", "historical"),
        ("addr", "restaurants"),
        ("city", "fake"),
    ]:
        if column in columns:
            return kind
    raise SystemExit(f"no configuration for a set with the columns {', '.join(columns)}")


def cleaned(column):
    """The SQL that cleans one column, under the name that the configurations use."""
    text = f"nullif(trim(lower({column})), '')"
    digits = f"nullif(regexp_replace({column}, '[^0-9]', '', 'g'), '')"
    if column == "email":
        return rf"regexp_replace({text}, '\+[^@]*@', '@') as email"
    if column == "phone_raw":
        return f"regexp_replace({digits}, '^0*61', '0') as phone"
    if column in ("phone", "phone_number"):
        return f"{digits} as {column}"
    if column == "handle":
        return f"ltrim({text}, '@') as handle"
    return f"{text} as {column}"


def load(path):
    """A connection with the cleaned set as table `records`, numbered by `unique_id`; its columns; its kind."""
    columns = header(path)
    kind = kind_of(columns)
    rest = [cleaned(column) for column in columns if column not in KEYS]
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    connection.execute(
        f"create table records as select (row_number() over ()) - 1 as unique_id, source, id, {', '.join(rest)} "
        "from read_csv(?, header = true, all_varchar = true, null_padding = false)",
        [path],
    )
    names = [row[0] for row in connection.execute("describe records").fetchall()]
    return connection, names, kind
