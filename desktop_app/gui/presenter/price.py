"""What models cost, for whoever wants to know."""

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from desktop_app.domain.entity import Run
from desktop_app.gui.dialogs.price import PriceDialog
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.theme.theme import Theme
from desktop_app.services.connection import Connections
from desktop_app.services.conversation import Conversation
from desktop_app.services.local_engine import ANALYST_MODEL
from desktop_app.services.price import Prices


class PricePresenter(Presenter):
    """Lets the person edit the table of prices."""

    def __init__(
        self,
        window: QWidget,
        prices: Prices,
        connections: Connections,
        conversation: Conversation,
        session: Session,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._prices = prices
        self._connections = connections
        self._conversation = conversation
        self._session = session
        self._theme = theme

    def open(self) -> None:
        """Show the table, with a row for each model that is used."""
        dialog = PriceDialog(self._theme, self._prices.table, list(self._models()), self._window)
        dialog.saved.connect(self._prices.save)
        dialog.open()

    def _models(self) -> Iterator[str]:
        """What answered in the open thread, then what the connections use."""
        for item in self._conversation.transcript(self._session.thread_id):
            if isinstance(item, Run) and item.model not in ("", ANALYST_MODEL):
                yield item.model
        yield from (connection.model for connection in self._connections.items if connection.model)
