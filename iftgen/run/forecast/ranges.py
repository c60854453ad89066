"""Numbers with a range, and the load that calls put on a backend."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """A number that is expected, between the least and the most that is likely."""

    low: float = 0.0
    expected: float = 0.0
    high: float = 0.0

    @staticmethod
    def just(value: float) -> "Range":
        """Return a number without doubt."""
        return Range(value, value, value)

    def __add__(self, other: "Range") -> "Range":
        """Sum side by side."""
        return Range(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def __mul__(self, other: "Range | float") -> "Range":
        """Multiply side by side, or by a number."""
        by = other if isinstance(other, Range) else Range.just(other)
        return Range(self.low * by.low, self.expected * by.expected, self.high * by.high)

    def most(self, other: "Range") -> "Range":
        """Return the larger side by side."""
        return Range(max(self.low, other.low), max(self.expected, other.expected), max(self.high, other.high))

    def as_dict(self, digits: int = 0) -> dict[str, float | int]:
        """Return the three numbers, rounded; whole numbers without `digits`."""
        named = {"low": self.low, "expected": self.expected, "high": self.high}
        return {name: round(value, digits) if digits else round(value) for name, value in named.items()}


NONE = Range()


@dataclass(frozen=True, slots=True)
class Load:
    """Calls of one role, their tokens, and the seconds that they take one after another."""

    calls: Range = NONE
    prompt: Range = NONE
    completion: Range = NONE
    seconds: Range = NONE

    def __add__(self, other: "Load") -> "Load":
        """Sum two loads."""
        return Load(
            self.calls + other.calls,
            self.prompt + other.prompt,
            self.completion + other.completion,
            self.seconds + other.seconds,
        )

    def __mul__(self, by: Range | float) -> "Load":
        """Return the load of `by` times as many calls."""
        return Load(self.calls * by, self.prompt * by, self.completion * by, self.seconds * by)


NO_LOAD = Load()
