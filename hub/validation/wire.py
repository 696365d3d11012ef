"""What passes between a web process and the checker over a Unix socket: a length, JSON, and the bytes of a file.

Nothing is unpickled on either side. A message that is cut short reads as None.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

_LENGTHS = struct.Struct(">QQ")
LARGEST = 512 * 1024 * 1024


def send(connection: socket.socket, message: Mapping[str, Any], content: bytes = b"") -> None:
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    connection.sendall(_LENGTHS.pack(len(body), len(content)) + body)
    connection.sendall(content)  # apart, so that a file of ten megabytes is not copied


def receive(connection: socket.socket) -> tuple[dict[str, Any], bytes] | None:
    """The next message and its bytes; None where the other side went away."""
    lengths = _exactly(connection, _LENGTHS.size)
    if lengths is None:
        return None
    of_body, of_content = _LENGTHS.unpack(lengths)
    if of_body + of_content > LARGEST:
        return None
    body, content = _exactly(connection, of_body), _exactly(connection, of_content)
    if body is None or content is None:
        return None
    message: dict[str, Any] = json.loads(body)
    return message, bytes(content)


def _exactly(connection: socket.socket, length: int) -> bytearray | None:
    data = bytearray(length)
    view, got = memoryview(data), 0
    while got < length:
        count = connection.recv_into(view[got:])
        if not count:
            return None
        got += count
    return data
