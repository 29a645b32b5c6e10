"""The inspector's page about the last run."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal

from desktop_app.gui.views.inspector_card import Fact, Facts, Page, new_card
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.label import label

tr = partial(QCoreApplication.translate, "inspector")


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run in words.

    Attributes:
        usage: Tokens, containers and costs; empty where the service does not count.
        limits: What is left of the person's limits; empty where the service does not say.
        problem: What went wrong; empty if nothing did.
        is_priced: Whether all costs are known.
    """

    facts: Sequence[Fact] = ()
    usage: Sequence[Fact] = ()
    limits: Sequence[Fact] = ()
    problem: str = ""
    is_priced: bool = True


class RunPage(Page):
    """The last run in facts.

    Signals:
        prices_requested: The person wants to say what models cost.
    """

    prices_requested = Signal()

    def __init__(self) -> None:
        super().__init__("inspector-run")
        self._card, column = new_card()
        self._facts = Facts()
        self._problem = label("", "error", wrap=True)
        column.addWidget(self._facts)
        column.addWidget(self._problem)
        self._usage_card, column = new_card()
        self._usage = Facts()
        self._set_prices = Button(tr("Set prices…"), "inspector-prices", kind="link")
        column.addWidget(label(tr("Tokens and cost").upper(), "section"))
        column.addWidget(self._usage)
        column.addWidget(self._set_prices, 0, Qt.AlignmentFlag.AlignLeading)
        self._limits_card, column = new_card()
        self._limits = Facts()
        column.addWidget(label(tr("Left of your limits").upper(), "section"))
        column.addWidget(self._limits)
        self._nothing = label(tr("No run yet. Ask something, and this shows how it goes."), "muted", wrap=True)
        self._nothing.setContentsMargins(8, 0, 8, 0)
        for widget in (self._card, self._usage_card, self._limits_card, self._nothing):
            self.column.addWidget(widget)
        self.column.addStretch()
        self._set_prices.clicked.connect(self.prices_requested)

    def show_run(self, run: RunFacts | None) -> None:
        """Show a run, or say that there is none."""
        shown = run or RunFacts()
        self._facts.show_facts(shown.facts)
        self._usage.show_facts(shown.usage)
        self._limits.show_facts(shown.limits)
        self._problem.setText(shown.problem)
        self._problem.setVisible(bool(shown.problem))
        self._set_prices.setVisible(not shown.is_priced)
        self._card.setVisible(run is not None)
        self._usage_card.setVisible(bool(shown.usage))
        self._limits_card.setVisible(bool(shown.limits))
        self._nothing.setVisible(run is None)
