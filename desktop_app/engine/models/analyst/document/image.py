"""Images: what they are, and simple changes to them."""

import re

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.program import Program, Task, literal
from desktop_app.engine.models.analyst.shape import FileShape
from desktop_app.engine.models.analyst.table.plan import free, slug

_FORMATS = {"png": "png", "jpg": "jpg", "jpeg": "jpg", "webp": "webp", "bmp": "bmp", "gif": "gif", "tiff": "tiff"}
_SIZE = re.compile(r"(\d{1,5}) ?(?:x|\u00d7|by) ?(\d{1,5})")
_WIDTH = re.compile(r"(\d{1,5}) ?(?:px|pixels?)?(?: wide| width| in width)|(?:width|wide)(?: of| to)? (\d{1,5})")
_SCALE = re.compile(r"(\d{1,3}) ?(?:%|percent)")


def image_task(text: str, shape: FileShape, taken: frozenset[str]) -> Task:
    """Changes the image if the question says how, else tells its size."""
    lowered = text.lower()
    changes, words = _changes(lowered)
    if not changes and not re.search(r"\b(convert|save|export|as (?:a )?(?:png|jpe?g|webp|bmp|gif|tiff))\b", lowered):
        return _information(shape)
    wanted = re.findall(rf"\b({'|'.join(_FORMATS)})\b", lowered.replace(shape.name.lower(), ""))
    old = shape.name.rsplit(".", 1)[-1].lower()
    kind = _FORMATS[wanted[-1]] if wanted else _FORMATS.get(old, "png")
    name = free(f"{slug(shape.name.rsplit('.', 1)[0])}{'_' + words[0] if words else ''}.{kind}", taken)
    if kind == "jpg" and not any('convert("L")' in line for line in changes):
        changes.append('image = image.convert("RGB")  # JPEG has no transparency')
    compute = [f"image = Image.open({literal('/mnt/data/' + shape.name)})", *changes]
    show = [f"image.save({literal('/mnt/data/' + name)})", 'print(f"{image.width} \u00d7 {image.height} pixels")']

    def answer(facts: Facts) -> str:
        done = " and ".join(words) or "converted"
        size = f"{facts.count('width'):,} \u00d7 {facts.count('height'):,} pixels"
        return f"The image is {done}; it has {size} now: {wording.link(name)}."

    return Task("", Program(("from PIL import Image",), "\n".join(compute), "\n".join(show), _FACTS), answer)


_FACTS = {"width": "image.width", "height": "image.height", "mode": "image.mode", "format": "image.format"}


def _changes(text: str) -> tuple[list[str], list[str]]:
    """Statements that change the image, and a word for each."""
    lines, words = [], []
    if size := _SIZE.search(text):
        lines.append(f"image = image.resize(({int(size[1])}, {int(size[2])}))")
        words.append("resized")
    elif width := _WIDTH.search(text):
        pixels = int(width[1] or width[2])
        lines.append(f"image = image.resize(({pixels}, round(image.height * {pixels} / image.width)))")
        words.append("resized")
    elif (scale := _SCALE.search(text)) or re.search(r"\bhalf\b", text):
        factor = int(scale[1]) / 100 if scale else 0.5
        lines.append(f"image = image.resize((round(image.width * {factor:g}), round(image.height * {factor:g})))")
        words.append("resized")
    if re.search(r"gr[ae]y ?scale|gr[ae]y|black and white", text):
        lines.append('image = image.convert("L")')
        words.append("grayscale")
    if turn := re.search(r"rotate\w*(?: it| the image)?(?: by)? ?(-?\d{1,3})?", text):
        lines.append(f"image = image.rotate({-int(turn[1] or 90)}, expand=True)  # clockwise")
        words.append("rotated")
    return lines, words


def _information(shape: FileShape) -> Task:
    compute = f"image = Image.open({literal('/mnt/data/' + shape.name)})"
    show = [
        'print(f"{image.format}, {image.width} \u00d7 {image.height} pixels, mode {image.mode}")',
        "",
        "plt.figure(dpi=144)",
        'plt.imshow(image.convert("RGB"))',
        'plt.axis("off")',
        "plt.show()",
    ]

    def answer(facts: Facts) -> str:
        modes = {
            "RGB": "colour",
            "RGBA": "colour with transparency",
            "L": "grayscale",
            "P": "colours from a palette",
            "1": "black and white",
        }
        mode = modes.get(facts.text("mode"), f"mode {facts.text('mode')}")
        return (
            f"**{wording.escaped(shape.name)}** is a {facts.text('format')} image of **{facts.count('width'):,} "
            f"\u00d7 {facts.count('height'):,} pixels**, {mode}. "
            "I can resize it, rotate it, turn it to grayscale, or convert it; what it shows I cannot tell without "
            "a language model."
        )

    imports = ("from PIL import Image", "import matplotlib.pyplot as plt")
    return Task("", Program(imports, compute, "\n".join(show), _FACTS), answer)
