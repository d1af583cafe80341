"""The command line: stadtbote run, init, import, export, migrate, demo, doctor, docs."""

import asyncio
import sys
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot.complaints import exit_code, explained

app = typer.Typer(
    name="stadtbote",
    help="Stadtbote keeps the register of a cooperation of cities, in their Matrix rooms.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")]
CONFIG = Path("config.toml")
ROOT = Path(__file__).parent.parent


def _failed(error: BaseException) -> NoReturn:
    """End with one clear line and the exit code that belongs to it; what is not foreseen keeps its traceback."""
    lines = explained(error)
    if lines is None:
        raise error
    for line in lines:
        typer.echo(f"stadtbote: {line}", err=True)
    raise typer.Exit(exit_code(error)) from None


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except typer.Exit:
        raise
    except Exception as error:  # noqa: BLE001 - the edge: foreseen failures become lines, the rest is raised again
        _failed(error)


@app.command("run")
def run_command(config: Config = CONFIG) -> None:
    """Run the bot until it is told to stop.

    "ready" is printed once it knows its rooms. The exit code is 3 if the homeserver does not accept the login any
    more, 4 if the bot's identity needs a person: there is no use in starting again before somebody has acted.
    """
    import structlog

    from bot.app import run
    from bot.log import configure

    settings = _settings(config)
    configure(settings.log.format)
    _run(run(settings, lambda me: print(f"ready: {me}", flush=True)))
    structlog.get_logger().info("stopped")


@app.command("init")
def init_command(
    config: Config = CONFIG,
    homeserver: Annotated[str | None, typer.Option(help="Address of the homeserver's client API.")] = None,
    user: Annotated[str | None, typer.Option(help="The bot's Matrix ID.")] = None,
    administrator: Annotated[list[str] | None, typer.Option(help="Matrix ID that administers the bot.")] = None,
    *,
    token: Annotated[bool, typer.Option("--token", help="Ask for an access token instead of the password.")] = False,
    recovery_key: Annotated[
        bool, typer.Option("--recovery-key", help="Ask for the recovery key of the identity that the account has.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Log in anew, as a new device, with the configuration that is there.")
    ] = False,
) -> None:
    """Log in once, give the bot its identity, and write the configuration.

    Asks for what the options do not say: homeserver, account, administrator, password. The recovery key of a new
    identity is shown once on the terminal; without one it is written into the state directory. With --recovery-key
    the identity of an account that has one is brought back, with --again the bot gets a new device: both go on with
    a configuration that is there. Without a terminal the secrets are lines of standard input, in this order.
    The exit code is 3 if the homeserver does not accept the login, 4 if the identity needs a person.
    """
    from bot.setup import log_in_again, restore

    if not config.exists() and not again:
        _first_login(config, homeserver, user, administrator, token=token, recovery_key=recovery_key)
        return
    if not (again or recovery_key):
        typer.echo(f"stadtbote: {config} exists already; nothing was changed. --again logs in anew with it.", err=True)
        raise typer.Exit(1)
    secret = _login(token=token) if again and not _names_secret(_settings(config)) else None
    recovery = _secret("Recovery key") if recovery_key else None
    own = _run(log_in_again(config, secret, recovery=recovery) if again else restore(config, recovery or ""))
    typer.echo(_identity_line(own))


def _first_login(
    config: Path,
    homeserver: str | None,
    user: str | None,
    administrator: list[str] | None,
    *,
    token: bool,
    recovery_key: bool,
) -> None:
    from bot.setup import Answers, initialise

    answers = Answers(
        homeserver=homeserver or typer.prompt("Homeserver (https://…)"),
        user_id=user or typer.prompt("Matrix ID of the bot (@stadtbote:…)"),
        administrators=tuple(administrator or [typer.prompt("Your own Matrix ID, as administrator (@…)")]),
        secret=_login(token=token),
    )
    own = _run(initialise(config, answers, recovery=_secret("Recovery key") if recovery_key else None))
    typer.echo(_identity_line(own))
    typer.echo(f"Logged in. {config} is written; start the bot with: stadtbote run --config {config}")


def _identity_line(own: Any) -> str:
    from storage.matrix.record import fingerprint

    return f"Fingerprint of the bot's identity: {fingerprint(own.master_key)}"


def _names_secret(settings: Any) -> bool:
    return bool(settings.matrix.password_file or settings.matrix.access_token_file)


def _login(*, token: bool) -> Any:
    from bot.setup import Secret

    return Secret(access_token=_secret("Access token")) if token else Secret(password=_secret("Password"))


def _secret(name: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(name, hide_input=True))
    # Without a terminal a secret is the next line of standard input, so that it never stands in a command line.
    secret = sys.stdin.readline().strip()
    if not secret:
        where = "without a terminal it is the next line of standard input"
        typer.echo(f"stadtbote: no {name.lower()} was given; {where}.", err=True)
        raise typer.Exit(2)
    return secret


@app.command("import")
def import_command(
    file: Annotated[
        Path,
        typer.Argument(help="A bundle (YAML, JSON, *.jsonl), a workbook (*.xlsx), a CSV file or a folder of them."),
    ],
    config: Config = CONFIG,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Import without asking.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also change records that were changed in chat since the export.")
    ] = False,
    list_: Annotated[
        str | None, typer.Option("--list", help="The list that a CSV file holds, if its name does not say so.")
    ] = None,
) -> None:
    """Import a bundle, or some of its lists as spreadsheets.

    All of it is imported, or nothing if there is any mistake in it.
    """
    from bot.transfer import Preview, import_file

    def agreed(planned: Preview) -> bool:
        with progress.hidden():
            for line in planned.lines():
                typer.echo(line)
            return planned.changes and not dry_run and (yes or _confirmed())

    with _progress() as progress:
        done = _run(import_file(_settings(config), file, overwrite=overwrite, agreed=agreed, collection=_list_in(list_),
                                progress=progress))  # fmt: skip
    if done is not None:
        typer.echo("Imported.")


def _list_in(name: str | None) -> str | None:
    from storage.sheets.grid import LISTS_IN_SHEETS

    if name is not None and name not in LISTS_IN_SHEETS:
        raise typer.BadParameter(f"known are {', '.join(LISTS_IN_SHEETS)}", param_hint="--list")
    return name


def _confirmed() -> bool:
    if not sys.stdin.isatty():
        typer.echo("stadtbote: nothing was imported; without a terminal, --yes is needed.", err=True)
        raise typer.Exit(1)
    return typer.confirm("Import this?", abort=True)


def _progress() -> Any:
    from rich.console import Console

    from bot.progress import progress_on

    return progress_on(Console(stderr=True))


@app.command("export")
def export_command(
    file: Annotated[
        Path, typer.Argument(help="Where to write; - for standard output. *.json and *.jsonl write JSON (lines).")
    ],
    config: Config = CONFIG,
    *,
    history: Annotated[
        bool, typer.Option("--history", help="With every record, all that ever happened to it.")
    ] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="As it was recorded at the end of that day."),
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="xlsx: a workbook; csv: a folder of files. By default a bundle.")
    ] = None,
    protokollbuch: Annotated[
        bool, typer.Option("--protokollbuch", help="Instead, the log of official acts, to print and to check.")
    ] = False,
) -> None:
    """Export the whole register as a bundle, or the lists that fit into tables as spreadsheets."""
    from bot.transfer import Sheets, export_file, export_sheets

    if protokollbuch:
        if history or as_of or format_:
            raise typer.BadParameter("goes with no other option", param_hint="--protokollbuch")
        _export_book(config, file)
        return
    day = as_of.date() if as_of else None
    if format_ not in (None, "bundle", *Sheets):
        raise typer.BadParameter("known are bundle, xlsx and csv", param_hint="--format")
    if history and (day or format_ not in (None, "bundle")):
        raise typer.BadParameter("goes with a bundle of today only", param_hint="--history")
    if format_ and format_ != "bundle":
        _run(export_sheets(_settings(config), file, Sheets(format_), day=day))
        return
    with _progress() as progress:
        _run(export_file(_settings(config), file, history=history, day=day, progress=progress))


@app.command("migrate")
def migrate_command(
    to: Annotated[str, typer.Option(help="The new database, written as in [storage] url; it must be empty.")],
    config: Config = CONFIG,
) -> None:
    """Copy the whole cooperation into another database: from SQLite to PostgreSQL, or back.

    Everything is copied, the past and the bot's keys included, or nothing; then every row is compared. A bot that runs
    is stopped from writing. The old database stays as it is.
    """
    from bot.migration import migrate, told

    shown = sys.stderr.isatty()

    def progress(copying: Any) -> None:
        if shown:
            typer.echo(f"\r\033[K{copying.table} {copying.done} of {copying.rows}", err=True, nl=False)

    copied = _run(migrate(_settings(config), config, to, progress))
    if shown:
        typer.echo("\r\033[K", err=True, nl=False)
    for line in told(copied, to):
        typer.echo(line)


def _export_book(config: Path, file: Path) -> None:
    from bot.book import write_book

    _run(write_book(_settings(config), file))


@app.command("privacy")
def privacy_command(
    person: Annotated[str, typer.Argument(help="Whose data: a Matrix ID, or the key that stands in the register.")],
    file: Annotated[Path, typer.Argument(help="Where to write, as JSON; - for standard output.")],
    config: Config = CONFIG,
) -> None:
    """Write everything that is kept about one person, every value of it, former versions included."""
    from bot.book import write_disclosure

    rows = _run(write_disclosure(_settings(config), person, file))
    typer.echo(f"{rows} rows.", err=True)


@app.command("doctor")
def doctor_command(config: Config = CONFIG) -> None:
    """Check what the bot needs, one line each, and say how to mend what is not well; nothing is changed.

    Configuration, machine, files, database, homeserver, clock, login, identity, keys, rooms, and the running bot if it
    listens. The exit code is 1 if anything fails; warnings alone leave it 0.
    """
    from bot.doctor import Outcome, examine

    findings = _run(examine(config))
    for finding in findings:
        typer.echo(str(finding))
    if any(finding.outcome is Outcome.FAIL for finding in findings):
        raise typer.Exit(1)


@app.command("demo")
def demo_command(
    keep: Annotated[Path | None, typer.Option(help="Keep the demo's state in this folder and go on with it.")] = None,
    *,
    federated: Annotated[bool, typer.Option("--federated", help="Each city has a homeserver of its own.")] = False,
) -> None:
    """Show the bot at work on this machine.

    Starts a homeserver, three cities and the bot, and plays a conversation.
    """
    from bot.demo.homes import Hosting
    from bot.demo.play import demo

    raise typer.Exit(_run(demo(keep, Hosting.FEDERATED if federated else Hosting.TOGETHER)))


@app.command("docs")
def docs_command(
    folder: Annotated[Path, typer.Option(help="Where to write befehle.md and commands.md.")] = ROOT / "docs",
) -> None:
    """Write the reference of all commands."""
    from bot.docs import write_reference

    for file in write_reference(folder):
        typer.echo(str(file))


def _settings(config: Path) -> Any:
    from bot.config import ConfigInvalid, load

    try:
        return load(config)
    except ConfigInvalid as error:
        _failed(error)


def main() -> None:
    """The entry point."""
    app()


if __name__ == "__main__":
    main()
