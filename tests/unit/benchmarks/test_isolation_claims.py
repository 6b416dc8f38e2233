"""What the benchmark of isolation claims is of the largest share of hanging endpoints, in each period."""

from benchmarks.isolation.__main__ import claims
from benchmarks.isolation.load import Summary


def summary(p99: float, billed: float) -> Summary:
    return Summary(p50=0.1, p99=p99, begun_p99=0.1, undelivered=0, billed=billed, hanging_posts=0, batch=10.0)


def periods(first: Summary, later: Summary) -> dict[str, Summary]:
    return {"the first 2 minutes": first, "from minute 3 on": later}


def test_claims_compare_the_most_hanging_with_none_and_tell_which_bar_is_missed() -> None:
    none = periods(summary(1.0, 8.0), summary(2.0, 10.0))
    some = periods(summary(9.0, 99.0), summary(9.0, 99.0))
    most = periods(summary(1.5, 13.6), summary(3.2, 15.0))

    made = claims([none, some, most])

    assert [(round(each.measured, 2), each.bar, each.holds) for each in made] == [
        (1.5, 1.5, True),
        (1.7, 1.6, False),
        (1.6, 1.5, False),
        (1.5, 1.6, True),
    ]
