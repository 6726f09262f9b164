"""How times stand to the machine's floor of the same run, beside those at the last commit that kept them.

`python tests/benchmarks/ratios.py RUN.json` prints a row a benchmark; with `--keep` it writes `kept.json` as well.
Machines differ and are noisy: a ratio that has grown by half is worth a look, and nothing fails by it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

KEPT = Path(__file__).with_name("kept.json")
FLOOR = "test_floor_of_the_machine"


def ratios(run: Path) -> dict[str, float]:
    """Return the median time of each benchmark, in floors of the run."""
    medians = {one["name"]: one["stats"]["median"] for one in json.loads(run.read_text())["benchmarks"]}
    return {name: median / medians[FLOOR] for name, median in sorted(medians.items())}


def table(now: dict[str, float], before: dict[str, float]) -> list[str]:
    """Return the lines: name, ratio before and now, and how many times as much it is now."""
    width = max(map(len, now))
    lines = [f"{'in floors of the machine':<{width}}      before         now   times"]
    for name, ratio in now.items():
        was = before.get(name)
        old, times = (f"{was:12.4g}", f"{ratio / was:8.2f}") if was else (" " * 11 + "–", " " * 7 + "–")
        lines.append(f"{name:<{width}}{old}{ratio:12.4g}{times}")
    return lines


def main(run: str, *options: str) -> None:
    """Print the table of a run, and keep it if told so."""
    now = ratios(Path(run))
    print(*table(now, json.loads(KEPT.read_text()) if KEPT.exists() else {}), sep="\n")
    if "--keep" in options:
        KEPT.write_text(json.dumps({name: float(f"{ratio:.4g}") for name, ratio in now.items()}, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
