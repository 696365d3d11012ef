"""Every table in one place, for migrations and `hub db check`. Import this to have them all registered."""

import hub.agreements.models
import hub.agreements.money_models
import hub.agreements.negotiation.models
import hub.agreements.watch.models
import hub.audit.models
import hub.board.challenges.models
import hub.board.note_models
import hub.board.packs.models
import hub.board.public_models
import hub.board.region.models
import hub.calendar.models
import hub.comparison.models
import hub.definitions.mapping_models
import hub.definitions.models
import hub.facts.models
import hub.measures.models
import hub.meetings.models
import hub.partners.history_models
import hub.partners.local_code_models
import hub.partners.models
import hub.partners.people_models
import hub.partners.retention_models
import hub.partners.sharing_models
import hub.post.models
import hub.submissions.models  # noqa: F401
from hub.db import Base

metadata = Base.metadata
