"""The plan: (config, seeds, random key) -> draws. Pure: no clock, no calls, no files.

The planner is fed commits in order of index and hands out draws. Draw i sees the state as of the earliest commit
v >= i - window at which some task still needs examples beyond those pending, so what is asked never depends on timing.
"""

import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor

from iftgen.apportion import WHOLE, Shard, apportion_tree
from iftgen.hashing import stable_hash
from iftgen.seeds import SeedBank
from iftgen.taxonomy import Task, Taxonomy, Value
from iftgen.types import Draw, Pair

# An acceptance rate that nothing was seen of yet, and how many candidates that guess weighs.
PRIOR_RATE, PRIOR_WEIGHT = 0.75, 2.0
# Fewer than needed / rate are kept pending: a surplus costs money, a short wait does not.
CAUTION = 0.8
# Draws of a task that show the same seeds.
SHOTS_LAP = 8
# Accepted examples of a task that may be shown again, the latest: a long run does not hold all its texts in memory.
POOL = 256


@dataclass(slots=True)
class TaskState:
    """Counts of one task as of the last commit; `pending` are candidates drawn and not committed."""

    quota: int = 0
    accepted: int = 0
    tried: int = 0
    pending: int = 0
    draws: int = 0
    barren: int = 0
    given_up: bool = False
    pool: deque[Pair] = field(default_factory=lambda: deque(maxlen=POOL))

    @property
    def wanted(self) -> int:
        """How many candidates should be pending, at the acceptance seen so far."""
        need = self.quota - self.accepted
        if need <= 0 or self.given_up:
            return 0
        rate = (self.accepted + PRIOR_RATE * PRIOR_WEIGHT) / (self.tried + PRIOR_WEIGHT)
        return max(need, floor(CAUTION * need / rate))


@dataclass(frozen=True, slots=True)
class Choice:
    """How draws of a task are made: its method, and the most candidates that one call yields."""

    method: str
    size: int
    fills_topics: bool = True


class Planner:
    """Hands out draws until `target` examples are accepted, or `max_candidates` are spent."""

    def __init__(
        self,
        taxonomy: Taxonomy,
        choose: Callable[[Task], Choice],
        seeds: SeedBank,
        seed: int,
        target: int,
        window: int,
        max_candidates: int,
        max_tries: int,
        share_unfilled: bool = True,
        seed_shots: int = 6,
        machine_shots: int = 2,
        shard: Shard = WHOLE,
    ) -> None:
        """See conf/config.yaml for the numbers; `choose` tells the method of a task, `target` is that of all shards."""
        self.taxonomy, self.seeds, self.seed = taxonomy, seeds, seed
        self.target, self.window, self.max_candidates = shard.share(target), window, max_candidates
        self.max_tries, self.share_unfilled, self.shard = max_tries, share_unfilled, shard
        self.seed_shots, self.machine_shots = seed_shots, machine_shots
        self.choices = {name: choose(task) for name, task in taxonomy.tasks.items()}
        self.states = {name: TaskState() for name in taxonomy.tasks}
        self.commits = self.next_index = self.accepted = 0
        self.moves = 0  # how often quotas were set or moved
        self._ties = {name: stable_hash(seed, "tie", name) for name in taxonomy.tasks}
        self._values: dict[str, Mapping[str, Sequence[Value]]] = {}
        self._starts: deque[tuple[int, str, int]] = deque()  # of draws that are not all committed
        self._apportion(target)

    @property
    def finished(self) -> bool:
        """True when the target is reached."""
        return self.accepted >= self.target

    @property
    def unfilled(self) -> dict[str, int]:
        """Tasks that were given up, with the number of examples that they got."""
        return {name: state.accepted for name, state in self.states.items() if state.given_up}

    @property
    def quotas(self) -> dict[str, int]:
        """How many examples each task is to have."""
        return {name: state.quota for name, state in self.states.items()}

    def next_draw(self) -> Draw | None:
        """Return the next draw, or None while the window is full or nothing is needed beyond what is pending."""
        if self.finished or self.next_index - self.commits > self.window:
            return None
        name = self._neediest()
        if name is None:
            return None
        state, choice = self.states[name], self.choices[name]
        room = self.max_candidates - self.next_index
        count = max(1, min(choice.size, state.wanted - state.pending, room))
        while count and self._surplus(count) > self.window:
            count -= 1
        if not count:
            return None
        draw = self._draw(name, state, choice, count)
        self._starts.append((self.next_index, name, count))
        state.draws += 1
        state.pending += count
        self.next_index += count
        return draw

    def commit(self, index: int, task: str, example: Pair | None) -> None:
        """Record the outcome of the next index: the accepted example, or None for a rejected or failed candidate."""
        if index != self.commits:
            raise ValueError(f"commit of index {index}, but {self.commits} is due")
        state = self.states[task]
        state.tried += 1
        state.pending -= 1
        self.commits += 1
        while self._starts and self._starts[0][0] + self._starts[0][2] <= self.commits:
            self._starts.popleft()
        if example is not None:
            state.accepted += 1
            state.barren = 0
            state.pool.append(example)
            self.accepted += 1
            return
        if state.accepted < state.quota:  # beyond the quota nothing could have been accepted
            state.barren += 1
            if state.barren >= self.max_tries:
                self._give_up(state)

    def full(self, task: str) -> bool:
        """Tell whether the quota of the task is reached, so that one more example is surplus."""
        return self.states[task].accepted >= self.states[task].quota

    def extend(self, target: int) -> None:
        """Go on to a new target after the last commit: what was drawn beyond it is forgotten and drawn anew."""
        for start, name, count in reversed(self._starts):
            state = self.states[name]
            if start >= self.commits:
                state.draws -= 1
                state.pending -= count
            elif start + count > self.commits:
                state.pending -= start + count - self.commits
        self._starts.clear()
        self.next_index = self.commits
        self.target = self.shard.share(target)
        for state in self.states.values():
            state.given_up, state.barren = False, 0
        self._apportion(target)

    def _surplus(self, count: int) -> int:
        """Return the calls that would be paid for in vain if all candidates from the next one on were accepted.

        A call for instructions counts where all its candidates are beyond the last one that is needed. Commits never
        make the number larger, so that the window bounds what a run pays beyond its last example.
        """
        enough = self.commits + self.target - self.accepted
        if self.next_index + count <= enough:
            return 0
        draws = [(start, size) for start, _, size in self._starts] + [(self.next_index, count)]
        return sum(min(size, max(0, start + size - enough)) + (start >= enough) for start, size in draws)

    def _apportion(self, target: int) -> None:
        self.moves += 1
        quotas = self.shard.deal(apportion_tree(target, self.taxonomy.shares, self._ties))
        for name, state in self.states.items():
            state.quota = max(quotas[name], state.accepted)
        self._spread(self.target - sum(state.quota for state in self.states.values()))

    def _give_up(self, state: TaskState) -> None:
        missing = state.quota - state.accepted
        state.given_up = True
        self.moves += 1
        if self.share_unfilled:
            state.quota = state.accepted
            self._spread(missing)

    def _spread(self, missing: int) -> None:
        """Give `missing` examples to the tasks that are still open (or take them back where it is negative)."""
        live = {name: share for name, share in self.taxonomy.shares.items() if not self.states[name].given_up}
        if missing > 0 and live:
            for name, more in apportion_tree(missing, live, self._ties).items():
                self.states[name].quota += more
        while missing < 0:
            name = max(live, key=lambda key: (self.states[key].quota - self.states[key].accepted, self._ties[key]))
            self.states[name].quota -= 1
            missing += 1

    def _neediest(self) -> str | None:
        """The task that is furthest behind its quota, among those that need more than is pending."""
        if self.next_index >= self.max_candidates:
            return None
        if not self.share_unfilled and any(state.given_up for state in self.states.values()):
            return None
        best: str | None = None
        least = (2.0, 0)
        for name, state in self.states.items():
            if state.wanted > state.pending:
                behind = ((state.accepted + state.pending) / state.quota, self._ties[name])
                if best is None or behind < least:
                    best, least = name, behind
        return best

    def _draw(self, name: str, state: TaskState, choice: Choice, count: int) -> Draw:
        n = self.shard.place(state.draws)
        key = stable_hash(self.seed, name, n)
        rng = random.Random(key)
        task = self.taxonomy.tasks[name]
        return Draw(
            task=name,
            n=n,
            key=key,
            index=self.next_index,
            count=count,
            view=self.commits,
            method=choice.method,
            attributes=draw_attributes(self._values_of(task), rng),
            topic=pick_in_turn(task.topics, n, stable_hash(self.seed, "topics", name)),
            shots=self._shots(task, state, rng),
        )

    def _values_of(self, task: Task) -> Mapping[str, Sequence[Value]]:
        """Return the values of each attribute that may be drawn for the task, sorted out once."""
        if task.name not in self._values:
            self._values[task.name] = values_of(task, self.taxonomy.attributes)
        return self._values[task.name]

    def _shots(self, task: Task, state: TaskState, rng: random.Random) -> tuple[Pair, ...]:
        """Seeds of the task (then of its kin) and accepted examples of the task (Wang et al. 2023: 6 + 2).

        The seeds come first and change with every few draws only: prompts that begin alike are read once by servers
        that cache, and cost less at providers that do.
        """
        lap = random.Random(stable_hash(self.seed, "shots", task.name, self.shard.place(state.draws // SHOTS_LAP)))
        seeds = self.seeds.for_task(task.name)
        own = [pair for pair in seeds if pair.task == task.name]
        kin = [pair for pair in seeds if pair.task != task.name]
        chosen = lap.sample(own, min(self.seed_shots, len(own)))
        chosen += lap.sample(kin, min(self.seed_shots - len(chosen), len(kin)))
        chosen += rng.sample(state.pool, min(self.machine_shots, len(state.pool)))
        return tuple(chosen)


def values_of(task: Task, table: Mapping[str, Sequence[Value]]) -> dict[str, list[Value]]:
    """Return the values of each attribute that the task allows, whatever was drawn before."""

    def fits(value: Value, allowed: Sequence[str] | None) -> bool:
        return (allowed is None or value.value in allowed) and value.weight > 0 and value.suits(task.name)

    return {name: [one for one in values if fits(one, task.attributes.get(name))] for name, values in table.items()}


def draw_attributes(table: Mapping[str, Sequence[Value]], rng: random.Random) -> dict[str, str]:
    """Draw a value for each attribute, in order, by weight and under the conditions; `table` is that of the task."""
    drawn: dict[str, str] = {}
    for name, values in table.items():
        fit = [value for value in values if not value.when or value.follows(drawn)]
        number = rng.random()  # drawn even where nothing fits: one attribute's change leaves the others alone
        if fit:
            drawn[name] = _weighted(fit, number)
    return drawn


def pick_in_turn(items: Sequence[str], turn: int, key: int) -> str:
    """Return the item at `turn` of an order that is shuffled anew each round: none repeats before all were used."""
    if not items:
        return ""
    lap, place = divmod(turn, len(items))
    order = list(items)
    random.Random(stable_hash(key, lap)).shuffle(order)
    return order[place]


def _weighted(values: Sequence[Value], number: float) -> str:
    """Return the value at `number` (0..1) of the cumulated weights."""
    mark = number * sum(value.weight for value in values)
    for value in values:
        mark -= value.weight
        if mark < 0:
            return value.value
    return values[-1].value
