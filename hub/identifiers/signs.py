"""What in a text points to one person: identifiers, which are refused, and likelihoods, which are asked about.

Takes any text that a person typed or sent; gives codes, never the words found. Ordinary dates, telephone numbers of
offices, and the names of staff, wards and providers are no signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from hub.identifiers.names import has_likely_name
from hub.identifiers.numbers import is_nhs_number, is_upn

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\u202a-\u202e\ufeff]")
_TEN_DIGITS = re.compile(r"(?<![0-9])([0-9]{3})[ .\-‐-―]?([0-9]{3})[ .\-‐-―]?([0-9]{4})(?![0-9])")
_NHS_WORD = re.compile(r"\bnhs\b[^0-9]{0,25}((?:[0-9][ .\-/]{0,2}){9}[0-9])(?![0-9])", re.IGNORECASE)
_UPN = re.compile(r"(?<![A-Z0-9])([A-Z][0-9]{11}[0-9A-Z])(?![A-Z0-9])", re.IGNORECASE)
_INSURANCE = re.compile(
    r"(?<![A-Za-z0-9])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D](?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])(?!bg|gb|kn|nk|nt|tn|zz)[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z][0-9]{6}[a-d](?![A-Za-z0-9])"
)
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATE = rf"(?:[0-9]{{1,2}}[ /.\-][0-9]{{1,2}}[ /.\-][0-9]{{2,4}}|[0-9]{{4}}[ /.\-][0-9]{{1,2}}[ /.\-][0-9]{{1,2}}|[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? [0-9]{{2,4}}|{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? [0-9]{{2,4}})"
_BIRTH = re.compile(
    rf"(?:\bd\.? ?o\.? ?b\b\.?|\bdate of birth\b|\bbirth ?date\b|\bbirthday\b)[^0-9]{{0,20}}{_DATE}|{_DATE}[^0-9a-z]{{0,4}}(?:d\.?o\.?b\b|date of birth)|(?P<born>\bborn\b(?: on)?)[^0-9]{{0,6}}{_DATE}",
    re.IGNORECASE,
)
_BIRTH_WORD = re.compile(r"o\.? ?b|birth|born", re.IGNORECASE)
_DIGIT = re.compile("[0-9]")
_MANY = re.compile(
    r"\b(babies|children|those|pupils|all|anyone|infants|young people|cohort|if|were|are)\s+$", re.IGNORECASE
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_PRIVATE_MAIL = re.compile(
    r"(?:^|\.)(?:gmail|googlemail|hotmail|outlook|live|yahoo|icloud|me|aol|btinternet|sky|talktalk|virginmedia|proton|protonmail|gmx|msn)\.(?:com|co\.uk|net|me|uk)$",
    re.IGNORECASE,
)
_PUBLIC_MAIL = re.compile(
    r"(?:^|\.)(?:gov|nhs|police|sch|ac|mod|parliament)\.uk$|(?:^|\.)nhs\.net$", re.IGNORECASE
)
_POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}"
_FULL_POSTCODE = re.compile(rf"(?<![A-Za-z0-9]){_POSTCODE}(?![A-Za-z0-9])")
_LIVES_AT = re.compile(
    r"\b(?:lives? (?:at|with)|living at|lived at|home address|address is|address:|resides? at|staying at|placed at|moved to|family home)\b.{0,60}?"
    rf"(?:\b[0-9]{{1,4}}[a-z]?,? [A-Z][a-z]+|(?<![A-Za-z0-9]){_POSTCODE}(?![A-Za-z0-9]))",
)
_MOBILE = re.compile(r"(?<![0-9])(?:\+44 ?\(?0?\)? ?|0)7(?:[ -]?[0-9]){9}(?![0-9])")


@dataclass(frozen=True)
class Sign:
    """`certain` ones are refused; the others are asked about: are you sure?"""

    code: str
    certain: bool
    what: str  # in words that repeat nothing: "an NHS number"


NHS_NUMBER = Sign("nhs-number", True, "an NHS number")
PUPIL_NUMBER = Sign("pupil-number", True, "a pupil's unique number")
INSURANCE_NUMBER = Sign("national-insurance-number", True, "a National Insurance number")
BIRTH_DATE = Sign("date-of-birth", True, "a date of birth")
PRIVATE_EMAIL = Sign("private-e-mail", True, "a private e-mail address")
HOME_ADDRESS = Sign("home-address", True, "somebody's address")
EMAIL = Sign("e-mail-address", False, "an e-mail address")
POSTCODE = Sign("postcode", False, "a full postcode")
MOBILE = Sign("mobile-number", False, "a mobile telephone number")
LIKELY_NAME = Sign("likely-name", False, "what may be the name of a child or a relative")

# Codes of what is asked about: what was read or typed may point to a person, and nothing of it is kept before they answer.
ASKED_ABOUT = frozenset(sign.code for sign in (EMAIL, POSTCODE, MOBILE, LIKELY_NAME))


def signs_in(text: str) -> tuple[Sign, ...]:
    """What in the text points to one person, certain signs first."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    looks = _LOOKS if _DIGIT.search(plain) else _WITHOUT_DIGITS
    return tuple(sign for sign, found in looks if found(plain))


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


def _has_nhs_number(text: str) -> bool:
    spaced = (_digits(found[0]) for found in _TEN_DIGITS.finditer(text))
    named = (_digits(found[1]) for found in _NHS_WORD.finditer(text))
    return any(map(is_nhs_number, spaced)) or any(map(is_nhs_number, named))


def _has_birth_date(text: str) -> bool:
    if not _BIRTH_WORD.search(text):
        return False
    return any(not (found["born"] and _MANY.search(text[: found.start()])) for found in _BIRTH.finditer(text))


def _has_private_email(text: str) -> bool:
    return "@" in text and any(_PRIVATE_MAIL.search(found[1]) for found in _EMAIL.finditer(text))


def _has_other_email(text: str) -> bool:
    domains = [found[1] for found in _EMAIL.finditer(text)] if "@" in text else []
    return any(not _PRIVATE_MAIL.search(domain) and not _PUBLIC_MAIL.search(domain) for domain in domains)


_LOOKS: tuple[tuple[Sign, Callable[[str], bool]], ...] = (
    (NHS_NUMBER, _has_nhs_number),
    (PUPIL_NUMBER, lambda text: any(is_upn(found[1].upper()) for found in _UPN.finditer(text))),
    (INSURANCE_NUMBER, lambda text: bool(_INSURANCE.search(text))),
    (BIRTH_DATE, _has_birth_date),
    (PRIVATE_EMAIL, _has_private_email),
    (HOME_ADDRESS, lambda text: bool(_LIVES_AT.search(text))),
    (EMAIL, _has_other_email),
    (POSTCODE, lambda text: bool(_FULL_POSTCODE.search(text))),
    (MOBILE, lambda text: bool(_MOBILE.search(text))),
    (LIKELY_NAME, has_likely_name),
)
_WITHOUT_DIGITS = tuple(look for look in _LOOKS if look[0] in (PRIVATE_EMAIL, EMAIL, LIKELY_NAME))
