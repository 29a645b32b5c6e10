"""What the analyst says when it cannot help: what it is, what it can do with what is there, and what would help."""

import re

from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.question import Question
from desktop_app.engine.models.analyst.table.suggestion import suggestions
from desktop_app.engine.models.analyst.wording import code, escaped, link

LABEL = "Built-in analyst (no language model)"
_CONNECT = "For open questions connect a language model: “Connect a model…” in the connection menu at the top left."
_GREETING = re.compile(
    r"^\W*(hi|hello|hey|good (morning|afternoon|evening)|help|what can you do|who are you|how do you work)\b",
    re.IGNORECASE,
)
_THANKS = re.compile(r"^\W*(thanks?|thank you|thx|great|perfect|nice|cool|ok(ay)?)\b[^?]*$", re.IGNORECASE)
_ABOUT_FILE = re.compile(
    r"\b(file|csv|excel|xlsx|data|dataset|column|columns|rows?|table|chart|plot|average|mean|total|sum|pdf|image|picture|photo|sheet|shuffle|histogram)\b",
    re.IGNORECASE,
)
_GENERAL = ("Solve `3x + 11 = 14`", "Plot `y = x^2 + 3`", "Attach a CSV or Excel file and ask “What is in this file?”")


def cannot_run(reason_is_tool: bool) -> str:
    """Why nothing can be computed."""
    if reason_is_tool:
        return (
            "I answer by writing and running code, and this assistant has its code interpreter switched off. "
            "Switch it on in the "
            "assistant's settings (right pane) and ask again."
        )
    return (
        "I answer by writing and running code, and there is no working sandbox on this computer to run it in. The "
        "notice in the window "
        "says what is missing and what to install. Nothing was computed."
    )


def guidance(question: Question) -> str:
    """An honest answer to what was not understood."""
    if _THANKS.match(question.text) and len(question.text) < 60:
        return "You're welcome. Ask on, or attach another file."
    hello = bool(_GREETING.match(question.text))
    broken = [shape for shape in question.shapes if shape.kind in ("empty", "binary", "unreadable", "missing")]
    usable = [shape for shape in question.shapes if shape not in broken]
    if broken and not usable:
        return _problem(broken[0].name, broken[0].kind, broken[0].reason)
    table = next((shape.table for shape in usable if shape.table is not None), None)
    if not question.shapes and _ABOUT_FILE.search(question.text) and not hello:
        lead = (
            "There is no file in this thread yet. Drop one on the window, or attach it with the paperclip, and "
            "ask again."
        )
        return f"{lead}\n\n{_CONNECT}"
    lead = "Hello! I am" if hello else "I did not understand that. I am"
    lead += " the built-in analyst: no language model, but code that reads files, computes and draws. For example:"
    examples = (
        [f"“{text}”" for text in suggestions(table)] if table else [_for_kind(shape.kind) for shape in usable[:1]]
    )
    examples = [example for example in examples if example] or list(_GENERAL)
    columns = ""
    if table is not None:
        names = ", ".join(code(column.name) for column in table.columns[:30])
        columns = f"\n\nThe columns of {escaped(usable[0].name)} are: {names}."
    return f"{lead}\n\n" + "\n".join(f"- {example}" for example in examples) + f"{columns}\n\n{_CONNECT}"


def _for_kind(kind: str) -> str:
    return {
        "image": "“How large is this image?”, “Make it 800 pixels wide”, “Convert it to grayscale”",
        "pdf": "“How many pages has this PDF?”, “Give me its text”",
        "text": "“What is in this file?”, “Which words are the most frequent?”",
        "zip": "“What is in this ZIP file?”",
        "docx": "“What is in this document?”, “Give me its text”",
        "pptx": "“What is in this presentation?”, “Give me its text”",
    }.get(kind, "")


def _problem(name: str, kind: str, reason: str) -> str:
    file = f"**{escaped(name)}**"
    match kind:
        case "empty":
            return f"{file} is empty: there is nothing in it to analyse."
        case "missing":
            return f"{file} is not in the sandbox any more. Attach it again."
        case "binary":
            return (
                f"{file} is not a kind of file that I can read. I read CSV, TSV, Excel, JSON, text, PDF, Word, "
                f"PowerPoint, ZIP and images."
            )
        case _:
            return f"{file} cannot be read: {code(reason)}. It may be damaged, or not what its name says."


def without_facts(facts: Facts) -> str:
    """The answer if the code went through and the sandbox could not tell its results again."""
    links = "".join(f"\n- {link(name)}" for name in facts.made if re.fullmatch(r"[\w.-]+", name))
    return "The code went through; its output is in the step above." + (f"\n{links}" if links else "")


def gave_up(question: Question) -> str:
    """What went wrong, after the last try."""
    last = question.tries[-1]
    message = next((line.strip() for line in reversed(last.logs.splitlines()) if line.strip()), last.error_name or "")
    tries = "once" if len(question.tries) == 1 else f"{len(question.tries)} times"
    return (
        f"I tried {tries} and could not do it. The code ended with {code(message[:300])} (its full output is in "
        f"the step above). "
        f"If the file is not quite what I took it for, ask “What is in this file?” first.\n\n{_CONNECT}"
    )
