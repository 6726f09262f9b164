"""Where a unit is: on the line of its drive, and where the drive begins as long as it still turns out."""

import pytest

from sim.police.patrol.units import Activity, new_units, position

COLUMNS = 10


@pytest.mark.parametrize(
    ("now_min", "cell"), [(100.0, 55), (104.9, 55), (105.0, 55), (110.0, 75), (115.0, 95), (120.0, 95)]
)
def test_a_unit_that_turns_out_is_where_its_drive_begins(now_min, cell):
    units = new_units(1)
    units["activity"], units["from_cell"], units["to_cell"] = Activity.RESPONSE_DRIVE, 55, 95
    units["depart_min"], units["until_min"] = 105.0, 115.0
    assert position(units, 0, now_min, COLUMNS) == cell


def test_a_unit_that_turns_out_to_where_it_is_is_there():
    units = new_units(1)
    units["activity"], units["from_cell"], units["to_cell"] = Activity.RESPONSE_DRIVE, 55, 55
    units["depart_min"], units["until_min"] = 105.0, 105.0
    assert position(units, 0, 100.0, COLUMNS) == 55
