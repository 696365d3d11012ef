"""Likely names of children and families in a text.

A given name followed by a surname, or after a word like “child” or “mother”. Staff, wards, schools, streets and
providers that are called after people are passed over. A guess, so it only ever leads to the question “are you sure?”.
"""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Common given names of children and parents in England, without those that are mostly words, places or months.
_GIVEN = words(
    """
    aaliyah aaron abdul abdullah abigail abu adam adele adrian agnes ahmed aidan aisha alan albert alex alexander alexandra alfie
    alfred ali alice alicia alina alisha allison amanda amber amelia amina amir amira amy ana andrea andrew angela angus anisa anita
    anna annabel anne annie anthony antonio anya archie aria arianna arjun arthur arya asha ashley asif ava ayaan ayesha ayla
    barbara beatrice bella ben benjamin bethany bilal bobby bradley brandon brian bridget callum cameron carl carol caroline
    catherine charles charlie charlotte chloe chris christian christina christine christopher claire clara colin connor craig
    daisy damian daniel daniela danielle darren david dawn dean deborah declan denise dennis derek diana dominic donna dorothy
    dylan edith edward eleanor elijah elizabeth ella ellen ellie elliot elsie emily emma eric erin ethan eva evan eve evelyn evie
    ezra faisal farah fatima felix finley fiona fatimah francesca francis frank freddie frederick freya gabriel gabriella gareth
    gary gavin gemma geoffrey george georgia georgina gillian grace graham gurpreet habiba hafsa haider hamza hanna hannah
    haris harjit harriet harry harvey hassan hayley heather helen henry holly hugo hussain ian ibrahim imogen imran inaya irene
    iris isaac isabel isabella isabelle isla ismail ivy jack jackson jacob jacqueline jade jake jamal james jamie jan jane janet
    janice jasmine jason jaspreet jayden jean jeffrey jenna jennifer jenny jeremy jessica jessie jill joan joanna joanne joe joel
    john jonathan jordan joseph joshua joyce judith julia julian julie justin kai kamran karen kate katherine kathleen katie
    kayden kayla keith kelly kenneth kerry kevin khadija kian kieran kim kimberley kirsty kyle lara laura lauren layla leah leanne lee
    leo leon leonard lewis liam lily linda lisa logan lorraine louis louise luca lucas lucy luis luke lydia lynn mackenzie maddison
    madison maisie malik marcus margaret maria mariam marie marion martha martin mary maryam mateo matilda matthew max maya megan
    melanie melissa mia michael michelle millie mohamed mohammad mohammed molly muhammad musa mustafa nadia naomi natalie natasha
    nathan neil niamh nicholas nicola nigel noah nora oliver olivia omar oscar owen paige pamela patricia patrick paul paula
    pauline peter philip phoebe poppy priya rachael rachel ralph ravi raymond reece rebecca reuben rhys richard riley robert robin
    roger ronald rory rosie rowan roxanne roy ruby russell ruth ryan safa sally salma sam samantha samuel sana sandra sara sarah
    saskia scarlett scott sean sebastian shane shannon sharon shaun sheila sienna simon simran sofia sonia sophia sophie
    stacey stanley stephanie stephen steven stuart sumaya susan suzanne sybil sylvia tahir tanya tara teresa thea theo theodore
    theresa thomas tia timothy tina toby tommy tony tracey tyler umar valerie vanessa vincent violet wayne wendy william willow
    xavier yasmin yusuf yvonne zac zachary zahra zain zainab zara zoe
    """
)
_PLACE = words(
    """
    academy act area avenue building care centre children's childrens christian church circus clinic close college community council court crescent day
    drive foundation gardens green grove hall health home hospital house hospice infant infants inquiry junior lane lodge medical
    nursery park partnership place practice primary project report review road room school secondary service services site
    street suite surgery team terrace theatre tower trust unit ward wards way west wing and or the is was has had were are of in on
    for not did no from with january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday birmingham
    """
)
_STAFF_BEFORE = re.compile(
    r"\b(dr|prof|professor|sister|nurse|matron|pc|dc|ds|di|dci|sgt|sergeant|insp|inspector|supt|superintendent|cllr|councillor|rev|"
    r"contact|ask|asked|by|per|signed|checked|prepared|approved|agreed with|spoke to|spoke with|thanks|regards|manager|analyst|officer|lead|head|headteacher|"
    r"director|teacher|coordinator|cc|attn|governor|chair|constable|st|saint|queen|king|prince|princess|sir|lady|lord|dame)\b[\s.,:()-]*$",
    re.IGNORECASE,
)
_STAFF_AFTER = re.compile(
    r"^[\s,(\-–]{1,3}(our |the |who is |is |as )*(acting |interim |deputy |designated |named |senior |new |data |business |team |service )*"
    r"(lead|manager|analyst|officer|nurse|doctor|gp|head|headteacher|director|clerk|dsl|coordinator|secretary|superintendent|constable|midwife|governor|"
    r"administrator|consultant|inspector|team|safeguarding|chair|teacher|social worker)\b",
    re.IGNORECASE,
)
_FULL = re.compile(r"\b([A-Z][a-z]+)((?:[ ]+[A-Z](?:[a-z]*['’][A-Z])?[A-Za-z-]*\.?){1,4})")
_SURNAME_FIRST = re.compile(r"\b([A-Z][A-Za-z'’-]+),[ ]?([A-Z][a-z]+)\b(?![ ]+[A-Z])")
_AFTER_CHILD = re.compile(
    r"\b(?:child|baby|pupil|patient|son|daughter|brother|sibling|mum|mother|dad|father|girl|boy|re)\b[:,]?[ ]+(?:is |called |named )?([A-Z][a-z]+)\b"
)
_WHOLE = re.compile(r"\s*([A-Za-z]+)[ _.-]+([A-Za-z][A-Za-z'’-]+)\s*")


def has_likely_name(text: str) -> bool:
    return any(
        (
            _is_pair(text),
            any(_is_person(text, found) for found in _FULL.finditer(text)),
            any(
                found[2].casefold() in _GIVEN and found[1].casefold() not in _PLACE
                for found in _SURNAME_FIRST.finditer(text)
            ),
            any(found[1].casefold() in _GIVEN for found in _AFTER_CHILD.finditer(text)),
        )
    )


def _is_pair(text: str) -> bool:
    """The whole text is a given name and one more word: a cell or a sheet's name."""
    found = _WHOLE.fullmatch(text)
    return bool(found and found[1].casefold() in _GIVEN and found[2].casefold() not in _PLACE)


def _is_person(text: str, found: re.Match[str]) -> bool:
    if found[1].casefold() not in _GIVEN:
        return False
    following = found[2].split()
    if any(word.strip(".").casefold() in _PLACE for word in following):
        return False
    return not (_STAFF_BEFORE.search(text[: found.start()]) or _STAFF_AFTER.search(text[found.end() :]))
