"""What `/v1/usage` says of itself."""

from functions.api.documentation.operations import Answer, Operation, Parameter
from functions.api.documentation.schemas import component, like, list_of, object_of, or_empty, text
from functions.api.documentation.tags import ACCOUNT
from functions.api.routes.native.operations.shared import COUNT, MODE

_DAY = text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026-01-05")
_COST = text(r"^[0-9]+\.[0-9]{6}$", "0.003400", description="An estimate, at AWS's list prices.")
_COUNTS = {
    "events": like(COUNT, 100, description="Events accepted."),
    "delivered": like(COUNT, 98, description="Deliveries."),
    "discarded": like(COUNT, 1, description="Deliveries."),
    "attempts": like(COUNT, 103),
    "failed": like(COUNT, 5, description="Attempts."),
    "estimated_cost_usd": _COST,
}
SHOW = Operation(
    summary="Show what the account used",
    description=(
        "By day of UTC, in the key's mode; days without anything are left out. Counted at least once and, where a"
        " worker ends, not quite to the last: no basis for a bill. Kept for 400 days."
    ),
    tag=ACCOUNT,
    parameters=(
        Parameter(name="since", description="The first day; 30 days ago, unless said.", schema=or_empty(_DAY)),
        Parameter(name="until", description="The last day, up to 91 later; today, unless said.", schema=or_empty(_DAY)),
    ),
    answers={
        200: Answer(
            description="Each day, and all together.",
            schema=component(
                "Usage",
                object_of(
                    mode=MODE,
                    since=_DAY,
                    until=_DAY,
                    days=list_of(object_of(day=_DAY, **_COUNTS)),
                    total=object_of(**_COUNTS),
                ),
                "What an account used.",
            ),
        )
    },
)
