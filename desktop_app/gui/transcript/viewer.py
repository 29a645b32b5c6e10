"""A picture in a window of its own: fitted, at its full size, or as near as one likes."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QGuiApplication, QImage, QKeySequence, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QDialog, QGraphicsScene, QGraphicsView, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.domain.entity import StoredFile
from desktop_app.gui.override import override
from desktop_app.gui.theme.palette import LIGHT
from desktop_app.gui.transcript.image import ImageStore
from desktop_app.gui.transcript.look import Look
from desktop_app.gui.widgets.button import Button

tr = partial(QCoreApplication.translate, "transcript")

_SHARE = 0.85
_STEP = 1.25
_NEAREST = 16.0
_FURTHEST = 0.05


class FigureViewer(QDialog):
    """Shows one picture.

    Signals:
        save_requested: With the `StoredFile`.
    """

    save_requested = Signal(object)

    def __init__(self, look: Look, images: ImageStore, file: StoredFile, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("figure-viewer")
        self.setWindowTitle(file.name)
        self._images = images
        self._path = path
        self.canvas = _Canvas(self)
        self.canvas.setAccessibleName(tr("Figure {name}").format(name=file.name))
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for name, label, icon, slot in (
            ("viewer-fit", tr("Fit"), "maximize-2", self.canvas.fit),
            ("viewer-full-size", tr("100 %"), "", self.canvas.show_full_size),
            ("viewer-nearer", tr("Zoom in"), "zoom-in", self.canvas.zoom_in),
            ("viewer-further", tr("Zoom out"), "zoom-out", self.canvas.zoom_out),
        ):
            button = Button(label, name, self, theme=look.theme, icon=icon)
            button.clicked.connect(slot)
            bar.addWidget(button)
        bar.addStretch()
        for name, label, icon, slot in (
            ("viewer-copy", tr("Copy"), "copy", self._copy),
            ("viewer-save", tr("Save"), "download", lambda: self.save_requested.emit(file)),
        ):
            button = Button(label, name, self, theme=look.theme, icon=icon)
            button.clicked.connect(slot)
            bar.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(12)
        layout.addLayout(bar)
        layout.addWidget(self.canvas)
        copy = QAction(self, shortcut=QKeySequence(QKeySequence.StandardKey.Copy))
        copy.triggered.connect(self._copy)
        self.addAction(copy)
        self.resize(parent.window().size() * _SHARE)
        self.canvas.setFocus()
        images.loaded.connect(self._on_images_loaded)
        self._show_image(images.image(path))

    def _show_image(self, image: QImage | None) -> None:
        if image is not None:
            self.canvas.set_pixmap(QPixmap.fromImage(image))

    def _copy(self) -> None:
        image = self._images.image(self._path)
        if image is not None:
            QGuiApplication.clipboard().setImage(image)

    def _on_images_loaded(self, path: Path) -> None:
        if path == self._path:
            self._show_image(self._images.image(path))


class _Canvas(QGraphicsView):
    """Pans by the mouse, zooms by the wheel with Control and by + and -."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("viewer-canvas")
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self.setBackgroundBrush(QColor(LIGHT.surface))
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self._fits = True
        for keys, slot in (("+", self.zoom_in), ("=", self.zoom_in), ("-", self.zoom_out), ("0", self.fit)):
            action = QAction(self, shortcut=QKeySequence(keys))
            action.triggered.connect(slot)
            self.addAction(action)
        action = QAction(self, shortcut=QKeySequence("1"))
        action.triggered.connect(self.show_full_size)
        self.addAction(action)

    def set_pixmap(self, pixmap: QPixmap) -> None:
        """Shows a picture, fitted."""
        self._scene.clear()
        item = self._scene.addPixmap(pixmap)
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._scene.setSceneRect(QRectF(pixmap.rect()))
        self.fit()

    def fit(self) -> None:
        """Shows all of it, but not larger than it is."""
        self._fits = True
        room, size = self.viewport().size(), self._scene.sceneRect().size()
        if not size.isEmpty():
            share = min(room.width() / size.width(), room.height() / size.height(), 1.0)
            self._set_scale(share)

    def show_full_size(self) -> None:
        """Shows each of its pixels as one of the screen's."""
        self._fits = False
        self._set_scale(1 / self.devicePixelRatioF())

    def zoom_in(self) -> None:
        """Goes nearer."""
        self._zoom(_STEP)

    def zoom_out(self) -> None:
        """Goes further away."""
        self._zoom(1 / _STEP)

    def _zoom(self, factor: float) -> None:
        self._fits = False
        self._set_scale(self.transform().m11() * factor)

    def _set_scale(self, scale: float) -> None:
        wanted = max(min(scale, _NEAREST), _FURTHEST)
        self.resetTransform()
        self.scale(wanted, wanted)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)
        else:
            super().wheelEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self.fit()
