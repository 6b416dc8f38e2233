"""The environment that the functions run in: nothing of the person's own AWS, proxies or settings reaches it."""

from collections.abc import Mapping

from local.layout import AWS_ACCOUNT, REGION

KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTHONPYCACHEPREFIX",
    "PYTHONDONTWRITEBYTECODE",
    "LD_LIBRARY_PATH",
)


def clean_environment(parent: Mapping[str, str], *, aws_endpoint: str) -> dict[str, str]:
    """What a process needs of `parent`, and an AWS that is moto at `aws_endpoint` and nothing else."""
    return {name: parent[name] for name in KEPT if name in parent} | {
        # Lambda's clock shows UTC.
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
        "AWS_ENDPOINT_URL": aws_endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCOUNT_ID": AWS_ACCOUNT,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
    }
