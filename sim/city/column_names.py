"""How police files name their columns, and which portals their columns give away."""

# Names as the open-data portals write them, in lower case, without spaces, underscores and punctuation; the first that
# a file has is used.
TIME = (
    "incidentdatetime", "occurreddatetime", "occurredondate", "crimedatetime", "offensestartdatetime",
    "firstoccurrencedate", "incidentoccurred", "incidenttimestamp", "incidentoccurredat", "startdatetime",
    "dispatchdatetime", "receiveddttm", "receiveddatetime", "calldatetime", "callreceived", "calltimestamp",
    "calledat", "timecreate", "createtimeincident", "cadeventoriginaltimequeued", "originaltimequeued",
    "eventdatetime", "datetime", "dateandtime", "dateoccurred", "timestamp", "cmplntfrdt", "dateocc", "occurdate",
    "occurreddate", "occurrencedate", "occdate", "offensedate", "crimedate", "incidentdate", "dispatchdate",
    "calldate", "createdate", "addts", "eventdate", "startdate", "datefrom", "date", "time", "reporteddatetime",
    "reportdatetime", "reporteddate", "reportdate", "reportdat", "datereported", "发案时间", "案发时间",
    "报警时间", "接警时间", "发生时间", "报案时间", "受理时间", "发案日期", "案发日期", "发生日期", "报警日期",
    "發生時間", "案發時間", "報案時間", "報警時間", "受理時間", "發生日期", "案發日期", "日期", "时间", "時間",
    "tatzeit", "datum", "fechahora", "fechahecho", "fecha",
)  # fmt: skip
PARTS_OF_DATE = (("year", "年"), ("month", "月"), ("day", "日"))
LATITUDE = (
    "latitude", "lat", "latitudex", "latitudey", "geolat", "latwgs84", "centerlat", "blurredlatitude",
    "dispatchlatitude", "gpslatitude", "incidentlatitude", "pointy", "纬度", "y",
)  # fmt: skip
LONGITUDE = (
    "longitude", "lon", "long", "lng", "longitudex", "longitudey", "geolon", "longwgs84", "centerlong",
    "blurredlongitude", "dispatchlongitude", "gpslongitude", "incidentlongitude", "pointx", "经度", "x",
)  # fmt: skip
POINT = (
    "location", "point", "geolocation", "latlong", "geocodedcolumn", "intersectionpoint", "location1", "geometry",
    "thegeom", "wkt", "shape",
)  # fmt: skip
TYPE_OF_INCIDENT = (
    "primarytype", "ofnsdesc", "crmcddesc", "incidentcategory", "textgeneralcode", "offenseparentgroup",
    "offensecodegroup", "offensedescription", "nibrsoffensecodedescription", "crimetype", "crimename2",
    "offensetypeid", "offensecategoryid", "offensecategory", "highestoffensedescription", "mcicategory", "uc2literal",
    "incidenttypeprimary", "parentincidenttype", "offense", "offence", "category", "type", "crimecategory", "crime",
    "incidenttype", "nature", "description", "title", "案件类型", "案件类别", "案由", "类型", "类别",
)  # fmt: skip
TYPE_OF_CALL = (
    "nature", "callnature", "natureofcall", "finalcalltype", "eventclearancedescription", "initialcalltype",
    "calltypefinaldesc", "calltypeoriginaldesc", "typdesc", "typetext", "calldescription", "incidenttypedesc",
    "calltypedescription", "initialtypedescription", "finaltypedescription", "eventtypedescription",
    "eventclearancesubgroup", "eventclearancegroup", "incidentsubtype", "subtype", "eventtype", "problem",
    "calltype", "type", "incidenttype", "description", "category",
    "警情类别", "警情类型", "类型", "类别",
)  # fmt: skip
NUMBER = (
    "id", "callid", "eventid", "cadevntid", "cadeventnumber", "cadnumber", "callnumber", "nopditem", "incidentid",
    "rowid", "drno", "cmplntnum", "casenumber", "dckey", "offenseid", "eventuniqueid", "crimeid", "incidentnumber",
    "incidntnum", "ccnumber", "ccn", "reportnumber", "objectid",
)  # fmt: skip
OFFICER_YES_NO = (
    "officerinitiated", "selfinitiated", "onviewflag", "onview", "officerinitiatedflag", "selfinitiatedflag",
    "isofficerinitiated", "policeinitiated",
)  # fmt: skip
ORIGIN_OF_CALL = (
    "callsource", "source", "initiatedby", "calltype", "callorigin", "origin", "originofcall", "howreceived",
    "howcallreceived", "callreceivedby", "dispatchsource", "callmethod", "reportedby", "来源", "警情来源", "报警方式",
)  # fmt: skip

# A portal that its columns give away: name, columns, latitude, longitude, radius in km round which its rows must lie.
PORTALS = (
    ("Chicago", {"primarytype", "casenumber"}, 41.84, -87.68, 60.0),
    ("New York", {"cmplntnum", "ofnsdesc"}, 40.71, -73.95, 60.0),
    ("New York", {"cadevntid", "typdesc"}, 40.71, -73.95, 60.0),
    ("Los Angeles", {"drno", "crmcddesc"}, 34.05, -118.3, 80.0),
    ("San Francisco", {"incidentcategory", "policedistrict"}, 37.76, -122.44, 60.0),
    ("San Francisco", {"incidntnum", "pddistrict"}, 37.76, -122.44, 60.0),
    ("Philadelphia", {"textgeneralcode", "dckey"}, 39.99, -75.13, 60.0),
    ("Seattle", {"offenseparentgroup", "mcpp"}, 47.61, -122.33, 60.0),
    ("Milwaukee", {"nature", "district", "status"}, 43.06, -87.95, 60.0),
    ("Baltimore", {"crimedatetime", "crimecode"}, 39.3, -76.61, 60.0),
    ("Boston", {"occurredondate", "offensedescription"}, 42.32, -71.08, 60.0),
    ("Vancouver", {"hundredblock", "neighbourhood"}, 49.25, -123.1, 60.0),
    ("the United Kingdom", {"crimetype", "fallswithin"}, 54.0, -2.5, 650.0),
)
