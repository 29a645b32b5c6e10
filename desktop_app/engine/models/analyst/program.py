"""The code of a step, in the parts that the analyst needs: what it computes, what it shows, what the answer needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from desktop_app.engine.models.analyst.fact import Facts


@dataclass(frozen=True, slots=True)
class Program:
    """Code in two parts, both of whole lines.

    Attributes:
        imports: Import statements, in any order, without repetition.
        compute: Reads and computes; prints and writes nothing, so that the answer can have it run once more.
        show: Prints, draws and saves.
        facts: For the answer: a name and the expression whose value it stands for, after `compute`.
    """

    imports: tuple[str, ...]
    compute: str
    show: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def source(self) -> str:
        """The code as the person sees it."""
        return "\n\n".join(part.strip("\n") for part in (self._head(), self.compute, self.show) if part.strip()) + "\n"

    def facts_source(self) -> str:
        """The code that computes the same again and prints the facts as JSON."""
        pairs = ", ".join(f"{name!r}: {expression}" for name, expression in self.facts.items())
        return "\n\n".join((sandboxed("emit"), self._head(), self.compute, f"emit({{{pairs}}})\n"))

    def _head(self) -> str:
        standard = sorted(line for line in set(self.imports) if line.split()[1].split(".")[0] in _STANDARD)
        others = sorted(set(self.imports) - set(standard), key=lambda line: line.split()[1])
        return "\n\n".join("\n".join(group) for group in (standard, others) if group)


_STANDARD = frozenset({"collections", "io", "json", "pathlib", "re", "zipfile"})


@dataclass(frozen=True, slots=True)
class Task:
    """What a skill decided to do.

    Attributes:
        intro: A sentence before the code, or empty.
        program: The code.
        answer: Writes the answer in markdown, from the facts.
    """

    intro: str
    program: Program
    answer: Callable[[Facts], str]


def literal(value: object) -> str:
    """A Python literal for strings, numbers, and lists and tuples of them, whatever is in them; with double quotes."""
    if isinstance(value, str):
        text = repr(value)
        if text[0] == "'" and '"' not in text and "\\'" not in text:
            text = f'"{text[1:-1]}"'
        return text
    if isinstance(value, list):
        return f"[{', '.join(literal(item) for item in value)}]"
    if isinstance(value, tuple):
        return f"({', '.join(literal(item) for item in value)}{',' if len(value) == 1 else ''})"
    return repr(value)


def comment(text: str) -> str:
    """Text that can stand in a comment: one line, printable, and not long."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return clean if len(clean) <= 80 else clean[:79] + "…"


def sandboxed(name: str) -> str:
    """The source of a module that runs in the sandbox."""
    return files("desktop_app.engine.models.analyst.sandboxed").joinpath(f"{name}.py").read_text(encoding="utf-8")
