"""A table to take away, answered as the file that the address ends in."""

from __future__ import annotations

from flask import Response, request, url_for

from hub.board.downloads.formats import FORMATS
from hub.board.downloads.model import Download
from hub.errors import NotFound

METADATA = "csv-metadata.json"
OFFERED = {ending: FORMATS[ending].words for ending in ("csv", "zip", "xlsx", "ods")}


def answer(download: Download, ending: str) -> Response:
    """The file; a CSV names the address of its metadata, as CSV on the Web asks."""
    found = FORMATS.get(ending)
    if found is None:
        raise NotFound(
            "There is nothing here that you can see. Check the address, or go back to your home page."
        )
    headers = {"Content-Disposition": f'attachment; filename="{download.stem}.{ending}"'}
    if ending == "csv":
        here = {**(request.view_args or {}), **request.args.to_dict(flat=False), "format": METADATA}
        headers["Link"] = (
            f'<{url_for(str(request.endpoint), **here)}>; rel="describedby"; type="application/csvm+json"'
        )
    return Response(found.make(download), mimetype=found.mimetype, headers=headers)


def terms() -> str:
    """Where it is said what may be done with the figures."""
    return url_for("plain.terms", _external=True)
