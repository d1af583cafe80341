"""The database: whether it is there, sound, of this program's schema, and can be written to."""

from bot.complaints import DATABASE
from bot.doctor.finding import Finding, Patient, fail, ok
from storage.condition import SCHEMA, faults, size, take_turn
from storage.database import DatabaseUnusable
from storage.schema_version import check

_MIB = 2**20


async def examine_database(patient: Patient) -> Finding:
    """The one finding about the database; nothing after it can be examined if it fails."""
    database = patient.database
    if database.file is not None and not database.file.exists():
        return fail("database", f"{database.file} is not there yet", patient.command("run"))
    try:
        await check(database)
        found = await faults(database)
        await take_turn(database)
        mib = await size(database) / _MIB
    except DatabaseUnusable as error:
        return _unusable(patient, error.reason)
    if found:
        return fail("database", f"{database.shown()} is damaged: {found[0]}", _RESTORE)
    return ok("database", f"{database.shown()}, {mib:.1f} MiB, schema {SCHEMA}, sound and writable")


_RESTORE = "stop the bot and restore the backup of database and state directory together"


def _unusable(patient: Patient, reason: str) -> Finding:
    """Why it cannot be used, and the way out, which the same sentence names after its semicolon."""
    shown = patient.database.shown()
    problem, _, advice = DATABASE[reason].partition("; ")
    mends = {
        "older": patient.command("run"),
        "damaged": _RESTORE,
        "locked": f"find who has it: fuser -v {patient.database.file}" if patient.database.file else advice,
        "read_only": f"chmod u+w {patient.database.file}" if patient.database.file else advice,
    }
    return fail("database", f"{shown} {problem}", mends.get(reason, advice or problem))
