"""File chips: type, name, size, Save and Open; to be dragged into any other program."""

import shutil
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QRectF, QSize, Qt, QTemporaryDir, QUrl
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.domain.entity import StoredFile
from desktop_app.gui.measure import size as size_words
from desktop_app.gui.override import override
from desktop_app.gui.text import absence
from desktop_app.gui.theme.paint import paint_badge
from desktop_app.gui.transcript.button import SmallButton
from desktop_app.gui.transcript.row import FilesRow
from desktop_app.gui.transcript.row_widget import Context, RowWidget
from desktop_app.services.file import safe_name

tr = partial(QCoreApplication.translate, "transcript")

_HEIGHT = 48
_SPACING = 8
_PADDING = 10
_BADGE = QSize(22, 26)
_WIDEST_NAME = 220


class FileChip(QWidget):
    """One file."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("file-chip")
        self._context = context
        self._file: StoredFile | None = None
        self._folder: QTemporaryDir | None = None
        self._pressed = QPoint()
        look, requests = context.look, context.requests
        self._save = SmallButton(look, "file-chip-save", tr("Save"), self, boxed=False)
        self._open = SmallButton(look, "file-chip-open", tr("Open"), self, boxed=False)
        self._fetch = SmallButton(look, "file-chip-fetch", tr("Download"), self, boxed=False)
        self._buttons = (self._save, self._open, self._fetch)
        self._save.clicked.connect(lambda: requests.save_requested.emit(self._file))
        self._open.clicked.connect(lambda: requests.open_requested.emit(self._file))
        self._fetch.clicked.connect(self._on_fetch_clicked)

    @property
    def file(self) -> StoredFile | None:
        """The file it stands for."""
        return self._file

    def set_file(self, file: StoredFile, *, mine: bool) -> None:
        """Shows another file; the person's own need no Save."""
        self._file = file
        is_here = self._context.file_path(file) is not None
        self._save.setVisible(is_here and not mine)
        self._open.setVisible(is_here)
        self._fetch.setVisible(not is_here and bool(file.remote_id))
        self._fetch.setEnabled(True)
        self._fetch.setText(tr("Download"))
        for button in self._buttons:
            button.setAccessibleName(f"{button.text()} {file.name}")
        self.setAccessibleName(f"{file.name}, {self._second_line()}")
        self.setToolTip(file.name)

    def width_for(self, room: int) -> int:
        """As wide as its name needs, within the room there is."""
        if self._file is None:
            return 0
        metrics = self.fontMetrics()
        words = max(metrics.horizontalAdvance(self._file.name), metrics.horizontalAdvance(self._second_line()))
        return min(self._fixed_width() + min(words, _WIDEST_NAME) + 2, room)

    def place_buttons(self) -> None:
        """Puts the buttons at the end."""
        mirrored = self.isRightToLeft()
        x = self.width() - 6
        for button in reversed(self._buttons):
            if not button.isHidden():
                hint = button.sizeHint()
                x -= hint.width()
                left = self.width() - x - hint.width() if mirrored else x
                button.setGeometry(left, (_HEIGHT - hint.height()) // 2, hint.width(), hint.height())

    def _fixed_width(self) -> int:
        buttons = sum(button.sizeHint().width() for button in self._buttons if not button.isHidden())
        return _PADDING + _BADGE.width() + 8 + (buttons + 12 if buttons else _PADDING)

    def _second_line(self) -> str:
        if self._file is None:
            return ""
        if self._context.file_path(self._file) is None:
            return absence(self._file)
        return size_words(self._file.size)

    def _on_fetch_clicked(self) -> None:
        self._fetch.setEnabled(False)
        self._fetch.setText(tr("Downloading…"))
        self.place_buttons()
        self.update()
        self._context.requests.fetch_requested.emit(self._file)

    def _drag(self) -> None:
        """Lets the person drag a copy out: the archive's own bytes stay untouched."""
        source = self._context.file_path(self._file) if self._file else None
        if source is None or self._file is None:
            return
        self._folder = QTemporaryDir()
        target = Path(self._folder.path()) / safe_name(self._file.name)
        try:
            shutil.copyfile(source, target)
        except OSError:
            return
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(target))])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.exec(Qt.DropAction.CopyAction)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._file is None:
            return
        look = self._context.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        painter.setPen(QPen(look.colour("border"), 1))
        painter.setBrush(look.colour("raised"))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        mirrored = self.isRightToLeft()
        left = rect.width() - _PADDING - _BADGE.width() if mirrored else _PADDING
        badge = QRectF(left, (_HEIGHT - _BADGE.height()) / 2, _BADGE.width(), _BADGE.height())
        paint_badge(painter, badge, self._file.name, look.theme.palette)
        before = _PADDING + _BADGE.width() + 8
        after = self._fixed_width() - before
        words = rect.adjusted(after if mirrored else before, 7, -(before if mirrored else after), -7)
        flags = self.style().visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeading)
        painter.setFont(look.font(13))
        painter.setPen(look.colour("text"))
        name = painter.fontMetrics().elidedText(self._file.name, Qt.TextElideMode.ElideMiddle, int(words.width()))
        painter.drawText(words, flags | Qt.AlignmentFlag.AlignTop, name)
        painter.setFont(look.font(11))
        painter.setPen(look.colour("muted"))
        painter.drawText(words, flags | Qt.AlignmentFlag.AlignBottom, self._second_line())

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = (event.position().toPoint() - self._pressed).manhattanLength()
        if event.buttons() & Qt.MouseButton.LeftButton and moved >= QApplication.startDragDistance():
            self._drag()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._open.isVisible():
            self._open.click()


class FilesWidget(RowWidget):
    """A `FilesRow`: chips side by side while they fit."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._chips: list[FileChip] = []

    @property
    def chips(self) -> list[FileChip]:
        """The chips in use."""
        count = len(self.row.files) if isinstance(self.row, FilesRow) else 0
        return self._chips[:count]

    @override
    def show_row(self) -> None:
        row = self.row
        if not isinstance(row, FilesRow):
            return
        while len(self._chips) < len(row.files):
            self._chips.append(FileChip(self.context, self))
        for chip, file in zip(self._chips, row.files, strict=False):
            chip.set_file(file, mine=row.mine)
        for index, chip in enumerate(self._chips):
            chip.setVisible(index < len(row.files))

    @override
    def height_for(self, width: int) -> int:
        at_end = isinstance(self.row, FilesRow) and self.row.mine
        y = 0
        for line in self._lines(width):
            used = sum(chip_width for _, chip_width in line) + _SPACING * (len(line) - 1)
            x = width - used if at_end != self.isRightToLeft() else 0
            for chip, chip_width in reversed(line) if self.isRightToLeft() else line:
                chip.setGeometry(x, y, chip_width, _HEIGHT)
                chip.place_buttons()
                x += chip_width + _SPACING
            y += _HEIGHT + _SPACING
        return max(y - _SPACING, 0)

    def _lines(self, width: int) -> list[list[tuple[FileChip, int]]]:
        lines: list[list[tuple[FileChip, int]]] = []
        used = 0
        for chip in self.chips:
            chip_width = chip.width_for(width)
            if lines and used + chip_width <= width:
                lines[-1].append((chip, chip_width))
            else:
                lines.append([(chip, chip_width)])
                used = 0
            used += chip_width + _SPACING
        return lines
