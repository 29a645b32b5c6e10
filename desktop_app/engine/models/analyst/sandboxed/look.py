"""Finds the shape of files from their heads: kind, columns, delimiter, sheets. Runs in the sandbox only.

What it says goes back as JSON and is checked by `analyst.shape`. It decodes a file without telling its encoding
(except where a byte order mark does), and sees only the first megabyte: what comes later, the code finds out.
"""

import csv
import io
import itertools
import json
import re
import sys
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
from PIL import Image

FOLDER = Path("/mnt/data")
HEAD = 1_000_000
ROWS = 5_000
VALUES = 60
COLUMNS = 300
TABLES = (".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm")
TEXTS = (".csv", ".tsv", ".tab", ".txt", ".md", ".log", ".rst", ".ini", ".yaml", ".yml", ".xml", ".html", ".py")
DECIMAL_COMMA = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")
THOUSANDS_COMMA = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?|-?\d+(\.\d+)?")
NUMBER = re.compile(r"-?\d+([.,]\d+)?")
UNIT = re.compile(r"[-+]?[$€£¥]?\s?-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\s?(%|[$€£¥]|[A-Z]{3})?")
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -,]+\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)


def look(name: str) -> None:
    """Prints the shape of a file as JSON. What a damaged file raises is for the caller to report."""
    warnings.simplefilter("ignore")
    sys.stdout.write(json.dumps(shape(name)))


def shape(name: str) -> dict[str, Any]:
    """What the file is."""
    path = FOLDER / name
    if not path.is_file():
        return {"kind": "missing"}
    size = path.stat().st_size
    if size == 0:
        return {"kind": "empty"}
    with path.open("rb") as file:
        return content(name.lower(), file, size)


def content(name: str, file: BinaryIO, size: int) -> dict[str, Any]:
    """The shape of an open file, by its first bytes and then by its name."""
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        return package(name, file)
    if start.startswith(b"%PDF"):
        return {"kind": "pdf"}
    if name.endswith((".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")):
        with Image.open(file) as image:
            return {"kind": "image", "width": image.width, "height": image.height, "mode": image.mode}
    head = file.read(HEAD)
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return {"kind": "binary"}
    if name.endswith((".json", ".jsonl", ".ndjson")):
        return structured(head + file.read(20 * HEAD), len(head) < size)
    return delimited(name, head, size)


def package(name: str, file: BinaryIO) -> dict[str, Any]:
    """A ZIP file, or one of the formats that are ZIP files."""
    if name.endswith((".xlsx", ".xlsm")):
        return workbook(file)
    with zipfile.ZipFile(file) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        names = {entry.filename for entry in entries}
        for kind, part in (
            ("docx", "word/document.xml"),
            ("pptx", "ppt/presentation.xml"),
            ("xlsx", "xl/workbook.xml"),
        ):
            if part in names:
                return workbook(file) if kind == "xlsx" else {"kind": kind}
        data = [e for e in entries if e.filename.lower().endswith(TABLES) and not e.filename.startswith("__MACOSX")]
        found: dict[str, Any] = {"kind": "zip", "members": [entry.filename for entry in entries[:VALUES]]}
        if len(data) == 1 and data[0].filename.lower().endswith((".csv", ".tsv", ".tab", ".txt")):
            with archive.open(data[0]) as member:
                head = member.read(HEAD)
            inner = delimited(data[0].filename.lower(), head, data[0].file_size)
            if inner["kind"] == "table":
                found = {**inner, "member": data[0].filename}
        return found


def workbook(file: BinaryIO) -> dict[str, Any]:
    """An Excel workbook: its first sheet with data, and the names of all."""
    with pd.ExcelFile(file) as book:
        sheets = [str(sheet) for sheet in book.sheet_names]
        for sheet in book.sheet_names[:20]:
            frame = pd.read_excel(book, sheet_name=sheet, nrows=ROWS)
            if len(frame.columns):
                return {**table(frame, len(frame) < ROWS), "format": "xlsx", "sheet": str(sheet), "sheets": sheets}
    return {"kind": "empty"}


def structured(data: bytes, partial: bool) -> dict[str, Any]:
    """JSON: records, records under one key, or JSON lines; anything else is a document."""
    text = data.decode("utf-8-sig", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        loaded = json.loads(text)
    except ValueError:
        rows = [json.loads(line) for line in (lines[:-1] if partial else lines)[:ROWS]]
        if not rows or not all(isinstance(row, dict) for row in rows):
            raise
        nested = any(isinstance(value, dict) for row in rows for value in row.values())
        return {**table(pd.json_normalize(rows), len(rows) < ROWS), "format": "jsonl", "nested": nested}
    key = ""
    if isinstance(loaded, dict):
        lists = [k for k, v in loaded.items() if isinstance(v, list) and v and all(isinstance(r, dict) for r in v)]
        if len(lists) == 1:
            key, loaded = lists[0], loaded[lists[0]]
    if isinstance(loaded, list) and loaded and all(isinstance(row, dict) for row in loaded):
        nested = bool(key) or any(isinstance(value, dict) for row in loaded for value in row.values())
        frame = pd.json_normalize(loaded[:ROWS])
        return {**table(frame, len(loaded) <= ROWS), "format": "json", "key": key, "nested": nested}
    return {"kind": "document", "keys": [str(k) for k in list(loaded)[:VALUES]] if isinstance(loaded, dict) else []}


def delimited(name: str, head: bytes, size: int) -> dict[str, Any]:
    """Text: a table if its lines split evenly, prose if not."""
    whole = len(head) == size
    text, encoding = decode(head)
    if not whole and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    if not text.strip():
        return {"kind": "empty"}
    delimiter, skip, width, evenness = layout(text)
    named = name.endswith((".csv", ".tsv", ".tab"))
    if not named and not (name.endswith(".txt") and width > 1 and evenness > 0.9 and skip == 0):
        return {"kind": "text"}
    options: dict[str, Any] = {"sep": delimiter, "skiprows": skip, "nrows": ROWS, "on_bad_lines": "skip"}
    frame = pd.read_csv(io.StringIO(text), **options)
    if not isinstance(frame.index, pd.RangeIndex):
        # Rows with one field more than the header would shift every column; pandas takes the first as an index.
        frame = pd.read_csv(io.StringIO(text), **options, index_col=False)
    marks = {"decimal": ".", "thousands": ""} | numbers(frame, delimiter)
    if marks["decimal"] != "." or marks["thousands"]:
        # A thousands mark would turn 31.01.2024 into a number: dates stay text.
        dates = {str(column): "str" for column in frame.columns if describe("", frame[column])["type"] == "date"}
        thousands = marks["thousands"] or None
        frame = pd.read_csv(io.StringIO(text), **options, decimal=marks["decimal"], thousands=thousands, dtype=dates)
    read = len("".join(text.splitlines(keepends=True)[: len(frame)]))
    found = table(frame, whole and len(frame) < ROWS, growth=max(1.0, size / max(read, 1)))
    return {**found, **marks, "format": "csv", "delimiter": delimiter, "skip": skip, "encoding": encoding}


def decode(head: bytes) -> tuple[str, str]:
    """The text, and the encoding if a byte order mark names one that `read_csv` would not guess."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace"), "utf-16"
    try:
        return head.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        if error.start > len(head) - 4:
            return head[: error.start].decode("utf-8-sig"), ""
        return head.decode("cp1252", "replace"), ""


def layout(text: str) -> tuple[str, int, int, float]:
    """Delimiter, number of lines before the header, number of columns, and the share of rows that have as many."""
    best = (",", 0, 1, 0.0)
    most = 0.0
    for delimiter in (",", ";", "\t", "|"):
        rows = starts(text, delimiter)
        widths = Counter(width for _, width in rows if width > 1)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        evenness = count / sum(1 for _, other in rows if other)
        score = evenness * (1 + min(width, 8) / 100)
        if evenness >= 0.3 and score > most:
            skip = next(start for start, other in rows if other == width)
            best, most = (delimiter, skip, width, evenness), score
    return best


def starts(text: str, delimiter: str) -> list[tuple[int, int]]:
    """Of the first 200 rows, the line where each begins and the number of its fields; a quoted field may hold lines."""
    csv.field_size_limit(HEAD)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    rows: list[tuple[int, int]] = []
    start = 0
    for row in itertools.islice(reader, 200):
        rows.append((start, len(row)))
        start = reader.line_num
    return rows


def numbers(frame: pd.DataFrame, delimiter: str) -> dict[str, str]:
    """Decimal and thousands marks, where columns of text are numbers written in another way."""
    for name in frame.columns:
        values = [str(value).strip() for value in frame[name].dropna().head(500)] if is_text(frame[name]) else []
        if not values or not any("," in value for value in values):
            continue
        if all(THOUSANDS_COMMA.fullmatch(value) for value in values) and (
            delimiter == "," or any("." in v for v in values)
        ):
            return {"decimal": ".", "thousands": ","}
        if all(DECIMAL_COMMA.fullmatch(value) for value in values):
            return {"decimal": ",", "thousands": "." if any("." in value for value in values) else ""}
    return {}


def is_text(column: pd.Series) -> bool:
    """Whether pandas holds the column as strings or mixed objects."""
    return bool(pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column))


def table(frame: pd.DataFrame, whole: bool, growth: float = 1.0) -> dict[str, Any]:
    """Columns of a table, as its head shows them. `growth` is how many times longer the table is than the head."""
    columns = [describe(str(name), frame.iloc[:, i]) for i, name in enumerate(frame.columns[:COLUMNS])]
    for column in columns:
        # Dates mostly stand in order: what the head spans, each part of the same length spans again.
        if not whole and column["type"] == "date" and "low" in column:
            column["high"] = column["low"] + (column["high"] - column["low"]) * growth
    return {"kind": "table", "rows": len(frame), "whole": whole, "columns": columns}


def describe(name: str, column: pd.Series) -> dict[str, Any]:
    """One column: its type, how many distinct values it has, and the commonest of them."""
    present = column.dropna()
    kind = "text"
    if not len(present):
        kind = "empty"
    elif pd.api.types.is_bool_dtype(column):
        kind = "bool"
    elif pd.api.types.is_numeric_dtype(column):
        kind = "number"
    elif pd.api.types.is_datetime64_any_dtype(column):
        kind = "date"
    strings = present.astype(str)
    found: dict[str, Any] = {"name": name[:500], "type": kind, "missing": int(column.isna().sum())}
    if kind == "text":
        sample = [value.strip() for value in strings.head(200)]
        if sum(bool(DATE.fullmatch(value)) for value in sample) > 0.8 * len(sample):
            kind = "date"
            found |= {"type": "date", "text": True, "dayfirst": dayfirst(sample)}
        elif 0.6 < sum(bool(NUMBER.fullmatch(value)) for value in sample) / len(sample) < 1:
            found |= {"type": "number", "text": True, "mixed": True}
        elif all(UNIT.fullmatch(value) for value in sample):
            found |= {
                "type": "number",
                "text": True,
                "unit": next(iter(re.findall(r"[$€£¥%]|[A-Z]{3}", sample[0])), ""),
            }
    counts = strings.value_counts()
    found["distinct"] = len(counts)
    found["values"] = [value[:100] for value in counts.index[:VALUES]]
    if kind == "date":
        days = pd.to_datetime(present, format="mixed", dayfirst=found.get("dayfirst", False), errors="coerce", utc=True)
        if days.notna().any():
            found |= {"low": days.min().timestamp() / 86400, "high": days.max().timestamp() / 86400}
    if kind == "number":
        found |= {"low": float(present.min()), "high": float(present.max())}
        found["whole"] = bool((present % 1 == 0).all())
    return found


def dayfirst(sample: list[str]) -> bool:
    """Whether dates such as 31/01/2024 or 31.01.2024 put the day first."""
    parts = [re.split(r"[-/.]", value)[:2] for value in sample]
    firsts = [int(part[0]) for part in parts if part[0].isdigit() and len(part[0]) < 3]
    seconds = [int(part[1]) for part in parts if len(part) > 1 and part[1].isdigit()]
    return bool(firsts) and (max(firsts) > 12 or ("." in sample[0] and max(seconds, default=0) <= 12))
