"""The api. Of Powertools it uses the router, and imports what belongs to that."""

from parcelhook.deferred_packages import defer

defer("aws_lambda_powertools", "aws_lambda_powertools.event_handler", "aws_lambda_powertools.utilities.data_classes")
