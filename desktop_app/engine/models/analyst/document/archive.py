"""ZIP files and JSON documents: what they contain. Nothing is unpacked to the disk."""

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.program import Program, Task, literal
from desktop_app.engine.models.analyst.shape import FileShape


def zip_task(shape: FileShape) -> Task:
    """Lists the files in a ZIP file."""
    compute = [
        f"with zipfile.ZipFile({literal('/mnt/data/' + shape.name)}) as archive:",
        "    entries = [entry for entry in archive.infolist() if not entry.is_dir()]",
        'listing = pd.DataFrame({"file": [e.filename for e in entries], "bytes": [e.file_size for e in entries]})',
    ]
    show = ["print(listing.to_string(max_rows=60))"]

    def answer(facts: Facts) -> str:
        size = f"{wording.count(facts.count('files'), 'file')}, {facts.count('bytes'):,} bytes unpacked"
        return (
            f"**{wording.escaped(shape.name)}** contains "
            f"{size}:\n\n{wording.table(facts.table('listing'), ('File', 'Bytes'))}"
        )

    facts = {"listing": "listing", "files": "len(listing)", "bytes": 'listing["bytes"].sum()'}
    return Task(
        "", Program(("import zipfile", "import pandas as pd"), "\n".join(compute), "\n".join(show), facts), answer
    )


def json_task(shape: FileShape) -> Task:
    """Tells how a JSON document that is no table is built."""
    compute = [
        f'with open({literal("/mnt/data/" + shape.name)}, encoding="utf-8") as file:',
        "    data = json.load(file)",
        "pairs = data.items() if isinstance(data, dict) else enumerate(data if isinstance(data, list) else [data])",
        "rows = [(key, type(value).__name__, str(value)[:80]) for key, value in pairs]",
        'outline = pd.DataFrame(rows, columns=["key", "type", "value"])',
    ]

    def answer(facts: Facts) -> str:
        kind = {"dict": "an object", "list": "a list"}.get(facts.text("kind"), f"a single value ({facts.text('kind')})")
        outline = facts.table("outline")
        return (
            f"**{wording.escaped(shape.name)}** is {kind} with "
            f"{wording.count(outline.total, 'entry')}:\n\n{wording.table(outline, ('Key', 'Type', 'Value'))}"
        )

    facts = {"outline": "outline", "kind": "type(data).__name__"}
    program = Program(
        ("import json", "import pandas as pd"), "\n".join(compute), "print(outline.to_string(max_rows=60))", facts
    )
    return Task("", program, answer)
