"""Tables and the register: what a spreadsheet says joins what is there, and the register's lists become tables."""

from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from storage.bundle_export import Export, begin_export
from storage.bundle_lists import LISTS
from storage.bundle_problems import BundleInvalid, Problem
from storage.bundle_reading import read_part
from storage.bundle_stage import Stage
from storage.bundle_tree import Item
from storage.bundle_writing import Head, plain
from storage.rooms.record import Room
from storage.scope import unlimited
from storage.sheets.columns import LEFT_OUT, flat, shown
from storage.sheets.grid import LISTS_IN_SHEETS, Tables
from storage.sheets.rows import columns_in, identities, items_of, own_keys, sorted_places
from storage.sheets.xlsx import Rows
from storage.values import Place, Record
from storage.view import View


async def stage_tables(stage: Stage, tables: Tables, view: View, *, name: str) -> None:
    """Fill `stage` with the records that the tables of the file `name` say, merged with those of the register.

    Raises BundleInvalid with every mistake found in them.
    """
    export = await begin_export(view, unlimited())
    zone = await _zone(export)
    if zone is None:
        sentence = "there is no cooperation yet that these tables could join; please import a bundle first"
        raise BundleInvalid((Problem(place="", kind="no_cooperation", sentence=sentence),), name=name)
    items: list[Item] = []
    for sheet in tables.sheets:
        columns = columns_in(sheet, tables)
        wanted = own_keys(sheet)
        known: dict[tuple[str, ...], Any] = {}
        async for some in export.records([sheet.collection]):
            for record in (exported.record for exported in some):
                known |= {identity: plain(record, zone) for identity in identities(record) if identity in wanted}
        items += items_of(sheet, columns, known, tables)
    stage.exported_at = tables.exported_at
    read_part(stage.keep, items, tables.problems, name=name, register=await _names(export))


async def _zone(export: Export) -> ZoneInfo | None:
    cooperation = await export.cooperation()
    return None if cooperation is None else ZoneInfo(cooperation.timezone)


async def _names(export: Export) -> dict[str, set[str]]:
    """What the register's records can be called in a reference, by list."""
    found: dict[str, set[str]] = {name: set() for name in LISTS}
    async for some in export.records():
        found[some[0].record.collection] |= {name for one in some for name in _called(one.record)}
    return found


def _called(record: Record) -> Iterator[str]:
    names = (record.alias, record.id) if isinstance(record, Room) else (record.own_key(),)
    return (name for name in names if name)


async def write_tables(export: Export, head: Head, opened: Callable[[str], Rows]) -> None:
    """Write the lists that can be kept in spreadsheets, one table each, with a column for every value there is.

    `opened` begins the table of a list.
    """
    zone = ZoneInfo(head.cooperation.timezone)
    for collection in LISTS_IN_SHEETS:
        places = await _places(export, collection, zone)
        if places:
            rows = opened(collection)
            rows.append([shown(place) for place in places])
            await _each(export, collection, zone, lambda cells, rows=rows, places=places: rows.append(  # type: ignore[misc]
                [cells.get(place, "") for place in places]
            ))  # fmt: skip


async def _places(export: Export, collection: str, zone: ZoneInfo) -> list[Place]:
    found: set[Place] = set()
    await _each(export, collection, zone, found.update)
    return sorted_places(LISTS[collection], found)


async def _each(export: Export, collection: str, zone: ZoneInfo, take: Callable[[dict[Place, str]], object]) -> None:
    """Hand the cells of each record of a list to `take`."""
    async for some in export.records([collection]):
        for exported in some:
            take(flat(plain(exported.record, zone), LEFT_OUT.get(collection, ())))
