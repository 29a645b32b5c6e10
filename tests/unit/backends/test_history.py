"""A conversation told again, as messages."""

from desktop_app.backends.wire.history import messages
from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    ImageOutput,
    LogOutput,
    Question,
    Reasoning,
    Remark,
    RemarkKind,
    Run,
    StoredFile,
    TextPart,
)

FILE = StoredFile("f", "sales.csv", 1, "text/csv")
ASKED = Question("q", "t", "Plot it", (FILE,), 1.0)


def run(*items: CodeStep | Answer | Reasoning | Remark) -> Run:
    return Run("r", "t", "q", "Analyst", "model", 2.0, items=items)


def test_questions_code_logs_and_answers_are_told() -> None:
    step = CodeStep("1", "frame.plot()", (LogOutput("two rows\n"), ImageOutput(FILE)))
    hidden = (Reasoning("2", "Hm."), Remark("3", RemarkKind.HISTORY_SENT))
    told = list(messages([ASKED, run(step, *hidden, Answer("4", (TextPart("Here."),)))], 1000))
    assert told == [
        ("user", "Plot it\n\n[Attached files: sales.csv]"),
        (
            "assistant",
            "```python\nframe.plot()\n```\n\n```text\ntwo rows\n\n```\n\n[The code made a picture.]\n\nHere.",
        ),
    ]


def test_what_says_nothing_is_left_out() -> None:
    assert list(messages([Question("q", "t", "  ", (), 1.0), run()], 1000)) == []


def test_a_long_message_becomes_several() -> None:
    told = list(messages([Question("q", "t", "x" * 25, (), 1.0)], 10))
    assert [len(words) for _, words in told] == [10, 10, 5]


def test_long_logs_are_shortened_in_the_middle() -> None:
    ((_, words),) = messages([run(CodeStep("1", "x", (LogOutput("a" * 9_000 + "z" * 9_000),)))], 100_000)
    assert len(words) < 9_000
    assert "a…z" in words.replace("\n", "")


def test_complaint_12_a_fence_in_the_output_does_not_end_it() -> None:
    ((_, words),) = messages([run(CodeStep("1", "print('```')", (LogOutput("```"),)))], 1000)
    assert words.startswith("````python\nprint('```')\n````")
