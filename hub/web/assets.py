"""Style, script and icon under an address that names their content, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import url_for

FOLDER = Path(__file__).parent / "static"
SERVED = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def version() -> str:
    """A digest of every file of the folder: scripts that import one another stay in step."""
    digest = hashlib.sha256()
    for file in sorted(FOLDER.iterdir()):
        if file.suffix in SERVED:
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def asset(name: str) -> str:
    return url_for("plain.static_file", version=version(), name=name)
