"""What all tests share.

Properties are tested without a deadline for each example: a busy machine is no fault of the code.
"""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from local import layout
from tests.cloud import Cloud, open_cloud

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """An AWS account for the tests of a module, whatever the environment says of AWS."""
    with pytest.MonkeyPatch.context() as patch, open_cloud() as cloud:
        patch.setenv("AWS_DEFAULT_REGION", layout.REGION)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        yield cloud
