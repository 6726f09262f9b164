"""Norms of a force: how many personnel a place has, when they work and what they have to do; `force` names one.

Bands of facts that several public sources span are named by their sources; values within them are ours. Abbreviations:

- *MPS 2007*: Ministry of Public Security, 1.1 officers per 1,000 residents in China, 20 hours a week more than usual.
- *Jiangsu 2023*: a station of 350,000 residents with 55 officers and 73 auxiliaries (Journal of Jiangsu Police
  Institute 2023/5).
- *HMIC 2011*: Her Majesty's Inspectorate of Constabulary: 3.5 % of a force on response, 11 % visible and available at
  one time.
- *Stations*: two fifths of a county's officers in stations, two fifths of these on community work, as the ministry
  asks (three-year plan of police stations 2023-25, recalled).
"""

from __future__ import annotations

from scenarios.stated import Stated, Value

_ROAD = "set for 3-5 % of all personnel on the road at one time, four to six cars per 100,000 (HMIC 2011, Jiangsu 2023)"
_BRANCHES = "assumption: traffic, custody and economic crime, which are not simulated, count as headquarters"
_STATIONS = "Stations"
_HOURS = "set for 45-55 h per person and week, leave included (MPS 2007: about 60)"
_EVENINGS = "set for 0.7 times the mean at night and 1.3 times in the evening, as calls come in (an inference)"
_ROUND_THE_CLOCK = (
    "assumption: one car at night and two in the evening, in the smallest place that is on call day and night"
)
_HEADQUARTERS_BUSY = "assumption: keeps headquarters nine tenths busy at full strength"
_STATIONS_BUSY = "assumption: keeps community officers and desks three quarters busy at full strength"
_NIGHT_AND_EVENING = [
    {"from_hour": 0, "to_hour": 8, "factor": 0.7},
    {"from_hour": 16, "to_hour": 24, "factor": 1.3},
]
COUNTY_CHINA = Stated(
    "The force of a Chinese county: few officers, more auxiliaries, a small part of them on the road, long hours.",
    {
        "force.officers_per_1000": Value(1.05, "0.9-1.2: MPS 2007, Yubei 0.94"),
        "force.auxiliaries_per_1000": Value(1.3, "1.0-1.6: Jiangsu 2023, 1.3 auxiliaries an officer"),
        "force.officer_shares.headquarters": Value(0.30, _BRANCHES),
        "force.officer_shares.detectives": Value(0.14, "assumption"),
        "force.officer_shares.anti_fraud": Value(0.02, "Jieshou: a centre of seven officers and ten auxiliaries"),
        "force.officer_shares.intelligence": Value(0.03, "assumption"),
        "force.officer_shares.patrol": Value(0.18, _ROAD),
        "force.officer_shares.community": Value(0.20, _STATIONS),
        "force.officer_shares.desk": Value(0.13, _STATIONS),
        "force.auxiliary_shares.headquarters": Value(0.25, _BRANCHES),
        "force.auxiliary_shares.detectives": Value(0.03, "assumption"),
        "force.auxiliary_shares.anti_fraud": Value(0.02, "Jieshou: a centre of seven officers and ten auxiliaries"),
        "force.auxiliary_shares.intelligence": Value(0.0, "assumption"),
        "force.auxiliary_shares.patrol": Value(0.15, _ROAD),
        "force.auxiliary_shares.community": Value(0.35, _STATIONS),
        "force.auxiliary_shares.desk": Value(0.20, _STATIONS),
        "force.hours_per_week": Value(50.0, "six duties of eight hours and some; " + _HOURS),
        "force.leave_share": Value(0.08, "assumption: leave is seldom taken in full"),
        "force.overtime_share": Value(0.10, _HOURS),
        "force.wellbeing.auxiliary_attrition_per_year": Value(0.06, "set for 4-9 % leavers a year of the whole force"),
        "force.roster": Value(_NIGHT_AND_EVENING, _EVENINGS),
        "force.least_patrol_units": Value(1.5, _ROUND_THE_CLOCK),
        "posts.administration_min": Value(86, _HEADQUARTERS_BUSY),
        "posts.community_min": Value(190, _STATIONS_BUSY),
        "posts.counter_min": Value(110, _STATIONS_BUSY),
    },
)

CITY_CHINA = Stated(
    "The force of a district of a big Chinese city: as the county, with somewhat fewer officers to its residents.",
    {
        **COUNTY_CHINA.values,
        "force.officers_per_1000": Value(1.0, "0.9-1.2: Yubei, a district of Chongqing, 0.94"),
        "force.officer_shares.patrol": Value(0.17, _ROAD + "; busy 65-80 % of its time in the busiest hours"),
        "force.officer_shares.community": Value(0.21, _STATIONS),
        "posts.administration_min": Value(88, _HEADQUARTERS_BUSY),
    },
)

_WESTERN_ROAD = "set for 5-8 % of all personnel on the road at one time, 14 to 24 cars per 100,000 (HMIC 2011)"
_CIVILIANS = "assumption: civilian staff, who do not patrol"
CITY_WESTERN = Stated(
    "The force of a western city: twice the officers of the Chinese county, one in a car, and hardly any auxiliaries.",
    {
        "force.officers_per_1000": Value(2.2, "2.0-2.4: United States 2.17 (2016)"),
        "force.auxiliaries_per_1000": Value(0.2, "0-0.4: assumption"),
        "force.officer_shares.headquarters": Value(0.21, _BRANCHES),
        "force.officer_shares.detectives": Value(0.23, "assumption"),
        "force.officer_shares.anti_fraud": Value(0.01, "assumption"),
        "force.officer_shares.intelligence": Value(0.02, "assumption"),
        "force.officer_shares.patrol": Value(0.34, _WESTERN_ROAD),
        "force.officer_shares.community": Value(0.10, "assumption"),
        "force.officer_shares.desk": Value(0.09, "assumption"),
        "force.auxiliary_shares.headquarters": Value(0.30, _CIVILIANS),
        "force.auxiliary_shares.detectives": Value(0.0, _CIVILIANS),
        "force.auxiliary_shares.anti_fraud": Value(0.0, _CIVILIANS),
        "force.auxiliary_shares.intelligence": Value(0.20, _CIVILIANS),
        "force.auxiliary_shares.patrol": Value(0.0, _CIVILIANS),
        "force.auxiliary_shares.community": Value(0.20, _CIVILIANS),
        "force.auxiliary_shares.desk": Value(0.30, _CIVILIANS),
        "force.crew": Value(1, "one-officer cars, as most US cities have them outside the busiest areas (recalled)"),
        "force.leave_share": Value(0.10, "assumption: leave and public holidays"),
        "force.course_share": Value(0.02, "assumption: forty hours a year"),
        "force.overtime_share": Value(0.08, "set for 36-40 h per person and week"),
        "force.wellbeing.attrition_per_year": Value(0.055, "set for 5-8 % leavers a year"),
        "force.roster": Value(_NIGHT_AND_EVENING, _EVENINGS),
        "force.least_patrol_units": Value(1.5, _ROUND_THE_CLOCK),
        "posts.administration_min": Value(57, _HEADQUARTERS_BUSY),
        "posts.community_min": Value(58, _STATIONS_BUSY),
        "posts.counter_min": Value(50, _STATIONS_BUSY),
        "dispatch.second_unit_share": Value(
            [0.95, 0.6, 0.35], "assumption, with one officer in a car: set for 1.4 to 2 units a call"
        ),
    },
)

NORMS = {"county_china": COUNTY_CHINA, "city_china": CITY_CHINA, "city_western": CITY_WESTERN}
