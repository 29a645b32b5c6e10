"""Writes the code that reads a file as a table: only the options that this file needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from desktop_app.engine.models.analyst.program import literal
from desktop_app.engine.models.analyst.shape import Column, Table

PANDAS = "import pandas as pd"
_UNPACKED_LIMIT = 300_000_000


@dataclass(frozen=True, slots=True)
class Fixes:
    """What earlier tries have taught about the file."""

    encoding: str = ""
    skip_bad_lines: bool = False
    coerce_dates: bool = False
    coerce_numbers: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how it is read into the variable `df`.

    Attributes:
        as_written: Keeps every value as the text that it is in the file, so that it can be written back unchanged.
    """

    name: str
    table: Table
    fixes: Fixes = Fixes()
    as_written: bool = False

    @property
    def imports(self) -> tuple[str, ...]:
        """What `lines` needs."""
        imports = [PANDAS]
        if self.table.member:
            imports.append("import zipfile")
        if self.table.format == "json" and self.table.nested:
            imports.append("import json")
        if self.table.format == "jsonl" and self.table.nested:
            imports.extend(("import json", "from pathlib import Path"))
        return tuple(imports)

    def lines(self, variable: str = "df") -> list[str]:
        """The statements that read the file."""
        path = literal(f"/mnt/data/{self.name}")
        if self.table.member:
            return self._from_zip(path, variable)
        match self.table.format:
            case "xlsx":
                sheet = [f"sheet_name={literal(self.table.sheet)}"] if len(self.table.sheets) > 1 else []
                return call(f"{variable} = pd.read_excel", [path, *sheet])
            case "json" if self.table.nested:
                key = f"[{literal(self.table.key)}]" if self.table.key else ""
                return [
                    f'with open({path}, encoding="utf-8") as file:',
                    f"    {variable} = pd.json_normalize(json.load(file){key})",
                ]
            case "json":
                return call(f"{variable} = pd.read_json", [path])
            case "jsonl" if self.table.nested:
                return [
                    f'lines = Path({path}).read_text(encoding="utf-8").splitlines()',
                    f"{variable} = pd.json_normalize([json.loads(line) for line in lines if line.strip()])",
                ]
            case "jsonl":
                return call(f"{variable} = pd.read_json", [path, "lines=True"])
            case _:
                return call(f"{variable} = pd.read_csv", [path, *self._csv_options()])

    def _csv_options(self) -> list[str]:
        table, options = self.table, []
        if table.delimiter != ",":
            options.append(f"sep={literal(table.delimiter)}")
        if self.as_written:
            options.extend(('dtype="str"', "keep_default_na=False"))
        else:
            options.extend(self._marks())
        if table.skip:
            options.append(f"skiprows={table.skip}")
        if encoding := table.encoding or self.fixes.encoding:
            options.append(f"encoding={literal(encoding)}")
        if self.fixes.skip_bad_lines:
            options.append('on_bad_lines="skip"')
        return options

    def _marks(self) -> list[str]:
        """How numbers are written, where it is not the usual way."""
        table, options = self.table, []
        if table.decimal != ".":
            options.append(f"decimal={literal(table.decimal)}")
        if table.thousands:
            options.append(f"thousands={literal(table.thousands)}")
            # The mark would be taken out of 31.01.2024 as well.
            if dates := [column.name for column in table.columns if column.type == "date" and column.as_text]:
                kinds = ", ".join(f'{literal(name)}: "str"' for name in dates)
                options.append(f"dtype={{{kinds}}}")
        return options

    def _from_zip(self, path: str, variable: str) -> list[str]:
        member = literal(self.table.member)
        return [
            f"with zipfile.ZipFile({path}) as archive:",
            f"    size = archive.getinfo({member}).file_size",
            f"    if size > {_UNPACKED_LIMIT:_}:",
            '        raise ValueError(f"Unpacked, the file would be {size:,} bytes long")',
            f"    with archive.open({member}) as file:",
            *(f"        {line}" for line in call(f"{variable} = pd.read_csv", ["file", *self._csv_options()])),
        ]

    def cleaning(self, used: Iterable[str]) -> list[str]:
        """Turns the text of used columns into the dates and numbers that it stands for."""
        columns = [column for column in self.table.columns if column.name in set(used)]
        lines: list[str] = []
        for column in columns:
            lines.extend(self._clean(column))
        return lines

    def _clean(self, column: Column) -> list[str]:
        target = f"df[{literal(column.name)}]"
        if column.type == "date" and (column.as_text or self.fixes.coerce_dates):
            dayfirst = ["dayfirst=True"] if column.dayfirst else []
            if self.fixes.coerce_dates:
                options = ['format="mixed"', *dayfirst, 'errors="coerce"']
                return [
                    f"dates = {target}",
                    *call(f"{target} = pd.to_datetime", ["dates", *options]),
                    f"bad_dates = dates[{target}.isna() & dates.notna()]",
                ]
            return call(f"{target} = pd.to_datetime", [target, *dayfirst])
        if column.mixed and not self.fixes.coerce_numbers:
            return [f"{target} = pd.to_numeric({target})"]
        if column.is_number and column.as_text and not column.mixed:
            return [f'{target} = pd.to_numeric({target}.str.replace(r"[^\\d.-]", "", regex=True))']
        if column.is_number and self.fixes.coerce_numbers:
            return [
                f"numbers = {target}",
                f'{target} = pd.to_numeric(numbers.astype("str").str.replace(",", "."), errors="coerce")',
                f"bad_numbers = numbers[{target}.isna() & numbers.notna()]",
            ]
        return []


def call(function: str, arguments: list[str]) -> list[str]:
    """A call on one line if it fits, else with one argument on a line."""
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= 100 or len(arguments) == 1:
        return [line]
    return [f"{function}(", *(f"    {argument}," for argument in arguments), ")"]
