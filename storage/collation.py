"""How texts are compared: by code point in either store, whatever language a PostgreSQL database was made for."""

from itertools import groupby

from sqlalchemy import text
from sqlalchemy.engine import Connection

# format_type gives the type as it is declared, its length included.
_OTHERWISE = text("""
    SELECT relname, attname, format_type(atttypid, atttypmod)
    FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    JOIN pg_collation ON pg_collation.oid = attcollation
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
      AND attnum > 0 AND NOT attisdropped AND collname <> 'C'
    ORDER BY relname, attnum
""")


def compare_by_code_point(connection: Connection) -> None:
    """Make every text column of a PostgreSQL database compare as SQLite does, where it does not yet.

    What is listed then comes in one order everywhere, and ranges of an index stand for "begins with".
    """
    if connection.dialect.name != "postgresql":
        return
    for table, columns in groupby(connection.execute(_OTHERWISE).all(), key=lambda row: row[0]):
        changes = [f'ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"' for _, column, kind in columns]
        connection.execute(text(f'ALTER TABLE "{table}" {", ".join(changes)}'))
