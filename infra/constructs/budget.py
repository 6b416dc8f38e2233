"""An optional monthly budget, told by e-mail. It warns, up to a day late, and stops nothing."""

from aws_cdk import aws_budgets as budgets
from constructs import Construct


class Budget(Construct):
    """Of the whole AWS account: costs can be told apart by tag only where its owner has switched that on."""

    def __init__(self, scope: Construct, construct_id: str, *, monthly_usd: int, email: str) -> None:
        super().__init__(scope, construct_id)
        budgets.CfnBudget(
            self,
            "Monthly",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=monthly_usd, unit="USD"),
            ),
            notifications_with_subscribers=[
                _notification("FORECASTED", 80, email),
                _notification("ACTUAL", 100, email),
            ],
        )


def _notification(kind: str, percent: int, email: str) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            notification_type=kind,
            comparison_operator="GREATER_THAN",
            threshold=percent,
            threshold_type="PERCENTAGE",
        ),
        subscribers=[budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=email)],
    )
