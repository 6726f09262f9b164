"""Mixes of incidents: the rates of a place, each with its source beside it; an option of `demand` names one.

Rates of crimes are true offences per 1,000 residents per year in a settled city under its status quo, known to the
police or not; those of calls are calls per 1,000 residents per year. A mix states every rate, so that none comes from
another place by silence. Abbreviations in the sources:

- *Yearbook*: China Statistical Yearbook, criminal and public-order cases on file, about 2019, recalled: it counts what
  was recorded.
- *NCVS*: US National Crime Victimization Survey 2022; *CSEW*: Crime Survey for England and Wales 2022/23. Both are
  recalled and rounded; rates per household are divided by 2.5 residents.
"""

from __future__ import annotations

from scenarios.stated import Stated, Value

_COUNTY_SCHOOL = "assumption: about 30 a year per 1,000 pupils, some 2.5 per 1,000 residents"
_COUNTY_FRAUD = "assumption; 2-3 victims per 1,000 come out, twice the 1.4 on file in 2021 (recalled)"
_COUNTY_TRAFFIC = "assumption: most without injury"
_COUNTY_SERVICE = "assumption: half or more of all calls are no police matter (非警务求助)"
_COUNTY_ALARM = "assumption: nearly all false"
_COUNTY_DISORDER = "assumption: about half is reported"
COUNTY_CHINA = Stated(
    "A Chinese county-level city about 2020; its values are the defaults of the parameters. Calls, together with "
    "crimes, are a little below the 460 per 1,000 of the first version of this city, of which 90 % are no crime.",
    {
        "burglary.rate_per_1000": Value(
            4,
            "assumption: some five times what a Yearbook would lead to; victims surveys of Chinese cities gave 2-5 % "
            "of households a year",
        ),
        "burglary.sleeping_homes": Value(
            0.8, "set so that some two fifths of all burglaries are from midnight to four, as in Japan (Shiga 2003)"
        ),
        "pickpocketing.rate_per_1000": Value(
            6,
            "assumption: seldom recorded; theft on file is about 1.6 criminal and 1 public-order cases per 1,000 "
            "(Yearbook)",
        ),
        "shoplifting.rate_per_1000": Value(6, "assumption: as pickpocketing"),
        "vehicle_theft.rate_per_1000": Value(
            9,
            "assumption: electric bicycles above all; bicycles were the thing stolen most in the victims survey of "
            "Beijing 1994",
        ),
        "robbery.rate_per_1000": Value(
            0.2, "assumption: below 0.05 are on file (Yearbook), after a fall by nine tenths in ten years"
        ),
        "snatching.rate_per_1000": Value(0.4, "assumption: twice the robberies, as in the Yearbook of most years"),
        "brawl.rate_per_1000": Value(
            9,
            "assumption: fights and beatings on file are about 1.5 public-order cases per 1,000 (Yearbook); few get "
            "there",
        ),
        "school_violence.pairs_per_1000_pupils": Value(8, _COUNTY_SCHOOL),
        "school_violence.incidents_per_pair_year": Value(4, _COUNTY_SCHOOL),
        "fraud.contacts_per_resident_month": Value(2, _COUNTY_FRAUD),
        "fraud.engaging_probability": Value(0.0005, _COUNTY_FRAUD),
        "fraud.currency": Value("CNY", _COUNTY_FRAUD),
        "disputes.per_1000_year": Value(
            20,
            "assumption: three times the 6 per 1,000 that people's mediators took on (8.8 million in China, 2017)",
        ),
        "traffic.per_1000_year": Value(70, _COUNTY_TRAFFIC),
        "traffic.priority_shares": Value([0.1, 0.3, 0.6], _COUNTY_TRAFFIC),
        "service.per_1000_year": Value(220, _COUNTY_SERVICE),
        "service.priority_shares": Value([0.02, 0.28, 0.7], _COUNTY_SERVICE),
        "alarm.per_1000_year": Value(30, _COUNTY_ALARM),
        "alarm.priority_shares": Value([0.1, 0.9, 0.0], _COUNTY_ALARM),
        "disorder.per_1000_year": Value(100, _COUNTY_DISORDER),
        "disorder.unreported_per_1000_year": Value(120, _COUNTY_DISORDER),
        "disorder.priority_shares": Value([0.08, 0.52, 0.4], _COUNTY_DISORDER),
    },
)

_WESTERN_COURTS = "the police impose no detention there: courts do"
_WESTERN_SCHOOL = "assumption: a little above the county"
_WESTERN_DISPUTES = "assumption: fewer ties at close quarters; no grid workers, a little mediation"
_WESTERN_TRAFFIC = "assumption"
_WESTERN_SERVICE = "assumption: welfare checks, parking, noise, missing people"
_WESTERN_ALARM = "assumption: after most cities began to verify alarms first"
_WESTERN_DISORDER = "assumption: about two fifths are reported"
CITY_WESTERN = Stated(
    "A western city: far more recorded theft and violence than the Chinese county, fewer disputes, more fraud by text "
    "message and shop. About three quarters of the calls are no crime (50-80 %, recalled).",
    {
        "burglary.rate_per_1000": Value(
            10,
            "NCVS: about 14 per 1,000 households with trespassing; CSEW: about 20; a city has more than the country",
        ),
        "burglary.sleeping_homes": Value(
            0.4, "set so that some 56 % of the homes that are burgled are burgled by day (FBI 2021)"
        ),
        "pickpocketing.rate_per_1000": Value(
            15,
            "CSEW: theft from the person about 7 per 1,000 adults, three quarters by stealth; twice that in cities",
        ),
        "shoplifting.rate_per_1000": Value(
            30, "assumption: surveys of shops put it far above the 5 per 1,000 that are recorded in England"
        ),
        "shoplifting.custody_most_days": Value(None, _WESTERN_COURTS),
        "vehicle_theft.rate_per_1000": Value(8, "NCVS: 5.5 per 1,000 households; the same number of bicycles (CSEW)"),
        "robbery.rate_per_1000": Value(3, "NCVS: 2.5 per 1,000 aged 12 or more"),
        "snatching.rate_per_1000": Value(2, "CSEW: a quarter of theft from the person"),
        "brawl.rate_per_1000": Value(
            20,
            "NCVS: simple and aggravated assault 18 per 1,000 aged 12 or more, those of disputes at home taken off",
        ),
        "brawl.custody_most_days": Value(None, _WESTERN_COURTS),
        "dispute_assault.custody_most_days": Value(None, _WESTERN_COURTS),
        "school_violence.pairs_per_1000_pupils": Value(10, _WESTERN_SCHOOL),
        "school_violence.incidents_per_pair_year": Value(4, _WESTERN_SCHOOL),
        "school_violence.custody_most_days": Value(None, _WESTERN_COURTS),
        "fraud.contacts_per_resident_month": Value(3, "assumption: texts and shops reach everybody"),
        "fraud.engaging_probability": Value(
            0.001,
            "assumption; CSEW: fraud with loss about 25 per 1,000 adults, most of it card fraud that is not simulated",
        ),
        "fraud.currency": Value("USD", "the currency of the losses below"),
        "fraud.loss_median": Value(
            [300, 2000, 500, 300, 1000],
            "assumption, near the median loss of about 500 that victims report to the US Federal Trade Commission "
            "(2023)",
        ),
        "disputes.per_1000_year": Value(10, _WESTERN_DISPUTES),
        "disputes.found_by_grid_per_day": Value(0.0005, _WESTERN_DISPUTES),
        "traffic.per_1000_year": Value(30, _WESTERN_TRAFFIC),
        "traffic.priority_shares": Value([0.15, 0.35, 0.5], _WESTERN_TRAFFIC),
        "service.per_1000_year": Value(45, _WESTERN_SERVICE),
        "service.priority_shares": Value([0.03, 0.32, 0.65], _WESTERN_SERVICE),
        "alarm.per_1000_year": Value(12, _WESTERN_ALARM),
        "alarm.priority_shares": Value([0.1, 0.9, 0.0], _WESTERN_ALARM),
        "disorder.per_1000_year": Value(35, _WESTERN_DISORDER),
        "disorder.unreported_per_1000_year": Value(60, _WESTERN_DISORDER),
        "disorder.priority_shares": Value([0.08, 0.52, 0.4], _WESTERN_DISORDER),
    },
)

_NONE = "none of these in this mix"
_ALL_CALLS = (
    "assumption: the whole load of the county's calls, its crimes and disputes included, as calls that nothing in the "
    "model causes"
)
CALLS_ONLY = Stated(
    "Calls and nothing else, for studies of dispatch: no crimes, no frauds, no disputes. The calls are those of the "
    "county.",
    {
        "burglary.rate_per_1000": Value(0, _NONE),
        "pickpocketing.rate_per_1000": Value(0, _NONE),
        "shoplifting.rate_per_1000": Value(0, _NONE),
        "vehicle_theft.rate_per_1000": Value(0, _NONE),
        "robbery.rate_per_1000": Value(0, _NONE),
        "snatching.rate_per_1000": Value(0, _NONE),
        "brawl.rate_per_1000": Value(0, _NONE),
        "school_violence.pairs_per_1000_pupils": Value(0, _NONE),
        "fraud.contacts_per_resident_month": Value(0, _NONE),
        "disputes.per_1000_year": Value(0, _NONE),
        "traffic.per_1000_year": Value(75, _ALL_CALLS),
        "service.per_1000_year": Value(240, _ALL_CALLS),
        "alarm.per_1000_year": Value(30, _ALL_CALLS),
        "disorder.per_1000_year": Value(125, _ALL_CALLS),
        "disorder.unreported_per_1000_year": Value(0, _ALL_CALLS),
    },
)

_DISPATCHED_COUNTY = "set for 90-150 calls that get a unit per 1,000 and year: Xuzhou 148, Hefei 124, Jiangxi 74; "
_TRAFFIC = _DISPATCHED_COUNTY + "16-28 % of them traffic"
_SERVICE = _DISPATCHED_COUNTY + "22-48 % of them help (Jiangxi, Jiangsu, Ankang)"
_ORDER = _DISPATCHED_COUNTY + "8-16 % of them crime and public order (Jiangsu 7.9, Xuzhou 8.8, Ankang 19)"
_DISPUTES = _DISPATCHED_COUNTY + "13-20 % of them disputes"
COUNTY_CHINA_DISPATCHED = Stated(
    "The Chinese county with the calls that get a unit, about 145 per 1,000 residents and year, in place of all that "
    "people phone in: help and disorder that other services or a word on the phone settle are left out.",
    {
        **COUNTY_CHINA.values,
        "vehicle_theft.rate_per_1000": Value(6, "assumption: theft on file has fallen by half since 2015 (recalled)"),
        "disputes.per_1000_year": Value(58, _DISPUTES),
        "disputes.report_per_day": Value(0.006, _DISPUTES),
        "traffic.per_1000_year": Value(34, _TRAFFIC),
        "service.per_1000_year": Value(65, _SERVICE),
        "alarm.per_1000_year": Value(4, "assumption: most alarms are verified by phone first"),
        "disorder.per_1000_year": Value(2, _ORDER),
        "disorder.unreported_per_1000_year": Value(3, "assumption: about half is reported, as in the county"),
    },
)

_DISTRICT = "assumption: between the county and the western city; more people on the street and in shops"
CITY_CHINA_DISPATCHED = Stated(
    "A district of a big Chinese city with the calls that get a unit: more theft in crowds and fraud, fewer burglaries "
    "behind guarded gates, more traffic, fewer disputes between neighbours than the county.",
    {
        **COUNTY_CHINA_DISPATCHED.values,
        "burglary.rate_per_1000": Value(3, "assumption: guarded estates"),
        "pickpocketing.rate_per_1000": Value(8, _DISTRICT),
        "shoplifting.rate_per_1000": Value(8, _DISTRICT),
        "vehicle_theft.rate_per_1000": Value(8, _DISTRICT),
        "brawl.rate_per_1000": Value(8, "assumption: somewhat fewer than in the county"),
        "fraud.contacts_per_resident_month": Value(3, "assumption: more phones, money and contacts"),
        "disputes.per_1000_year": Value(50, _DISPUTES),
        "traffic.per_1000_year": Value(36, _TRAFFIC),
        "service.per_1000_year": Value(60, _SERVICE),
    },
)

_DISPATCHED_WESTERN = (
    "set for 350-650 calls that get a unit per 1,000 and year, 20-35 % of them crime and disorder: Milwaukee 632 by "
    "citizens, Austin 690 in all, 21.5 % of them crime"
)
CITY_WESTERN_DISPATCHED = Stated(
    "The western city with the calls that get a unit, about 540 per 1,000 residents and year.",
    {
        **CITY_WESTERN.values,
        "traffic.per_1000_year": Value(130, _DISPATCHED_WESTERN),
        "service.per_1000_year": Value(240, _DISPATCHED_WESTERN),
        "alarm.per_1000_year": Value(30, _DISPATCHED_WESTERN),
        "disorder.per_1000_year": Value(105, _DISPATCHED_WESTERN),
    },
)

MIXES = {
    "county_china": COUNTY_CHINA,
    "city_western": CITY_WESTERN,
    "calls_only": CALLS_ONLY,
    "county_china_dispatched": COUNTY_CHINA_DISPATCHED,
    "city_china_dispatched": CITY_CHINA_DISPATCHED,
    "city_western_dispatched": CITY_WESTERN_DISPATCHED,
}
