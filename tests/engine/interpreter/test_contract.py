"""bubblewrap's interpreter keeps the contract."""

import pytest

from desktop_app.engine.interpreter.local import LocalInterpreter
from tests.contract.interpreter import InterpreterContract
from tests.engine.interpreter.conftest import MakeInterpreter


class TestBubblewrap(InterpreterContract):
    @pytest.fixture
    def interpreter(self, make_interpreter: MakeInterpreter) -> LocalInterpreter:
        return make_interpreter()
