"""Disclosure profiles: how small numbers are protected for an audience, as data (schemas/disclosure; methods.md section 4).

A deployment chooses one for each audience, its own among them, and a partnership another one in its place; both are for good from
the first signed figure on, and none may be laxer than the mildest that came with the hub.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import config, document
from hub.audit.chain import OPERATOR, record
from hub.errors import DefinitionError, DefinitionErrors, NotReady, WrongUsage
from hub.facts.models import Revision
from hub.partners.deployment import PROFILES, WITHOUT_ITS_OWN, keep_profiles, refuse_other_profiles
from hub.partners.heads import lock_head
from hub.partners.models import Partnership
from hub.statistics.disclosure.model import Profile

AudienceName = Literal["partnership", "public"]
METHODS: dict[AudienceName, tuple[str, ...]] = {
    "partnership": ("read-together",),
    "public": ("round", "suppress"),
}


@dataclass(frozen=True)
class DisclosureProfile:
    """One profile as its file says it.

    threshold: a count of 1 up to, not including, this is small.
    base:      what counts are rounded to, where the method rounds.
    mark:      what stands for a hidden count.
    fewest_*:  how many schools are told together, agencies or answers added up, before others read it.
    """

    name: str
    version: int
    title: str
    about: str
    source: str
    audience: AudienceName
    method: Literal["read-together", "round", "suppress"]
    threshold: int
    zeros: Literal["shown", "may be blanked"]
    base: int = 1
    mark: str = ""
    fewest_schools: int = 5
    fewest_agencies: int = 5
    fewest_answers: int = 3

    @property
    def rule(self) -> Profile:
        """What the auditor and the suppressor ask of it."""
        return Profile(
            self.name, self.threshold, self.zeros, "round5" if self.method == "round" else "suppress"
        )

    def is_small(self, count: int) -> bool:
        return 0 < count < self.threshold

    @property
    def note(self) -> str:
        """The profile in the words that stand below a table."""
        if self.method == "read-together":
            return (
                f"Lines with fewer than {self.threshold} children are read together with the next smallest, so that no child can "
                "be pointed to."
            )
        small = f"Counts of 1 to {self.threshold - 1} are shown as {self.mark}"
        if self.method == "round":
            return (
                f"{small}; every other count is rounded to the nearest {self.base}, so that parts need not add up. Shares and rates "
                "are worked out from rounded counts."
            )
        return (
            f"{small}, and so are others where the sums would tell one of them; none else is changed. Shares and rates of a hidden "
            "count are hidden too."
        )


class _ProfileSchema(Schema):
    name = fields.String(required=True, data_key="profile", validate=validate.Regexp(r"[a-z][a-z0-9-]*\Z"))
    version = fields.Integer(required=True, validate=validate.Range(min=1))
    title = fields.String(required=True, validate=validate.Length(min=1))
    about = fields.String(required=True, validate=validate.Length(min=1))
    source = fields.String(required=True, validate=validate.Length(min=1))
    audience = fields.String(required=True, validate=validate.OneOf(tuple(METHODS)))
    method = fields.String(required=True)
    threshold = fields.Integer(required=True, validate=validate.Range(min=2, max=100))
    zeros = fields.String(required=True, validate=validate.OneOf(("shown", "may be blanked")))
    base = fields.Integer(validate=validate.OneOf((5,)))
    mark = fields.String(validate=validate.Length(1, 3))
    fewest_schools = fields.Integer(validate=validate.Range(min=3, max=50))
    fewest_agencies = fields.Integer(validate=validate.Range(min=3, max=50))
    fewest_answers = fields.Integer(validate=validate.Range(min=3, max=50))

    @validates_schema
    def _fits_together(self, data: dict[str, Any], **_: Any) -> None:
        methods = METHODS[data["audience"]]
        if data["method"] not in methods:
            raise ValidationError(f"is {' or '.join(methods)} for this audience.", "method")
        if (data["method"] == "round") != ("base" in data):
            raise ValidationError("A `base` belongs to the method `round`, and to no other.", "method")
        if (data["audience"] == "public") != ("mark" in data):
            raise ValidationError("A `mark` belongs to what anybody reads, and to nothing else.", "audience")
        if data["audience"] == "public" and any(name.startswith("fewest_") for name in data):
            raise ValidationError(
                "How few schools, agencies or answers are told belongs to the partnership.", "audience"
            )


def read_profile(path: Path) -> DisclosureProfile:
    """One profile. Raises DefinitionErrors with file and line of each fault."""
    read = document.read(path)
    try:
        return DisclosureProfile(**_ProfileSchema().load(read.data))
    except ValidationError as error:
        raise DefinitionErrors(list(document.faults(read, error.messages_dict, ()))) from error


def profiles() -> dict[str, DisclosureProfile]:
    """Every profile by name: those that came with the hub, and those of the deployment's own folder."""
    return dict(_read_once(tuple(_folders())))


def chosen(audience: AudienceName, own: str = "") -> DisclosureProfile:
    """The profile for an audience: the partnership's `own` where it has one, else the one that this deployment chose."""
    settings = config.from_environment()
    usual = settings.disclosure_public if audience == "public" else settings.disclosure_partnership
    setting = "The partnership’s profile" if own else f"HUB_DISCLOSURE_{audience.upper()}"
    return _chosen(audience, own or usual, setting, tuple(_folders()))


def settle(session: Session) -> None:
    """Before figures are signed or told: whether the deployment's settings are profiles, and those it has told figures under.

    A database whose figures were signed before this was kept keeps what is set at its first start since.
    Errors: WrongUsage, NotReady.
    """
    for audience in METHODS:
        chosen(audience)
    signed = select(Revision.id).where(Revision.partnership_id == Partnership.id).exists()
    for partnership in session.scalars(select(Partnership).where(signed, WITHOUT_ITS_OWN)).all():
        keep_profiles(session, partnership.id)
        kept = {name: getattr(partnership, name) for name in PROFILES}
        record(session, actor=OPERATOR, action="setting:disclosure", subject=partnership.code, detail=kept)
    refuse_other_profiles(session)


def choose(session: Session, partnership: Partnership, named: Mapping[AudienceName, str]) -> None:
    """Give a partnership profiles of its own. Another one than figures were told under would tell what both hide alone.

    Errors: WrongUsage for one that there is not, NotReady once a figure is signed.
    """
    before = of_partnership(partnership)
    changed = {
        audience: name
        for audience, name in named.items()
        if chosen(audience, name) != chosen(audience, before[audience])
    }
    if changed:
        lock_head(session, partnership.id)  # whoever signs meanwhile is waited for, or waits and has these
    signed = select(Revision.id).where(Revision.partnership_id == partnership.id).limit(1)
    if changed and session.scalar(signed) is not None:
        raise NotReady(
            f"“{partnership.code}” has signed figures, and readers have had them under its profiles of today: another one "
            "beside them would tell what is hidden. Leave “disclosure:” as it was."
        )
    partnership.disclosure_partnership = named.get("partnership", before["partnership"])
    partnership.disclosure_public = named.get("public", before["public"])


def of_partnership(partnership: Partnership) -> dict[AudienceName, str]:
    """Its own profiles by name; empty where it has the deployment's, and has signed nothing yet."""
    return {"partnership": partnership.disclosure_partnership, "public": partnership.disclosure_public}


@lru_cache(maxsize=32)
def _chosen(audience: AudienceName, name: str, setting: str, folders: tuple[Path, ...]) -> DisclosureProfile:
    known = dict(_read_once(folders))
    found = known.get(name)
    if found is None or found.audience != audience:
        names = sorted(each.name for each in known.values() if each.audience == audience)
        raise WrongUsage(f"{setting} is “{name}”, which is no profile for it. There are: {', '.join(names)}.")
    mildest = min(
        each.threshold for each in dict(_read_once(folders[:1])).values() if each.audience == audience
    )
    if found.threshold < mildest:
        raise WrongUsage(
            f"{setting} is “{name}”, whose threshold {found.threshold} is laxer than {mildest}, the least."
        )
    return found


def _folders() -> Iterator[Path]:
    yield config.shipped("schemas") / "disclosure"
    own = config.from_environment().definitions
    if own:
        yield Path(own).expanduser().resolve() / "schemas" / "disclosure"


@lru_cache(maxsize=4)
def _read_once(folders: tuple[Path, ...]) -> tuple[tuple[str, DisclosureProfile], ...]:
    found: dict[str, DisclosureProfile] = {}
    faults: list[DefinitionError] = []
    for file in (file for folder in folders for file in sorted(folder.glob("*.yaml"))):
        try:
            profile = read_profile(file)
        except DefinitionErrors as error:
            faults += error.errors
            continue
        if profile.name in found:
            faults.append(DefinitionError(str(file), 1, f"there is a profile “{profile.name}” already."))
        found[profile.name] = profile
    if faults:
        raise DefinitionErrors(faults)
    return tuple(found.items())
