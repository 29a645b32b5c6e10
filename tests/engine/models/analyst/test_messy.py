"""Files as they come: encodings, marks, dates, damage. The analyst reads them, or says why not."""

import io
import json
import zipfile

import openpyxl
import pytest

from tests.engine.models.analyst.talk import Talk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_corrects_itself_on_a_latin_1_file(talk: Talk) -> None:
    rows = "".join(f"Person {i},Oslo,{i}\n" for i in range(50))
    await talk.attach("people.csv", f"name,town,age\n{rows}Zoë,Århus,7\n".encode("latin-1"))
    reply = await talk.ask("average age by town")
    assert [step.error_name for step in reply.steps] == ["UnicodeDecodeError", None]
    assert "encoding" not in reply.steps[0].code
    assert "The file is not UTF-8. Reading it as Latin-1" in reply.said[0]
    assert "| Oslo | 24.5 |" in reply.text
    assert "| Århus | 7 |" in reply.text


async def test_corrects_itself_on_bad_dates_and_names_them(talk: Talk) -> None:
    rows = "".join(f"2024-{month:02d}-15,{month}\n" for month in range(1, 13))
    await talk.attach("visits.csv", f"date,visits\n{rows}unknown,5\nsoon,6\n")
    reply = await talk.ask("total visits per month")
    assert [step.error_name for step in reply.steps] == ["ValueError", None]
    assert "| 2024-12 | 12 |" in reply.text
    assert "2 values are no date and are left out: `unknown` and `soon`." in reply.text


async def test_corrects_itself_on_decimal_commas_below_the_head(talk: Talk) -> None:
    rows = "".join(f"a{i % 3},{i}\n" for i in range(150_000))
    await talk.attach("long.csv", f'group,amount\n{rows}a1,"5,5"\n')
    reply = await talk.ask("sum of amount by group")
    assert [step.error_name for step in reply.steps] == ["TypeError", None]
    assert f"| a1 | {sum(range(1, 150_000, 3)) + 5.5:,.1f} |" in reply.text


async def test_leaves_out_lines_that_are_too_long(talk: Talk) -> None:
    await talk.attach("ragged.csv", "kind,size\na,1\nb,2\nc,3,4\na,5\n")
    reply = await talk.ask("total size by kind")
    assert [step.error_name for step in reply.steps] == ["ParserError", None]
    assert "| a | 6 |" in reply.text
    assert "left out" in reply.text


@pytest.mark.parametrize(
    ("name", "content", "question", "expected"),
    [
        ("marks.csv", "item;price\nA;1,5\nB;1.234,75\n", "total price", "1,236.2"),
        ("bom.csv", b"\xef\xbb\xbfitem,price\nA,1\nB,2\n", "average price", "**1.5**"),
        ("utf16.csv", "item\tprice\nA\t1\nÖ\t2\n".encode("utf-16"), "average price", "**1.5**"),
        ("pipes.csv", "item|price\nA|1\nB|2\n", "sum of price", "**3**"),
        (
            "notes.csv",
            "# made by a machine\n# in 2024\n\nregion,sales\nN,3\nS,4\nN,5\n",
            "sales by region",
            "| N | 8 |",
        ),
        ("money.csv", 'item,price\nA,"$1,200.50"\nB,$30\n', "total price", "**$1,230.5**"),
        ("share.csv", "item,share\nA,10%\nB,20%\n", "average share", "**15 %**"),
        ("dates.csv", "Datum;Umsatz\n31.01.2024;1.000,50\n28.02.2024;2.000,00\n", "Umsatz over time", "2024-02"),
        ("twice.csv", "size,size,b\n1,2,3\n3,4,5\n", "what is in this file?", "| size.1 |"),
        ("head.csv", "a,b,c\n", "what is in this file?", "**no rows and 3 columns**"),
        ("records.json", json.dumps([{"a": 1, "b": {"c": 2}}, {"a": 3, "b": {"c": 4}}]), "average b.c", "**3**"),
        (
            "wrapped.json",
            json.dumps({"n": 2, "rows": [{"k": "x", "v": 1}, {"k": "x", "v": 2}]}),
            "total v by k",
            "| x | 3 |",
        ),
        ("lines.jsonl", '{"size": 1}\n{"size": 2}\n', "total size", "**3**"),
        ("tree.json", json.dumps({"x": 1, "y": {"z": 2}}), "what is in this file?", "| x | int | 1 |"),
    ],
)
async def test_reads(talk: Talk, name: str, content: bytes | str, question: str, expected: str) -> None:
    await talk.attach(name, content)
    reply = await talk.ask(question)
    assert expected in reply.text
    assert len(reply.steps) == 1


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("void.csv", b"", "is empty"),
        ("noise.dat", bytes(range(256)), "not a kind of file that I can read"),
        ("broken.xlsx", b"PK\x03\x04garbage", "cannot be read: `BadZipFile"),
        ("broken.png", b"not an image", "cannot be read: `UnidentifiedImageError"),
    ],
)
async def test_says_why_a_file_cannot_be_read(talk: Talk, name: str, content: bytes, expected: str) -> None:
    await talk.attach(name, content)
    reply = await talk.ask("What is in this file?")
    assert expected in reply.text
    assert reply.steps == ()


async def test_reads_a_workbook_of_two_sheets_and_converts_it(talk: Talk) -> None:
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.title = "Prices"
    for row in (["item", "price"], ["A", 2], ["B", 4]):
        first.append(row)
    book.create_sheet("Notes").append(["remark"])
    stream = io.BytesIO()
    book.save(stream)
    await talk.attach("book.xlsx", stream.getvalue())
    overview = await talk.ask("What is in this file?")
    assert "in the sheet “Prices”" in overview.text
    reply = await talk.ask("Convert the file to CSV")
    assert (await talk.read(reply.files[0])).decode() == "item,price\nA,2\nB,4\n"


async def test_analyses_the_one_table_in_a_zip_file(talk: Talk) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("inner/data.csv", "kind,size\na,1\nb,2\na,4\n")
        archive.writestr("readme.md", "hi")
    await talk.attach("data.zip", stream.getvalue())
    reply = await talk.ask("total size by kind")
    assert "| a | 5 |" in reply.text


async def test_a_zip_bomb_is_not_unpacked(talk: Talk) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("data.csv", "w") as member:
        member.write(b"kind,size\n")
        for _ in range(310):
            member.write(b"a,1\n" * 250_000)
    await talk.attach("bomb.zip", stream.getvalue())
    reply = await talk.ask("total size by kind")
    assert reply.steps[0].error_name == "ValueError"
    assert "310,000,010 bytes" in reply.text
