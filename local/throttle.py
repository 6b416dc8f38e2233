"""API Gateway's throttle: a token bucket over all callers together."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Throttle:
    """Lets `rate` requests a second through in the long run, and `burst` at once."""

    rate: int
    burst: int
    monotonic: Callable[[], float]
    _tokens: float = field(init=False)
    _counted_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._counted_at = float(self.burst), self.monotonic()

    def lets_through(self) -> bool:
        """Whether there is room for one more request, which then is counted."""
        now = self.monotonic()
        self._tokens = min(float(self.burst), self._tokens + (now - self._counted_at) * self.rate)
        self._counted_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
