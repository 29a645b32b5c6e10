"""What can be done with connections as a whole: the same in the menu and in the list of connections."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop_app.gui.presenter.price import PricePresenter
from desktop_app.gui.presenter.remote import RemotePresenter
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.presenter.thread_import import ThreadImportPresenter
from desktop_app.gui.theme.theme import Theme
from desktop_app.services.desk import Services

tr = partial(QCoreApplication.translate, "menu")


@dataclass(frozen=True, slots=True)
class Tool:
    """Something to choose.

    Attributes:
        label: With the sign for its key in menus.
        name: The object name of a button for it.
        is_of_use: Whether there is anything to do it with.
    """

    label: str
    name: str
    open: Callable[[], None]
    is_of_use: Callable[[], bool] = lambda: True


class Tools:
    """The presenters behind, and what they offer.

    Attributes:
        items: In the order in which they are shown.
    """

    def __init__(self, window: QWidget, services: Services, session: Session, theme: Theme) -> None:
        connections = services.connections
        self.prices = PricePresenter(window, services.prices, connections, services.conversation, session, theme)
        imports = ThreadImportPresenter(window, services.thread_import, connections, theme)
        remote = RemotePresenter(window, services.remote_assistants, services.remote_threads, connections, theme)
        self.items = (
            Tool(tr("&Import threads…"), "tool-import", imports.open),
            Tool(
                tr("Assistants of a &service…"),
                "tool-assistants",
                remote.open_assistants,
                lambda: remote.has_assistants,
            ),
            Tool(tr("&Kept by services…"), "tool-threads", remote.open_threads),
            Tool(tr("&Prices…"), "tool-prices", self.prices.open),
        )
