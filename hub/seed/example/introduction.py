"""Who can sign in to a demo, with what, and what each of them is there to show: printed once the demo answers."""

from __future__ import annotations

from hub.seed.example.invention import COUNCIL, POLICE, TRUSTS
from hub.seed.example.story import characters

DOES = {
    "SUB": "prepares and sends returns",
    "SGN": "signs returns off",
    "LED": "leads for the memorandum and its money",
    "RDR": "reads",
    "STW": "data team of the partnership",
    "MGR": "business manager of the Board",
    "BRD": "member of the Board",
    "REG": "regional office",
    "INS": "inspector",
    "ADM": "runs the hub, sees no figures",
}
# One of each; the others are named by the same pattern.
SHOWN = (
    "analyst.rq3",
    "manager.rq3",
    "nurse.rq3",
    "analyst.330",
    "manager.330",
    "finance.330",
    "school.990001",
)


def introduction(password: str) -> str:
    """The example's people, as an operator's terminal shows them."""
    people: dict[str, list[str]] = {}
    for character in characters():
        local = character.email.partition("@")[0]
        if character.over != "agency" or local in SHOWN:
            who = f"{character.name}, {character.agency}" if character.agency else character.name
            people.setdefault(f"  {character.email:<28}{who:<26}", []).append(DOES[character.role])
    lines = [f"{who}{', '.join(does)}" for who, does in people.items()]
    others = ", ".join(code.lower() for code in (COUNCIL, POLICE, *TRUSTS))
    return "\n".join(
        [
            f"Everybody signs in with the password {password} (330 is the council, RQ3 the children’s hospital):",
            *lines,
            f"Likewise analyst.CODE and manager.CODE for {others}.",
        ]
    )
