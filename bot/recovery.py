"""The bot's identity at start, and its recovery key for a person: on the terminal or in a file, never in a log."""

import sys
from pathlib import Path

import typer

from bot.matrix.identity import Established, establish, shown
from bot.matrix.secrets import write_private
from bot.matrix.session import Session

FILE = "recovery-key"
"""Where the recovery key lies in the state directory until somebody moves it to a safe place."""


async def introduce(session: Session, state_dir: Path, *, recovery: str | None = None) -> Established:
    """Establish the bot's identity, before it sends anything, and hand over the recovery key of a new one.

    Raises IdentityError, SecretsUnusable, and MatrixError as every request does.
    """
    established = await establish(session, state_dir, recovery=recovery)
    if established.recovery_key is not None:
        hand_over(established.recovery_key, state_dir)
        shown(session, state_dir)
    return established


def hand_over(recovery_key: str, state_dir: Path) -> None:
    """Show the key where only a person sees it: standard output may be kept in a log, unless it is a terminal."""
    if sys.stdout.isatty():
        typer.echo(ON_THE_TERMINAL.format(recovery_key=recovery_key))
        sys.stdout.flush()
        return
    write_private(state_dir / FILE, f"{recovery_key}\n")
    typer.echo(IN_A_FILE.format(file=state_dir / FILE), err=True)


ON_THE_TERMINAL = """\
The recovery key of the bot's identity, shown only this once:

    {recovery_key}

Please keep it in a safe place apart from this machine. If the disk is lost, `stadtbote init --recovery-key`
brings the identity back with it.
"""
IN_A_FILE = "stadtbote: the recovery key of the bot's identity is in {file}; please move it to a safe place."
