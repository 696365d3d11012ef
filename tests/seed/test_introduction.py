"""The people that a demo prints are people that the example makes."""

import re

from hub.seed.example.introduction import DOES, introduction
from hub.seed.example.story import characters


def test_everybody_who_is_printed_can_sign_in() -> None:
    printed = set(re.findall(r"\S+@example\.org", introduction("a password")))
    assert printed <= {character.email for character in characters()}


def test_every_role_is_shown() -> None:
    text = introduction("a password")
    assert [role for role, does in DOES.items() if does not in text] == []
    assert {character.role for character in characters()} == set(DOES)


def test_a_person_with_two_roles_stands_once() -> None:
    assert introduction("a password").count("school.990001@") == 1
