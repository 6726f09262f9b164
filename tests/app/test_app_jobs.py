"""Claims about the jobs of the app: fair turns, cancelling, workers that die; the pool is a thread's here."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from app import jobs as module
from app.jobs import CANCELLED, DONE, FAILED, Job, Jobs
from experiments.runs.engines.engine import WorkerDied


class Pools:
    """Threads in place of processes; the first of them break."""

    def __init__(self, broken: int = 0) -> None:
        self.broken, self.begun = broken, 0

    def __call__(self, workers: int) -> Any:
        self.begun += 1
        pool = ThreadPoolExecutor(workers)
        if self.begun <= self.broken:
            pool.submit = lambda *_: (_ for _ in ()).throw(BrokenExecutor())  # type: ignore[method-assign]

        class Block:
            def __enter__(self) -> Any:
                return pool, None

            def __exit__(self, *_: object) -> None:
                pool.shutdown(wait=False)

        return Block()


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> Pools:
    found = Pools()
    monkeypatch.setattr(module, "pool_of", found)
    return found


def test_a_session_with_much_work_does_not_keep_others_waiting(pools: Pools) -> None:
    order: list[str] = []

    async def carry_out() -> None:
        with Jobs(1) as jobs:
            many = [jobs.run("many", order.append, "many") for _ in range(8)]
            few = [jobs.run(name, order.append, name) for name in ("one", "two")]
            await asyncio.gather(*many, *few)

    asyncio.run(carry_out())
    assert sorted(order) == ["many"] * 8 + ["one", "two"]
    assert max(order.index("one"), order.index("two")) <= 4


def test_a_job_tells_how_far_it_is_and_what_it_came_to(pools: Pools) -> None:
    async def work(job: Job) -> int:
        job.result = await job.run(len, "abc")
        assert job.left_s is not None
        return job.result + await job.run(len, "de")

    async def carry_out() -> None:
        with Jobs(2) as jobs:
            job = jobs.start("a", work, total=2)
            assert jobs.of("a") is job
            await asyncio.sleep(0.2)
            assert (job.state, job.result, job.done, job.left_s) == (DONE, 5, 2, None)

    asyncio.run(carry_out())


def test_a_cancelled_job_begins_nothing_more_and_frees_its_worker(pools: Pools) -> None:
    let_go, begun = threading.Event(), []

    def slow(number: int) -> None:
        begun.append(number)
        let_go.wait(5)

    async def work(job: Job) -> None:
        await asyncio.gather(*(job.run(slow, number) for number in range(5)))

    async def carry_out() -> None:
        with Jobs(1) as jobs:
            first = jobs.start("a", work, total=5)
            await asyncio.sleep(0.05)
            second = jobs.start("a", lambda job: job.run(len, "abc"), total=1)  # takes the place of the first
            await asyncio.sleep(0.05)
            assert (first.state, second.state, begun) == (CANCELLED, "running", [0])
            let_go.set()
            await asyncio.sleep(0.1)
            assert (second.state, second.result, begun) == (DONE, 3, [0])
            assert jobs.waiting == 0

    asyncio.run(carry_out())


def test_of_jobs_that_have_ended_the_latest_are_remembered(pools: Pools) -> None:
    async def carry_out() -> list[bool]:
        with Jobs(2) as jobs:
            for number in range(module.MOST_REMEMBERED + 5):
                job = jobs.start(str(number), lambda job: job.run(len, "abc"), total=1)
                await asyncio.wait_for(job.task, 5)  # type: ignore[arg-type]
            return [jobs.of(str(number)) is not None for number in (0, 3, 4, module.MOST_REMEMBERED + 4)]

    assert asyncio.run(carry_out()) == [False, False, True, True]


def test_an_error_is_the_jobs_and_of_those_side_by_side_the_first(pools: Pools) -> None:
    async def work(job: Job) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(job.run(int, "x"))

    async def carry_out() -> Job:
        with Jobs(1) as jobs:
            job = jobs.start("a", work, total=1)
            await asyncio.sleep(0.1)
            assert await jobs.run("b", len, "abc") == 3
            return job

    job = asyncio.run(carry_out())
    assert job.state == FAILED
    assert isinstance(job.error, ValueError)


@pytest.mark.parametrize(("broken", "comes"), [(2, True), (3, False)])
def test_workers_that_die_are_begun_anew_but_not_for_ever(pools: Pools, broken: int, comes: bool) -> None:
    pools.broken = broken

    async def carry_out() -> int:
        with Jobs(1) as jobs:
            return await jobs.run("a", len, "abc")

    if comes:
        assert asyncio.run(carry_out()) == 3
    else:
        with pytest.raises(WorkerDied):
            asyncio.run(carry_out())
    assert pools.begun == broken + 1
