"""The files: who else may read them, whether the recovery key still lies about, and how much room there is."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.config import POSTGRESQL
from bot.doctor.finding import Finding, Patient, fail, ok, warn
from bot.recovery import FILE as RECOVERY_KEY
from storage.condition import parts

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MIB = 2**20
_LITTLE = 1024 * _MIB
_TOO_LITTLE = 100 * _MIB


def examine_files(patient: Patient) -> Iterator[Finding]:
    """Who may read what, the recovery key and the disk."""
    yield from _modes(patient)
    yield from _recovery_key(patient.settings.matrix.state_dir / RECOVERY_KEY)
    yield _room(patient)


def _modes(patient: Patient) -> Iterator[Finding]:
    opened = [path for path in _secret_paths(patient) if path.exists() and _is_open(path)]
    for path in opened:
        mode = "700" if path.is_dir() else "600"
        yield fail("file modes", f"{path} can be read by others", f"chmod {mode} {path}")
    if _is_open(patient.config) and patient.config not in opened:
        mend = f"chmod 600 {patient.config}"
        yield warn("file modes", f"{patient.config} can be read by others; it names the administrators", mend)
    elif not opened:
        yield ok("file modes", "secrets, database and configuration are private")


def _secret_paths(patient: Patient) -> Iterator[Path]:
    matrix = patient.settings.matrix
    yield from (path for path in (matrix.password_file, matrix.access_token_file) if path is not None)
    yield matrix.state_dir
    if matrix.state_dir.is_dir():
        yield from matrix.state_dir.iterdir()
    if patient.database.file is not None:
        yield from parts(patient.database.file)
    if patient.settings.storage.url.startswith(POSTGRESQL):
        # Its address holds a password.
        yield patient.config


def _is_open(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)


def _recovery_key(file: Path) -> Iterator[Finding]:
    if file.exists():
        detail = f"still lies in {file}, beside the keys that it is to bring back"
        yield warn("recovery key", detail, f"write it down or take it to another machine, then: rm {file}")


def _room(patient: Patient) -> Finding:
    folder = patient.database.file.parent if patient.database.file else patient.settings.matrix.state_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    detail = f"{free // _MIB} MiB free below {folder}"
    if free < _TOO_LITTLE:
        return fail("disk", detail, f"make room; what takes it: du -xh {folder} | sort -h | tail")
    if free < _LITTLE:
        return warn("disk", detail, f"make room soon; what takes it: du -xh {folder} | sort -h | tail")
    return ok("disk", detail)
