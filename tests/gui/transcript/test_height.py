"""Heights: sums, places and changes, against the plain way to compute them."""

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.gui.transcript.height import Heights

heights_strategy = st.lists(st.integers(0, 500), max_size=60)


@given(heights_strategy)
def test_above_is_the_sum_of_what_is_before(values: list[int]) -> None:
    heights = Heights(values)
    assert [heights.above(row) for row in range(len(values) + 1)] == [
        sum(values[:row]) for row in range(len(values) + 1)
    ]
    assert heights.total == sum(values)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=60), st.data())
def test_a_pixel_is_in_the_row_that_covers_it(values: list[int], data: st.DataObject) -> None:
    heights = Heights(values)
    y = data.draw(st.integers(0, sum(values) - 1))
    row = heights.row_at(y)
    assert heights.above(row) <= y < heights.above(row + 1)


@given(heights_strategy, heights_strategy, st.data())
def test_rows_are_replaced_in_the_middle(values: list[int], added: list[int], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(values)))
    removed = data.draw(st.integers(0, len(values) - row))
    heights = Heights(values)
    heights.splice(row, removed, added)
    expected = values[:row] + added + values[row + removed :]
    if expected:
        heights[0] = 7
        expected[0] = 7
    assert [heights[index] for index in range(len(heights))] == expected
    assert heights.total == sum(expected)
