"""The town in which commands are tried: so small that a run takes a fraction of a second."""

SMALL_TOWN = ("city=town", "city.residents=2000", "city.area_km2=2", "city.beats=1", "city.districts=1")
