"""How big a file may be, checked before anything of it is parsed (security.md T2).

Packed files are judged by their list of contents first, then unpacked in pieces with a stop at what the list
promised: a list that lies is a crafted file.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from hub.findings import Finding
from hub.intake.table import Refused

MEGABYTE = 1024 * 1024
MAX_BYTES = 10 * MEGABYTE
MAX_UNPACKED = 50 * MEGABYTE
MAX_RATIO = 100
MAX_ENTRIES = 200
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_CELLS = 2_000_000

_RATIO_MATTERS_ABOVE = MEGABYTE  # small parts of one repeated word pack very well and harm nobody
_PIECE = 256 * 1024


def refuse(code: str, message: str) -> Refused:
    return Refused(Finding(code, "error", message))


def refuse_bytes(content: bytes) -> None:
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise refuse(
            "empty-file", "The file is empty. Check that you chose the right one and that it was saved."
        )
    if len(content) > MAX_BYTES:
        raise refuse(
            "file-too-large",
            "The file is larger than 10 MB. Take out pictures and other sheets, or send it in parts.",
        )


def refuse_table(rows: int, columns: int) -> None:
    """Refuses more rows, columns or cells than a return can have."""
    if columns > MAX_COLUMNS:
        raise refuse(
            "too-many-columns",
            f"There are {columns:,} columns; up to {MAX_COLUMNS} can be read. Take out those that the return does not ask for.",
        )
    if rows > MAX_ROWS:
        raise refuse(
            "too-many-rows",
            f"There are {rows:,} rows; up to {MAX_ROWS:,} can be read at once. Send the file in parts.",
        )
    if rows * columns > MAX_CELLS:
        raise refuse(
            "too-many-cells",
            f"There are {rows * columns:,} cells; up to {MAX_CELLS:,} can be read at once. Send the file in parts.",
        )


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The parts of a packed file (XLSX, ODS), all of them known to unpack to what they promise."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        _refuse_contents(archive.infolist())
        for entry in archive.infolist():
            _refuse_lying(archive, entry)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        struct.error,
    ) as error:
        raise damaged() from error
    return archive


def damaged() -> Refused:
    return refuse(
        "damaged-file",
        "The file is damaged and cannot be opened. Open it in your spreadsheet program, save it anew as .xlsx and send that.",
    )


def _refuse_contents(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise refuse(
            "too-many-parts",
            f"The file is packed from {len(entries):,} parts; a workbook needs far fewer than {MAX_ENTRIES}. Copy the rows into the template and send that.",
        )
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise refuse(
            "unpacks-too-large",
            f"The file unpacks to {unpacked // MEGABYTE:,} MB; up to 50 MB can be read. Take out empty formatted rows and other sheets, or send it in parts.",
        )
    if unpacked > _RATIO_MATTERS_ABOVE and unpacked > MAX_RATIO * max(packed, 1):
        raise refuse(
            "packed-too-tightly",
            "The file unpacks to more than 100 times its size, as crafted files do. Copy the rows into the template and send that.",
        )
    names = [entry.filename for entry in entries]
    crafted = len(set(map(str.casefold, names))) < len(names) or any(
        ".." in name.split("/") or name.startswith("/") or "\\" in name for name in names
    )
    if crafted:
        raise damaged()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise encrypted()


def encrypted() -> Refused:
    return refuse(
        "encrypted",
        "The file is protected by a password, so it cannot be read. Save a copy without the password and send that.",
    )


def _refuse_lying(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpacks one part beside the library, which stops where the list says and would not see the rest."""
    if entry.compress_type == zipfile.ZIP_STORED and entry.file_size == entry.compress_size:
        archive.read(entry)  # checks header and check sum
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise damaged()
    archive.open(entry).close()  # compares the list with the part's own header
    unpacker = zlib.decompressobj(-15)
    size = checksum = 0
    packed = _packed_bytes(archive, entry)
    while packed and not unpacker.eof and size <= entry.file_size:
        piece = unpacker.decompress(packed, _PIECE)
        packed = unpacker.unconsumed_tail
        size += len(piece)
        checksum = zlib.crc32(piece, checksum)
    if size != entry.file_size or checksum != entry.CRC:
        raise damaged()


def _packed_bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    raw = archive.fp
    assert raw is not None
    raw.seek(entry.header_offset + 26)  # lengths of name and extra field in the part's own header
    name_length, extra_length = struct.unpack("<HH", raw.read(4))
    raw.seek(entry.header_offset + 30 + name_length + extra_length)
    return raw.read(entry.compress_size)
