"""Spreadsheets: what comes out goes in again unchanged, what is odd is named with its cell, and nothing is computed."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from storage.bundle import Imported, export_bundle, import_bundle, plan_import
from storage.bundle_export import begin_export
from storage.bundle_format import BundleInvalid, read_bundle
from storage.bundle_lists import LISTS
from storage.bundle_reading import validated
from storage.bundle_stage import Stage
from storage.bundle_writing import plain
from storage.operations import CauseKind
from storage.scope import unlimited
from storage.sheets.columns import flat, join_words, shown, split_words
from storage.sheets.csv_files import CsvRows, decoded, read_csv
from storage.sheets.grid import LISTS_IN_SHEETS, Tables, letters
from storage.sheets.register import stage_tables, write_tables
from storage.sheets.rows import columns_in, items_of, sorted_places
from storage.sheets.xlsx import CellTooLong, Rows, XlsxWriter, read_xlsx
from storage.values import Record
from storage.view import View
from storage.work import Work
from tests.storage.scribe import START, Scribe, project
from tests.storage.strategies import records
from tests.storage.test_bundle import DEMO, take_in

UTC = ZoneInfo("UTC")


# --- tables without a register ---------------------------------------------------------------------------------------


def same_again(tables: Tables, given: Mapping[str, Record]) -> None:
    """The one table says exactly these records, by what tells them apart."""
    (sheet,) = tables.sheets
    columns = columns_in(sheet, tables)
    assert not tables.problems
    trees = list(items_of(sheet, columns, {}, tables))
    assert [validated(LISTS[sheet.collection], item.tree) for item in trees] == list(given.values())


@st.composite
def tables_of_records(draw: st.DrawFn) -> list[Record]:
    """Some records of one list that a table can hold completely."""
    model = LISTS[draw(st.sampled_from(LISTS_IN_SHEETS))]
    left_out = {"projects": {"updates": ()}, "agreements": {"clauses": (), "notices": ()}}.get(model.collection, {})
    found = draw(st.lists(records(model), min_size=1, max_size=3))
    return [record.model_copy(update=left_out) for record in found]


def written(rows: Rows, some: Iterable[Record]) -> None:
    cells = [flat(plain(record, UTC)) for record in some]
    places = sorted_places(LISTS[next(iter(some)).collection], {place for row in cells for place in row})
    rows.append([shown(place) for place in places])
    for row in cells:
        rows.append([row.get(place, "") for place in places])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tables_of_records())
def test_any_record_comes_back_from_a_workbook(tmp_path: Path, some: list[Record]) -> None:
    book = XlsxWriter(START)
    written(book.sheet(some[0].collection), some)
    book.save(tmp_path / "a.xlsx")
    same_again(read_xlsx(tmp_path / "a.xlsx"), dict(enumerate(some)))  # type: ignore[arg-type]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tables_of_records())
def test_any_record_comes_back_from_csv(tmp_path: Path, some: list[Record]) -> None:
    rows = CsvRows(tmp_path / "a.csv")
    written(rows, some)
    rows.close()
    same_again(read_csv(tmp_path / "a.csv", some[0].collection), dict(enumerate(some)))  # type: ignore[arg-type]


@given(st.lists(st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1)))
def test_words_in_one_cell_come_back(words: list[str]) -> None:
    assert split_words(join_words(words)) == words


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (200, "GR"), (702, "ZZ"), (703, "AAA")])
def test_columns_have_the_letters_that_a_spreadsheet_shows(column: int, name: str) -> None:
    assert letters(column) == name


RISKY = ("=1+1", "+49 89", "-1", "@SUM(A1)", "'=1", "''-", '=HYPERLINK("x")', "＝1")


def test_no_cell_of_an_export_begins_a_formula(tmp_path: Path) -> None:
    rows = CsvRows(tmp_path / "a.csv")
    rows.append(["text"])
    book = XlsxWriter(START)
    sheet = book.sheet("tasks")
    sheet.append(["text"])
    for text in RISKY:
        rows.append([text])
        sheet.append([text])
    rows.close()
    book.save(tmp_path / "a.xlsx")
    raw = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    for row in csv.reader(io.StringIO(raw), delimiter=";"):
        assert row[0][0] not in "=+-@＝"
    cells = [row[0] for row in load_workbook(tmp_path / "a.xlsx")["tasks"].iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * len(RISKY)
    for tables in (read_csv(tmp_path / "a.csv", "tasks"), read_xlsx(tmp_path / "a.xlsx")):
        assert [row["A"].text for row in tables.sheets[0].rows.values()] == list(RISKY)
        assert not tables.problems


def test_what_no_cell_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CellTooLong):
        XlsxWriter(START).sheet("tasks").append(["x" * 32_768])


# --- odd files -------------------------------------------------------------------------------------------------------


TASKS = ("id", "text", "owner", "city", "due", "state")
ROW = ("A-1", "Tun", "anna", "M", "2027-01-15", "open")


def csv_file(tmp_path: Path, raw: bytes, name: str = "tasks.csv") -> Path:
    (tmp_path / name).write_bytes(raw)
    return tmp_path / name


TABLE = "id;text;owner;city;due;state\r\nA-1;Übergabe prüfen;anna;M;2027-01-15;open\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_is_read_in_the_encodings_and_separators_of_spreadsheet_programs(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    tables = read_csv(csv_file(tmp_path, TABLE.replace(";", separator).encode(encoding)), "tasks")
    assert not tables.problems
    assert [cell.text for cell in tables.sheets[0].rows[2].values()][:2] == ["A-1", "Übergabe prüfen"]


@pytest.mark.parametrize("raw", [TABLE.encode("utf-16-le"), TABLE.encode("cp437"), b"\xef\xbb\xbf\xff", b"\x81\x8d"])
def test_csv_in_another_encoding_is_refused_clearly(tmp_path: Path, raw: bytes) -> None:
    (problem,) = read_csv(csv_file(tmp_path, raw), "tasks").problems
    assert str(problem) == "the encoding is not known; please save the file as CSV UTF-8"


@given(st.binary())
def test_any_bytes_are_text_or_not(raw: bytes) -> None:
    assert decoded(raw) is None or isinstance(decoded(raw), str)


def test_empty_rows_trailing_blanks_and_empty_columns_are_passed_over(tmp_path: Path) -> None:
    raw = "\r\n;;;\r\n id ; text ;;\r\n\r\nA-1 ;  x\u00a0;;\r\n;;;\r\n"
    (sheet,) = read_csv(csv_file(tmp_path, raw.encode()), "tasks").sheets
    assert sheet.columns == {"A": "id", "B": "text"}
    assert {at: [cell.text for cell in row.values()] for at, row in sheet.rows.items()} == {5: ["A-1", "x"]}


def said(tables: Tables) -> list[str]:
    """The problems with their cells."""
    return [f"{problem.cell}: {problem}" for problem in tables.problems]


def workbook(tmp_path: Path, change: Callable[[Any], object], rows: Iterable[Iterable[object]] = (TASKS, ROW)) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "tasks"
    for row in rows:
        sheet.append(list(row))
    change(sheet)
    book.save(tmp_path / "odd.xlsx")
    return tmp_path / "odd.xlsx"


def put(cell: str, value: object) -> Callable[[Any], object]:
    return lambda sheet: sheet.__setitem__(cell, value)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put("B2", "=1+1"), "tasks!B2: a formula is not read; please put its value here"),
        (put("B2", '=HYPERLINK("https://x.example","x")'), "tasks!B2: a formula is not read"),
        (put("D2", "#REF!"), "tasks!D2: the cell shows an error (#REF!)"),
        (lambda sheet: sheet.merge_cells("B2:C3"), "tasks!B2:C3: merged cells cannot be read; please separate them"),
        (put("H2", "x"), "tasks!H2: this column has no name in the first row"),
        (put("G1", "text"), 'tasks!G1: the column "text" stands here twice (already in B1)'),
    ],
)
def test_what_a_workbook_must_not_hold_is_named_with_its_cell(
    tmp_path: Path, change: Callable[[Any], object], expected: str
) -> None:
    found = said(read_xlsx(workbook(tmp_path, change)))
    assert [line for line in found if line.startswith(expected)], found


def test_a_csv_formula_is_refused_too(tmp_path: Path) -> None:
    tables = read_csv(csv_file(tmp_path, b"id,text\nA-1,=cmd|' /C calc'!A0\n"), "tasks")
    assert said(tables) == ["tasks!B2: a formula is not read; please put its value here"]


def test_a_sheet_of_another_name_is_reported_unless_it_is_empty(tmp_path: Path) -> None:
    def more(sheet: Any) -> None:
        sheet.parent.create_sheet("Notizen")["A1"] = "x"
        sheet.parent.create_sheet("Tabelle3")

    found = said(read_xlsx(workbook(tmp_path, more)))
    assert found == ["Notizen: a sheet of this name is not known; known are " + ", ".join(LISTS_IN_SHEETS)]


def not_a_workbook(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 nothing")


def a_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/a.xml", "w") as part:
        for _ in range(600):
            part.write(b"\0" * 1024 * 1024)


def entities(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')


def damaged(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<broken")


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (not_a_workbook, "this is not an .xlsx workbook"),
        (a_bomb, "the file unpacks to far more than a spreadsheet needs"),
        (entities, "the file declares entities, which no spreadsheet needs"),
        (damaged, "this workbook is damaged"),
    ],
)
def test_a_hostile_file_is_refused_with_one_line(tmp_path: Path, make: Callable[[Path], None], expected: str) -> None:
    make(tmp_path / "odd.xlsx")
    tables = read_xlsx(tmp_path / "odd.xlsx")
    assert [str(problem).startswith(expected) for problem in tables.problems] == [True], tables.problems
    assert not tables.sheets


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.sheets.xlsx.LARGEST_FILE", 10)
    monkeypatch.setattr("storage.sheets.csv_files.LARGEST_FILE", 10)
    path = workbook(tmp_path, lambda _: None)
    for tables in (read_xlsx(path), read_csv(path, "tasks")):
        assert [str(problem) for problem in tables.problems] == ["the file is too large"]


# --- tables and the register -----------------------------------------------------------------------------------------


async def imported(scribe: Scribe, tables: Tables) -> Imported:
    """Import the tables as the command line does."""
    with Stage() as stage:
        await scribe.read(lambda view: stage_tables(stage, tables, view, name="members.xlsx"))

        async def body(work: Work) -> Imported:
            return await import_bundle(work, stage, overwrite=False)

        return await scribe.write(body, cause_kind=CauseKind.IMPORT)


async def refused(scribe: Scribe, tables: Tables) -> list[str]:
    """What is said about tables that cannot be taken in; nothing of them was."""
    before = await scribe.dump()
    with pytest.raises(BundleInvalid) as caught:
        await imported(scribe, tables)
    assert await scribe.dump() == before
    return [f"{problem.cell}: {problem}" for problem in caught.value.errors]


async def demo(scribe: Scribe) -> None:
    await take_in(scribe, read_bundle(DEMO.read_bytes(), name=DEMO.name))


async def exported(scribe: Scribe, book: Callable[[str], Rows]) -> None:
    async def body(view: View) -> None:
        export = await begin_export(view, unlimited())
        head = await export.head(scribe.now)
        assert head is not None
        await write_tables(export, head, book)

    await scribe.read(body)


async def test_an_exported_workbook_taken_in_again_changes_nothing(scribe: Scribe, tmp_path: Path) -> None:
    await demo(scribe)
    await scribe.put(project("P-77", title="=1+1", leads=[{"city": "M"}]))
    book = XlsxWriter(scribe.now)
    await exported(scribe, book.sheet)
    book.save(tmp_path / "register.xlsx")
    tables = read_xlsx(tmp_path / "register.xlsx")
    assert {sheet.collection for sheet in tables.sheets} == set(LISTS_IN_SHEETS)
    before = await scribe.dump()
    done = await imported(scribe, tables)
    assert (dict(done.added), dict(done.changed), done.conflicts) == ({}, {}, ())
    assert done.unchanged["projects"] == 10
    assert await scribe.dump() == before


async def test_the_same_through_csv(scribe: Scribe, tmp_path: Path) -> None:
    await demo(scribe)
    files: list[CsvRows] = []

    def opened(collection: str) -> CsvRows:
        files.append(CsvRows(tmp_path / f"{collection}.csv"))
        return files[-1]

    await exported(scribe, opened)
    for file in files:
        file.close()
    for collection in LISTS_IN_SHEETS:
        done = await imported(scribe, read_csv(tmp_path / f"{collection}.csv", collection))
        assert (dict(done.added), dict(done.changed)) == ({}, {}), collection


def table(tmp_path: Path, text: str, collection: str) -> Tables:
    return read_csv(csv_file(tmp_path, text.encode(), f"{collection}.csv"), collection)


async def test_columns_that_are_not_there_keep_what_is_recorded_and_empty_cells_clear_it(
    scribe: Scribe, tmp_path: Path
) -> None:
    await demo(scribe)
    before = await scribe.read(lambda view: export_bundle(view, unlimited(), START))
    done = await imported(scribe, table(tmp_path, "id;title;goal\nP-1;Bauantrag neu;\n", "projects"))
    assert done.changed == {"projects": 1}
    after = await scribe.read(lambda view: export_bundle(view, unlimited(), START))
    assert before is not None
    assert after is not None
    assert after.projects[0] == before.projects[0].model_copy(update={"title": "Bauantrag neu", "goal": None})


async def test_dates_of_all_kinds_are_read_and_numbers_are_texts(scribe: Scribe, tmp_path: Path) -> None:
    await demo(scribe)
    rows = [
        ("code", "name.de", "name.en", "kind", "states.1.state", "states.1.from", "council_lead", "note", "aliases")
    ]
    more = [
        ("X", "X", "X", "city", "member", date(2019, 7, 16), "3 months", 4711, 'eins, "zwei, drei"'),
        ("Y", "Y", "Y", "city", "member", datetime(2019, 7, 16), "3 months", 4711.5, "eins"),  # noqa: DTZ001 - as typed
        ("Z", "Z", "Z", "city", "member", "16.7.2019", None, True, None),
        ("W", "W", "W", "city", "member", 2019, None, None, None),
    ]

    def named(sheet: Any) -> None:
        sheet.title = "Cities"

    await imported(scribe, read_xlsx(workbook(tmp_path, named, rows + more)))  # type: ignore[operator]
    bundle = await scribe.read(lambda view: export_bundle(view, unlimited(), START))
    assert bundle is not None
    cities = {city.code: city for city in bundle.cities}
    assert [str(cities[code].states[0].from_) for code in "XYZW"] == ["2019-07-16"] * 3 + ["2019"]
    assert [cities[code].note for code in "XYZ"] == ["4711", "4711.5", "true"]
    assert cities["X"].aliases == ("eins", "zwei, drei")


BAD_TABLES = [
    ("tasks", "id;text;colour\nA-1;x;red\n", 'tasks!C1: the column "colour" is not known; known are id, text, owner'),
    ("projects", "id;leads\nP-1;M\n", 'projects!B1: the column "leads" is not known'),
    ("projects", "id;leads.0.city\nP-1;M\n", 'projects!B1: the column "leads.0.city" is not known'),
    ("tasks", "id;due\nA-1;2027-02-30\n", 'tasks!B2: tasks[0]: due: "2027-02-30" is not in the calendar'),
    ("tasks", "id;due\nA-1;30.2.2027\n", 'tasks!B2: tasks[0]: due: "2027-02-30" is not in the calendar'),
    ("tasks", "id;due\nA-1;bald\n", 'tasks!B2: tasks[0]: due: "bald" is not a day'),
    ("tasks", "id;owner\nA-1;niemand\n", 'tasks!B2: tasks[0]: owner: "niemand" is not in people'),
    ("tasks", "id;text\n\nA-99;x\n", "tasks!A3: tasks[0]: owner: is missing"),
    ("tasks", "id;text\nA-1;\n", "tasks!B2: tasks[0]: text: is missing"),
    ("tasks", "id;text\nA-1;x\nA-1;y\n", 'tasks!A3: tasks[1]: id: "A-1" is already used by tasks[0]'),
    ("tasks", "id;text\n;x\n", "tasks!A2: tasks[0]: id: is missing"),
    ("projects", "id;leads.1.city;leads.2.city\nP-1;M;XX\n", 'projects!C2: projects[0].leads[1]: city: "XX" is not in'),
    ("projects", "id;leads.1.city\nP-1;\n", "projects!B2: projects[0]: leads: is missing"),
    ("agreements", "id;amends\nV-1;V-1\n", "agreements!B2: agreements[0].amends[0]: V-1 cannot refer to itself"),
    ("agreements", "id;amends\nV-1;V-2\nV-2;V-1\n", "agreements!A2: agreements[0]: amends or replaces itself"),
    ("agreements", "id;term\nV-1;36 Monate 40 Tage\n", 'agreements!B2: agreements[0]: term: "36 Monate 40'),
    ("seats", "city;body;role;holder;from\nM;x;voting;koord-m;2020\nM;x;voting;koord-m;2021\n",
     "seats!A3: seats[1]: holds the same voting seat as seats[0] at the same time"),
    ("cities", "code;states.1.state;states.1.from;states.2.state;states.2.from\nM;member;2020;left;2019\n",
     "cities!D2: cities[0].states[1]: begins (2019) before"),
]  # fmt: skip


@pytest.mark.parametrize(("collection", "text", "expected"), BAD_TABLES)
async def test_a_mistake_in_a_table_is_named_with_sheet_row_and_column(
    scribe: Scribe, tmp_path: Path, collection: str, text: str, expected: str
) -> None:
    await demo(scribe)
    found = await refused(scribe, table(tmp_path, text, collection))
    assert [line for line in found if line.startswith(expected)], found


async def test_all_mistakes_are_named_at_once_those_of_the_cells_too(scribe: Scribe, tmp_path: Path) -> None:
    await demo(scribe)
    path = workbook(tmp_path, put("B2", "=1"), (TASKS, ROW, ("A-2", "x", "niemand", "XX", 46037, "offen")))
    found = await refused(scribe, read_xlsx(path))
    places = ["tasks!B2", "tasks!C2", "tasks!C3", "tasks!D3", "tasks!E3", "tasks!E3", "tasks!F3"]
    assert sorted(line.split(": ")[0] for line in found) == places
    assert "tasks!E3: 46037 is a number where a date belongs; please format the column as dates" in found


async def test_two_hundred_columns_are_all_looked_at(scribe: Scribe, tmp_path: Path) -> None:
    await demo(scribe)
    header = ";".join(["id", *(f"spalte {number}" for number in range(199))])
    found = await refused(scribe, table(tmp_path, f"{header}\nA-1{';x' * 199}\n", "tasks"))
    assert len(found) == 199
    assert found[-1].startswith('tasks!GR1: the column "spalte 198" is not known')


async def test_without_a_cooperation_there_is_nothing_to_join(scribe: Scribe, tmp_path: Path) -> None:
    (found,) = await refused(scribe, table(tmp_path, "id;text\nA-1;x\n", "tasks"))
    assert "there is no cooperation yet" in found


async def test_what_was_changed_in_chat_since_the_workbook_was_exported_is_a_conflict(
    scribe: Scribe, tmp_path: Path
) -> None:
    await demo(scribe)
    book = XlsxWriter(scribe.now)
    await exported(scribe, book.sheet)
    book.save(tmp_path / "register.xlsx")
    scribe.now += timedelta(minutes=1)
    await scribe.put(project("P-1", title="Im Chat"))
    with Stage() as stage:
        tables = read_xlsx(tmp_path / "register.xlsx")
        await scribe.read(lambda view: stage_tables(stage, tables, view, name="register.xlsx"))
        plan = await scribe.read(lambda view: plan_import(view, stage))
    assert [(conflict.collection, conflict.key) for conflict in plan.imported.conflicts] == [("projects", "P-1")]
