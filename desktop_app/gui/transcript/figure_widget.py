"""A picture: at full resolution, on its own white ground, with Zoom, Copy and Save."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QGuiApplication, QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from desktop_app.domain.entity import StoredFile
from desktop_app.gui.measure import size as size_words
from desktop_app.gui.override import override
from desktop_app.gui.text import absence
from desktop_app.gui.theme.palette import LIGHT
from desktop_app.gui.transcript.button import SmallButton
from desktop_app.gui.transcript.look import paint_frame
from desktop_app.gui.transcript.row import FigureRow
from desktop_app.gui.transcript.row_widget import Context, RowWidget

tr = partial(QCoreApplication.translate, "transcript")

_PADDING = 12
_EMPTY_HEIGHT = 64
_CORNER = 6
"""Between the buttons and the card's corner: nearer than the picture, of which they shall cover little."""
_BETWEEN = 4


class FigureWidget(RowWidget):
    """A `FigureRow`. Its place is reserved from the header, the picture follows when it is decoded."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self.setObjectName("figure")
        self._path: Path | None = None
        self._scaled = QPixmap()
        self._target = QSize()
        look, requests = context.look, context.requests
        make = partial(SmallButton, look, parent=self, bare=True, on_white=True)
        self._zoom = make("figure-zoom", tr("Zoom"), icon="maximize-2")
        self._copy = make("figure-copy", tr("Copy"), icon="copy")
        self._save = make("figure-save", tr("Save"), icon="download")
        self._fetch = SmallButton(look, "figure-fetch", tr("Download"), self, icon="download")
        self._buttons = (self._zoom, self._copy, self._save)
        self._zoom.clicked.connect(lambda: requests.zoom_requested.emit(self.file))
        self._copy.clicked.connect(self.copy_image)
        self._save.clicked.connect(lambda: requests.save_requested.emit(self.file))
        for button in self._buttons:
            button.focus_changed.connect(self._show_buttons)
        self._fetch.clicked.connect(lambda: requests.fetch_requested.emit(self.file))
        context.images.loaded.connect(self._on_images_loaded)

    @property
    def file(self) -> StoredFile | None:
        """The picture's file."""
        return self.row.file if isinstance(self.row, FigureRow) else None

    def copy_image(self) -> None:
        """Puts the picture on the clipboard as it was made, in full resolution."""
        image = self.context.images.image(self._path) if self._path else None
        if image is not None:
            QGuiApplication.clipboard().setImage(image)

    @override
    def show_row(self) -> None:
        file = self.file
        path = self.context.file_path(file) if file else None
        if path != self._path:
            self._path = path
            self._scaled = QPixmap()
        name = file.name if file else ""
        words = tr("Figure {name}").format(name=name)
        self.setAccessibleName(words if path or not file else f"{words}, {absence(file)}")
        for button in self._buttons:
            button.setAccessibleName(f"{button.label} {name}")

    @override
    def height_for(self, width: int) -> int:
        target = self._fitted(width - 2 * _PADDING)
        if target != self._target:
            self._target = target
            self._scaled = QPixmap()
        height = _EMPTY_HEIGHT if target.isEmpty() else target.height() + 2 * _PADDING
        self._place_buttons(width, height)
        self._show_buttons()
        return height

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        row = self.row
        if not isinstance(row, FigureRow):
            return
        painter = QPainter(self)
        rect = QRectF(self.rect())
        fill = self.look.colour("surface") if self._target.isEmpty() else QColor(LIGHT.surface)
        paint_frame(painter, rect, fill, self.look.colour("border"), first=row.framed, last=row.last)
        if not row.framed:
            painter.fillRect(QRectF(0, 0, rect.width(), 1), self.look.colour("border"))
        if self._target.isEmpty():
            self._paint_missing(painter, rect.adjusted(_PADDING + 4, 0, -_PADDING, 0), row.file)
        else:
            self._paint_picture(painter)
        if self.selection:
            painter.fillRect(rect, self.look.selection_format().background())

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show_buttons()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_buttons()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.context.requests.zoom_requested.emit(self.file)

    def _fitted(self, room: int) -> QSize:
        """The size it is shown at: its own, or as wide as there is room."""
        size = self.context.images.size(self._path) if self._path else QSize()
        if not size.isValid():
            return QSize()
        return size if size.width() <= room else QSize(room, max(round(size.height() * room / size.width()), 1))

    def _paint_picture(self, painter: QPainter) -> None:
        image = self.context.images.image(self._path) if self._path else None
        ratio = self.devicePixelRatioF()
        if self._scaled.isNull() and image is not None:
            self._scaled = scaled(image, self._target, ratio)
        if not self._scaled.isNull():
            place = QPoint((self.width() - self._target.width()) // 2, _PADDING)
            painter.drawPixmap(place, self._scaled)

    def _paint_missing(self, painter: QPainter, rect: QRectF, file: StoredFile) -> None:
        painter.setFont(self.look.font(13))
        painter.setPen(self.look.colour("muted"))
        state = tr("cannot be shown") if self._path else absence(file)
        label = " · ".join(part for part in (file.name, state, size_words(file.size) if file.size else "") if part)
        room = int(rect.width()) - 120
        elided = painter.fontMetrics().elidedText(label, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, elided)

    def _show_buttons(self) -> None:
        is_shown = self.underMouse() or self._target.isEmpty() or any(each.hasFocus() for each in self._buttons)
        for button in self._buttons:
            button.set_shown(shown=is_shown)

    def _place_buttons(self, width: int, height: int) -> None:
        has_picture = not self._target.isEmpty()
        self._zoom.setVisible(has_picture)
        self._copy.setVisible(has_picture)
        self._save.setVisible(self._path is not None)
        self._fetch.setVisible(self._path is None and self.file is not None and bool(self.file.remote_id))
        x = width - _CORNER
        top = _CORNER if has_picture else (height - 26) // 2
        for button in (self._fetch, *reversed(self._buttons)):
            if not button.isHidden():
                hint = button.sizeHint()
                x -= hint.width()
                left = width - x - hint.width() if self.isRightToLeft() else x
                button.setGeometry(left, top, hint.width(), hint.height())
                x -= _BETWEEN

    def _on_images_loaded(self, path: Path) -> None:
        if path == self._path:
            if self.context.images.is_broken(path):
                self.grow()
            self.update()


def scaled(image: QImage, size: QSize, ratio: float) -> QPixmap:
    """The picture for a place of `size` logical pixels, in the screen's own pixels."""
    wanted = QSize(round(size.width() * ratio), round(size.height() * ratio))
    mode = Qt.TransformationMode.SmoothTransformation
    fitted = image if image.size() == wanted else image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
    result = QPixmap.fromImage(fitted)
    result.setDevicePixelRatio(ratio)
    return result
