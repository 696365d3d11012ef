"""Numbers that belong to one person, told by their check digits."""

from __future__ import annotations

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def is_nhs_number(digits: str) -> bool:
    """Ten digits whose last is the modulus 11 check of the rest. About 9% of random ones pass, so judge by meaning."""
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()) or len(set(digits)) == 1:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11 == int(digits[9])  # a check of 10 equals no digit


def is_upn(text: str) -> bool:
    """A unique pupil number: a check letter, eleven digits, and a digit or (in a temporary one) a letter."""
    if len(text) != 13 or text[0] not in UPN_LETTERS or not (text[1:12].isascii() and text[1:12].isdigit()):
        return False
    last = text[12]
    if last.isdigit():
        value = int(last)
    elif last in UPN_LETTERS:
        value = UPN_LETTERS.index(last)
    else:
        return False
    total = (
        sum(int(digit) * weight for digit, weight in zip(text[1:12], range(2, 13), strict=True)) + value * 13
    )
    return UPN_LETTERS[total % 23] == text[0]
