"""The command line: stadtbote run, init, import, export, demo, doctor, docs."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot.complaints import explained

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
    """End with one clear line and exit code 1; what is not foreseen keeps its traceback."""
    lines = explained(error)
    if lines is None:
        raise error
    for line in lines:
        typer.echo(f"stadtbote: {line}", err=True)
    raise typer.Exit(1) from None


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

    "ready" is printed once it knows its rooms.
    """
    from bot.app import run
    from bot.log import configure

    configure()
    _run(run(_settings(config), lambda me: print(f"ready: {me}", flush=True)))


@app.command("init")
def init_command(
    config: Config = CONFIG,
    homeserver: Annotated[str | None, typer.Option(help="Address of the homeserver's client API.")] = None,
    user: Annotated[str | None, typer.Option(help="The bot's Matrix ID.")] = None,
    administrator: Annotated[list[str] | None, typer.Option(help="Matrix ID that administers the bot.")] = None,
    *,
    token: Annotated[bool, typer.Option("--token", help="Ask for an access token instead of the password.")] = False,
) -> None:
    """Log in once and write the configuration.

    Asks for what the options do not say: homeserver, account, administrator, password.
    """
    from bot.setup import Answers, initialise

    if config.exists():
        typer.echo(f"stadtbote: {config} exists already; nothing was changed.", err=True)
        raise typer.Exit(1)
    answers = Answers(
        homeserver=homeserver or typer.prompt("Homeserver (https://…)"),
        user_id=user or typer.prompt("Matrix ID of the bot (@stadtbote:…)"),
        administrators=tuple(administrator or [typer.prompt("Your own Matrix ID, as administrator (@…)")]),
        secret=_secret("Access token" if token else "Password"),
        by_token=token,
    )
    _run(initialise(config, answers))
    typer.echo(f"Logged in. {config} is written; start the bot with: stadtbote run --config {config}")


def _secret(name: str) -> str:
    # Without a terminal the secret is the first line of standard input, so that it never stands in a command line.
    return str(typer.prompt(name, hide_input=True)) if sys.stdin.isatty() else sys.stdin.readline().strip()


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="The bundle: YAML or JSON.")],
    config: Config = CONFIG,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Import without asking.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also change records that were changed in chat since the export.")
    ] = False,
) -> None:
    """Import a bundle.

    All of it is imported, or nothing if there is any mistake in it.
    """
    from bot.transfer import import_file, preview

    settings = _settings(config)
    planned = _run(preview(settings, file, overwrite=overwrite))
    for line in planned.lines():
        typer.echo(line)
    if dry_run or not planned.changes:
        return
    if not yes:
        if not sys.stdin.isatty():
            typer.echo("stadtbote: nothing was imported; without a terminal, --yes is needed.", err=True)
            raise typer.Exit(1)
        typer.confirm("Import this?", abort=True)
    _run(import_file(settings, file, overwrite=overwrite))
    typer.echo("Imported.")


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(help="Where to write; - for standard output. *.json writes JSON.")],
    config: Config = CONFIG,
) -> None:
    """Export the whole register as a bundle."""
    from bot.transfer import export_file

    _run(export_file(_settings(config), file))


@app.command("doctor")
def doctor_command(config: Config = CONFIG) -> None:
    """Check what the bot needs, one line each.

    Configuration, database, homeserver and device, rooms; the exit code is 1 if anything fails.
    """
    from bot.doctor import examine

    findings = _run(examine(config))
    for finding in findings:
        typer.echo(str(finding))
    if any(not finding.passed for finding in findings):
        raise typer.Exit(1)


@app.command("demo")
def demo_command(
    keep: Annotated[Path | None, typer.Option(help="Keep the demo's state in this folder and go on with it.")] = None,
) -> None:
    """Show the bot at work on this machine.

    Starts a homeserver, three cities and the bot, and plays a conversation.
    """
    from bot.demo.play import demo

    raise typer.Exit(_run(demo(keep)))


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
