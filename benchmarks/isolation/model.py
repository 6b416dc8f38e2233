"""What is assumed: how long endpoints, AWS and the worker's own processor take. All times in seconds."""

from dataclasses import dataclass
from math import exp, log
from random import Random

from parcelhook.resources import DISPATCH

# A whole core belongs to this much memory.
_CORE_MEBIBYTES = 1769


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How long things take that the simulation does not do itself."""

    aws_call: float = 0.006
    """Median of a call of DynamoDB or SQS within the Region."""
    aws_spread: float = 0.5
    """Standard deviation of its logarithm: 19 ms are the 99th percentile."""
    aws_processor: float = 0.0007
    """Processor time of such a call, as docs/measured/cost.txt has it."""
    post_processor: float = 0.0014
    """Of one delivery besides, as docs/measured/engine.txt has it where a hundred share the calls of AWS."""
    core_slowdown: float = 2.0
    """How much slower a core of Lambda's is taken to be than the one measured on."""
    start: float = 0.003
    """Of an invocation, until our code runs."""
    cold_start: float = 0.6
    """Of an invocation that finds no environment, besides."""
    poll: float = 0.015
    """From the queue to the poller's invocation."""

    def processor(self, seconds: float) -> float:
        """How long work of so many seconds takes with the share of a core that the function's memory buys."""
        return seconds * self.core_slowdown / min(1.0, DISPATCH.memory / _CORE_MEBIBYTES)

    def call(self, random: Random) -> float:
        """A call of AWS."""
        return self.aws_call * exp(random.gauss(0.0, self.aws_spread))


SERVICE = Service()


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """Endpoints that are well: each has its own median, and each answer its own time around that."""

    median: float = 0.15
    spread: float = 0.7
    """Of the logarithms of the endpoints' medians: the slowest of a thousand takes 1.3 s."""
    noise: float = 0.4
    """Of the logarithms of an endpoint's answers: one in a hundred takes 2.5 times its median."""

    def own_median(self, random: Random) -> float:
        """Of one endpoint."""
        return self.median * exp(min(3.0, random.gauss(0.0, 1.0)) * self.spread)

    def answer(self, own_median: float, random: Random) -> float:
        """One answer's time, a new TLS connection included."""
        return exp(log(own_median) + random.gauss(0.0, self.noise))


HEALTHY = Healthy()
