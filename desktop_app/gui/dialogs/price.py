"""What models cost: a table that a person keeps, because services do not say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QWidget

from desktop_app.gui.dialogs.field import Field, TextField, mark, set_hint
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.label import label
from desktop_app.gui.widgets.table import Table
from desktop_app.services.price import Price, PriceTable

tr = partial(QCoreApplication.translate, "price")

_MODEL, _INPUT, _CACHED, _OUTPUT = range(4)
_LONGEST_CURRENCY = 8
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class _Problem:
    """What cannot be saved: where, and why."""

    row: int
    column: int
    words: str


class PriceDialog(Sheet):
    """Edits a table of prices; what cannot be saved is marked and said.

    Signals:
        saved: The table as the person wants it (`PriceTable`).
    """

    saved = Signal(object)

    def __init__(self, theme: Theme, table: PriceTable, models: Sequence[str], parent: QWidget | None = None) -> None:
        """`models` get a row each if they have none: they are used, and it takes only their prices."""
        super().__init__(tr("Prices"), "price-dialog", parent, width=560)
        self._theme = theme
        self.column.addWidget(
            label(tr("What your services charge for a million tokens. Their price lists say it."), "muted", wrap=True)
        )
        headings = (tr("Model"), tr("Input"), tr("From the cache"), tr("Output"))
        self._table = Table(
            tr("Prices for a million tokens"), "price-table", headings, figures=(_INPUT, _CACHED, _OUTPUT)
        )
        self._table.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        for price in table.prices:
            self._append(price.model, _words(price.input), _words(price.cached), _words(price.output))
        known = {price.model for price in table.prices}
        for model in dict.fromkeys(models):
            if model not in known:
                self._append(model)
        self.column.addWidget(self._table, 1)
        self._hint = label("", "small", wrap=True)
        self._hint.setObjectName("price-hint")
        self.column.addWidget(self._hint)
        self.column.addLayout(self._row_buttons())
        self._session = TextField("price-session", tr("For each container"), _words(table.container_session))
        self._currency = TextField("price-currency", tr("Currency"), table.currency)
        self._currency.setMaxLength(_LONGEST_CURRENCY)
        self.column.addLayout(self._fields())
        cancel = self.add_button(tr("Cancel"), "price-cancel")
        self._save = self.add_button(tr("Save"), "price-save", primary=True)
        cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self._on_save)
        self._table.itemChanged.connect(lambda _item: self._check())
        self._table.delete_requested.connect(self._on_delete)
        self._table.currentCellChanged.connect(lambda *_: self._show_buttons())
        self._session.textChanged.connect(self._check)
        self._currency.textChanged.connect(self._check)
        if self._table.rowCount() == 0:
            self._append()
        self._table.setCurrentCell(0, _first_empty(self._texts(0)))
        self._table.setFocus()
        self._check()

    def _row_buttons(self) -> QHBoxLayout:
        add = Button(tr("Add a model"), "price-add", kind="chip")
        self._remove = Button(tr("Remove the model"), "price-remove", kind="chip")
        add.clicked.connect(self._on_add)
        self._remove.clicked.connect(self._on_remove)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(add)
        row.addWidget(self._remove)
        row.addStretch()
        return row

    def _fields(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        hint = tr("Once for each container that is begun.")
        row.addWidget(Field(tr("For each &container"), self._session, hint), 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Field(tr("C&urrency"), self._currency), 1, Qt.AlignmentFlag.AlignTop)
        return row

    def _append(self, *texts: str) -> None:
        row = self._table.rowCount()
        blocked = self._table.blockSignals(True)
        self._table.insertRow(row)
        for column in range(4):
            self._table.set_words(row, column, texts[column] if column < len(texts) else "")
        self._table.blockSignals(blocked)

    def _texts(self, row: int) -> list[str]:
        items = [self._table.item(row, column) for column in range(4)]
        return [item.text().strip() if item else "" for item in items]

    def _rows(self) -> list[list[str]]:
        return [self._texts(row) for row in range(self._table.rowCount())]

    def _on_add(self) -> None:
        self._append()
        row = self._table.rowCount() - 1
        self._table.setFocus()
        self._table.setCurrentCell(row, _MODEL)
        self._table.edit(self._table.currentIndex())
        self._check()

    def _on_remove(self) -> None:
        row = self._table.currentRow()
        if row >= 0:
            self._table.removeRow(row)
        self._check()

    def _on_delete(self) -> None:
        """A price goes by itself; with the model's name goes its row."""
        item = self._table.currentItem()
        if item is not None and item.column() != _MODEL:
            item.setText("")
        else:
            self._on_remove()

    def _show_buttons(self) -> None:
        self._remove.setEnabled(self._table.currentRow() >= 0)

    def _check(self) -> None:
        problems = list(_problems(self._rows()))
        blocked = self._table.blockSignals(True)
        wrong = {(problem.row, problem.column) for problem in problems}
        for row in range(self._table.rowCount()):
            for column in range(4):
                item = self._table.item(row, column)
                if item is not None:
                    item.setForeground(self._theme.colour("error" if (row, column) in wrong else "text"))
        self._table.blockSignals(blocked)
        self._table.viewport().update()
        is_wrong = _number(self._session.value()) is None
        mark(self._session, wrong=is_wrong)
        mark(self._currency, wrong=not self._currency.value())
        words = problems[0].words if problems else tr("A model without prices is not reckoned. Delete removes a row.")
        set_hint(self._hint, words, wrong=bool(problems))
        self._save.setEnabled(not problems and not is_wrong and bool(self._currency.value()))
        self._show_buttons()

    def _on_save(self) -> None:
        prices = tuple(_price(texts) for texts in self._rows() if texts[_MODEL] and any(texts[_INPUT:]))
        session = _number(self._session.value()) or 0.0
        self.saved.emit(PriceTable(prices, session, self._currency.value()))
        self.accept()


def _problems(rows: Sequence[Sequence[str]]) -> Iterator[_Problem]:
    """What has to be put right, from top to bottom."""
    seen: set[str] = set()
    for row, texts in enumerate(rows):
        model = texts[_MODEL]
        has_prices = any(texts[_INPUT:])
        if has_prices and not model:
            yield _Problem(row, _INPUT, tr("The model of line {line} is missing.").format(line=row + 1))
        if model and model in seen:
            yield _Problem(row, _MODEL, tr("“{model}” stands there twice.").format(model=model))
        seen.add(model)
        for column in (_INPUT, _CACHED, _OUTPUT):
            text = texts[column]
            if text and _number(text) is None:
                words = tr("“{text}” is not a price. It should look like {example}.")
                yield _Problem(row, column, words.format(text=text, example=_words(1.25)))
        for column, words in ((_INPUT, tr("Enter what input costs, too: {model}.")), (_OUTPUT, _output_missing())):
            if has_prices and model and not texts[column]:
                yield _Problem(row, _MODEL, words.format(model=model))


def _output_missing() -> str:
    return tr("Enter what output costs, too: {model}.")


def _price(texts: Sequence[str]) -> Price:
    """A row that has no problem; what is sent again costs as much as what is new unless said otherwise."""
    sent, cached, got = (_number(text) for text in texts[_INPUT:])
    return Price(texts[_MODEL], sent or 0.0, (sent or 0.0) if cached is None else cached, got or 0.0)


def _number(text: str) -> float | None:
    """An amount as people write it, with a comma or a point; None for anything else."""
    value, is_number = QLocale().toDouble(text)
    if not is_number:
        value, is_number = QLocale.c().toDouble(text.replace(",", "."))
    return value if is_number and 0 <= value < float("inf") else None


def _words(value: float) -> str:
    """The amount with as many digits as a person may have typed."""
    return QLocale().toString(float(value), "g", _DIGITS)


def _first_empty(texts: Sequence[str]) -> int:
    return next((column for column, text in enumerate(texts) if not text), _INPUT)
