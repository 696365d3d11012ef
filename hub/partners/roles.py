"""The permission matrix as data: roles, permissions and their cells, read from permissions.yaml.

Deny by default: a (permission, role) without a cell is refused. What a scope reaches is decided in policy.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml


class Permission(StrEnum):
    DRAFT_WRITE = "draft:write"
    DRAFT_READ = "draft:read"
    SUBMISSION_STATUS = "submission:status"
    SUBMISSION_SEND = "submission:send"
    SUBMISSION_SIGN = "submission:sign"
    SUBMISSION_COUNTERSIGN = "submission:countersign"
    REQUEST_ASK = "request:ask"
    REQUEST_GRANT = "request:grant"
    CORRECTION_ASK = "correction:ask"
    CORRECTION_ANSWER = "correction:answer"
    FIGURES_OWN = "figures:own"
    FIGURES_OTHERS = "figures:others"
    MATTER_TAKE_PART = "matter:take-part"
    CHALLENGE_ASK = "challenge:ask"
    CHALLENGE_ROUTE = "challenge:route"
    CHALLENGE_ANSWER = "challenge:answer"
    FIGURES_PUBLISHED = "figures:published"
    BOARD_READ = "board:read"
    MEASURE_NOTE = "measure:note"
    AGREEMENT_READ = "agreement:read"
    AGREEMENT_DRAFT = "agreement:draft"
    AGREEMENT_SIGN = "agreement:sign"
    AGREEMENT_RECORD_PAPER = "agreement:record-paper"
    AGREEMENT_CONFIRM_PAPER = "agreement:confirm-paper"
    VERDICT_COMMENT = "verdict:comment"
    MILESTONE_WRITE = "milestone:write"
    MILESTONE_CONFIRM = "milestone:confirm"
    STATEMENT_ISSUE = "statement:issue"
    FINANCE_TOTALS = "finance:totals"
    FINANCE_DISPUTE = "finance:dispute"
    CONTRACT_QUESTION = "contract:question"
    MEETING_RUN = "meeting:run"
    REPORT_ISSUE = "report:issue"
    SHARING_ACCEPT = "sharing:accept"
    SHARING_WITHDRAW = "sharing:withdraw"
    DEFINITION_MANAGE = "definition:manage"
    DEFINITION_APPROVE = "definition:approve"
    MAPPING_OWN = "mapping:own"
    HISTORY_PREPARE = "history:prepare"
    HISTORY_SIGN = "history:sign"
    PARTNERSHIP_RUN = "partnership:run"
    ROW_JUDGE = "row:judge"
    AGENCY_MANAGE = "agency:manage"
    PEOPLE_SEE = "people:see"
    GRANT_PROPOSE = "grant:propose"
    GRANT_APPROVE = "grant:approve"
    PERSON_INVITE = "person:invite"
    PERSON_DISABLE = "person:disable"
    PERSON_ENABLE = "person:enable"
    KEY_MAKE = "key:make"
    KEY_ROTATE = "key:rotate"
    AUDIT_READ = "audit:read"
    AUDIT_VERIFY = "audit:verify"
    OUTBOX_MANAGE = "outbox:manage"
    RETENTION_ASK = "retention:ask"
    RETENTION_AGREE = "retention:agree"
    SETTING_MANAGE = "setting:manage"
    ACCOUNT_OWN = "account:own"


class Scope(Enum):
    OWN_AGENCY = "O"
    PARTNERSHIP = "P"
    MEMBERS = "M"
    AGREEMENTS = "A"
    REGION = "G"
    SELF = "self"
    ALL = "all"


ANY = "ANY"  # every signed-in person, also without a live grant
SOME = "some"  # asks whether a narrowed cell reaches at all; the view then asks for the very part
API = "API"  # the role that a key has over its agency; no person holds it


@dataclass(frozen=True)
class Role:
    code: str
    name: str
    over: str  # agency, partnership, region, deployment
    days: int
    second_factor: bool = False
    except_kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """What one role may do under one permission; `only` empty means without narrowing."""

    scope: Scope
    only: frozenset[str] = frozenset()
    exact: bool = False


@dataclass(frozen=True)
class Matrix:
    roles: Mapping[str, Role]
    cells: Mapping[tuple[Permission, str], Cell]
    says: Mapping[Permission, str]


@cache
def matrix() -> Matrix:
    """The shipped matrix. Fails when it and `Permission` differ, so that neither can be forgotten."""
    data = yaml.safe_load((Path(__file__).parent / "permissions.yaml").read_text(encoding="utf-8"))
    roles = {code: Role(code=code, **_tuples(fields)) for code, fields in data["roles"].items()}
    cells = {
        (Permission(name), role): _cell(written)
        for name, row in data["permissions"].items()
        for role, written in row["roles"].items()
    }
    says = {Permission(name): row["says"] for name, row in data["permissions"].items()}
    unlisted = set(Permission) - set(says)
    unknown = {role for _, role in cells} - {*roles, ANY}
    if unlisted or unknown:
        raise ValueError(
            f"permissions.yaml lacks {sorted(unlisted)} or names unknown roles {sorted(unknown)}"
        )
    return Matrix(roles=roles, cells=cells, says=says)


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def _cell(written: Any) -> Cell:
    if isinstance(written, str):
        return Cell(scope=Scope(written))
    return Cell(
        scope=Scope(written["scope"]),
        only=frozenset(written.get("only", ())),
        exact=written.get("exact", False),
    )
