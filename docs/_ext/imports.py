"""Draws the rooms of the program and who imports whom, from the source: no arrow is drawn by hand."""

from __future__ import annotations

import ast
from collections import Counter
from html import escape
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).parents[2]
PACKAGES = ("beatlab", "experiments", "configs", "scenarios", "sim")
DEEP = ("experiments", "sim")  # whose packages are rooms of their own
GROUND = "sim (ground floor)"
WIDTH, BOX, HIGH, GAP = 1000, 118, 46, 92


def module_of(path: Path) -> str:
    """Return the dotted name of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str, ground: set[str]) -> str:
    """Return the room in which a module lives: its package, the ground floor of the model, or itself where it stands alone."""
    head, *rest = module.split(".")
    if module in ground:
        return GROUND
    return f"{head}.{rest[0]}" if head in DEEP and rest else head


def ground_floor(uses: dict[str, set[str]]) -> set[str]:
    """Return the modules directly in `sim` that lead to no package of it."""
    alone = {module for module in uses if module.count(".") == 1 and module.startswith("sim.")} & {m for m in uses if not (ROOT / m.replace(".", "/")).is_dir()}
    while high := {module for module in alone if any(one.startswith("sim.") and one not in alone for one in uses[module])}:
        alone -= high
    return alone


def imported(tree: ast.AST) -> set[str]:
    """Return the modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def rooms() -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Return how many modules each room has, and how many modules of one room import from another."""
    files = {module_of(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) if path.stat().st_size}
    uses = {module: imported(ast.parse(path.read_text(encoding="utf-8"))) & files.keys() for module, path in files.items()}
    ground = ground_floor(uses)
    size = Counter(room_of(module, ground) for module in files if "." in module or module not in DEEP)
    arrows = Counter(
        (room_of(module, ground), target)
        for module, targets in uses.items()
        for target in {room_of(one, ground) for one in targets if "." in one or one not in DEEP}
        if target != room_of(module, ground)
    )
    return dict(size), dict(arrows)


def floors(size: dict[str, int], arrows: dict[tuple[str, str], int]) -> list[list[str]]:
    """Return the rooms by floor, the highest first: each stands above all that it imports (rooms in a circle stand side by side)."""
    graph = nx.DiGraph(list(arrows))
    graph.add_nodes_from(size)
    whole = nx.condensation(graph)
    height: dict[int, int] = {}
    for part in reversed(list(nx.topological_sort(whole))):
        height[part] = 1 + max((height[below] for below in whole.successors(part)), default=-1)
    out: list[list[str]] = [[] for _ in range(max(height.values()) + 1)]
    for part, members in whole.nodes(data="members"):
        out[height[part]] += sorted(members)
    return [sorted(row) for row in out[::-1]]


def picture() -> str:
    """Return the picture as SVG that takes the colours of the page."""
    size, arrows = rooms()
    rows = floors(size, arrows)
    place = {}
    for y, row in enumerate(rows):
        for x, room in enumerate(row):
            place[room] = (WIDTH * (x + 1) / (len(row) + 1), 40 + y * (HIGH + GAP / 2))
    high = 40 + len(rows) * (HIGH + GAP / 2)
    lines = []
    for (source, target), number in sorted(arrows.items()):
        (x1, y1), (x2, y2) = place[source], place[target]
        y1, y2 = y1 + HIGH / 2, y2 - HIGH / 2
        bend = (y2 - y1) / 2
        lines.append(
            f'<path d="M{x1:.0f},{y1:.0f} C{x1:.0f},{y1 + bend:.0f} {x2:.0f},{y2 - bend:.0f} {x2:.0f},{y2:.0f}" '
            f'stroke-width="{min(0.6 + number / 6, 4):.1f}"><title>{escape(source)} → {escape(target)}: {number}</title></path>'
        )
    boxes = [
        f'<g transform="translate({x - BOX / 2:.0f},{y - HIGH / 2:.0f})"><rect width="{BOX}" height="{HIGH}" rx="6"/>'
        f'<text x="{BOX / 2}" y="20">{escape(room.removeprefix("experiments.").removeprefix("sim."))}</text>'
        f'<text x="{BOX / 2}" y="37" class="count">{escape(room.split(".")[0].split(" ")[0])}, {size[room]} module{"s" if size[room] > 1 else ""}</text></g>'
        for room, (x, y) in place.items()
    ]
    return (
        f'<div class="rooms"><svg viewBox="0 0 {WIDTH} {high:.0f}" role="img" aria-label="Rooms of the program and their imports">'
        f'<g class="arrows">{"".join(lines)}</g><g class="boxes">{"".join(boxes)}</g></svg></div>'
    )
