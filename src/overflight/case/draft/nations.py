"""Which government is meant: names, adjectives and capitals of states."""

import re

# name, adjective and capital (as it is used for a government) -> ISO 3166-1
_TABLE = """
US United States|U.S.|US|USA|American|America|Washington
CN China|Chinese|Beijing|PRC|People's Republic
RU Russia|Russian|Moscow|Kremlin
TW Taiwan|Taiwanese|Taipei
JP Japan|Japanese|Tokyo
KR South Korea|South Korean|Seoul
KP North Korea|North Korean|Pyongyang
CA Canada|Canadian|Ottawa
GB United Kingdom|UK|U.K.|Britain|British|London|Downing Street
FR France|French|Paris
DE Germany|German|Berlin
PL Poland|Polish|Warsaw
LT Lithuania|Lithuanian|Vilnius
LV Latvia|Latvian|Riga
EE Estonia|Estonian|Tallinn
BY Belarus|Belarusian|Belarussian|Minsk
UA Ukraine|Ukrainian|Kyiv|Kiev
FI Finland|Finnish|Helsinki
SE Sweden|Swedish|Stockholm
NO Norway|Norwegian|Oslo
DK Denmark|Danish|Copenhagen
NL Netherlands|Dutch|The Hague
BE Belgium|Belgian
CH Switzerland|Swiss|Bern
AT Austria|Austrian|Vienna
IT Italy|Italian|Rome
ES Spain|Spanish|Madrid
PT Portugal|Portuguese|Lisbon
IE Ireland|Irish|Dublin
GR Greece|Greek|Athens
TR Turkey|Türkiye|Turkish|Ankara
RO Romania|Romanian|Bucharest
BG Bulgaria|Bulgarian|Sofia
HU Hungary|Hungarian|Budapest
CZ Czechia|Czech Republic|Czech|Prague
SK Slovakia|Slovak|Bratislava
RS Serbia|Serbian|Belgrade
HR Croatia|Croatian|Zagreb
MD Moldova|Moldovan|Chisinau
GE Tbilisi
AM Armenia|Armenian|Yerevan
AZ Azerbaijan|Azerbaijani|Baku
KZ Kazakhstan|Kazakh|Astana
MN Mongolia|Mongolian|Ulaanbaatar
IN India|Indian|New Delhi|Delhi
PK Pakistan|Pakistani|Islamabad
BD Bangladesh|Bangladeshi|Dhaka
LK Sri Lanka|Sri Lankan|Colombo
NP Nepal|Nepali|Nepalese|Kathmandu
MM Myanmar|Burmese
TH Thailand|Thai|Bangkok
VN Vietnam|Vietnamese|Hanoi
PH Philippines|Philippine|Filipino|Manila
MY Malaysia|Malaysian|Kuala Lumpur
SG Singapore|Singaporean
ID Indonesia|Indonesian|Jakarta
AU Australia|Australian|Canberra
NZ New Zealand|Wellington
IL Israel|Israeli|Jerusalem|Tel Aviv
IR Iran|Iranian|Tehran
IQ Iraq|Iraqi|Baghdad
SA Saudi Arabia|Saudi|Riyadh
AE United Arab Emirates|Emirati|UAE|Abu Dhabi
QA Qatar|Qatari|Doha
EG Egypt|Egyptian|Cairo
SY Syria|Syrian|Damascus
JO Jordanian|Amman
LB Lebanon|Lebanese|Beirut
ZA South Africa|South African|Pretoria
KE Kenya|Kenyan|Nairobi
NG Nigeria|Nigerian|Abuja
ET Ethiopia|Ethiopian
MX Mexico|Mexican|Mexico City
BR Brazil|Brazilian|Brasilia
AR Argentina|Argentine|Argentinian|Buenos Aires
CL Chile|Chilean
CO Colombia|Colombian|Bogota|Bogotá
VE Venezuela|Venezuelan|Caracas
PE Peru|Peruvian
EC Ecuador|Ecuadorian|Quito
CR Costa Rica|Costa Rican
CU Cuba|Cuban|Havana
PA Panama|Panamanian
NI Nicaragua|Nicaraguan
GL Greenland|Greenlandic
IS Iceland|Icelandic|Reykjavik
LU Luxembourg
MT Malta|Maltese
CY Cyprus|Cypriot|Nicosia
SI Slovenia|Slovenian|Slovene|Ljubljana
BA Bosnia|Bosnian|Sarajevo
ME Montenegro|Montenegrin
AL Albania|Albanian|Tirana
MK North Macedonia|Macedonian|Skopje
XK Kosovo|Pristina
UZ Uzbekistan|Uzbek|Tashkent
TM Turkmenistan|Turkmen
KG Kyrgyzstan|Kyrgyz|Bishkek
TJ Tajikistan|Tajik|Dushanbe
AF Afghanistan|Afghan|Kabul
BT Bhutan|Bhutanese
LA Laos|Laotian
KH Cambodia|Cambodian|Phnom Penh
BN Brunei
TL East Timor|Timor-Leste
PG Papua New Guinea
FJ Fiji|Fijian
KW Kuwait|Kuwaiti
BH Bahrain|Bahraini
OM Oman|Omani|Muscat
YE Yemen|Yemeni|Sanaa
LY Libya|Libyan
TN Tunisia|Tunisian
DZ Algeria|Algerian|Algiers
MA Morocco|Moroccan|Rabat
SD Sudan|Sudanese|Khartoum
GH Ghana|Ghanaian|Accra
SN Senegal|Senegalese|Dakar
UG Uganda|Ugandan|Kampala
TZ Tanzania|Tanzanian
RW Rwanda|Rwandan|Kigali
ZM Zambia|Zambian|Lusaka
ZW Zimbabwe|Zimbabwean|Harare
MZ Mozambique|Mozambican|Maputo
BW Botswana
NA Namibia|Namibian
AO Angola|Angolan
MG Madagascar|Malagasy
GT Guatemala|Guatemalan
HN Honduras|Honduran|Tegucigalpa
SV El Salvador|Salvadoran
BZ Belize|Belizean
JM Jamaica|Jamaican
HT Haiti|Haitian
DO Dominican Republic
BO Bolivia|Bolivian|La Paz
PY Paraguay|Paraguayan
UY Uruguay|Uruguayan|Montevideo
GY Guyana|Guyanese
SR Suriname|Surinamese
HK Hong Kong
MO Macau|Macao
GB Scotland|Scottish|Wales|Welsh
MV Maldives|Maldivian
MU Mauritius|Mauritian
"""

NATIONS: dict[str, str] = {}
for _line in _TABLE.split("\n"):
    _code, _, _names = _line.partition(" ")
    NATIONS.update({_name: _code for _name in _names.split("|") if _name})
_STOP = r"(?![\w])"
NATION = re.compile(
    r"(?<![\w])(?<!New )(?:"
    + "|".join(sorted(map(re.escape, NATIONS), key=len, reverse=True))
    + ")"
    + _STOP
)
# Bodies of one state that are known by a name of their own.
_BODIES = (
    ("US", r"Pentagon|White House|Capitol|State Department|Congress|FAA|FBI|CIA|NOAA|NASA|NTSB|FEMA"
     r"|DHS|NORTHCOM|INDOPACOM|Northern Command|Coast Guard Sector"
     r"|Senate|House of Representatives|Sens?\.|Reps?\.|Republicans?|Democrats?|National Weather"
     r" Service|Homeland Security|(?:Defense|Justice|State|Energy|Commerce) Department|sheriff"
     r"|Federal Aviation Administration"),
    ("CN", r"People's Liberation Army|People’s Liberation Army|PLA\b|Communist Party|Politburo"),
    ("RU", r"Duma|FSB|Roscosmos|Rosaviatsi[iy]a"),
    ("DE", r"Bundeswehr|Bundestag"), ("JP", r"JAXA"),
    ("CA", r"Department of National Defence|RCMP|N(?:AV|av) C(?:ANADA|anada)"
           r"|Transport Canada|House of Commons"),
    ("GB", r"RAF\b|Royal Air Force|Royal Navy|Met Office|House of Lords|West Midlands"),
    ("AU", r"Bureau of Meteorology|RAAF"), ("NZ", r"MetService"),
    ("FR", r"CNES|Météo-France|DGAC"), ("DE", r"Deutsche Flugsicherung|Luftwaffe|DWD|DLR\b"),
    ("TW", r"Legislative Yuan|Kuomintang|Central Weather Administration"),
    ("IN", r"Lok Sabha|DGCA|ISRO\b|IAF\b|Directorate General of Civil Aviation"),
    ("BR", r"Cenipa"), ("MX", r"Sedena|Chihuahua|Sonora|Coahuila|Tamaulipas"),
    ("IL", r"Knesset"), ("PL", r"Sejm"), ("LT", r"Seimas"),
    ("JP", r"Self-Defen[cs]e Force|Chief Cabinet Secretary|House of Councillors"),
)  # fmt: skip
_OWN = tuple((code, re.compile(rf"(?<!\w)(?:{words})")) for code, words in _BODIES)
FOREIGN_WORD = re.compile(
    r"\b(?:ministr(?:y|ies)|prime ministers?|ministers?|premier|chancellor|embassy"
    r"|consulate|consul(?:ate)? general|air force of|armed forces of|border guards?"
    r"|state border|provincial government|(?:Conservative|Labour|Liberal) MP|national police"
    r"|gendarmerie|parliament|presidential (?:office|administration)"
    r"|(?:crisis|emergency) management (?:cent(?:er|re))|interior|owner['’]s government"
    r"|self-defen[cs]e forces?"
    r"|(?:Chinese|Russian|Belarusian|other|foreign) side|home secretary|defen[cs]e secretary of)\b",
    re.IGNORECASE,
)


def nation(text: str) -> str:
    """ISO code of the first state named, '' where none is.

    >>> nation("the Colombian Air Force"), nation("the air force")
    ('CO', '')
    """
    found = NATION.search(text)
    own = next((code for code, words in _OWN if words.search(text)), "")
    return NATIONS[found.group()] if found else own


BODY = re.compile(
    rf"(?P<of>{NATION.pattern})(?:[’']s)? (?:\w+ )?(?:authorities|officials|radars?|police|army"
    r"|military|air force|airspace|ministry|government|airports?|coast ?guard|navy|forces|border"
    r"|customs|parliament"
    r"|lawmakers|investigators|weather|meteorolog\w+|civil)\b"
)


def named(text: str, code: str) -> bool:
    """Whether a text names a state, or a body that only it has."""
    told = any(NATIONS[match.group()] == code for match in NATION.finditer(text))
    return told or any(state == code and words.search(text) for state, words in _OWN)


def of_a_body(text: str) -> str:
    """The state whose body a text names first: "Hungarian radar", '' where there is none."""
    found = BODY.search(text)
    return found["of"] if found else ""


def is_foreign(text: str, home: str) -> bool:
    """Whether a government other than that of ``home`` is meant.

    Where no state is named, words that the United States do not use of their own government
    (ministry, prime minister) tell it, for a text that is written from there.
    """
    code = nation(text)
    if code:
        return code != home
    return home == "US" and FOREIGN_WORD.search(text) is not None
