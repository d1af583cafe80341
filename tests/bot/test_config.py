"""The configuration: what the example says is what the program does, and mistakes are named with their place."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from bot.config import ConfigInvalid, Settings, load, read_secret

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
LEAST = """\
[matrix]
homeserver = "https://matrix.muenchen.example/"
user_id = "@stadtbote:muenchen.example"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def sections() -> dict[str, type[BaseModel]]:
    found = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {name: model for name, model in found.items() if isinstance(model, type) and issubclass(model, BaseModel)}


def defaults() -> dict[str, dict[str, Any]]:
    """Every setting with its default as TOML would hold it; None where there is none."""
    return {
        name: {key: _plain(field.default) for key, field in model.model_fields.items()}
        for name, model in sections().items()
    }


def _plain(value: Any) -> Any:
    if value is PydanticUndefined:
        return None
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, (str, Path)) else value


def uncommented(text: str) -> dict[str, Any]:
    """The example with its commented settings switched on."""
    return tomllib.loads(re.sub(r"^# (?=[a-z_]+ = )", "", text, flags=re.MULTILINE))


def test_the_example_loads() -> None:
    settings = load(EXAMPLE)
    assert settings.matrix.state_dir == EXAMPLE.parent / "state"


def test_the_example_shows_every_setting_and_no_other() -> None:
    shown = uncommented(EXAMPLE.read_text(encoding="utf-8"))
    assert {name: set(section) for name, section in shown.items()} == {
        name: set(section) for name, section in defaults().items()
    }


def test_the_example_shows_the_defaults_that_the_program_has() -> None:
    shown = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    expected = {
        name: {key: value for key, value in section.items() if value is not None}
        for name, section in defaults().items()
    }
    required = {"homeserver", "user_id"}
    assert {
        name: {k: v for k, v in section.items() if k not in required} for name, section in shown.items()
    } == expected


def test_the_example_says_in_one_line_why_each_setting_is_there() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    settings = [n for n, line in enumerate(lines) if re.match(r"(# )?[a-z_]+ = ", line)]
    assert len(settings) == sum(len(section) for section in defaults().values())
    assert [lines[n] for n in settings if not re.match(r"# [A-Za-z].*\w", lines[n - 1])] == []


def test_paths_are_relative_to_the_file_the_database_included(tmp_path: Path) -> None:
    settings = load(
        written(
            tmp_path, LEAST + 'password_file = "geheim/passwort"\n[storage]\nurl = "sqlite+aiosqlite:///daten/s.db"\n'
        )
    )
    assert settings.matrix.password_file == tmp_path / "geheim" / "passwort"
    assert settings.matrix.state_dir == tmp_path / "state"
    assert settings.storage.url == f"sqlite+aiosqlite:///{tmp_path / 'daten' / 's.db'}"


def test_absolute_paths_and_other_databases_stay_as_they_are(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "s.db"
    settings = load(written(tmp_path, f'{LEAST}[storage]\nurl = "sqlite+aiosqlite:///{elsewhere}"\n'))
    assert settings.storage.url == f"sqlite+aiosqlite:///{elsewhere}"
    server = "postgresql+asyncpg://bote:geheim@db.muenchen.example/stadtbote"
    assert load(written(tmp_path, f'{LEAST}[storage]\nurl = "{server}"\n')).storage.url == server


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STADTBOTE_MATRIX__HOMESERVER", "http://127.0.0.1:8008")
    monkeypatch.setenv("STADTBOTE_LOCALE__LANGUAGE", "en")
    settings = load(written(tmp_path, LEAST))
    assert settings.matrix.homeserver == "http://127.0.0.1:8008"
    assert settings.matrix.user_id == "@stadtbote:muenchen.example"
    assert settings.locale.language == "en"


@pytest.mark.parametrize(
    ("added", "problem"),
    [
        ("colour = 1", "matrix.colour: unknown key"),
        ("[storrage]\nurl = 1", "storrage: unknown key"),
        ("[hours]\nmonday = 'x'", "hours: reserved for a later version"),
        ("[locale]\ntimezone = 'Europa/Berlin'", "locale.timezone"),
        ("[locale]\nlanguage = 'fr'", "locale.language"),
        ("[access]\nadministrators = ['koordination']", "access.administrators.0"),
        ("[http]\nlisten = '8480'", "http.listen"),
        ("password_file = 'a'\naccess_token_file = 'b'", "matrix: give password_file or access_token_file, not both"),
        ("[storage]\nurl = 'mysql://localhost/register'", "storage.url: must begin with sqlite+aiosqlite:///"),
        ("[access]\nservers = 'muenchen.example'", "access.servers: must be a list in square brackets"),
        ("= 1", "line"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, added: str, problem: str) -> None:
    file = written(tmp_path, f"{LEAST}{added}\n")
    with pytest.raises(ConfigInvalid) as invalid:
        load(file)
    assert [p for p in invalid.value.problems if problem in p]
    assert invalid.value.file == file


def test_every_mistake_is_named_not_only_the_first(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        load(written(tmp_path, "[matrix]\nhomeserver = 'muenchen.example'\nuser_id = 'bote'\ncolour = 1\n"))
    assert [problem.partition(":")[0] for problem in invalid.value.problems] == [
        "matrix.homeserver",
        "matrix.user_id",
        "matrix.colour",
    ]


def test_a_file_that_is_not_there_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="stadtbote init"):
        load(tmp_path / "config.toml")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\n"])
def test_a_secret_file_without_a_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(ConfigInvalid):
        read_secret(file)


def test_a_secret_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(" Grüß Gott \nzweite Zeile\n", encoding="utf-8")
    assert read_secret(file) == "Grüß Gott"


@pytest.mark.parametrize("listen", ["127.0.0.1:99999", "127.0.0.1:²", ":80", "8480"])
def test_a_listener_that_cannot_be_is_refused(tmp_path: Path, listen: str) -> None:
    with pytest.raises(ConfigInvalid, match=r"http\.listen"):
        load(written(tmp_path, f'{LEAST}[http]\nlisten = "{listen}"\n'))


def test_a_list_in_the_environment_that_is_no_json_is_one_clear_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STADTBOTE_ACCESS__SERVERS", "muenchen.example")
    with pytest.raises(ConfigInvalid, match="access"):
        load(written(tmp_path, LEAST))
