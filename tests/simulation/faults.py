"""What may go wrong in a run, and how often. A run draws its own mixture, so that some are calm and some are storms."""

from dataclasses import dataclass, replace
from random import Random

# Every second run has each kind of fault, at a rate that is drawn too.
_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Chances from 0 to 1 for each occasion, and times in seconds. The defaults are a perfect world."""

    death: float = 0.0
    """Of a process, before or after a call of AWS or a POST."""
    refusal: float = 0.0
    """AWS throttles: nothing is done."""
    lost_answer: float = 0.0
    """AWS does what it is asked, and the answer gets lost."""
    repetition: float = 0.0
    """The AWS client sends a call again whose answer got lost."""
    part: float = 0.0
    """A batch call is done in part."""
    slow_call: float = 0.0
    """A call of AWS takes seconds."""
    duplicate: float = 0.0
    """A message is handed out twice."""
    duplicate_due: float = 0.0
    """A message about what is due again is handed out twice, so that two workers have it at once."""
    late_message: float = 0.0
    """A message shows late."""
    disorder: float = 0.0
    """Messages come in another order."""
    stale: float = 0.0
    """Reads that are only eventually consistent see what was."""
    schedule_late: float = 0.0
    schedule_twice: float = 0.0
    schedule_lost: float = 0.0
    """A schedule's call never comes through."""
    skew: float = 0.0
    """By how many seconds clocks may differ."""

    longest_stale_item: float = 0.9
    longest_stale_index: float = 20.0
    longest_late_message: float = 30.0
    longest_late_schedule: float = 90.0
    longest_slow_call: float = 8.0

    @property
    def calm(self) -> "Faults":
        """The same once all is over: nothing fails, and only time is as it was."""
        return Faults(skew=self.skew)


# What a life is for that aims at claims: every retry and every forwarded delivery reaches two workers.
ALL_DUE_TWICE = Faults(duplicate_due=1.0)


def draw(random: Random) -> Faults:
    """The faults of a run."""

    def rate(most: float) -> float:
        return random.uniform(0, most) if random.random() < _SHARE else 0.0

    faults = Faults(
        death=rate(0.03),
        refusal=rate(0.05),
        lost_answer=rate(0.03),
        repetition=rate(0.05),
        part=rate(0.2),
        slow_call=rate(0.02),
        duplicate=rate(0.15),
        late_message=rate(0.2),
        disorder=rate(0.5),
        stale=rate(0.5),
        schedule_late=rate(0.5),
        schedule_twice=rate(0.3),
        schedule_lost=rate(0.1),
        skew=rate(0.4),
    )
    # A tenth of all lives have no faults of AWS's at all: what fails there is the code alone.
    return faults if random.random() >= 0.1 else replace(faults.calm, skew=0.0)
