"""All wording of errors and states: what happened, what to do next, and which button helps."""

from desktop_app.gui.text.address import address_problem
from desktop_app.gui.text.code import is_command
from desktop_app.gui.text.connection import kind_help, kind_name, sign_in_name
from desktop_app.gui.text.error import action_label, describe, details, one_line
from desktop_app.gui.text.file import absence
from desktop_app.gui.text.form import ErrorAction, ErrorText
from desktop_app.gui.text.state import activity, notice, remark_words, run_state

__all__ = [
    "ErrorAction",
    "ErrorText",
    "absence",
    "action_label",
    "activity",
    "address_problem",
    "describe",
    "details",
    "is_command",
    "kind_help",
    "kind_name",
    "notice",
    "one_line",
    "remark_words",
    "run_state",
    "sign_in_name",
]
