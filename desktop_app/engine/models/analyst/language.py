"""Words: how a question is cut into tokens, and how its words are compared with the names in a file."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

_TOKEN = re.compile(
    r"""(?P<quoted>"[^"\n]+"|“[^”\n]+”|`[^`\n]+`|\u2018[^\u2019\n]+\u2019|(?<!\w)'[^'\n]+'(?!\w))
    |(?P<number>(?<![\w.])-?\d+(?:[.,]\d+)*(?![\w])(?!-\w))
    |(?P<word>\w+(?:'\w+)?)
    |(?P<mark>>=|<=|!=|==|<>|[^\w\s])""",
    re.VERBOSE,
)
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-zß-öø-ÿ]+|\d+|[^\W\d_]+")
_UNIT_WORDS = (
    "g kg mg t lb oz mm cm m km in ft mi s ms min h hr hrs usd eur gbp chf pct percent l ml c f"
    " k pa hpa kwh mw m2 sqft sqm"
)
_UNITS = frozenset(_UNIT_WORDS.split())

_COMMANDS = """
    a about above add after again against all also an analyse analyze and any are area as asc ascending at
    average avg be before below best between biggest bottom box boxplot but by can case chart charts column
    columns common compare comparison contain containing contains convert correlation could count counts create
    csv current data dataframe dataset date days delete desc descending describe diagram did difference
    different distinct distribution do does draw drop duplicate duplicates each entry equal equals every excel
    explain export field file files filter find first five for format from function get give given graph greater
    group grouped had has have head heatmap help highest histogram how i if in info information instead into is
    it its json just largest last least less let like line list load longest low lowest make many matrix max
    maximum me mean median merge min minimum missing month monthly more most much my name need new not now null
    number numbers of on only or order ordered outlier outliers over overview pair per percent percentage pie
    please plot png print provide random range rank relationship remove row rows same sample save scatter
    scatterplot second see select shape sheet should show shows shuffle size smallest sort sorted split standard
    statistics stats std sum summarise summarize summary table tail tell ten than that the their them then there
    these this three time to top total trend tsv two type types unique uploaded using value values versus view
    visualise visualize vs want was were what when where which who whose with within without would xlsx year
    years you your
"""
COMMANDS = frozenset(_COMMANDS.split())
"""Words that say what to do. They are columns only if quoted, or if they stand where only a column can."""
_NOUNS = "year years month name size type area rank time number value group percent percentage day"
# Words of everyday questions that are good names for a column, too.
NOUNS = frozenset(_NOUNS.split())
_OFTEN_MISTYPED = (
    "average", "median", "maximum", "minimum", "total", "histogram", "distribution", "correlation", "scatter",
    "missing", "duplicates", "describe", "summary", "shuffle", "column", "columns", "outliers", "descending",
    "ascending",
)  # fmt: skip
_SYNONYMS = (
    frozenset({"sex", "gender"}),
    frozenset({"mass", "weight"}),
    frozenset({"revenue", "sale", "turnover"}),
    frozenset({"income", "salary", "wage", "pay"}),
    frozenset({"price", "cost"}),
    frozenset({"country", "nation"}),
    frozenset({"profit", "earning"}),
    frozenset({"city", "town"}),
    frozenset({"amount", "quantity"}),
    frozenset({"company", "firm"}),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, mark or quoted text, as it was written, and where."""

    text: str
    kind: str
    start: int
    end: int

    @property
    def plain(self) -> str:
        """Without its quotes."""
        return self.text[1:-1] if self.kind == "quoted" else self.text


def tokens(text: str) -> list[Token]:
    """Cuts a text. Spaces are dropped; nothing else is."""
    return [Token(m.group(), m.lastgroup or "mark", m.start(), m.end()) for m in _TOKEN.finditer(text)]


def corrected(word: str) -> str:
    """The word, or the word of a question that it is a typing error of."""
    if len(word) < 5 or word in COMMANDS:
        return word
    return next(iter(get_close_matches(word, _OFTEN_MISTYPED, 1, 0.83)), word)


def stem(word: str) -> str:
    """The word in lower case without the ending of a plural. The same for both forms; not always a word."""
    word = word.lower()
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def parts(name: str) -> tuple[str, ...]:
    """The words of a name, as stems: `bodyMass_g` is body, mass, g."""
    return tuple(stem(part) for part in _PARTS.findall(name))


def likeness(words: tuple[str, ...], name: str) -> float:
    """How well words of a question fit a name: 1 for the name itself, 0 for something else."""
    own = parts(name)
    if not words or not own:
        return 0.0
    if words == own:
        return 1.0
    bare = own[:-1] if len(own) > 1 and own[-1] in _UNITS else own
    joined = "".join(words)
    if words == bare or joined == "".join(own):
        return 0.95
    if joined == "".join(bare):
        return 0.9
    common = len(words) == 1 and (words[0] in COMMANDS or len(words[0]) < 3)
    if len(joined) >= 5 and not common:
        for other in ("".join(own), "".join(bare)):
            matcher = SequenceMatcher(None, joined, other)
            if matcher.quick_ratio() >= 0.8 and matcher.ratio() >= 0.8:
                return 0.85
    if common:
        return 0.0
    if len(words) < len(own) and any(own[i : i + len(words)] == words for i in range(len(own) - len(words) + 1)):
        return 0.7
    if len(words) == 1 and any(words[0] in group and group & set(own) for group in _SYNONYMS):
        return 0.6
    return 0.0


def readable(name: str) -> str:
    """A name as a label: `body_mass_g` is `Body mass (g)`; names with spaces stay as they are."""
    text, unit = _named(name)
    return _capital(f"{text} ({unit})" if unit else text)


def spoken(name: str) -> str:
    """A name inside a sentence: `body_mass_g` is `body mass`; capitals stay, for a noun or an acronym has them."""
    return _named(name)[0]


def _named(name: str) -> tuple[str, str]:
    """The words of a name, and the unit at its end."""
    text = re.sub(r"[\s\x00-\x1f\x7f]+", " ", name).strip() or "(no name)"
    if " " in text or "_" not in text.strip("_"):
        return text, ""
    words = [word for word in text.split("_") if word]
    if len(words) > 1 and words[-1].lower() in _UNITS:
        return " ".join(words[:-1]), words[-1]
    return " ".join(words), ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def listed(items: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Items as a person lists them: `a, b and c`."""
    return f" {last} ".join((", ".join(items[:-1]), items[-1])) if len(items) > 1 else "".join(items)
