"""The table of `make bench` says what has become slower beside the machine's floor, whatever machine it was."""

import json

from ratios import FLOOR, ratios, table


def test_what_takes_twice_the_time_on_a_machine_of_half_the_speed_is_as_fast_as_before(tmp_path):
    def run(name, **medians):
        file = tmp_path / name
        file.write_text(json.dumps({"benchmarks": [{"name": n, "stats": {"median": t}} for n, t in medians.items()]}))
        return ratios(file)

    before = run("before.json", **{FLOOR: 0.1, "same": 0.5, "slower": 0.2})
    now = run("now.json", **{FLOOR: 0.2, "same": 1.0, "slower": 0.8, "new": 0.2})
    lines = {line.split()[0]: line.split()[1:] for line in table(now, before)[1:]}
    assert lines == {
        "same": ["5", "5", "1.00"], "slower": ["2", "4", "2.00"], "new": ["–", "1", "–"], FLOOR: ["1", "1", "1.00"],
    }  # fmt: skip
