"""Places as ISO 3166 codes in one tree: world ``*`` > EU > members, country > subdivision.

A rule reaches every place inside its jurisdiction. A place coarser than the jurisdiction (US for a
rule of US-CA) says neither yes nor no: it stays unknown and becomes a question.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from policy.errors import PlaceRefused
from policy.logic import Truth

WORLD = "*"
UNION = "EU"
_MEMBER_CODES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_OTHER_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AU AW AX AZ BA BB BD BF BH BI BJ BL BM BN BO BQ BR BS BT
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX DJ DM DO DZ EC EG EH ER ET FJ
    FK FM FO GA GB GD GE GF GG GH GI GL GM GN GP GQ GS GT GU GW GY HK HM HN HT ID IL IM IN IO IQ
    IR IS JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LY MA MC MD ME MF MG
    MH MK ML MM MN MO MP MQ MR MS MU MV MW MX MY MZ NA NC NE NF NG NI NO NP NR NU NZ OM PA PE PF
    PG PH PK PM PN PR PS PW PY QA RE RS RU RW SA SB SC SD SG SH SJ SL SM SN SO SR SS ST SV SX SY
    SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF
    WS YE YT ZA ZM ZW"""
MEMBERS = frozenset(_MEMBER_CODES.split())
COUNTRIES = MEMBERS | frozenset(_OTHER_CODES.split())
# Reserved codes in common use for the same countries.
_ALIASES = {"UK": "GB", "EL": "GR"}
_SHAPE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """The code in its one spelling; raises PlaceRefused for anything that is no such code."""
    code = text.strip().upper()
    country, dash, rest = code.partition("-")
    code = _ALIASES.get(country, country) + dash + rest
    country = code[:2]
    known = code in (WORLD, UNION) or (_SHAPE.fullmatch(code) and country in COUNTRIES)
    if not known:
        raise PlaceRefused(
            f"{text!r} is not a place this system knows; use an ISO 3166 code such as US, US-CA "
            "or DE, EU for the European Union, or * for the whole world."
        )
    return code


@lru_cache(maxsize=4096)
def line(code: str) -> tuple[str, ...]:
    """`code` and everything that contains it, finest first: US-CA, US, ``*``."""
    steps = [code]
    if "-" in code:
        steps.append(code[:2])
    if steps[-1] in MEMBERS:
        steps.append(UNION)
    if steps[-1] != WORLD:
        steps.append(WORLD)
    return tuple(steps)


def within(jurisdiction: str, places: Collection[str]) -> Truth:
    """Is one of `places` inside `jurisdiction`? Both are normalised codes.

    True if one is; unknown if no place is known or one of them is coarser than the jurisdiction
    (and no finer place inside that one is known); False otherwise.
    """
    if jurisdiction == WORLD or any(jurisdiction in line(place) for place in places):
        return True
    finest = [p for p in places if not any(p != other and p in line(other) for other in places)]
    above = line(jurisdiction)
    return None if not finest or any(place in above for place in finest) else False
