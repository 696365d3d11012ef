"""What can go wrong that is nobody's data: raised low, translated once at the edge (web, api, cli).

Bad data is never one of these: it is a `hub.findings.Finding`.
"""

from __future__ import annotations


class HubError(Exception):
    """A fault with a sentence that may be shown to a person."""

    @property
    def sentence(self) -> str:
        return str(self)


class NotFound(HubError):
    """Absent, or not the asker's to know about: both read alike (security.md P1)."""


class NotAllowed(HubError):
    """The person is known and may not do this."""


class NotReady(HubError):
    """The state does not allow it yet: says which and what to do."""


class AreYouSure(NotReady):
    """Words may name a person: kept once the sender says that they name no child, patient or family."""


class Conflict(HubError):
    """Somebody else was there first: says who and what (answered 409)."""


class Dropped(Conflict):
    """A draft that was dropped: its address says by whom, when and why (answered 410)."""


class ColleaguesDraft(Conflict):
    """A file would take the place of what a colleague entered: kept once the sender says so."""


class Busy(HubError):
    """Nothing was saved; trying again later is right (answered 503)."""


class UnknownDefinition(HubError):
    """No return, measure, list or agreement of that name (and version)."""


class WrongUsage(HubError):
    """The command or request was put wrongly (exit code 2, answer 400)."""


class DefinitionError(HubError):
    """A definition file that cannot be used: file, line and cause."""

    def __init__(self, file: str, line: int | None, cause: str) -> None:
        self.file, self.line, self.cause = file, line, cause
        super().__init__(f"{file}:{line}: {cause}" if line else f"{file}: {cause}")


class DefinitionErrors(HubError):
    """Every fault found in a set of definition files, so that one run of `hub load` shows them all."""

    def __init__(self, errors: list[DefinitionError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))
