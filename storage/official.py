"""Official acts: which parts of the register they are made of. They are kept for good; the log of acts lists them."""

from collections.abc import Mapping

ALL_COLUMNS: tuple[str, ...] = ()

OFFICIAL: Mapping[str, tuple[str, ...]] = {
    "cities": ("name_de", "kind", "partner_kind"),
    "cities_states": ALL_COLUMNS,
    "seats": ("city", "body", "role", "office", "holder", "from_", "to"),
    "agreements": (
        "title",
        "form",
        "state",
        "signed_on",
        "signed_at",
        "in_force",
        "term",
        "ends_on",
        "renewal",
        "notice",
        "notice_to",
    ),
    "agreements_parties": ALL_COLUMNS,
    "agreements_signatures": ALL_COLUMNS,
    "agreements_notices": ALL_COLUMNS,
    "agreements_notices_received": ALL_COLUMNS,
    "agreements_clauses": ALL_COLUMNS,
    "agreements_amends": ALL_COLUMNS,
    "agreements_replaces": ALL_COLUMNS,
    "decisions": (
        "text",
        "body",
        "kind",
        "binding",
        "mode",
        "mode_basis",
        "quorum",
        "opened_on",
        "closes",
        "state",
        "decided_on",
        "effective",
    ),
    "decisions_electorate": ALL_COLUMNS,
    "decisions_votes": ALL_COLUMNS,
    "decisions_unsettled": ALL_COLUMNS,
    "decisions_concerns": ALL_COLUMNS,
    "decisions_provisos": ALL_COLUMNS,
    "decisions_applies_to": ALL_COLUMNS,
    "decisions_supersedes": ALL_COLUMNS,
    "meetings": ("body", "date", "host", "state"),
    "meetings_attendance": ALL_COLUMNS,
    "meetings_objections": ALL_COLUMNS,
    "statements": ("title", "body", "state"),
    "statements_cities": ALL_COLUMNS,
    "statements_approvals": ALL_COLUMNS,
    "statements_published": ALL_COLUMNS,
}
"""The tables that hold official acts, each with the columns that do; ALL_COLUMNS stands for everything in it."""


def is_official(table: str, column: str) -> bool:
    """Whether this column of this table is part of an official act."""
    columns = OFFICIAL.get(table)
    return columns is not None and (columns == ALL_COLUMNS or column in columns)
