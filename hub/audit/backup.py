"""One logical backup file for both engines: every table as JSON lines, sealed with digests.

The file is a line with the SHA-256 of all that follows, then a ZIP archive: a manifest, and a file per table with its
rows in key order. Written from one snapshot while people work. A damaged file is known before anything is touched.
Left out are browser sessions, failed attempts, one-use keys and links, and work under way with its files, which would be
worth nothing, or too much.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Date, LargeBinary, String, Table, select, text

from hub.audit.canonical import canonical, digest_of
from hub.clock import real_now
from hub.db import Base, UTCDateTime
from hub.errors import NotReady

LEFT_OUT = (
    "sign_in_sessions",
    "sign_in_attempts",
    "idempotency_keys",
    "answer_links",
    "jobs",
    "job_files",
    "upload_held",
    "mapping_drafts",
    "rounds",
)
# Rows that point to rows of their own table come after those.
_ORDER = {"revisions": ("partnership_id", "position")}
_MAGIC = "partnership-hub backup 1 "
_DAMAGED = "This file is not a whole backup of a hub: it was damaged or cut. Nothing was changed."
_CHUNK = 2000


@dataclass(frozen=True)
class Manifest:
    """`tables` maps a name to the count and the SHA-256 of its rows."""

    schema: str  # the migration that the tables are of
    made_at: str
    tables: dict[str, tuple[int, str]]

    def digest(self, *, without: tuple[str, ...] = ()) -> str:
        """One digest of every row, whatever the engine."""
        return digest_of(canonical({name: mark for name, mark in self.tables.items() if name not in without}))


def kept_tables() -> list[Table]:
    """Every table that a backup holds, parents before children."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def schema_of(connection: Connection) -> str:
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def write(connection: Connection, file: Path) -> Manifest:
    """Write a backup of what the connection sees; it must see one snapshot. The file appears whole or not at all."""
    with tempfile.TemporaryFile(dir=file.parent) as body:
        manifest = _write_archive(connection, body)
        body.seek(0)
        seal = hashlib.file_digest(body, "sha256").hexdigest()
        body.seek(0)
        part = file.with_name(file.name + ".part")
        with part.open("wb") as output:
            output.write(f"{_MAGIC}{seal}\n".encode())
            while chunk := body.read(1 << 20):
                output.write(chunk)
        part.replace(file)
    return manifest


def _write_archive(connection: Connection, body: IO[bytes]) -> Manifest:
    tables: dict[str, tuple[int, str]] = {}
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for table in kept_tables():
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as entry:
                tables[table.name] = _write_table(connection, table, entry)
        manifest = Manifest(schema_of(connection), real_now().isoformat(), tables)
        archive.writestr("manifest.json", canonical(asdict(manifest)))
    return manifest


def _write_table(connection: Connection, table: Table, entry: IO[bytes]) -> tuple[int, str]:
    count, digest = 0, hashlib.sha256()
    for line in _lines(connection, table):
        entry.write(line)
        digest.update(line)
        count += 1
    return count, digest.hexdigest()


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Rows as JSON arrays in the order of column names, sorted alike on both engines."""
    names = sorted(column.name for column in table.c)
    keys = _ORDER.get(table.name) or tuple(column.name for column in table.primary_key)
    order = [
        table.c[key].collate("C")
        if isinstance(table.c[key].type, String) and connection.dialect.name == "postgresql"
        else table.c[key]
        for key in keys
    ]
    query = select(*(table.c[name] for name in names)).order_by(*order)
    for row in connection.execution_options(yield_per=_CHUNK).execute(query):
        yield (canonical([_plain(value) for value in row]) + "\n").encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def read_manifest(file: Path) -> Manifest:
    """Read a backup through and compare every digest. NotReady where it is not whole; nothing is touched."""
    try:
        with file.open("rb") as stream:
            head = stream.readline(200).decode(errors="replace")
            if head != f"{_MAGIC}{hashlib.file_digest(stream, 'sha256').hexdigest()}\n":
                raise NotReady(_DAMAGED)
        with zipfile.ZipFile(file) as archive:
            data = json.loads(archive.read("manifest.json"))
            manifest = Manifest(
                data["schema"],
                data["made_at"],
                {name: (count, mark) for name, (count, mark) in data["tables"].items()},
            )
            for name, mark in manifest.tables.items():
                with archive.open(f"{name}.jsonl") as entry:
                    if _mark(entry) != mark:
                        raise NotReady(_DAMAGED)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise NotReady(_DAMAGED if file.exists() else f"There is no file {file}.") from error
    return manifest


def _mark(entry: IO[bytes]) -> tuple[int, str]:
    count, digest = 0, hashlib.sha256()
    for line in entry:
        digest.update(line)
        count += 1
    return count, digest.hexdigest()


def check_fits(connection: Connection, manifest: Manifest) -> None:
    """NotReady where the database's tables are not those of the backup."""
    if manifest.schema != schema_of(connection) or set(manifest.tables) != {t.name for t in kept_tables()}:
        raise NotReady(
            f"The backup is of schema {manifest.schema}, the database of {schema_of(connection)}. "
            "Restore it with the version of the hub that made it, then run hub db upgrade. Nothing was changed."
        )


def marks(connection: Connection) -> dict[str, tuple[int, str]]:
    """The counts and digests of the database's own rows, to compare with a manifest's."""
    found = {}
    for table in kept_tables():
        count, digest = 0, hashlib.sha256()
        for line in _lines(connection, table):
            digest.update(line)
            count += 1
        found[table.name] = (count, digest.hexdigest())
    return found


def replace_all(connection: Connection, file: Path) -> None:
    """Put the backup's rows in the place of every row. The triggers must be away; the caller's transaction decides."""
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(table.delete())
    with zipfile.ZipFile(file) as archive:
        for table in kept_tables():
            with archive.open(f"{table.name}.jsonl") as entry:
                for rows in _chunks(table, entry):
                    connection.execute(table.insert(), rows)
    if connection.dialect.name == "postgresql":
        _set_sequences(connection)


def _chunks(table: Table, entry: IO[bytes]) -> Iterator[list[dict[str, Any]]]:
    names = sorted(column.name for column in table.c)
    readers = [_reader(table, name) for name in names]
    rows: list[dict[str, Any]] = []
    for line in entry:
        values = json.loads(line)
        rows.append({n: read(v) for n, read, v in zip(names, readers, values, strict=True)})
        if len(rows) == _CHUNK:
            yield rows
            rows = []
    if rows:
        yield rows


def _reader(table: Table, name: str) -> Any:
    kind = table.c[name].type
    convert: Any = None
    if isinstance(kind, UTCDateTime):
        convert = datetime.fromisoformat
    elif isinstance(kind, Date):
        convert = date.fromisoformat
    elif isinstance(kind, LargeBinary):
        convert = base64.b64decode
    return (
        (lambda value: value)
        if convert is None
        else (lambda value: None if value is None else convert(value))
    )


def _set_sequences(connection: Connection) -> None:
    for table in kept_tables():
        for column in table.primary_key:
            name = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": table.name, "column": column.name},
            ).scalar()
            if name:
                largest = f"(SELECT coalesce(max({column.name}), 0) + 1 FROM {table.name})"  # noqa: S608
                connection.exec_driver_sql(f"SELECT setval('{name}', {largest}, false)")
