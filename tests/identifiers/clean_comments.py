"""Comments as analysts write them: dates, staff, wards, schools, providers, offices' numbers, and no child."""

from __future__ import annotations

import random

COMMENTS = [
    "Checked by Sarah Jones, data analyst",
    "Signed off by Dr Amir Khan on 12 May 2015",
    "Sister Mary O'Connor was on leave",
    "PC Adam Hughes sent these late",
    "Queen Elizabeth Hospital figures are estimated",
    "Elizabeth Garrett Anderson Ward opened on 01/09/2014",
    "Counts from Birmingham Children's Hospital A&E, see note of 12/03/2014",
    "Heartlands, Good Hope and Solihull together",
    "St Mary's Primary School closed in July 2014",
    "Victoria Road Clinic moved to King Edward House",
    "Ring the MASH on 0121 303 1888 with questions",
    "Designated nurse: ask Claire Matthews",
    "Rise of 30% after the front door opened on 28 July 2014",
    "12 of 15 were sent within one working day",
    "Figures for April 2014 to March 2015",
    "Babies born on 1 April 2014 or later are counted from May",
    "Children born after 31/08/2010 are not counted",
    "Order no 450001 of 03/02/2015",
    "NHS England asked for this on 2015-05-18",
    "NHS numbers were removed before counting",
    "Will send the rest in June. Mark as provisional.",
    "Summer term 2014, 40 schools, 1200 pupils",
    "Emma Clarke (named nurse) agreed the method",
    "Contact data.team@birmingham.gov.uk",
    "See safeguarding@nhs.net",
    "Office at 10 Woodcock Street, Birmingham",
    "Thomas Coram Centre counted twice in error",
    "George Ward, second floor",
    "The James Report recommends monthly counts",
    "Police notifications rose from 120 to 1400",
    "RQ3, RR1, RXT and RYW as at 1 October 2014",
    "Period 2014-09, revised 2014-10-07",
    "Includes out of hours (17:00 to 09:00)",
    "£12,500 invoiced 31/03/2015, PO 7700123",
    "No referrals in August: schools closed",
    "Under 18s only; age at referral, not date of birth, was used",
    "Date of birth missing in 4 records",
    "Health visiting transferred on 1 October 2015",
    "Cllr Brigid Jones asked about this on 5 May 2015",
    "nil",
    "n/a",
    "-",
]

_OPENINGS = [
    "Note:",
    "Please note that",
    "As agreed,",
    "",
    "Query answered:",
    "From the log:",
    "Manager's comment:",
]
_WHO = [
    "Dr Amir Khan",
    "Sister Ann Doyle",
    "the data team",
    "Heartlands",
    "the MASH",
    "RQ3",
    "Matron Sally Brook",
    "George Ward",
    "PC Lee Walsh",
    "Sandwell",
]
_DID = ["counted", "sent", "corrected", "confirmed", "estimated", "left out", "logged"]
_WHAT = [
    "{n} referrals",
    "{n} contacts",
    "the {m} figures",
    "{n} late forms",
    "ward totals",
    "{n}% of cases",
    "line {n}",
    "PO {p}",
    "the return of {d}",
]
_WHEN = [
    "on {d}",
    "in {m}",
    "by {d}",
    "since {m}",
    "before the deadline",
    "in week {w}",
    "between {d} and {d}",
    "at {w}:30",
]
_MONTHS = ["April 2014", "May 2014", "June 2014", "August 2014", "January 2015", "March 2015"]


def clean_comments(count: int) -> list[str]:
    """The comments above, then sentences made of the same stuff, always the same ones."""
    chance = random.Random(20150518)
    made = list(COMMENTS)
    while len(made) < count:
        pattern = " ".join(chance.choice(part) for part in (_OPENINGS, _WHO, _DID, _WHAT, _WHEN))
        while "{d}" in pattern:
            day = f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{chance.choice(['2014', '2015', '14', '15'])}"
            pattern = pattern.replace("{d}", day, 1)
        number, month, order, week = (
            chance.randint(0, 2000),
            chance.choice(_MONTHS),
            chance.randint(1000000, 9999999),
            chance.randint(10, 23),
        )
        made.append(pattern.format(n=number, m=month, p=order, w=week).strip())
    return made
