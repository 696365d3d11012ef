"""Tables of the parties and the people. Agencies, people and accounts are global; memberships and areas belong to a partnership."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class Partnership(Base):
    """One local safeguarding partnership. `clock_at` and `clock_set_at` are set for an illustrative one only."""

    __tablename__ = "partnerships"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    council_agency_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("agencies.id"))
    illustrative: Mapped[bool] = mapped_column(default=False)
    clock_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    clock_set_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    contact_name: Mapped[str] = mapped_column(default="the partnership’s data team")
    contact_email: Mapped[str] = mapped_column(default="")
    shares: Mapped[str] = mapped_column(
        default=""
    )  # space-separated returns that members may see of one another
    # Its disclosure profiles by name: of its file, else the deployment's from its first signed figure on; empty before.
    disclosure_partnership: Mapped[str] = mapped_column(default="", server_default="")
    disclosure_public: Mapped[str] = mapped_column(default="", server_default="")


class Region(Base):
    """An area watched by an oversight body; which body that is, is data."""

    __tablename__ = "regions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    oversight_body: Mapped[str]


class PartnershipRegion(Base):
    __tablename__ = "partnership_regions"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    region_id: Mapped[int] = mapped_column(ForeignKey("regions.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Area(Base):
    """A part of the partnership's place, with dates: Birmingham's three began on 1 October 2014."""

    __tablename__ = "areas"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    recast_from_on: Mapped[date | None]  # figures from this date were recast to the area
    __table_args__ = (UniqueConstraint("partnership_id", "code"),)


class Agency(Base):
    """One legal body for good. `kind` is data of the definitions: nhs_trust, nhs_commissioner, police, school, council …"""

    __tablename__ = "agencies"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(
        unique=True
    )  # the code it is written by: ODS, URN, force or council code
    kind: Mapped[str]
    name: Mapped[str]  # the latest name; dated names below
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    invented: Mapped[bool] = mapped_column(default=False)


class AgencyCode(Base):
    """Every code that ever named an agency (a council's ONS code changed; its DfE code did not)."""

    __tablename__ = "agency_codes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    scheme: Mapped[str]  # ods, urn, force, dfe, ons
    code: Mapped[str]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    __table_args__ = (UniqueConstraint("scheme", "code"),)


class AgencyName(Base):
    """A name and its days. `known_at` is the moment from which a renaming is known; the first name was always known."""

    __tablename__ = "agency_names"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    known_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Succession(Base):
    """Who came after whom. `known_at` is the moment from which it is known; None where it always was."""

    __tablename__ = "successions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    from_agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    to_agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    on_date: Mapped[date]
    kind: Mapped[str]  # merged, split, replaced
    known_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (UniqueConstraint("from_agency_id", "to_agency_id"),)


class Membership(Base):
    """An agency takes part in a partnership from one date until another."""

    __tablename__ = "memberships"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    __table_args__ = (UniqueConstraint("partnership_id", "agency_id", "from_on"),)


class Person(Base):
    """A named person; other tables hold the id alone, so that a name can be blanked by the retention job."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Account(Base):
    """A way for a person to sign in: a local password with a second factor, or (issuer, subject) of a provider."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str]  # local, oidc
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    password_hash: Mapped[str | None]
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted under the secret key
    totp_last_step: Mapped[int | None]  # a code is used once
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("kind IN ('local', 'oidc')", name="kind"),
    )


class Grant(Base):
    """A person holds a role over an agency, a partnership or a region, from one moment until another."""

    __tablename__ = "grants"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]
    agency_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("agencies.id"))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"))
    region_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("regions.id"))
    from_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    proposed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))
    approved_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))


class Absence(Base):
    """A signatory is away from one day until another, and who signs meanwhile. Being named gives no right: a grant does."""

    __tablename__ = "absences"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    deputy_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    said_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # called off
    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="days"),
        CheckConstraint("deputy_id IS NULL OR deputy_id <> person_id", name="another_person"),
    )


class Invitation(Base):
    """A one-time link: first sign-in, forgotten password, lost second factor."""

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    token_digest: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[str]  # first, password, second_factor
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInSession(Base):
    """One browser signed in, on real time. Only the digest of its cookie is kept."""

    __tablename__ = "sign_in_sessions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    token_digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    csrf_secret: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    stepped_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    device: Mapped[str] = mapped_column(default="")


class SignInAttempt(Base):
    """Failed attempts, for throttling that does not lock the true user out."""

    __tablename__ = "sign_in_attempts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    subject_digest: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ApiKey(Base):
    """A key of one agency: its digest alone is kept, it ends within a year and can never sign off."""

    __tablename__ = "api_keys"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    owner_person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class IdempotencyKey(Base):
    """The answer to a write, stored in its transaction, so that the same request again gets the same answer. Kept seven days."""

    __tablename__ = "idempotency_keys"
    principal: Mapped[str] = mapped_column(primary_key=True)  # "person:ID" or "key:ID"
    key: Mapped[str] = mapped_column(primary_key=True)
    request_digest: Mapped[str]
    status: Mapped[int]
    answer: Mapped[str]  # location for a page, body for the API
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Deployment(Base):
    """Facts about this database as a whole; `made_by` is `demo` where demo accounts exist, which are served on loopback alone."""

    __tablename__ = "deployment"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
