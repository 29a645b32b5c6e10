"""The built-in analyst: answers questions about files and formulas by writing code, without a language model.

The way of a question: `question` (what the thread says) → `shape` (what the sandbox sees in the files) → `skill`
(who can do it: `table`, `formula`, `document`) → `program` (the code) → the run → `fact` (its results) → the answer.
"""

from desktop_app.engine.models.analyst.analyst import Analyst
from desktop_app.engine.models.analyst.guide import LABEL

MODEL_ID = "built-in-analyst"

__all__ = ["LABEL", "MODEL_ID", "Analyst"]
