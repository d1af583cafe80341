"""Settings from a TOML file and the environment; unknown keys are refused, secrets come from files."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from storage.values import Language, Mxid, Server, Zone

PREFIX = "STADTBOTE_"
SQLITE = "sqlite+aiosqlite:///"
POSTGRESQL = "postgresql+asyncpg://"

SENTENCES: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be a text in quotes",
    "tuple_type": "must be a list in square brackets",
    "path_type": "must be a path in quotes",
    "model_type": "must be a table",
}
"""What pydantic says in the terms of Python, said in those of the file."""


class ConfigInvalid(Exception):
    """The configuration cannot be used; `problems` are lines that name the key and what is wrong with it."""

    def __init__(self, file: Path, problems: tuple[str, ...]) -> None:
        super().__init__(f"{file}: " + "; ".join(problems))
        self.file = file
        self.problems = problems


def _web_address(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("must begin with https:// (or http:// on this machine)")
    return text.rstrip("/")


def _listener(text: str) -> str:
    host, _, port = text.rpartition(":")
    if text and not (host and port.isdecimal() and int(port) < 65536):
        raise ValueError("must be address:port, such as 127.0.0.1:8480, or empty")
    return text


def _database_address(text: str) -> str:
    if not text.startswith((SQLITE, POSTGRESQL)):
        raise ValueError(f"must begin with {SQLITE} or {POSTGRESQL}")
    return text


def _room_address(text: str) -> str:
    if text and not text.startswith(("#", "!")):
        raise ValueError("must begin with # (an alias) or ! (a room id), or be empty")
    return text


class Section(BaseModel):
    """A table of the configuration file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MatrixSettings(Section):
    """The Matrix account the bot speaks as."""

    homeserver: Annotated[
        str, AfterValidator(_web_address), Field(description="Address of the homeserver's client API.")
    ]
    user_id: Annotated[Mxid, Field(description="The bot's own Matrix ID.")]
    password_file: Annotated[
        Path | None, Field(description="File with the account's password; used once, for the first login.")
    ] = None
    access_token_file: Annotated[
        Path | None, Field(description="File with an access token, where the homeserver has no password login.")
    ] = None
    state_dir: Annotated[
        Path, Field(description="Directory of the one secret file that unlocks the keys in the database (mode 0700).")
    ] = Path("state")

    @model_validator(mode="after")
    def _one_way_in(self) -> "MatrixSettings":
        if self.password_file and self.access_token_file:
            raise ValueError("give password_file or access_token_file, not both")
        return self


class StorageSettings(Section):
    """Where the register is kept."""

    url: Annotated[
        str,
        AfterValidator(_database_address),
        Field(description="Database: SQLite in a file (relative to this file) or postgresql+asyncpg://…"),
    ] = f"{SQLITE}stadtbote.db"


class AccessSettings(Section):
    """Who may call the bot, and who may do everything until coordination has a seat."""

    servers: Annotated[
        tuple[Server, ...], Field(description="Homeservers whose users may invite the bot; others are declined.")
    ] = ()
    administrators: Annotated[
        tuple[Mxid, ...], Field(description="Matrix IDs that administer the bot and may set the cooperation up.")
    ] = ()


class LocaleSettings(Section):
    """Language and time where neither person nor room nor cooperation says otherwise."""

    language: Annotated[
        Language, Field(description="Language of replies before the cooperation has chosen: de or en.")
    ] = Language.DE
    timezone: Annotated[Zone, Field(description="Time zone before the cooperation has chosen.")] = "Europe/Berlin"


class HttpSettings(Section):
    """The listener for health and metrics."""

    listen: Annotated[
        str,
        AfterValidator(_listener),
        Field(description="address:port for /healthz, /readyz and /metrics; empty switches it off."),
    ] = ""


class AdminSettings(Section):
    """Where administration is told of what needs a person."""

    room: Annotated[
        str,
        AfterValidator(_room_address),
        Field(description="The admin room, #alias:server or !id; empty: only the log."),
    ] = ""


class LogSettings(Section):
    """How the log is written."""

    format: Annotated[
        Literal["console", "json"], Field(description="console for people, json for machines; one line an event.")
    ] = "console"


class PrivacySettings(Section):
    """What people are told when they first write to the bot, and by !datenschutz."""

    controller: Annotated[str, Field(description="Who answers for the data (Art. 13 GDPR): name and address.")] = ""
    contact: Annotated[str, Field(description="Whom to turn to, such as the data protection officer.")] = ""
    link: Annotated[
        str, AfterValidator(_web_address), Field(description="Where the full information stands, a web address.")
    ] = ""


Days = Annotated[int, Field(ge=1, le=36_500)]


class RetentionSettings(Section):
    """How many days traces are kept that are not part of the register; official acts and the register's past stay."""

    senders: Annotated[Days, Field(description="Who sent a message that was handled; its text goes at once.")] = 90
    failures: Annotated[Days, Field(description="A message that could not be handled because of an error.")] = 30
    shown: Annotated[Days, Field(description="Which record a message of the bot showed; its text goes at once.")] = 365
    incidents: Annotated[Days, Field(description="What the admin room was told of.")] = 90
    unreadable: Annotated[Days, Field(description="Whose messages could not be read, and why.")] = 30


class Settings(BaseSettings):
    """All settings. The environment wins over the file: STADTBOTE_MATRIX__HOMESERVER, STADTBOTE_STORAGE__URL."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__")

    reserved: ClassVar[frozenset[str]] = frozenset({"hours"})

    matrix: MatrixSettings
    storage: StorageSettings = StorageSettings()
    access: AccessSettings = AccessSettings()
    locale: LocaleSettings = LocaleSettings()
    http: HttpSettings = HttpSettings()
    admin: AdminSettings = AdminSettings()
    log: LogSettings = LogSettings()
    privacy: PrivacySettings = PrivacySettings()
    retention: RetentionSettings = RetentionSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings' signature, here and below
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file; no other sources."""
        return env_settings, init_settings


def load(file: Path) -> Settings:
    """Read the configuration from `file`; paths in it, SQLite's included, become relative to its folder.

    Raises ConfigInvalid with every problem found.
    """
    try:
        tree = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigInvalid(file, ("there is no such file; `stadtbote init` makes one",)) from None
    except OSError as error:
        raise ConfigInvalid(file, (f"cannot be read: {error.strerror}",)) from error
    except UnicodeDecodeError as error:
        raise ConfigInvalid(file, ("is not a text file in UTF-8",)) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid(file, (str(error),)) from error
    try:
        settings = Settings(**tree)
    except ValidationError as error:
        raise ConfigInvalid(file, tuple(_problems(error))) from error
    except SettingsError as error:
        raise ConfigInvalid(file, (f"{error}; lists are written as JSON there",)) from error
    return _anchored(settings, file.resolve().parent)


def _problems(error: ValidationError) -> list[str]:
    return [f"{'.'.join(map(str, e['loc'])) or 'file'}: {_sentence(e)}" for e in error.errors()]


def _sentence(detail: Mapping[str, Any]) -> str:
    if detail["type"] == "extra_forbidden":
        reserved = str(detail["loc"][0]) in Settings.reserved
        return "reserved for a later version" if reserved else "unknown key"
    return SENTENCES.get(detail["type"]) or str(detail["msg"]).removeprefix("Value error, ")


def _anchored(settings: Settings, folder: Path) -> Settings:
    matrix = settings.matrix
    paths = {n: folder / p for n in ("password_file", "access_token_file", "state_dir") if (p := getattr(matrix, n))}
    storage = StorageSettings(url=_anchored_url(settings.storage.url, folder))
    return settings.model_copy(update={"matrix": matrix.model_copy(update=paths), "storage": storage})


def _anchored_url(url: str, folder: Path) -> str:
    return f"{SQLITE}{folder / url.removeprefix(SQLITE)}" if url.startswith(SQLITE) else url


def storage_address(file: Path, url: str) -> str:
    """A database address as it would stand in the configuration `file`: an SQLite path is relative to its folder.

    Raises ConfigInvalid where it names neither kind of store.
    """
    try:
        return _anchored_url(StorageSettings(url=url).url, file.resolve().parent)
    except ValidationError as error:
        raise ConfigInvalid(file, tuple(f"storage.{problem}" for problem in _problems(error))) from error


def read_secret(file: Path) -> str:
    """The first line of a secret file, without its line end; raises ConfigInvalid if it cannot be read or is empty."""
    try:
        first = file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigInvalid(file, ("the secret file cannot be read",)) from error
    if not first:
        raise ConfigInvalid(file, ("the secret file is empty",))
    return first
