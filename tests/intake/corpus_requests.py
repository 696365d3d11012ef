"""Corpus: requests that no page of ours would send. Each says what must be answered; none may change anything.

A request names a door as `{item}` (a submission of the sender), `{other}` (of an agency that is not theirs) or
`{absent}`. `statuses` are the answers that are right; a 5xx never is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
GOOD_ROW = (
    '{"agency":"RQ3","period":"2014-09","breakdown":"total","code":"","referrals_made":1,"logged_late":0}'
)


@dataclass(frozen=True)
class Request:
    name: str
    category: str
    method: str
    path: str
    statuses: tuple[int, ...]
    body: bytes = b""
    kind: str = ""  # Content-Type
    headers: dict[str, str] = field(default_factory=dict)
    channel: str = "page"  # `page`: a signed-in browser; `key`: the interface with a key; `nobody`
    token: bool = True  # whether a page's form token goes with it


def requests() -> Iterator[Request]:
    yield from _addresses()
    yield from _bodies()
    yield from _authority()
    yield from _forms()


def _addresses() -> Iterator[Request]:
    odd = [
        "%00",
        "%2e%2e%2fetc%2fpasswd",
        "..%5c..%5cx",
        "%ff%fe",
        "a" * 3000,
        "99999999999999999999",
        "-1",
        "1e3",
        "%F0%9F%92%A9",
        "1;drop",
        "%27",
        "0x10",
    ]
    for number, text in enumerate(odd):
        for path in (
            "/submissions/{0}",
            "/submissions/{0}/answer",
            "/board/{0}",
            "/dictionary/{0}",
            "/upload/{0}",
        ):
            yield Request(
                f"address-{number}{path}", "HTTP", "GET", path.format(text), (404, 405, 414, 400, 303)
            )
        yield Request(
            f"address-{number}-api", "HTTP", "GET", f"/api/v1/submissions/{text}", (404, 400), channel="key"
        )
        yield Request(
            f"address-{number}-return", "HTTP", "GET", f"/api/v1/returns/{text}", (404, 400), channel="key"
        )
    queries = [
        "as_at=yesterday",
        "as_at=0000-00-00",
        "as_at=9999-12-31T99:00Z",
        "as_at=%00",
        "from=2014-13",
        "from=FY",
        "to=%ff",
        "area=%27",
        "agency=" + "R" * 500,
        "cursor=abc",
        "limit=-1",
        "limit=1e9",
        "from=2015-01&to=2014-01",
        "return_code[]=x",
        "return_code=..%2f",
    ]
    for number, query in enumerate(queries):
        yield Request(f"query-{number}-board", "HTTP", "GET", f"/?{query}", (200, 400, 404, 422))
        yield Request(f"query-{number}-upload", "HTTP", "GET", f"/upload?{query}", (200, 400, 404))
        yield Request(
            f"query-{number}-due", "HTTP", "GET", f"/api/v1/due-items?{query}", (200, 400, 404), channel="key"
        )
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        yield Request(f"method-{method}", "HTTP", method, "/upload", (403, 404, 405, 501))
        yield Request(
            f"method-{method}-api", "HTTP", method, "/api/v1/due-items", (404, 405, 501), channel="key"
        )


def _bodies() -> Iterator[Request]:
    door = "/api/v1/submissions/{item}"
    deep = b'{"rows":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    bodies: dict[str, tuple[bytes, tuple[int, ...]]] = {
        "nothing": (b"", (400,)),
        "not-json": (b"referrals_made,12", (400,)),
        "cut-short": (b'{"rows":[', (400,)),
        "deep": (deep, (400, 422)),
        "list": (b"[]", (400, 422)),
        "number": (b"12", (400, 422)),
        "null": (b"null", (400, 422)),
        "no-rows": (b"{}", (422,)),
        "rows-null": (b'{"rows":null}', (422,)),
        "rows-text": (b'{"rows":"x"}', (422,)),
        "rows-empty": (b'{"rows":[]}', (422,)),
        "rows-of-lists": (b'{"rows":[[1]]}', (422,)),
        "rows-of-null": (b'{"rows":[null]}', (422,)),
        "key-twice": (b'{"rows":[' + GOOD_ROW.encode() + b'],"rows":[]}', (400, 422)),
        "latin-1": ('{"rows":[{"agency":"é"}]}'.encode("latin-1"), (400, 422)),
        "nul": (b'{"rows":[{"agency":"RQ3\\u0000"}]}', (422,)),
        "half-a-surrogate": (b'{"rows":[{"agency":"\\ud800"}]}', (400, 422)),
        "infinity": (b'{"rows":[{"referrals_made":Infinity}]}', (400,)),
        "huge-number": (b'{"rows":[{"referrals_made":' + b"9" * 5000 + b"}]}", (400, 422)),
        "forbidden-status": (b'{"rows":[' + GOOD_ROW.encode() + b'],"status":"signed"}', (422,)),
        "forbidden-approved-by": (b'{"rows":[' + GOOD_ROW.encode() + b'],"approved_by":1}', (422,)),
        "forbidden-version": (b'{"rows":[' + GOOD_ROW.encode() + b'],"version":9}', (422,)),
        "seen-text": (b'{"rows":[' + GOOD_ROW.encode() + b'],"seen":"x"}', (422,)),
        "seen-negative": (b'{"rows":[' + GOOD_ROW.encode() + b'],"seen":-1}', (422,)),
        "seen-huge": (b'{"rows":[' + GOOD_ROW.encode() + b'],"seen":99999999999999999999}', (422,)),
        "reason-list": (b'{"rows":[' + GOOD_ROW.encode() + b'],"reason":[]}', (422,)),
        "reason-long": (b'{"rows":[' + GOOD_ROW.encode() + b'],"reason":"' + b"x" * 5000 + b'"}', (422,)),
    }  # fmt: skip
    for name, (body, statuses) in bodies.items():
        yield Request(f"put-{name}", "HTTP", "PUT", door, statuses, body, JSON, channel="key")
        yield Request(f"check-{name}", "HTTP", "POST", f"{door}/check", statuses, body, JSON, channel="key")
    for kind in (
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-7",
        "",
    ):
        yield Request(
            f"kind-{kind or 'none'}", "HTTP", "PUT", door, (400, 415, 422), b"<x/>", kind, channel="key"
        )
    for name, value in {"long": "k" * 5000, "controls": "a\x01b", "blank": " "}.items():
        yield Request(
            f"idempotency-{name}",
            "HTTP",
            "PUT",
            door,
            (400, 422),
            GOOD_ROW.encode(),
            JSON,
            {"Idempotency-Key": value},
            "key",
        )


def _authority() -> Iterator[Request]:
    row = f'{{"rows":[{GOOD_ROW}]}}'.encode()
    for target in ("{other}", "{absent}"):
        for path, method in (
            ("", "GET"),
            ("", "PUT"),
            ("/check", "POST"),
            ("/send", "POST"),
            ("/withdraw", "POST"),
        ):
            yield Request(
                f"key{path or method}-{target}",
                "authority",
                method,
                f"/api/v1/submissions/{target}{path}",
                (404,),
                row,
                JSON,
                channel="key",
            )
        for path in ("", "/answer", "/findings", "/findings.csv", "/sign", "/template.xlsx"):
            yield Request(f"page{path}-{target}", "authority", "GET", f"/submissions/{target}{path}", (404,))
        for path in ("/answer", "/explanations", "/send", "/sign", "/withdraw"):
            yield Request(
                f"post{path}-{target}",
                "authority",
                "POST",
                f"/submissions/{target}{path}",
                (404,),
                b"a=b",
                FORM,
            )
    for path in ("/", "/upload", "/submissions/{item}", "/submissions/{item}/answer", "/account"):
        yield Request(f"nobody-{path}", "authority", "GET", path, (302, 303, 401, 403, 404), channel="nobody")
    for path in ("/api/v1/due-items", "/api/v1/submissions/{item}", "/api/v1/agency"):
        yield Request(f"nobody-{path}", "authority", "GET", path, (401,), channel="nobody")
        yield Request(
            f"false-key-{path}",
            "authority",
            "GET",
            path,
            (401,),
            headers={"Authorization": "Bearer hub_x"},
            channel="nobody",
        )
        yield Request(
            f"basic-{path}",
            "authority",
            "GET",
            path,
            (401,),
            headers={"Authorization": "Basic YTpi"},
            channel="nobody",
        )
    for path in ("/submissions/{item}/sign", "/submissions/{item}/send-back"):
        yield Request(f"submitter{path}", "authority", "POST", path, (403, 404), b"a=b", FORM)


def _forms() -> Iterator[Request]:
    for path in (
        "/upload",
        "/submissions/{item}/answer",
        "/submissions/{item}/explanations",
        "/submissions/{item}/send",
    ):
        yield Request(f"no-token{path}", "HTTP", "POST", path, (403,), b"a=b", FORM, token=False)
        yield Request(
            f"foreign{path}", "HTTP", "POST", path, (403,), b"a=b", FORM, {"Origin": "https://evil.example"}
        )
        yield Request(f"json{path}", "HTTP", "POST", path, (400, 403, 409, 415, 422), b"{}", JSON)
        yield Request(
            f"broken-parts{path}",
            "HTTP",
            "POST",
            path,
            (400, 403, 409, 422),
            b"--x\r\nContent",
            "multipart/form-data; boundary=x",
        )
    for name, body in _state_bodies().items():
        yield Request(
            f"send-{name}", "state", "POST", "/submissions/{item}/send", (303, 400, 409, 422), body, FORM
        )
        yield Request(
            f"withdraw-{name}",
            "state",
            "POST",
            "/submissions/{item}/withdraw",
            (303, 400, 404, 409, 422),
            body,
            FORM,
        )
    for path in ("send", "withdraw"):
        yield Request(
            f"key-{path}-with-nothing",
            "state",
            "POST",
            f"/api/v1/submissions/{{item}}/{path}",
            (409, 422),
            b"{}",
            JSON,
            channel="key",
        )


def _state_bodies() -> dict[str, bytes]:
    return {
        "nothing-there": b"form_key=a1",
        "seen-text": b"form_key=a2&seen=x",
        "seen-huge": b"form_key=a3&seen=99999999999999999999",
        "seen-negative": b"form_key=a4&seen=-5",
        "no-form-key": b"",
        "form-key-long": b"form_key=" + b"k" * 3000,
        "fields-forbidden": b"form_key=a5&status=signed&agency_id=1&role=SGN",
    }


def filled(text: str, places: dict[str, Any]) -> str:
    """A path with its submission's number."""
    for name, number in places.items():
        text = text.replace("{" + name + "}", str(number))
    return text
