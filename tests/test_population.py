"""A population of columns behaves as a Mesa AgentSet of ordinary agents on the same data."""

from __future__ import annotations

import copy
import gc
import pickle
import statistics

import mesa
import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.columns import Column, grown, table
from sim.population import Population
from sim.row_agent import RowAgent

SCHEMA = (
    Column("trust", "f8", "1", "Trust in the police."),
    Column("age", "i4", "years", "Age."),
    Column("armed", "?", "1", "Carries a weapon."),
    Column("beats", "(2,)i2", "beat", "Two beats that are known."),
)


class Person(RowAgent):
    @property
    def adult(self) -> bool:
        return self.age >= 18

    def birthday(self, years: int = 1) -> int:
        self.age += years
        return int(self.age)


class OrdinaryPerson(mesa.Agent):
    def __init__(self, model: mesa.Model, trust: float, age: int, armed: bool) -> None:
        super().__init__(model)
        self.trust, self.age, self.armed = trust, age, armed

    @property
    def adult(self) -> bool:
        return self.age >= 18

    def birthday(self, years: int = 1) -> int:
        self.age += years
        return self.age


class Town(mesa.Model):
    """The same people twice: as columns, and as ordinary agents."""

    def __init__(self, rows: list[tuple[float, int, bool]]) -> None:
        super().__init__(rng=1)
        self.people = table(SCHEMA, len(rows))
        for i, row in enumerate(rows):
            self.people[["trust", "age", "armed"]][i] = row
        self.columns = Population(self, Person, self.people, SCHEMA)
        self.ordinary = mesa.agent.AgentSet([OrdinaryPerson(self, *row) for row in rows], random=self.random)
        self.agents_by_type[Person] = self.columns


ROWS = [(0.5, 30, True), (0.2, 17, False), (0.9, 30, False), (0.2, 45, True), (0.7, 12, False)]
some_rows = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), st.booleans()), min_size=1, max_size=12)


@pytest.fixture
def town() -> Town:
    return Town(ROWS)


def places(people: Population) -> list[int]:
    return [person.unique_id for person in people]


def ordinary_places(town: Town, people: mesa.agent.AgentSet) -> list[int]:
    order = {agent: i for i, agent in enumerate(town.ordinary)}
    return [order[agent] for agent in people]


@settings(max_examples=60, deadline=None)
@given(
    rows=some_rows,
    limit=st.integers(0, 6),
    at_most=st.one_of(st.integers(0, 5), st.floats(0, 1), st.just(float("inf")), st.just(2.5)),
)
def test_select_agrees_with_mesa_by_predicate_and_by_column(
    rows: list[tuple[float, int, bool]], limit: int, at_most: float
) -> None:
    town = Town(rows)
    expected = ordinary_places(town, town.ordinary.select(lambda person: person.age >= limit, at_most=at_most))
    assert places(town.columns.select(lambda person: person.age >= limit, at_most=at_most)) == expected
    assert places(town.columns.select(where=lambda people: people["age"] >= limit, at_most=at_most)) == expected
    assert places(town.columns.select(where=town.people["age"] >= limit, at_most=at_most)) == expected


@settings(max_examples=60, deadline=None)
@given(rows=some_rows, ascending=st.booleans())
def test_sort_agrees_with_mesa_also_among_equals(rows: list[tuple[float, int, bool]], ascending: bool) -> None:
    town = Town(rows)
    expected = ordinary_places(town, town.ordinary.sort("age", ascending=ascending))
    assert places(town.columns.sort("age", ascending=ascending)) == expected
    assert places(town.columns.sort(lambda person: person.age, ascending=ascending)) == expected


@settings(max_examples=60, deadline=None)
@given(rows=some_rows)
def test_groups_agree_with_mesa_in_keys_order_members_and_aggregates(rows: list[tuple[float, int, bool]]) -> None:
    town = Town(rows)
    for by in ("age", "adult", lambda person: (person.age, person.armed)):
        ours, theirs = town.columns.groupby(by), town.ordinary.groupby(by)
        assert list(ours.groups) == list(theirs.groups)
        assert {key: places(group) for key, group in ours} == {
            key: ordinary_places(town, group) for key, group in theirs
        }
        assert ours.count() == theirs.count()
        assert ours.agg("trust", max) == theirs.agg("trust", max)
        assert ours.agg("age", sum) == theirs.agg("age", sum)
        lists = town.columns.groupby(by, result_type="list")
        assert all(isinstance(group, list) for group in lists.groups.values())
        assert lists.agg("age", sum) == theirs.agg("age", sum)


@settings(max_examples=40, deadline=None)
@given(rows=some_rows)
def test_get_and_agg_agree_with_mesa(rows: list[tuple[float, int, bool]]) -> None:
    town = Town(rows)
    for name in ("trust", "age", "armed", "adult"):
        assert town.columns.get(name).tolist() == town.ordinary.get(name)
    assert np.array_equal(town.columns.get(["trust", "age"]), np.array(town.ordinary.get(["trust", "age"])))
    assert town.columns.agg("age", [min, max, sum, len]) == town.ordinary.agg("age", [min, max, sum, len])
    assert town.columns.agg("trust", np.mean) == town.ordinary.agg("trust", np.mean)
    assert town.columns.agg("trust", statistics.fmean) == pytest.approx(town.ordinary.agg("trust", statistics.fmean))
    assert town.columns.get("absent", handle_missing="default", default_value=-1).tolist() == town.ordinary.get(
        "absent", "default", -1
    )


def test_get_of_several_is_a_matrix_and_of_unlike_columns_one_of_objects(town: Town) -> None:
    assert town.columns.get(["trust", "age", "armed"]).shape == (5, 3)
    mixed = town.columns.get(["age", "beats"])
    assert mixed.shape == (5, 2)
    assert mixed[1, 0] == 17
    assert mixed[1, 1].tolist() == [0, 0]


def test_get_is_a_snapshot_and_columns_are_live(town: Town) -> None:
    snapshot, live = town.columns.get("age"), town.columns.columns["age"]
    town.columns.set("age", 50)
    assert snapshot[0] == 30
    assert live[0] == 50


def test_sum_of_a_small_integer_column_does_not_overflow(town: Town) -> None:
    small = np.zeros(400, dtype=[("n", "u1")])
    small["n"] = 200
    assert Population(town, Person, small, [Column("n", "u1", "1", "")]).agg("n", sum) == 80_000


def test_set_writes_a_scalar_or_an_array_in_the_order_of_the_selection(town: Town) -> None:
    assert town.columns.set("trust", 0.25) is town.columns
    assert town.people["trust"].tolist() == [0.25] * 5
    town.columns.sort("age", ascending=True).set("trust", [0.1, 0.2, 0.3, 0.4, 0.5])
    assert town.people["trust"].tolist() == [0.3, 0.2, 0.4, 0.5, 0.1]
    town.columns.set("beats", [3, 4])
    assert town.people["beats"].tolist() == [[3, 4]] * 5


@pytest.mark.parametrize(
    ("name", "value"), [("age", 2.7), ("age", 2**40), ("age", float("nan")), ("armed", 2), ("trust", [1.0, 2.0])]
)
def test_a_value_that_does_not_fit_its_column_is_refused(town: Town, name: str, value: object) -> None:
    before = town.people.copy()
    with pytest.raises(ValueError, match=r"does not fit|broadcast"):
        town.columns.set(name, value)
    assert np.array_equal(town.people, before)


def test_do_and_map_call_methods_on_views_that_write_through(town: Town) -> None:
    assert town.columns.do("birthday", years=2) is town.columns
    assert town.columns.map(Person.birthday) == [33, 20, 33, 48, 15] == town.people["age"].tolist()
    seen: list[int] = []
    town.columns.shuffle_do(lambda person: seen.append(person.unique_id))
    assert sorted(seen) == [0, 1, 2, 3, 4]


def test_a_view_reads_and_writes_its_row(town: Town) -> None:
    view = town.columns[1]
    view.trust = 0.75
    view.beats[1] = 9
    assert (town.people[1]["trust"], town.people[1]["beats"].tolist()) == (0.75, [0, 9])
    town.people[1]["age"] = 80
    assert (view.age, view.adult, view.unique_id, view.model) == (80, True, 1, town)
    with pytest.raises(ValueError, match=r"2\.5 does not fit column 'age'"):
        view.age = 2.5


def test_an_unknown_attribute_of_a_view_names_the_columns(town: Town) -> None:
    with pytest.raises(AttributeError, match=r"Person .* 'wealth'; .*: trust, age, armed, beats"):
        _ = town.columns[0].wealth
    with pytest.raises(AttributeError, match="columns: trust, age, armed, beats"):
        town.columns[0].wealth = 3
    with pytest.raises(AttributeError, match="columns: trust, age, armed, beats"):
        town.columns.get("wealth")
    with pytest.raises(AttributeError, match="columns: trust, age, armed, beats"):
        town.columns.set("wealth", 1)
    with pytest.raises(KeyError, match=": trust, age, armed, beats"):
        _ = town.columns.columns["wealth"]


def test_views_of_one_row_are_equal_and_hash_alike_and_others_differ(town: Town) -> None:
    first, again, other = town.columns[0], next(iter(town.columns)), town.columns[1]
    assert first == again
    assert len({first, again, other}) == 2
    assert first != Town(ROWS).columns[0]


def test_places_slices_and_membership_are_those_of_a_sequence(town: Town) -> None:
    selection = town.columns.select(where=town.people["age"] == 30)
    assert [person.unique_id for person in town.columns[1:3]] == [1, 2]
    assert selection[-1].unique_id == 2
    assert town.columns[2] in selection
    assert town.columns[1] not in selection
    assert town.ordinary[0] not in town.columns
    assert len(selection) == 2
    with pytest.raises(IndexError):
        _ = town.columns[5]


def test_selections_combine_as_sets(town: Town) -> None:
    thirty, armed = town.columns.select(where=town.people["age"] == 30), town.columns.select(where=town.people["armed"])
    assert [places(people) for people in (thirty & armed, thirty | armed, thirty - armed, thirty ^ armed)] == [
        [0],
        [0, 2, 3],
        [2],
        [2, 3],
    ]
    assert thirty == thirty.shuffle()
    assert thirty != armed
    with pytest.raises(TypeError, match="of one population"):
        _ = thirty | town.ordinary


def test_selecting_in_place_narrows_the_set_itself_and_by_default_does_not(town: Town) -> None:
    selection = town.columns.select(where=town.people["armed"])
    assert selection.select(lambda person: person.age > 40) is not selection
    assert len(selection) == 2
    assert selection.select(lambda person: person.age > 40, inplace=True) is selection
    assert places(selection) == [3]
    assert len(town.columns) == 5


def test_select_by_type_knows_subclasses(town: Town) -> None:
    assert len(town.columns.select(agent_type=RowAgent)) == 5
    assert len(town.columns.select(agent_type=OrdinaryPerson)) == 0


@pytest.mark.parametrize("where", [[0, 1], [True, False], [1, 1, 0, 0, 0]])
def test_a_mask_that_is_no_boolean_array_of_the_right_length_is_refused(town: Town, where: list[object]) -> None:
    with pytest.raises(ValueError, match="where must be a boolean array"):
        town.columns.select(where=np.array(where))


def test_a_column_of_a_selection_is_in_its_order_and_cannot_be_written_in_vain(town: Town) -> None:
    selection = town.columns.sort("age", ascending=True)
    assert selection.columns["age"].tolist() == [12, 17, 30, 30, 45]
    with pytest.raises(ValueError, match="read-only"):
        selection.columns["age"][0] = 1
    assert list(dict(selection.columns)) == ["trust", "age", "armed", "beats"]


def test_shuffle_is_a_permutation_that_the_seed_of_the_model_fixes(town: Town) -> None:
    order = places(town.columns.shuffle())
    assert sorted(order) == [0, 1, 2, 3, 4]
    assert places(Town(ROWS).columns.shuffle()) == order


def test_rows_are_neither_added_nor_removed(town: Town) -> None:
    view = town.columns[0]
    for call in (town.columns.add, town.columns.discard, town.columns.remove):
        with pytest.raises(TypeError, match="belong to its model"):
            call(view)
    with pytest.raises(TypeError, match="belong to its model"):
        view.remove()
    with pytest.raises(TypeError, match="belong to its model"):
        town.columns.clear()


def test_a_million_rows_are_selected_and_aggregated_without_an_object_per_row(town: Town) -> None:
    made: list[int] = []

    class Counted(Person):
        def __init__(self, *args: object) -> None:
            made.append(1)
            super().__init__(*args)

    many = Population(town, Counted, table(SCHEMA, 1_000_000), SCHEMA)
    many.set("age", np.arange(1_000_000) % 90)
    old = many.select(where=lambda people: people["age"] >= 65)
    assert old.shuffle().sort("age").groupby("age").agg("trust", sum)[65] == 0.0
    assert len(old) == many.agg("age", lambda ages: int((ages >= 65).sum()))
    assert made == []


def test_views_are_not_registered_in_the_model(town: Town) -> None:
    before = len(town.agents)
    assert len(list(town.columns)) == 5
    assert len(town.agents) == before
    fresh = OrdinaryPerson(town, 0.5, 20, False)
    assert fresh.unique_id == len(ROWS) + 1


def test_fifty_populations_leave_no_objects_behind() -> None:
    class Bare(mesa.Model):
        def __init__(self) -> None:
            super().__init__(rng=1)
            self.agents_by_type[Person] = Population(self, Person, table(SCHEMA, 1000), SCHEMA)

    def use() -> None:
        people = Bare()  # the model must outlive the calls on its population
        people.agents_by_type[Person].select(lambda person: person.age == 0, at_most=3).do("birthday").groupby("age")

    def alive() -> tuple[int, int]:
        gc.collect()
        return sum(type(item) is Bare for item in gc.get_objects()), len(gc.get_objects())

    use()
    _, objects_before = alive()
    for _ in range(50):
        use()
    models, objects_after = alive()
    assert models == 0
    assert objects_after - objects_before < 50  # less than one object a model


def test_a_view_outlives_its_model_as_data_only() -> None:
    people = Population(mesa.Model(rng=1), Person, table(SCHEMA, 1), SCHEMA)
    view = people[0]
    gc.collect()
    assert view.age == 0
    for holder in (people, view):
        with pytest.raises(ReferenceError, match="this population is gone"):
            _ = holder.model


def test_a_population_is_copied_shallowly_and_a_view_not_at_all(town: Town) -> None:
    twin = copy.copy(town.columns)
    twin.set("age", 1)
    assert town.people["age"].tolist() == [1] * 5
    assert twin == town.columns
    with pytest.raises(TypeError, match="cannot be copied"):
        pickle.dumps(town.columns[0])


def test_a_user_collects_data_from_populations_and_own_agents(town: Town) -> None:
    collector = mesa.DataCollector(
        model_reporters={"mean": lambda model: model.agents_by_type[Person].agg("trust", np.mean)}
    )
    collector.collect(town)
    assert collector.model_vars["mean"] == [pytest.approx(0.5)]
    assert {type(agent) for agent in town.agents} == {OrdinaryPerson}


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ([SCHEMA[0], SCHEMA[0]], "'trust' is declared twice"),
        ([Column("two words", "f8", "1", "")], "must be a public identifier"),
        ([Column("_hidden", "f8", "1", "")], "must be a public identifier"),
    ],
)
def test_a_schema_with_a_bad_name_is_refused(columns: list[Column], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        table(columns, 3)


def test_a_population_whose_schema_table_or_rows_disagree_is_refused(town: Town) -> None:
    with pytest.raises(ValueError, match="different columns"):
        Population(town, Person, town.people, SCHEMA[:2])
    hiding = [Column("adult", "?", "1", "")]
    with pytest.raises(ValueError, match=r"\['adult'\] would be hidden"):
        Population(town, Person, table(hiding, 1), hiding)
    for rows in ([0, 0], [5], [-1]):
        with pytest.raises(ValueError, match="distinct"):
            Population(town, Person, town.people, SCHEMA, rows=rows)
    assert places(Population(town, Person, town.people, SCHEMA, rows=[3, 1])) == [3, 1]


def test_a_grown_table_keeps_its_rows_and_cannot_shrink() -> None:
    small = table(SCHEMA, 2)
    small["age"] = [3, 4]
    large = grown(small, 4)
    assert large["age"].tolist() == [3, 4, 0, 0]
    assert large.dtype == small.dtype
    with pytest.raises(ValueError, match="cannot grow to 1"):
        grown(large, 1)


def test_a_numba_kernel_takes_a_table_as_one_argument() -> None:
    @numba.njit
    def age_all(people: np.ndarray) -> None:
        for i in range(len(people)):
            people[i].age += 1
            people[i].beats[1] = i

    people = table(SCHEMA, 3)
    age_all(people)
    assert people["age"].tolist() == [1, 1, 1]
    assert people["beats"][:, 1].tolist() == [0, 1, 2]
