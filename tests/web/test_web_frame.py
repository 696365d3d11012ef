"""What every page has around its content: headers, assets, error pages, footer."""

import re

import pytest
from flask import Flask

from tests.web.conftest import SignIn

PLAIN = ("/privacy", "/cookies", "/accessibility", "/terms", "/contact", "/returns")


@pytest.mark.parametrize("path", PLAIN)
def test_footer_pages_open_for_everybody(signed_in: SignIn, path: str) -> None:
    answer = signed_in(None).get(path)
    assert answer.status_code == 200
    assert re.search(r"<h1[^>]*>[^<]+</h1>", answer.text)
    for link in ("/privacy", "/cookies", "/accessibility", "/terms", "/returns", "/contact"):
        assert f'href="{link}"' in answer.text
    assert "hub@example.org" in answer.text


@pytest.mark.parametrize("path", [*PLAIN, "/", "/no-such-page"])
def test_nothing_is_inline_and_nothing_is_kept(signed_in: SignIn, path: str) -> None:
    answer = signed_in("sub.rxt").get(path)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", answer.text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answer.text)


def test_style_and_script_may_be_kept_for_good(signed_in: SignIn) -> None:
    client = signed_in(None).client
    page = client.get("/privacy").text
    paths = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(paths) >= 5
    for path in paths:
        with client.get(path) as answer:
            assert answer.status_code == 200, path
            assert "immutable" in answer.headers["Cache-Control"]
            assert b"GDS Transport" not in answer.data
    assert client.get("/static/abc/README.md").status_code == 404


def test_an_absent_page_says_whom_to_ask_with_a_reference(signed_in: SignIn) -> None:
    answer = signed_in(None).get("/no-such-page")
    assert answer.status_code == 404
    assert answer.headers["X-Request-Id"] in answer.text
    assert answer.headers["X-Request-Id"].replace("-", "").isalpha(), "never taken for a figure"
    assert "hub@example.org" in answer.text


def test_a_fault_shows_a_reference_and_no_trace(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("SELECT secret FROM /var/lib")

    broken.hub_declared = app.view_functions["home.home"].hub_declared  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "home.home", broken)
    answer = signed_in("sub.rxt").get("/")
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text
    assert "secret" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_home_shows_who_is_signed_in(signed_in: SignIn) -> None:
    answer = signed_in("sub.rxt").get("/")
    assert answer.status_code == 200
    assert "SUB of rxt" in answer.text
