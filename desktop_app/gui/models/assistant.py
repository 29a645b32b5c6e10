"""The assistants as list rows."""

from desktop_app.domain.entity import Assistant
from desktop_app.gui.models.row_list import RowListModel
from desktop_app.gui.override import override


class AssistantModel(RowListModel[Assistant]):
    """One row for each assistant, oldest first."""

    @override
    def key(self, row: Assistant) -> str:
        return row.id

    @override
    def words(self, row: Assistant) -> str:
        return row.name
