"""Import and export on the command line: previews that change nothing, history, past days, spreadsheets, progress."""

import asyncio
import io
import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner

from bot.__main__ import app
from bot.complaints import explained
from bot.demo.cast import BUNDLE
from bot.demo.installed import Finished, Installation
from bot.progress import Silent, progress_on
from bot.transfer import Preview, import_file
from storage.bundle import Conflict, ImportConflict

TEXT = BUNDLE.read_text(encoding="utf-8")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """A configured bot with the demo cooperation, whose homeserver is not there."""
    made = Installation(tmp_path / "stadtbote")
    made.configure(homeserver="http://127.0.0.1:9", user_id="@stadtbote:muenchen.example", password="x",
                   servers=["muenchen.example"], administrators=["@it:muenchen.example"])  # fmt: skip
    assert typed(made, "import", "--yes", str(BUNDLE)).status == 0
    return made


def typed(installation: Installation, name: str, *arguments: str) -> Finished:
    """Run a command in this process; what would be a traceback is raised."""
    said = CliRunner().invoke(app, [name, "--config", str(installation.config), *arguments])
    if said.exception is not None and not isinstance(said.exception, SystemExit):
        raise said.exception
    return Finished(status=said.exit_code, out=said.stdout, err=said.stderr)


def changed(tmp_path: Path, before: str, after: str) -> Path:
    """The demo's bundle with one thing changed."""
    assert TEXT.count(before) == 1
    (tmp_path / "anders.yaml").write_text(TEXT.replace(before, after), encoding="utf-8")
    return tmp_path / "anders.yaml"


def dump(installation: Installation) -> list[str]:
    """The whole database as text."""
    with closing(sqlite3.connect(installation.database)) as connection:
        return list(connection.iterdump())


def chat(installation: Installation) -> None:
    """As if all that was imported had been done in chat, by somebody, on a day to come."""
    with closing(sqlite3.connect(installation.database)) as connection:
        connection.execute(
            "UPDATE operation SET cause_kind = 'event', person = 'u1', at = '2099-01-02T03:04:00.000000Z'"
        )
        connection.commit()


def test_a_dry_run_shows_what_would_change_in_which_field_and_changes_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    before = dump(installation)
    finished = typed(
        installation, "import", "--dry-run", str(changed(tmp_path, "phase: pilot\n", "phase: operation\n"))
    )
    assert finished.status == 0
    assert "projects: 0 new, 1 changed, 8 unchanged" in finished.out
    assert "projects P-1, phase: pilot → operation" in finished.out.splitlines()
    assert dump(installation) == before


def test_a_preview_is_short_whatever_changes(installation: Installation, tmp_path: Path) -> None:
    tree = yaml.load(TEXT, Loader=yaml.CBaseLoader)  # noqa: S506 - it makes only texts
    for city in tree["cities"]:
        city |= {"note": "x" * 10_000, "hours": "immer", "tags": [str(n) for n in range(100)]}
        city["aliases"] = [f"anders {n}" for n in range(50)]
    for person in tree["people"]:
        person |= {"note": "anders", "tags": ["anders"], "expertise": ["anders"]}
    (tmp_path / "anders.json").write_text(json.dumps(tree), encoding="utf-8")
    lines = typed(installation, "import", "--dry-run", str(tmp_path / "anders.json")).out.splitlines()
    assert len([line for line in lines if " → " in line]) == 50
    assert lines[-1] == "… and 19 more"
    assert max(map(len, lines)) < 250


def test_a_conflict_names_the_record_who_changed_it_and_when_in_a_dry_run_too(
    installation: Installation, tmp_path: Path
) -> None:
    chat(installation)
    file, before = changed(tmp_path, "phase: pilot\n", "phase: operation\n"), dump(installation)
    for options in (["--dry-run"], ["--yes"]):
        finished = typed(installation, "import", *options, str(file))
        assert finished.status == 1
        who = "last by Harald Riedel on 2099-01-02 at 03:04 UTC"
        assert f"stadtbote: projects P-1: was changed in chat since the export, {who}." in finished.err.splitlines()
    assert dump(installation) == before
    finished = typed(installation, "import", "--yes", "--overwrite", str(file))
    assert "projects P-1: was changed in chat and is overwritten" in finished.out
    assert finished.status == 0


def test_a_conflict_of_which_less_is_known_says_less() -> None:
    error = ImportConflict(conflicts=(Conflict(collection="projects", key="P-1"),))
    assert (explained(error) or [])[0] == "projects P-1: was changed in chat since the export."


@pytest.mark.parametrize("suffix", ["yaml", "json", "jsonl"])
def test_an_export_of_any_form_goes_in_again_and_comes_out_the_same(
    installation: Installation, tmp_path: Path, suffix: str
) -> None:
    first, second = (tmp_path / f"{name}.{suffix}" for name in "ab")
    assert typed(installation, "export", str(first)).status == 0
    finished = typed(installation, "import", str(first))
    assert finished.status == 0
    assert "Imported" not in finished.out
    assert typed(installation, "export", str(second)).status == 0

    def told(file: Path) -> list[str]:
        return [line for line in file.read_text(encoding="utf-8").splitlines() if "exported_at" not in line]

    assert told(first) == told(second)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("suffix", ["yaml", "json", "jsonl"])
def test_an_export_with_history_tells_all_that_happened_and_can_be_imported(
    installation: Installation, tmp_path: Path, suffix: str
) -> None:
    typed(installation, "import", "--yes", str(changed(tmp_path, "phase: pilot\n", "phase: operation\n")))
    with closing(sqlite3.connect(installation.database)) as connection:
        # A record that was removed: its row is in the past only.
        names = [f'"{row[1]}"' for row in connection.execute("PRAGMA table_info(tasks)")]
        all_of = ", ".join(names)
        one = f"{all_of}, until, ended_by) SELECT {all_of}, since, 2 FROM tasks WHERE key = 'A-1'"  # noqa: S608
        connection.execute(f"INSERT INTO tasks_past ({one}")
        connection.execute('DELETE FROM tasks WHERE "key" = ?', ["A-1"])
        connection.commit()
    file = tmp_path / f"history.{suffix}"
    assert typed(installation, "export", "--history", str(file)).status == 0
    if suffix == "jsonl":
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        tree: dict[str, Any] = {}
        for line in lines:
            ((name, value),) = line.items()
            tree.setdefault(name, []).append(value)
    else:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    steps = tree["projects"][0]["history"]
    assert [step["source"] for step in steps] == [BUNDLE.name, "anders.yaml"]
    assert (steps[1]["cause"], steps[1]["command"]) == ("import", "import")
    assert steps[1]["changes"] == [{"field": "phase", "before": "pilot", "after": "operation"}]
    assert datetime.fromisoformat(steps[1]["at"]).utcoffset() is not None
    leads = [change for change in steps[0]["changes"] if change.get("part") == "leads"]
    assert {(change["field"], change["after"]) for change in leads} == {("city", "N"), ("holder", "koord-n")}
    ((gone,),) = [[record for record in tree["removed"] if record["key"] == "A-1"]]
    assert (gone["list"], len(gone["history"])) == ("tasks", 2)
    finished = typed(installation, "import", "--dry-run", str(file))
    assert finished.status == 0
    assert "projects: 0 new, 0 changed, 9 unchanged" in finished.out


def test_an_export_as_of_a_day_is_the_one_of_that_day(installation: Installation, tmp_path: Path) -> None:
    with closing(sqlite3.connect(installation.database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if "since" in {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}:
                connection.execute(f"UPDATE {table} SET since = '2026-01-01T22:59:59.000000Z'")  # noqa: S608
        connection.commit()
    typed(installation, "export", str(tmp_path / "then.yaml"))
    typed(installation, "import", "--yes", str(changed(tmp_path, "phase: pilot\n", "phase: operation\n")))
    assert typed(installation, "export", "--as-of", "2026-01-01", str(tmp_path / "past.yaml")).status == 0
    then, past = ((tmp_path / name).read_text("utf-8").splitlines() for name in ("then.yaml", "past.yaml"))
    assert [line for line in then if "exported_at" not in line] == [line for line in past if "exported_at" not in line]
    assert "exported_at: '2026-01-01T23:59:59.999999+01:00'" in past
    finished = typed(installation, "export", "--as-of", "2025-12-31", "-")
    assert finished.status == 1
    assert "on 2025-12-31 there was no cooperation" in finished.err


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_spreadsheets_go_out_and_in_without_a_change(installation: Installation, tmp_path: Path, form: str) -> None:
    target = tmp_path / ("register.xlsx" if form == "xlsx" else "register")
    assert typed(installation, "export", "--format", form, str(target)).status == 0
    before = dump(installation)
    finished = typed(installation, "import", "--yes", str(target))
    assert finished.status == 0, finished.err
    assert "projects: 0 new, 0 changed, 9 unchanged" in finished.out
    assert "Imported" not in finished.out
    assert dump(installation) == before


def test_a_csv_file_of_another_name_says_its_list_on_the_command_line(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "vorhaben.csv").write_text("id;title\nP-1;Bauantrag neu\n", encoding="utf-8")
    finished = typed(installation, "import", "--yes", str(tmp_path / "vorhaben.csv"))
    assert finished.status == 1
    assert "please say so with --list" in finished.err
    assert finished.err.startswith("stadtbote: vorhaben.csv: the name of the file")
    assert typed(installation, "import", "--list", "colours", str(tmp_path / "vorhaben.csv")).status == 2
    finished = typed(installation, "import", "--yes", "--list", "projects", str(tmp_path / "vorhaben.csv"))
    assert finished.status == 0
    assert "projects P-1, title: Digitaler Bauantrag → Bauantrag neu" in finished.out


def test_a_mistake_in_a_table_is_one_line_with_sheet_row_and_column(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "tasks.csv").write_text("id;due\nA-1;30.2.2027\n", encoding="utf-8")
    finished = typed(installation, "import", "--yes", str(tmp_path / "tasks.csv"))
    assert finished.status == 1
    assert finished.err.splitlines() == [
        'stadtbote: tasks.csv, tasks!B2: tasks[0]: due: "2027-02-30" is not in the calendar',
        "stadtbote: Nothing was imported.",
    ]


def test_a_table_that_is_not_there_is_one_line(installation: Installation) -> None:
    finished = typed(installation, "import", "members.xlsx")
    assert finished.err == "stadtbote: members.xlsx: No such file or directory.\n"


@pytest.mark.parametrize("options", [["--history", "--format", "xlsx"], ["--history", "--as-of", "2026-01-01"],
                                     ["--format", "pdf"], ["--as-of", "gestern"]])  # fmt: skip
def test_what_does_not_go_together_is_refused(installation: Installation, options: list[str]) -> None:
    assert typed(installation, "export", *options, "-").status == 2


async def test_a_register_that_changes_while_somebody_thinks_is_compared_anew(
    installation: Installation, tmp_path: Path
) -> None:
    from bot.config import load

    file = changed(tmp_path, "phase: pilot\n", "phase: operation\n")

    def agreed(_preview: Preview) -> bool:
        with closing(sqlite3.connect(installation.database)) as connection:
            values = "'2099-01-01T00:00:00.000000Z', 'ändern', 'event', '$e', 'u1'"
            connection.execute(f"INSERT INTO operation (at, command, cause_kind, cause, person) VALUES ({values})")  # noqa: S608
            connection.execute("UPDATE projects SET operation = (SELECT max(id) FROM operation) WHERE key = 'P-1'")
            connection.commit()
        return True

    with pytest.raises(ImportConflict):
        await import_file(load(installation.config), file, overwrite=False, agreed=agreed)


async def test_while_an_import_waits_for_consent_nothing_is_locked(installation: Installation, tmp_path: Path) -> None:
    from bot.config import load

    def agreed(_preview: Preview) -> bool:
        with closing(sqlite3.connect(installation.database, timeout=0)) as connection:
            connection.execute("BEGIN IMMEDIATE")
        return False

    file = changed(tmp_path, "phase: pilot\n", "phase: operation\n")
    assert await import_file(load(installation.config), file, overwrite=False, agreed=agreed) is None


def test_progress_is_shown_on_a_terminal_only() -> None:
    silent = Console(file=io.StringIO(), force_terminal=False)
    with progress_on(silent) as progress, progress.hidden():
        progress.step("reading", 10)(5)
        assert isinstance(progress, Silent)
    assert silent.file.getvalue() == ""  # type: ignore[attr-defined]
    shown = Console(file=io.StringIO(), force_terminal=True)
    with progress_on(shown) as progress:
        progress.step("reading", 10)(5)
        with progress.hidden():
            shown.print("question")
    assert "reading" in shown.file.getvalue()  # type: ignore[attr-defined]


def test_a_workbook_that_eats_its_reader_is_refused(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures.process import BrokenProcessPool

    def broken(*_: object) -> asyncio.Future[object]:
        raise BrokenProcessPool

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.run_in_executor", broken)
    from bot.tables import read_tables
    from storage.bundle_problems import BundleInvalid

    (tmp_path / "a.csv").write_text("id\n", encoding="utf-8")
    with pytest.raises(BundleInvalid, match="more time or memory"):
        asyncio.run(_reading(read_tables, tmp_path / "a.csv", monkeypatch))


async def _reading(read: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def here(function: Any, *arguments: Any) -> Any:
        return function(*arguments)

    monkeypatch.setattr("asyncio.to_thread", here)
    await read(file, "tasks")
