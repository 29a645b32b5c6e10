"""What may happen to a stream, as strategies of hypothesis."""

from hypothesis import strategies as st

from tests.contract.scenario import Break, Code, Decline, Say, Shorten, Think, Turn
from tests.harness.responses.stream import Cut

WHOLE: tuple[Turn, ...] = (
    Think("**Plan**\n\nÜber Zahlen 🐧 nachdenken."),
    Code("frame.plot()  # größer", logs="zwei → zwei\n", picture=True),
    Code("frame.to_csv('made.csv')", saves="made.csv"),
    Say("Schön 📈: [die Tabelle](sandbox:/mnt/data/made.csv)."),
)
SCRIPTS: tuple[tuple[Turn, ...], ...] = (
    WHOLE,
    (Say("Ünß 🐧 → 📈"),),
    (Code("1 / 0", raises="ZeroDivisionError: division by zero"), Code("1", logs="1\n"), Say("Done.")),
    (Code("a", logs="a\n"), Say("Zuerst."), Code("b", saves="b.csv"), Say("[b](sandbox:/mnt/data/b.csv)")),
    (Say("Half an"), Break()),
    (Code("x", logs="x\n"), Say("Cut"), Shorten()),
    (Think("Hm."), Decline("Das nicht.")),
)

CUT = st.builds(
    Cut,
    events=st.none() | st.integers(0, 70),
    inside=st.integers(0, 300),
    in_character=st.booleans(),
    is_clean=st.booleans(),
    piece=st.sampled_from((0, 0, 0, 0, 0, 13, 100)),
    twice=st.frozensets(st.integers(0, 70), max_size=8),
)
"""What happens to a stream."""
