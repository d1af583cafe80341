"""The doctor: checks what the bot needs, one line each, without changing anything."""

from collections.abc import AsyncIterator
from pathlib import Path

from bot.app import ACCOUNT
from bot.clock import clock
from bot.complaints import explained
from bot.config import ConfigInvalid, load
from bot.doctor.device import Device, examine_device, examine_login, read_device
from bot.doctor.files import examine_files
from bot.doctor.finding import Finding, Outcome, Patient, fail, ok, warn
from bot.doctor.homeserver import examine_homeserver, examine_stamps
from bot.doctor.machine import examine_machine
from bot.doctor.process import examine_process
from bot.doctor.register import examine_database
from bot.doctor.rooms import examine_rooms
from bot.matrix.errors import MatrixError
from bot.matrix.wire import Wire
from storage.database import Database
from storage.matrix.queries import stored_account
from storage.matrix.record import AccountRecord

__all__ = ["Finding", "Outcome", "examine"]


async def examine(config: Path) -> list[Finding]:
    """All findings; a failed check ends the examination of what builds on it, and of nothing else."""
    try:
        settings = load(config)
    except ConfigInvalid as error:
        mend = "see config.example.toml"
        return [fail("configuration", line, mend) for line in explained(error) or []]
    database = Database(settings.storage.url)
    patient = Patient(config=config, settings=settings, database=database, now=clock)
    try:
        return [finding async for finding in _examined(patient)]
    finally:
        await database.close()


async def _examined(patient: Patient) -> AsyncIterator[Finding]:
    yield ok("configuration", str(patient.config))
    for finding in (*examine_machine(patient), *examine_files(patient)):
        yield finding
    kept = await examine_database(patient)
    yield kept
    reached = [finding async for finding in examine_homeserver(patient)]
    for finding in reached:
        yield finding
    well = {finding.name for finding in (kept, *reached) if finding.outcome is not Outcome.FAIL}
    if "database" in well:
        async for finding in _account(patient, reachable="homeserver" in well):
            yield finding
    for finding in await examine_process(patient):
        yield finding


async def _account(patient: Patient, *, reachable: bool) -> AsyncIterator[Finding]:
    async with patient.database.read() as connection:
        account = await stored_account(connection, ACCOUNT)
    if account is None:
        yield _no_login(patient)
        return
    device = await read_device(patient, account)
    if isinstance(device, Finding):
        yield device
    if reachable:
        async for finding in _on_the_homeserver(patient, account, device):
            yield finding


def _no_login(patient: Patient) -> Finding:
    matrix = patient.settings.matrix
    if matrix.password_file or matrix.access_token_file:
        return warn("login", "there is none yet; the first start makes it", patient.command("run"))
    return fail("login", "there is none yet", patient.command("init --again"))


async def _on_the_homeserver(
    patient: Patient, account: AccountRecord, device: Device | Finding
) -> AsyncIterator[Finding]:
    line = Wire(patient.settings.matrix.homeserver, account.access_token)
    try:
        login = await examine_login(patient, account, line)
        yield login
        if login.outcome is not Outcome.FAIL:
            async for finding in _logged_in(patient, account, device, line):
                yield finding
    except MatrixError as error:
        yield fail("account", f"cannot be examined further: {error}", "try again later")
    finally:
        await line.close()


async def _logged_in(
    patient: Patient, account: AccountRecord, device: Device | Finding, line: Wire
) -> AsyncIterator[Finding]:
    if isinstance(device, Device):
        async for finding in examine_device(patient, device, line):
            yield finding
    yield await examine_stamps(patient, line)
    for finding in await examine_rooms(patient, account.user_id, line):
        yield finding
