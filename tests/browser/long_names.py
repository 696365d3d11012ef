"""Names as long as names may be, with spaces and without, of everything that pages name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, select, update

from hub.agreements.models import AgreementVersion
from hub.agreements.versions import agreement_from
from hub.agreements.written import as_document
from hub.audit.canonical import canonical
from hub.db import transaction
from hub.measures.models import MeasureVersion
from hub.partners.models import Agency, Area

LONG = " for Children, Young People and Families with Neurodevelopmental Conditions and Complex Health Needs in Birmingham, Sandwell and Wolverhampton"
UNBROKEN = "Kinderschutzpartnerschaft" * 5
MEASURES = {"RF02": LONG, "FD04": UNBROKEN, "FD05": LONG, "DQ01": UNBROKEN}
AREAS = {"south": LONG, "east": UNBROKEN}
A_MOMENT = timedelta(microseconds=1)


def lengthen(engine: Engine) -> None:
    """Some bodies, areas, measures, and every agreement with its services, in a copy of the example."""
    with transaction(engine) as session:
        bodies = update(Agency).where(Agency.code.in_(("330", "990003", "20")))
        session.execute(bodies.values(name=Agency.name + LONG))
        for code, more in AREAS.items():
            session.execute(update(Area).where(Area.code == code).values(name=Area.name + more))
        for measure in session.scalars(select(MeasureVersion).where(MeasureVersion.code.in_(MEASURES))).all():
            text = json.loads(measure.document)
            document = canonical(text | {"name": text["name"] + MEASURES[measure.code]})
            known_from = measure.known_from + A_MOMENT
            session.add(
                MeasureVersion(code=measure.code, digest="0" * 64, document=document, known_from=known_from)
            )
        for row in session.scalars(select(AgreementVersion).where(AgreementVersion.status == "signed")).all():
            agreement = agreement_from(row)
            services = [
                replace(service, title=service.title + (UNBROKEN if number % 2 else LONG))
                for number, service in enumerate(agreement.services)
            ]
            longer = replace(agreement, title=agreement.title + LONG, services=tuple(services))
            session.add(
                AgreementVersion(
                    partnership_id=row.partnership_id,
                    code=row.code,
                    version=row.version,
                    status=row.status,
                    digest=row.digest,
                    document=canonical(as_document(longer)),
                    known_from=row.known_from + A_MOMENT,
                )
            )
