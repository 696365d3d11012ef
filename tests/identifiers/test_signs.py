"""Identifiers are caught every time, likely names are asked about, and ordinary comments pass."""

from __future__ import annotations

import random

import pytest
from clean_comments import COMMENTS, clean_comments

from hub.identifiers.numbers import UPN_LETTERS, is_nhs_number, is_upn
from hub.identifiers.signs import signs_in


def nhs_number(chance: random.Random) -> str:
    """By the rule of the NHS data dictionary: weights 10 to 2, eleven less the remainder."""
    while True:
        nine = [chance.randint(0, 9) for _ in range(9)]
        check = 11 - sum(digit * (10 - at) for at, digit in enumerate(nine)) % 11
        if check != 10 and len(set(nine)) > 1:
            return "".join(map(str, nine)) + str(check % 11)


def upn(chance: random.Random) -> str:
    digits = [chance.randint(0, 9) for _ in range(12)]
    return UPN_LETTERS[sum(digit * (at + 2) for at, digit in enumerate(digits)) % 23] + "".join(
        map(str, digits)
    )


def certain(text: str) -> list[str]:
    return [sign.code for sign in signs_in(text) if sign.certain]


def asked(text: str) -> list[str]:
    return [sign.code for sign in signs_in(text) if not sign.certain]


@pytest.mark.parametrize("number", ["9434765919", "9876543210", "9990000018"])
def test_published_examples_of_nhs_numbers_pass_the_check(number: str) -> None:
    assert is_nhs_number(number)


@pytest.mark.parametrize(
    "number", ["9434765918", "0000000000", "943476591", "94347659190", "٩٤٣٤٧٦٥٩١٩", "943476591X"]
)
def test_other_digits_are_no_nhs_number(number: str) -> None:
    assert not is_nhs_number(number)


@pytest.mark.parametrize(
    ("number", "right"),
    [("H801200001001", True), ("J801200001001", False), ("H80120000100", False), ("I801200001001", False)],
)
def test_pupil_numbers_have_a_check_letter(number: str, right: bool) -> None:
    # 8·2+0·3+1·4+2·5+0·6+0·7+0·8+0·9+1·10+0·11+0·12+1·13 = 53, and 53 mod 23 = 7: H
    assert is_upn(number) is right


def test_a_thousand_planted_numbers_are_all_caught() -> None:
    chance = random.Random(2015)
    shapes = ["{}", "NHS no {}", "see {} please", "({})", "x{}.", "ref:{}", "\u200b{}", "{} and more"]
    for _ in range(1000):
        number = nhs_number(chance)
        spaced = f"{number[:3]}{chance.choice([' ', '-', '', '.', chr(0xA0)])}{number[3:6]}{chance.choice([' ', '-', ''])}{number[6:]}"
        assert "nhs-number" in certain(chance.choice(shapes).format(spaced)), spaced
        assert "pupil-number" in certain(f"pupil {upn(chance)}")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NI AB 12 34 56 C", "national-insurance-number"),
        ("qq123456c? no: AB123456C", "national-insurance-number"),
        ("DOB 12/03/2009", "date-of-birth"),
        ("d.o.b.: 3rd March 2009", "date-of-birth"),
        ("born on 12.3.09", "date-of-birth"),
        ("(12/03/2009 dob)", "date-of-birth"),
        ("Date of birth - 2009-03-12", "date-of-birth"),
        ("write to mum.of.three@gmail.com", "private-e-mail"),
        ("lives at 14 Acacia Avenue", "home-address"),
        ("family home B14 7QH", "home-address"),
        ("NHS 94 3476 5919", "nhs-number"),
        ("NHS number: 943/476/5919", "nhs-number"),
        ("ＮＨＳ ９４３４７６５９１９", "nhs-number"),
    ],
)
def test_identifiers_in_a_text_are_certain(text: str, code: str) -> None:
    assert code in certain(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Jayden Smith", "likely-name"),
        ("jayden smith", "likely-name"),
        ("Smith, Jayden", "likely-name"),
        ("This includes Olivia O'Brien twice", "likely-name"),
        ("counted for Mohammed Khan in error", "likely-name"),
        ("child Amelia seen late", "likely-name"),
        ("mother: Sharon", "likely-name"),
        ("near B14 7QH", "postcode"),
        ("ring 07700 900123", "mobile-number"),
        ("anna@example.org", "e-mail-address"),
    ],
)
def test_what_may_point_to_a_person_is_asked_about(text: str, code: str) -> None:
    assert code in asked(text)
    assert certain(text) == []


def test_at_most_one_clean_comment_in_two_hundred_is_blocked_and_few_are_asked_about() -> None:
    comments = clean_comments(2000)
    blocked = [text for text in comments if certain(text)]
    questioned = [text for text in comments if asked(text)]
    assert len(blocked) <= len(comments) * 0.005, blocked
    assert len(questioned) <= len(comments) * 0.02, questioned


@pytest.mark.parametrize("text", COMMENTS)
def test_ordinary_dates_staff_wards_and_providers_pass(text: str) -> None:
    assert signs_in(text) == ()
