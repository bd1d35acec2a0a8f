"""Names of countries that a restriction may name; a code without a name here stands for itself."""

from __future__ import annotations

_NAMES = """
AT Austria|Österreich
AU Australia|Australien
BE Belgium|Belgien
BG Bulgaria|Bulgarien
BR Brazil|Brasilien
CA Canada|Kanada
CH Switzerland|Schweiz
CN China|China
CY Cyprus|Zypern
CZ Czechia|Tschechien
DE Germany|Deutschland
DK Denmark|Dänemark
EE Estonia|Estland
ES Spain|Spanien
EU the European Union|Europäische Union
FI Finland|Finnland
FR France|Frankreich
GB the United Kingdom|Vereinigtes Königreich
GR Greece|Griechenland
HR Croatia|Kroatien
HU Hungary|Ungarn
IE Ireland|Irland
IN India|Indien
IS Iceland|Island
IT Italy|Italien
JP Japan|Japan
KR South Korea|Südkorea
LI Liechtenstein|Liechtenstein
LT Lithuania|Litauen
LU Luxembourg|Luxemburg
LV Latvia|Lettland
MT Malta|Malta
NL the Netherlands|Niederlande
NO Norway|Norwegen
PH the Philippines|Philippinen
PL Poland|Polen
PT Portugal|Portugal
RO Romania|Rumänien
SE Sweden|Schweden
SG Singapore|Singapur
SI Slovenia|Slowenien
SK Slovakia|Slowakei
TW Taiwan|Taiwan
US the United States|Vereinigte Staaten
"""

_ROWS = [line.partition(" ") for line in _NAMES.strip().splitlines()]
ENGLISH = {code: names.partition("|")[0] for code, _, names in _ROWS}
GERMAN = {code: names.partition("|")[2] for code, _, names in _ROWS}
