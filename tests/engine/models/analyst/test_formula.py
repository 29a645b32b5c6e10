"""Equations and functions, by value."""

import pytest

from tests.engine.models.analyst.talk import Talk

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("x^2 - 5x + 6 = 0", "**x = 2 and x = 3**"),
        ("Solve 2a + 4 = 10 please", "**a = 3**"),
        ("solve x^2 + 1 = 0", "no real solution"),
        ("Solve sin(x) = 1/2", "x = pi/6 ≈ 0.5236"),
        ("solve x + y = 5 and x - y = 1", "**x = 3, y = 2**"),
        ("Solve for y: 2x + 3y = 6", "y = 2 - 2x/3"),
        ("What is 2 + 2*5?", "**12**"),
        ("derivative of x^3 + 2x", "3x^2 + 2"),
        ("Integrate x² from 0 to 2", "8/3 ≈ 2.67"),
        ("factor x^2 - 5x + 6", "(x - 3)*(x - 2)"),
        ("Where are the roots of y = x^2 - 4?", "x = -2 and x = 2"),
        ("f(x) = x^3 - 3x: extrema", "a maximum at x = -1, where it is 2 and a minimum at x = 1, where it is -2"),
        ("Is log(x) concave?", "**Yes, `y = log(x)` is concave**"),
        ("is f(x) = x^3 monotone?", "monotonically increasing"),
        ("Is sin(x) convex?", "neither convex nor concave"),
    ],
)
async def test_answers(talk: Talk, question: str, expected: str) -> None:
    reply = await talk.ask(question)
    assert expected in reply.text
    assert len(reply.steps) == 1


async def test_looks_for_a_number_where_there_is_no_formula(talk: Talk) -> None:
    reply = await talk.ask("solve cos(x) = x")
    assert [step.error_name for step in reply.steps] == ["NotImplementedError", None]
    assert "x = 0.7391" in reply.text


async def test_a_thread_of_questions_about_one_function(talk: Talk) -> None:
    drawn = await talk.ask("Plot f(x) = 1/x from -3 to 3")
    assert drawn.images == 1
    assert "np.linspace(-3, 3" in drawn.code
    assert "-1/x^2" in (await talk.ask("and its derivative?")).text
    assert "is **1/4 ≈ 0.25**" in (await talk.ask("What is it at x = 4?")).text
