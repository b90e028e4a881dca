"""Random walks: each from a seed, many at a time; one that fails is made as short as it can be."""

import asyncio
import itertools
import random
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.walk.steps import STEPS
from tests.walk.world import NAMES, Places, World

LENGTH, CHOICES = 16, 1_000_000
IN_A_WORLD = 5  # walks, one after the other: each is checked, and the next goes on from there
AT_ONCE = 12
PATIENCE_SECONDS, HURRY_SECONDS = 60, 6  # to come to rest; when a failing walk is made shorter
Step = tuple[str, int, int, int]  # what, who, to whom, and a number that decides the rest


def steps_of(seed: int) -> list[Step]:
    rng = random.Random(seed)
    names = rng.choices([*STEPS], [one.weight for one in STEPS.values()], k=LENGTH)
    people = range(len(NAMES))
    return [(name, rng.choice(people), rng.choice(people), rng.randrange(CHOICES)) for name in names]


def spelled(steps: Iterable[Step]) -> str:
    return " ".join(".".join(map(str, step)) for step in steps)


def read(text: str) -> list[Step]:
    found = [step.split(".") for step in text.split()]
    return [(name, int(who), int(other), int(choice)) for name, who, other, choice in found]


@dataclass
class Walked:
    steps: list[Step]
    told: list[str]  # what was done, and what came of it
    differs: list[str]
    checks: int = 1


@dataclass
class Report:
    walks: int = 0
    steps: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    failure: str = ""

    def __str__(self) -> str:
        done = f"{self.said['done']} of {self.steps} steps done, the others refused"
        return f"walks {self.walks}, {done}, failed {int(bool(self.failure))}"


class Walks:
    def __init__(self, places: Places, patience: float = PATIENCE_SECONDS):
        self._places, self._patience = places, patience
        self.report = Report()

    async def run(self, seeds: Iterable[int]) -> Report:
        """Until all are walked, or one has failed."""
        waiting = iter(seeds)
        await asyncio.gather(*(self._walker(waiting) for _ in range(AT_ONCE)))
        await self._close()
        return self.report

    async def replay(self, steps: list[Step]) -> Report:
        walked = await self._walk(World(self._places), [steps], self._patience)
        self._note(walked)
        self.report.failure = _told(walked)
        await self._close()
        return self.report

    async def _close(self) -> None:
        for _, web in self._places:
            await web.close()

    async def _walker(self, seeds: Iterator[int]) -> None:
        while mine := [*itertools.islice(seeds, IN_A_WORLD)]:
            world = World(self._places)
            walked = await self._walk(world, [steps_of(seed) for seed in mine], self._patience)
            self._note(walked)
            if self.report.failure:
                return
            if walked.differs:
                self.report.failure = f"A walk of the seeds {mine} fails"
                shortest = await self._shortest(walked)
                self.report.failure += f"; {len(shortest.steps)} of {len(walked.steps)} steps do so:\n{_told(shortest)}"

    def _note(self, walked: Walked) -> None:
        self.report.walks += walked.checks
        self.report.steps += len(walked.steps)
        self.report.taken.update(name for name, *_ in walked.steps)
        self.report.said.update(line.rpartition(": ")[2] for line in walked.told)
        self.report.done.update(line.split()[1] for line in walked.told if line.endswith(": done"))

    async def _walk(self, world: World, walks: Sequence[list[Step]], patience: float) -> Walked:
        steps: list[Step] = []
        checks, found = 0, []
        try:
            await world.open()
            for more in walks:
                steps += more
                checks += 1
                await world.walk(more)
                if found := await world.check(patience):
                    break
        except Exception as e:  # whatever it is, it is told together with the walk
            found = traceback.format_exception(e)
        return Walked(steps, world.told, [*found, *map(repr, await world.close())], checks)

    async def _shortest(self, walked: Walked) -> Walked:
        """Without its halves, quarters ... single steps, as long as it still fails."""
        size = (len(walked.steps) + 1) // 2
        while size:
            steps = walked.steps
            tries = [steps[:start] + steps[start + size :] for start in range(0, len(steps), size)]
            shorter = await self._failing(tries)
            size = size // 2 if shorter is None else min(size, (len(shorter.steps) + 1) // 2)
            walked = shorter or walked
        return walked

    async def _failing(self, tries: Sequence[list[Step]]) -> Walked | None:
        for start in range(0, len(tries), AT_ONCE):
            some = tries[start : start + AT_ONCE]
            walked = await asyncio.gather(*(self._walk(World(self._places), [one], HURRY_SECONDS) for one in some))
            if found := next((one for one in walked if one.differs), None):
                return found
        return None


def _told(walked: Walked) -> str:
    """What a person needs who looks for the reason."""
    if not walked.differs:
        return ""
    done, differs = [f"  {line}" for line in walked.told], [f"  -> {line[:1500]}" for line in walked.differs[-8:]]
    again = f"Again: make faults ARGS=\"--replay '{spelled(walked.steps)}'\""
    return "\n".join([*done, *differs, again])
