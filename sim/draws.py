"""Every draw of chance in the model, with the numbers that are its own.

A draw is asked for by its name, as in `uniform(seed, Draw.HARM, entity, time)`, and by nothing else, so that no two
things can share one by accident: the names of a stream have ranges of numbers that do not meet, which is tested.
"""

from __future__ import annotations

from enum import IntEnum, unique

STREAM_BITS, KIND_BITS = 32, 56  # a draw is its number, plus its stream and its kind of entity shifted by so many bits
NUMBER_MASK, STREAM_MASK = (1 << STREAM_BITS) - 1, (1 << KIND_BITS - STREAM_BITS) - 1
TRIALS, TRIALS_APART = 64, 1000  # a gamma number takes a number of its own for each trial, so far apart
TIPS_APART = 100  # of the draws of one kind of tip from the same ones of the next
ONCE, GAMMA, EACH_TIP = (1, 0), (TRIALS, TRIALS_APART), (4, TIPS_APART)  # how often a range comes again, and how far on
MANY = 1 << 30  # for a draw that is numbered on and on


@unique
class Stream(IntEnum):
    """One number for each process that draws.

    Numbers are for ever: to change one changes every published run, and those that are free were in use once.
    """

    CITY = 1
    RESIDENT = 2
    OFFENDER = 3
    VOLUNTEER = 4
    TIE = 5
    SHOP = 6
    APPEAL = 7
    SEARCH_TIME = 10
    SEARCH_TYPE = 11
    SEARCH_PLACE = 12
    OFFENCE = 13
    TARGET = 14
    REPORT = 15
    SERVICE = 16
    ARREST = 17
    EXOGENOUS_CALL = 20
    EXOGENOUS_SERVICE = 21
    PATROL = 30
    STRATEGY = 31
    WATCH = 40
    SCHOOL = 60
    FRAUD = 61
    DISPUTE = 62
    MEDIATION = 63
    CAMPAIGN = 64
    CAREER = 67
    INVESTIGATION = 70
    WELLBEING = 71
    DIVERSION = 72
    VOLUNTEERING = 73
    CULTURE = 74
    GOVERNANCE = 75
    FRAUD_CENTRE = 76
    VISIT = 77
    CHECK = 78
    ANALYSIS = 79
    TRUTH = 80
    EDUCATION = 81
    PROGRAMME = 83
    CALL_STAGES = 84
    BACK_UP = 85
    FLIGHT = 90
    IDENTIFICATION = 91
    KNOWN_PERSONS = 92
    GROUP = 93
    FRAUD_SUPPLY = 120
    SCHOOL_OFFICERS = 121
    TARGETS = 122
    ROADS = 123
    TRADE = 124
    VENUE = 130
    CRISIS = 125
    MASS_INCIDENT = 126
    SERIAL_OFFENDER = 127
    CRISIS_CARE = 128
    VILLAGE = 131


@unique
class Draw(IntEnum):
    """One name for each thing that is drawn: `stream, first number[, how many[, again[, kind of entity]]]`.

    What is drawn several times for one entity and time has as many numbers, and which of them is added to its name, as
    in `Draw.MEETING + attempt`. A range may come again further on: that of a gamma number does for each trial. Draws of
    entities of different kinds, whose keys never meet, may have the same numbers.
    """

    stream: Stream
    first: int
    numbers: int
    again: tuple[int, int]
    kind: int

    def __new__(
        cls, stream: Stream, first: int, numbers: int = 1, again: tuple[int, int] = ONCE, kind: int = 0
    ) -> Draw:
        """Make a name whose value is its kind, its stream and its first number side by side."""
        draw = int.__new__(cls, (kind << KIND_BITS) + (stream << STREAM_BITS) + first)
        draw._value_ = int(draw)
        draw.stream, draw.first, draw.numbers, draw.again, draw.kind = stream, first, numbers, again, kind
        return draw

    # Offenders, by row and generation
    OFFENDER_LOT = Stream.OFFENDER, 0  # of a resident: who offends at the start
    OFFENDER_RATE = Stream.OFFENDER, 1, 1, GAMMA  # of the row, whoever holds it, and so is the preference
    OFFENDER_LIFE = Stream.OFFENDER, 2  # the fourth node of activity, and when the career ends
    OFFENDER_PREFERENCE = Stream.OFFENDER, 10, 20, GAMMA  # + type
    PRIOR_FOR = Stream.OFFENDER, 30, 1, GAMMA  # the believed risk of arrest
    PRIOR_AGAINST = Stream.OFFENDER, 31, 1, GAMMA
    NEWCOMER = Stream.CAREER, 0
    DESISTANCE = Stream.CAREER, 1, MANY  # + earlier arrests

    # Searches, by row of the offender and number of the search
    SEARCH_GAP = Stream.SEARCH_TIME, 0, MANY  # + number of the search
    SEARCH_TYPE = Stream.SEARCH_TYPE, 0
    SEARCH_NODE = Stream.SEARCH_PLACE, 0
    SEARCH_PLACE = Stream.SEARCH_PLACE, 1, 99  # + attempt
    OFFENCE_CHOICE = Stream.OFFENCE, 0, 100  # + attempt
    OFFENCE_VICTIM = Stream.TARGET, 0  # where exactly, since when, whose home
    OFFENCE_SEQUEL = Stream.TARGET, 1  # an associate who joins, when it is found, what the victim does
    OFFENCE_TARGET = Stream.TARGET, 2  # the same again, whether it can be had, an acquaintance, which or who wakes
    MEETING = Stream.TARGET, 10, 90  # + person looked at

    # Crimes and calls, by the identity of what they are about
    HARM = Stream.OFFENCE, 100
    REPORT = Stream.REPORT, 0  # who sees it, whether it is reported, errors of place and type in the records
    REPORT_DELAY = Stream.REPORT, 1
    RECORDED_CELL = Stream.REPORT, 2
    CALLERS_WORDS = Stream.REPORT, 3
    BYSTANDER = Stream.REPORT, 4
    TREATMENT = Stream.REPORT, 5  # how the caller was treated
    SCENE_TIME = Stream.SERVICE, 0, 1, GAMMA
    PAPERWORK_TIME = Stream.SERVICE, 1, 1, GAMMA

    # Calls that are about no crime, by number and day
    CALL = Stream.EXOGENOUS_CALL, 0, 200  # + source; from one to the next, and what it is
    CALL_SCENE_TIME = Stream.EXOGENOUS_SERVICE, 0, 200, GAMMA  # + source
    CALL_PAPERWORK_TIME = Stream.EXOGENOUS_SERVICE, 200, 200, GAMMA  # + source
    CALLER = Stream.EXOGENOUS_SERVICE, 400, 200  # + source
    COME_UPON = Stream.EXOGENOUS_SERVICE, 600, 300  # + look, of what nobody calls about

    # Pairs of pupils, by row and generation or moment
    SCHOOL_PAIR = Stream.SCHOOL, 0
    SCHOOL_GAP = Stream.SCHOOL, 1
    SCHOOL_RATE = Stream.SCHOOL, 2, 1, GAMMA
    SCHOOL_MOMENT = Stream.SCHOOL, 3
    SCHOOL_PLACE = Stream.SCHOOL, 4

    # Fraud, by row of the persuasion and day of its first contact
    FRAUD_COURSE = Stream.FRAUD, 0  # engaged, second thoughts, reported, payment frozen
    FRAUD_LOSS = Stream.FRAUD, 1  # the normal number of the loss
    FRAUD_REALISED = Stream.FRAUD, 2  # of the time until the victim sees it
    FRAUD_REPORT_DELAY = Stream.FRAUD, 3  # of the time from then to the report
    FRAUD_TALK = Stream.FRAUD, 4, 1, GAMMA  # how long the persuasion takes
    FRAUD_CONTACT = Stream.FRAUD, 0, MANY, ONCE, 1  # of a campaign and day + number: from one to the next, and who
    FRAUD_REFUSALS = Stream.FRAUD, 0, MANY, ONCE, 2  # of a day + trial: contacts that engage nobody
    FRAUD_CAMPAIGN = Stream.CAMPAIGN, 0  # by number and day: from one to the next, and what it is
    FRAUD_CAMPAIGN_SIZE = Stream.CAMPAIGN, 1  # by number and day: its size
    CENTRE_ANSWER = Stream.FRAUD_CENTRE, 0  # the alert is taken up, the call and the visit are heeded
    CENTRE_ALERT = Stream.FRAUD_CENTRE, 1  # when it would come

    # Disputes, by row and age in days
    DISPUTE_TURN = Stream.DISPUTE, 0  # it cools, it is found by grid workers
    DISPUTE_GROWTH = Stream.DISPUTE, 1
    DISPUTE_OUTBREAK = Stream.DISPUTE, 2  # it escalates, it is reported, by whom, at what hour
    DISPUTE_ASSAULT = Stream.DISPUTE, 3
    DISPUTE_MINUTE = Stream.DISPUTE, 4
    DISPUTE_GAP = Stream.DISPUTE, 100  # from here on by number and day of its beginning
    DISPUTE_SUBJECT = Stream.DISPUTE, 101
    DISPUTE_PARTIES = Stream.DISPUTE, 102, 498  # + attempt
    DISPUTE_TENSION = Stream.DISPUTE, 600, 1, GAMMA
    DISPUTE_SHOWN = Stream.DISPUTE, 700
    SESSION_HOURS = Stream.MEDIATION, 0, 1, GAMMA  # by dispute and session
    SESSION_RESULT = Stream.MEDIATION, 1

    # Patrol units; arrests on scene and what a desk hands over, by the identity of the call
    PATROL_STOP = Stream.PATROL, 0, MANY  # of a unit + number of the decision
    EFFORT = Stream.PATROL, MANY  # of a unit and spell of free time
    ARREST = Stream.ARREST, 0
    ARREST_PROCESSING = Stream.ARREST, 1
    ARREST_CUSTODY = Stream.ARREST, 2
    HELD = Stream.ARREST, 3  # those who caught him hold him until the police come
    DIVERSION = Stream.DIVERSION, 0

    # Cases, by the identity of the call, or by the marks of both calls of a pair
    LEADS = Stream.INVESTIGATION, 0
    CO_OFFENDER_FOUND = Stream.INVESTIGATION, 1
    CLEARANCE = Stream.INVESTIGATION, 3
    CLEARANCE_CUSTODY = Stream.INVESTIGATION, 4
    CLEARANCE_PROCESSING = Stream.INVESTIGATION, 5
    CASE_MARK = Stream.INVESTIGATION, 6
    CASE_LINK = Stream.INVESTIGATION, 7
    CASE_WORK = Stream.INVESTIGATION, 10, 1, GAMMA
    FILE_TRAVELS = Stream.INVESTIGATION, 100, 400  # + edge of its route, after one for its loss; so the next two
    ANALYSTS_HEAR = Stream.INVESTIGATION, 500, 400
    SERIES_TRAVELS = Stream.INVESTIGATION, 900, 100
    HANDED_OVER = Stream.INVESTIGATION, 1 << 20, MANY  # + day
    CASE_SEEN = Stream.ANALYSIS, 0

    # Personnel, by key of the officer and day
    OFFICERS_DAY = Stream.WELLBEING, 0  # leaves, falls ill, for how long
    BUY_IN_FOR = Stream.WELLBEING, 10, 1, GAMMA
    BUY_IN_AGAINST = Stream.WELLBEING, 11, 1, GAMMA
    SKILL = Stream.WELLBEING, 12
    FATIGUE_AT_START = Stream.WELLBEING, 13
    SPECIALIST = Stream.WELLBEING, 14
    HIRES_BEGUN = Stream.WELLBEING, 20  # of officers or auxiliaries

    # Volunteers: those of the plain watch by row, others by resident
    WATCH_LOT = Stream.VOLUNTEER, 0
    WATCH_DAY = Stream.VOLUNTEER, 1
    WATCH_HOUR = Stream.VOLUNTEER, 2
    WATCH_PLACE = Stream.WATCH, 0
    WATCH_VIEW = Stream.WATCH, 1, 99  # + pair of places
    VOLUNTEER_CHARACTER = Stream.VOLUNTEERING, 0
    VOLUNTEER_HOURS = Stream.VOLUNTEERING, 1
    VOLUNTEER_LEAVES = Stream.VOLUNTEERING, 2
    JOINING_GAP = Stream.VOLUNTEERING, 3
    JOINING = Stream.VOLUNTEERING, 4
    VOLUNTEERS_LESSON = Stream.VOLUNTEERING, 10, MANY  # + number of the day

    # Programmes
    CULTURE_TALK = Stream.CULTURE, 0  # by number and week: from one to the next, who talks to whom, and about what
    HOME_CHECK = Stream.CULTURE, 10  # by dwelling and day
    HARDENED_BEFORE = Stream.CULTURE, 11  # by dwelling, so the next
    CHECK_ORDER = Stream.CULTURE, 12
    SCHEME_JOINS = Stream.CULTURE, 13  # by dwelling and day, so the next
    SCHEME_LEAVES = Stream.CULTURE, 14
    CALL_BACK = Stream.CULTURE, 15  # by victim and moment of the crime
    MEETING_LISTENER = Stream.EDUCATION, 0  # by number and day
    SESSION_LOT = Stream.EDUCATION, 1, MANY  # + venue and post, by resident and day
    VISIT_HOUR = Stream.VISIT, 0, 1, ONCE, 1  # of a household
    AT_HOME = Stream.VISIT, 0, 1, ONCE, 2  # of a resident
    TOLD_AT_VISIT = Stream.VISIT, 0, 1, ONCE, 3  # of a dispute
    CHECKS_AT_STOP = Stream.CHECK, 0  # by unit and second, so the next two
    CHECK_LOOK = Stream.CHECK, 1, (1 << 20) - 1  # + person looked at
    CHECK_ARREST = Stream.CHECK, 1 << 20, 1 << 20  # + person checked, so the next
    CHECK_TREATMENT = Stream.CHECK, 1 << 21, 1 << 20
    TIP_TOLD = Stream.GOVERNANCE, 0, 1, EACH_TIP  # + 100 · kind of tip, so all of tips
    TIP_HOME = Stream.GOVERNANCE, 1, 1, EACH_TIP
    TIP_HEARD = Stream.GOVERNANCE, 2, 1, EACH_TIP
    TIP_COMES_IN = Stream.GOVERNANCE, 10, 20, EACH_TIP  # + edge of its route, after one for its loss; so the next
    TIP_GOES_ON = Stream.GOVERNANCE, 30, 20, EACH_TIP
    MESSAGE_READ = Stream.GOVERNANCE, 500, 2  # + whether it is about fraud

    # The true risk of a day, for the oracle and the measure of forecasts
    IMAGINED_PLACES = Stream.TRUTH, 0, 1, ONCE, 1  # of the day
    IMAGINED_NUMBER = Stream.TRUTH, 0  # of an offender
    IMAGINED_SEARCH = Stream.TRUTH, 1, MANY  # of an offender + number

    SECOND_UNIT = Stream.BACK_UP, 0  # of a call, by its identity

    # Accidents, by number and day
    ACCIDENT_PREVENTED = Stream.ROADS, 0, 200  # + source

    # Residents whom a campaign asks for accounts, by its number and day
    LENDER = Stream.FRAUD_SUPPLY, 0, 100  # + attempt

    # Pupils whom a police officer hears and talks to, by row of the pair
    TOLD_AT_LESSON = Stream.SCHOOL_OFFICERS, 0  # and day
    TALK_AT_SCHOOL = Stream.SCHOOL_OFFICERS, 1  # and generation

    # Reports that are not written down, by the identity of the call
    TURNED_AWAY = Stream.TARGETS, 0

    # What was stolen and sold
    FENCE = Stream.TRADE, 0  # by the culprit: the dealer
    SALE = Stream.TRADE, 1  # by the identity of the call, so the next: sold, written down, recognised
    SALE_DELAY = Stream.TRADE, 2

    # Places that register their guests, and what becomes of those who are wanted, by resident
    VENUE_CELL = Stream.VENUE, 20  # of a venue, by its number and kind
    USUAL_VENUE = Stream.VENUE, 0, 10  # + kind of venue
    VENUE_VISIT = Stream.VENUE, 10, 10  # + kind, by day: whether, under which name, whether still there
    # People in crisis, by resident or by row of the table and day
    CRISIS_LOT = Stream.CRISIS, 0  # of a resident: who is one of them
    CRISIS_RATE = Stream.CRISIS, 1, 1, GAMMA
    CRISIS = Stream.CRISIS, 2  # there is one, when, where, whether somebody calls
    CRISIS_COURSE = Stream.CRISIS, 3  # it may come to violence, and how soon, he needs a hospital
    CRISIS_VICTIM = Stream.CRISIS, 4  # and where exactly
    CRISIS_SCENE_TIME = Stream.CRISIS, 5
    CRISIS_REGISTER = Stream.CRISIS_CARE, 0  # by resident, once: on the register, rightly or wrongly
    CRISIS_VISIT = Stream.CRISIS_CARE, 1  # by resident and day: met, and how treated

    # Rare events, by day
    MASS_INCIDENT = Stream.MASS_INCIDENT, 0  # there is one, when, where
    MASS_INCIDENT_TIME = Stream.MASS_INCIDENT, 1
    SERIAL_OFFENDER = Stream.SERIAL_OFFENDER, 0  # there is one, who

    # Rounds through villages, by resident or dispute and day
    MET_ON_ROUND = Stream.VILLAGE, 0
    TOLD_ON_ROUND = Stream.VILLAGE, 1

    # The stages of a call, by its identity
    CALL_TAKING = Stream.CALL_STAGES, 0
    FOLLOW_UP = Stream.CALL_STAGES, 1
    FOLLOW_UP_TIME = Stream.CALL_STAGES, 2
    TURN_OUT = Stream.CALL_STAGES, 100, 128  # + units sent before
    TURN_OUT_TO_POST = Stream.CALL_STAGES, 300, 128  # + number of the post

    # Flight and pursuit, by the identity of the call
    FLIGHT = Stream.FLIGHT, 0  # which way, by vehicle, until when in the open, where the first post is
    RECOGNISED = Stream.FLIGHT, 1, (1 << 20) - 1  # + unit
    SEEN_ON_SCREEN = Stream.FLIGHT, 1 << 20, 1 << 20  # + minute

    # Evidence that names somebody, by the identity of the call; what the arrested tell, by offender and arrest
    EXAMINED = Stream.IDENTIFICATION, 0, 100  # + technology; it names who did it, or another, and whom
    NAMES_OTHERS = Stream.IDENTIFICATION, 100, 100  # + associate

    # Known persons, by resident, and by day where nothing else is said
    REGISTER_ENTRY = Stream.KNOWN_PERSONS, 0  # once: it is wrong, and whose it is then
    CALLED_ON = Stream.KNOWN_PERSONS, 1  # met, and how treated
    UNDER_WATCH = Stream.KNOWN_PERSONS, 2  # by resident and minute of the crime
    FETCHED = Stream.KNOWN_PERSONS, 3  # found on that day

    # Groups, by offender; the second by number of the search, too
    GROUP_LOT = Stream.GROUP, 0
    TOLD_OF_PLACE = Stream.GROUP, 1, 10  # + associate
