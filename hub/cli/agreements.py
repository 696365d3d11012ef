"""`hub evaluate` and `hub agreement check|import|export|status`."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hub.agreements.model import Agreement
    from hub.agreements.models import AgreementVersion
    from hub.agreements.verdict import Verdict


def register(subparsers: Any) -> None:
    evaluate = subparsers.add_parser("evaluate", help="work out the verdicts of an agreement")
    evaluate.add_argument("agreement")
    evaluate.add_argument(
        "--partnership", default=None, help="needed where two partnerships have an agreement of that name"
    )
    evaluate.add_argument("--as-at", default=None, help="a date (its end) or a moment with offset")
    evaluate.add_argument("--format", choices=("text", "json", "csv"), default="text")
    evaluate.set_defaults(run=run_evaluate)

    agreement = subparsers.add_parser("agreement", help="check, import, export or show an agreement")
    agreement.add_argument("action", choices=("check", "import", "export", "status"))
    agreement.add_argument("what", help="a YAML file (check, import) or an agreement’s name (export, status)")
    agreement.add_argument("--partnership", default=None)
    agreement.set_defaults(run=run_agreement)


def run_evaluate(arguments: argparse.Namespace) -> int:
    from sqlalchemy import select

    from hub import clock, config
    from hub.agreements.evaluate import evaluate, signers, slipping_first
    from hub.agreements.versions import agreement_as_at, find_agreement
    from hub.db import make_engine, open_session
    from hub.facts.moments import as_at
    from hub.partners.deployment import refuse_other_profiles
    from hub.partners.models import Agency

    moment = clock.parse_moment(arguments.as_at) if arguments.as_at else None
    engine = make_engine(config.from_environment().database_url)
    try:
        with open_session(engine) as session:
            refuse_other_profiles(session)
            partnership = find_agreement(session, arguments.agreement, arguments.partnership)
            at = as_at(session, partnership, moment)
            agreement = agreement_as_at(session, partnership.id, arguments.agreement, at.moment)
            verdicts = evaluate(session, partnership, agreement, at)
            names = signers(session, verdicts)
            parties = dict(
                session.execute(
                    select(Agency.code, Agency.name).where(Agency.code.in_(agreement.party_codes))
                ).all()
            )
    finally:
        engine.dispose()
    if arguments.format == "csv":
        print(_as_csv(agreement, verdicts, parties, at.moment.isoformat()), end="")
        return 0
    if arguments.format == "json":
        document = {
            "agreement": agreement.code,
            "version": agreement.version,
            "as_at": at.moment.isoformat(),
            "verdicts": [
                {**verdict.as_json(names), "party_name": parties.get(verdict.party, verdict.party)}
                for verdict in verdicts
            ],
        }
        print(json.dumps(document, ensure_ascii=False))
        return 0
    shadow = " (draft: verdicts are a shadow)" if agreement.is_shadow else ""
    print(f"{agreement.title}{shadow}\nas at {at.moment.isoformat()}")
    for verdict in slipping_first(verdicts):
        print(f"{verdict.commitment:5} {verdict.party:8} {verdict.word.upper():12} {verdict.reason}")
    return 0


COLUMNS = (
    "agreement", "version", "as_at", "commitment", "party", "party_name", "verdict", "shadow", "value", "target",
    "expected_to_date", "unit", "reason", "rests_on",
)  # fmt: skip


def _as_csv(agreement: Agreement, verdicts: Sequence[Verdict], parties: Mapping[str, str], as_at: str) -> str:
    """One line for each promise of each party; every text is safe to open in a spreadsheet."""
    from hub.exports import safe_row

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in verdicts:
        shadow = "yes" if each.is_shadow else "no"
        name, numbers = parties.get(each.party, each.party), (each.value, each.target, each.expected_to_date)
        said = (each.commitment, each.party, name, each.word, shadow, *numbers, each.unit, each.reason)
        writer.writerow(safe_row([agreement.code, agreement.version, as_at, *said, "; ".join(each.basis)]))
    return text.getvalue()


def _record_import(session: Session, stored: AgreementVersion) -> None:
    from hub.audit.chain import OPERATOR, record

    record(
        session,
        actor=OPERATOR,
        action="agreement:bring",
        subject=f"agreement:{stored.code}",
        partnership_id=stored.partnership_id,
        detail={"version": stored.version, "digest": stored.digest},
    )


def run_agreement(arguments: argparse.Namespace) -> int:
    from hub import config
    from hub.agreements.load import read_agreement
    from hub.agreements.versions import exported, find_agreement, store_agreement
    from hub.db import make_engine, open_session, transaction

    if arguments.action == "check":
        agreement = read_agreement(Path(arguments.what))
        print(
            f"{agreement.code} version {agreement.version}: {len(agreement.commitments)} commitments, nothing wrong."
        )
        return 0
    engine = make_engine(config.from_environment().database_url)
    if arguments.action == "import":
        with transaction(engine) as session:
            stored, is_new = store_agreement(session, Path(arguments.what))
            if is_new:
                _record_import(session, stored)
            print(f"{stored.code} version {stored.version} is held ({stored.status}).")
        return 0
    with open_session(engine) as session:
        partnership = find_agreement(session, arguments.what, arguments.partnership)
        if arguments.action == "export":
            print(exported(session, partnership.id, arguments.what), end="")
            return 0
        return run_evaluate(
            argparse.Namespace(
                agreement=arguments.what, partnership=partnership.code, as_at=None, format="text"
            )
        )
