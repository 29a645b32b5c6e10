"""What a model is told about the sandbox, and the tool it is given."""

from collections.abc import Sequence

from desktop_app.engine.models.chat.reply import ToolMode
from desktop_app.engine.port import ModelRequest, SandboxFile

_MOST_FILES = 100

TOOL: dict[str, object] = {
    "type": "function",
    "function": {
        "name": "python",
        "description": "Runs Python code in the persistent IPython session and returns what it printed. "
        "Figures are shown to the user; files in /mnt/data stay.",
        "parameters": {
            "type": "object",
            "properties": {"code": {"type": "string", "description": "Python source code, complete and runnable."}},
            "required": ["code"],
        },
    },
}

_SANDBOX = """\
# Python
You work with data by writing Python code that is run for you in a sandbox on the user's computer.
- It is one IPython session for the whole conversation: variables and imports stay from step to step. If a step says \
that a new session was started, import and load again.
- You see what the code prints and the value of its last expression. Print what you need to know, briefly: \
`df.head()`, not the whole table.
- Installed: numpy, pandas, scipy, sympy, matplotlib, openpyxl, pypdf, python-docx, python-pptx, pillow. There is no \
network and nothing can be installed.
- The user's files are in /mnt/data. Look at a file (columns, types, first rows, encoding) before you rely on it.
- Draw charts with matplotlib. Each open figure is shown to the user by itself at the end of the step, at full \
resolution. You do not see it, so check the numbers behind it. Give it a title, axis labels and units; do not call \
`plt.close()`.
- When the user wants a file, save it in /mnt/data and link it in your answer as [name](sandbox:/mnt/data/name). Never \
change the user's original files.
- When code fails, read the traceback, find the cause and run better code. Do not repeat the same code.
- Every number in your answer comes from code you ran, never from memory or a guess. Finish with a short answer in \
markdown; the user sees the code and its output above it, so do not repeat them."""

_HOW = {
    ToolMode.NATIVE: "To run code, call the tool `python`.",
    ToolMode.EITHER: "To run code, call the tool `python`. (Only if you have no such tool: end your message with one "
    "```python block. It is run, and you are told what it printed.)",
    ToolMode.FENCED: "To run code, end your message with one block that begins with ```python and ends with ```. Then "
    "stop: the code is run, and the next message tells you what it printed. Never write the output yourself. When you "
    "have what you need, answer without such a block. Code that is only to be read goes into a plain ``` block.",
}

_NO_SANDBOX = """\
# Python
You cannot run code now: there is no working sandbox on this computer. Say so plainly when a question needs it, do not \
pretend to have run anything, and do not claim to have read the user's files. You may show code for the user to run."""


def system_prompt(request: ModelRequest, mode: ToolMode) -> str:
    """Returns the assistant's instructions, then the brief on the sandbox and the files in it."""
    parts = [request.instructions.strip()]
    if request.code_interpreter and not request.can_run_code:
        parts.append(_NO_SANDBOX)
    elif mode is not ToolMode.NONE:
        parts += [f"{_SANDBOX}\n- {_HOW[mode]}", _file_list(request.files)]
    return "\n\n".join(part for part in parts if part)


def _file_list(files: Sequence[SandboxFile]) -> str:
    if not files:
        return "/mnt/data is empty."
    shown = files[-_MOST_FILES:]
    lines = [f"- {describe(file)}" for file in shown]
    if len(files) > len(shown):
        lines.append(f"- and {len(files) - len(shown)} older ones (`os.listdir('/mnt/data')`)")
    return "Files in /mnt/data:\n" + "\n".join(lines)


def describe(file: SandboxFile) -> str:
    """Returns the name, the type and the size of a file, on one line whatever its name holds."""
    name = "".join(char if char.isprintable() else "?" for char in file.name)
    return f"{name} ({file.media_type}, {_size(file.size)})"


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} bytes"
    if size < 1_000_000:
        return f"{size / 1000:.3g} kB"
    return f"{size / 1_000_000:.1f} MB"
