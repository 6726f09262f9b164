"""The left side of the desk Plan: the situation and what could be done, by lists, sliders and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from app.comparing import usual_heads
from app.desks.plan_state import Part
from app.desks.plan_upload import UploadDialog
from app.situations import AS_IS, LEVER_SIZES, READY, SHORTAGE_SIZES, Size, place_of, ready, usual
from experiments.presentation.names import noun, shortage_name, strategy_name
from sim.parameters import BadInput
from sim.police.posts import POST_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

STRATEGIES = (
    "reactive", "random_patrol", "hotspot", "intelligence_led", "campaign", "community", "co_governance", "integrated",
)  # fmt: skip
DAYS = {91: "a quarter", 182: "half a year", 364: "a year", 728: "two years"}
OWN = "own"
KINDS_OF_HEADS = {"officers": "Officers", "auxiliaries": "Auxiliaries"}  # key of a force → words


class Controls(Part):
    """The controls of a desk."""

    @ui.refreshable_method
    def draw(self) -> None:
        """Draw all controls for the situation of the desk."""
        with self.page.speaking():
            self._place()
            self._force()
            self._list("missing", self.say("What is missing"), SHORTAGE_SIZES, self.say("Add a shortage"))
            self._strategies()
            self._list("levers", self.say("What could be done about it"), LEVER_SIZES, self.say("Add a lever"))
            self._amount()

    def _set(self, key: str, value: Any) -> None:
        """Give a key of the situation another value."""
        self.plan.tree[key] = value
        self.plan.changed()

    def _place(self) -> None:
        chosen = place_of(self.plan.tree) or OWN
        shown = {words: self.say(words) for words in READY}
        if chosen == OWN:
            shown[OWN] = str(self.plan.tree.get("name", self.say("your own")))
        with _group(self.say("Situation")):
            place = ui.select(shown, value=chosen, on_change=lambda event: self._begin(event.value)).classes("wide")
            place.props("outlined dense options-dense data-mark=place")
            bring = ui.button(self.say("Bring your own files …"), on_click=lambda: UploadDialog(self.plan).open())
            bring.props("flat dense no-caps icon=upload_file")

    def _begin(self, place: str) -> None:
        if place in READY:
            self.plan.replaced(ready(place, self.say(AS_IS)))

    def _force(self) -> None:
        """Draw the people by post, sworn officers and auxiliaries."""
        force = self.plan.tree.get("force")
        own = isinstance(force, dict) and isinstance(force.get("officers"), dict)
        with _group(self.say("Force")):
            words = self.say("Say how many people are in each post")
            ui.switch(words, value=own, on_change=self._own_force).props("data-mark=own-force")
            if not own:
                ui.label(self.say("As is usual for such a place.")).classes("soft")
                return
            assert isinstance(force, dict)
            with ui.element("div").classes("heads"):
                for text in ("", *KINDS_OF_HEADS.values()):
                    ui.label(text and self.say(text)).classes("soft")
                for post in POST_NAMES:
                    ui.label(noun(post))
                    for who in KINDS_OF_HEADS:
                        self._heads(force, who, post)

    def _heads(self, force: dict[str, Any], who: str, post: str) -> None:
        def set_heads(value: float | None) -> None:
            """Note how many there are."""
            force[who][post] = max(0, int(value or 0))
            self.plan.changed()

        label = self.say("{post}, {who}", post=noun(post), who=self.say(KINDS_OF_HEADS[who]))
        ui.number(value=force.setdefault(who, {}).get(post, 0), min=0, max=100_000, step=1, precision=0).props(
            f'dense outlined debounce=500 aria-label="{label}"'
        ).on_value_change(lambda event: set_heads(event.value))

    async def _own_force(self, event: Any) -> None:
        tree = self.plan.tree
        if not event.value:
            tree.pop("force", None)
        else:
            without = {key: value for key, value in tree.items() if key not in ("missing", "levers")}
            try:
                tree["force"] = await self.page.jobs.run(self.plan.owner, usual_heads, self.plan.ask_of(without).path)
            except BadInput as error:
                self.plan.parts["answer"].refuse(error)
                return
        self.plan.replaced(tree)

    def _list(self, key: str, title: str, sizes: Mapping[str, Size | None], add: str) -> None:
        """Draw a list of shortages or levers, each with its size."""
        listed: list[dict[str, Any]] = self.plan.tree.setdefault(key, [])
        with _group(title):
            for one in listed:
                self._one(key, listed, one, sizes)
            left = {kind: shortage_name(kind) for kind in sizes if kind not in {one["kind"] for one in listed}}
            with ui.button(add).props("flat dense no-caps icon=add").props(f"data-mark=add-{key}"), ui.menu():
                for kind, words in left.items():
                    ui.menu_item(words, lambda kind=kind: self._add(key, listed, kind, sizes[kind]))

    def _one(
        self, key: str, listed: list[dict[str, Any]], one: dict[str, Any], sizes: Mapping[str, Size | None]
    ) -> None:
        """Draw one of a list: its words, its size, and a cross that takes it away."""
        size = sizes.get(one["kind"])
        at = size if size is not None and size.key in one else _stated(one)
        if at is not None:
            at = at._replace(low=min(at.low, float(one[at.key])), high=max(at.high, float(one[at.key])))
        with ui.row().classes("one"):
            ui.label(shortage_name(str(one["kind"]))).classes("grow")
            told = ui.label(self._told(one, at)).classes("size")
            ui.button(on_click=lambda: self._drop(key, listed, one)).props(
                f'flat round dense size=sm icon=close aria-label="{self.say("take away")}"'
            )
        if at is not None:
            where = at

            def moved(event: Any) -> None:
                """Note another size."""
                one[where.key] = round(float(event.value), 4) if where.step < 1 else int(event.value)
                told.set_text(self._told(one, where))
                self.plan.changed()

            ui.slider(min=at.low, max=at.high, step=at.step, value=float(one[at.key]), on_change=moved).props(
                f'aria-label="{shortage_name(str(one["kind"]))}"'
            ).props(f"data-mark={key}-{one['kind']}")

    def _told(self, one: Mapping[str, Any], size: Size | None) -> str:
        """Say how much there is of a shortage or lever."""
        if size is None:
            return ""
        value = float(one[size.key])
        words = {"%": "{n} %", "% a year": "{n} % a year", "times": "{n} times", "people": "{n} people"}
        shown = f"{100 * value:g}" if size.unit.startswith("%") else f"{value:g}"
        return self.say(words.get(size.unit, "{n} yuan a month"), n=shown)

    def _add(self, key: str, listed: list[dict[str, Any]], kind: str, size: Size | None) -> None:
        listed.append({"kind": kind} if size is None else {"kind": kind, size.key: size.usual})
        self.plan.replaced({**self.plan.tree, key: listed})

    def _drop(self, key: str, listed: list[dict[str, Any]], one: dict[str, Any]) -> None:
        listed.remove(one)
        self.plan.replaced({**self.plan.tree, key: listed})

    def _strategies(self) -> None:
        tree = self.plan.tree
        chosen = [str(name) for name in tree.get("strategies") or ["reactive"]]
        shown = {name: strategy_name(name) for name in dict.fromkeys([*STRATEGIES, *chosen])}
        with _group(self.say("Strategies")):
            ui.label(self.say("The first is what is done today.")).classes("soft")
            ui.select(
                shown, value=chosen, multiple=True,
                on_change=lambda event: self._set("strategies", list(event.value)) if event.value else None,
            ).props("outlined dense options-dense use-chips").classes("wide").props("data-mark=strategies")  # fmt: skip

    def _amount(self) -> None:
        tree = self.plan.tree
        days = int(usual(tree, "days"))
        shown = {number: self.say(words) for number, words in DAYS.items()}
        shown.setdefault(days, self.say("{n} days", n=days))
        with _group(self.say("How thoroughly")):
            with ui.row().classes("one"):
                ui.label(self.say("measured")).classes("grow")
                ui.select(shown, value=days, on_change=lambda event: self._set("days", event.value)).props(
                    "dense outlined"
                )
            with ui.row().classes("one"):
                ui.label(self.say("runs of each option")).classes("grow")
                told = ui.label(str(usual(tree, "replications"))).classes("size")

            def moved(event: Any) -> None:
                """Note another number of runs."""
                told.set_text(f"{event.value:g}")
                self._set("replications", int(event.value))

            ui.slider(min=2, max=40, step=2, value=int(usual(tree, "replications")), on_change=moved).props(
                f'aria-label="{self.say("runs of each option")}"'
            ).props("data-mark=replications")
            ui.switch(
                self.say("Say what it is worth in officers"), value=bool(tree.get("equivalents")),
                on_change=lambda event: self._set("equivalents", bool(event.value)),
            )  # fmt: skip
            ui.switch(self.say("Answer every change at once"), value=self.plan.at_once).bind_value(self.plan, "at_once")


def _group(title: str) -> ui.element:
    """Return a block for a group of controls, under its title."""
    block = ui.element("section").classes("group")
    with block:
        ui.label(title).classes("group-title").props("role=heading aria-level=2")
    return block


def _stated(one: Mapping[str, Any]) -> Size | None:
    """Return the size that an uploaded shortage or lever states, of another kind than the usual one."""
    for key, unit, high in (("heads", "people", 200), ("fraction", "%", 0.95), ("share", "%", 0.95)):
        if isinstance(one.get(key), int | float):
            low, step = (1, 1) if unit == "people" else (0.05, 0.05)
            return Size(key, low, max(high, float(one[key])), step, float(one[key]), unit)
    return None
