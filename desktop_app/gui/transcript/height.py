"""The heights of all rows, with sums in logarithmic time (a Fenwick tree)."""

from collections.abc import Iterable, Sequence


class Heights:
    """Row heights in pixels. Adding and removing rows at the end is cheap, which is where transcripts grow.

    P. M. Fenwick, "A new data structure for cumulative frequency tables", 1994.
    """

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._values: list[int] = []
        self._tree: list[int] = [0]
        self.splice(0, 0, tuple(heights))

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, row: int) -> int:
        return self._values[row]

    def __setitem__(self, row: int, height: int) -> None:
        delta = height - self._values[row]
        self._values[row] = height
        index = row + 1
        while delta and index < len(self._tree):
            self._tree[index] += delta
            index += index & -index

    @property
    def total(self) -> int:
        """The height of all rows."""
        return self.above(len(self))

    def above(self, row: int) -> int:
        """The height of all rows before `row`."""
        height = 0
        while row:
            height += self._tree[row]
            row &= row - 1
        return height

    def row_at(self, y: int) -> int:
        """The row that covers the pixel `y`; the last one for what is beyond."""
        row = 0
        step = 1 << len(self).bit_length()
        while step:
            following = row + step
            if following <= len(self) and self._tree[following] <= y:
                row = following
                y -= self._tree[following]
            step >>= 1
        return min(row, max(len(self) - 1, 0))

    def splice(self, row: int, removed: int, added: Sequence[int]) -> None:
        """Replaces `removed` rows from `row` on by `added`. Costs what comes after `row`."""
        following = self._values[row + removed :]
        del self._values[row:]
        del self._tree[row + 1 :]
        for height in (*added, *following):
            self._append(height)

    def _append(self, height: int) -> None:
        self._values.append(height)
        index = len(self._values)
        lowest = index - (index & -index)
        total = height
        child = index - 1
        while child > lowest:
            total += self._tree[child]
            child &= child - 1
        self._tree.append(total)
