"""bubblewrap's interpreter keeps the contract."""

from tests.contract.interpreter import InterpreterContract


class TestBubblewrap(InterpreterContract):
    """The fixture `interpreter` stands in `conftest.py`."""
