"""The functions' environment holds nothing of the person's own AWS."""

from local.environment import clean_environment

THEIRS = {
    "PATH": "/bin",
    "HOME": "/home/someone",
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "theirs",
    "AWS_ACCESS_KEY_ID": "theirs",
    "AWS_ENDPOINT_URL_SQS": "https://theirs",
    "HTTPS_PROXY": "http://proxy",
    "PARCELHOOK_LOG_LEVEL": "DEBUG",
}


def test_environment_points_at_moto_only() -> None:
    environment = clean_environment(THEIRS, aws_endpoint="http://127.0.0.1:1")
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_SQS", "HTTPS_PROXY"} & environment.keys()
    assert "theirs" not in environment.values()


def test_environment_keeps_what_a_program_needs() -> None:
    environment = clean_environment(THEIRS, aws_endpoint="http://127.0.0.1:1")
    assert environment["PATH"] == "/bin"
    assert environment["HOME"] == "/home/someone"
    assert environment["TZ"] == "UTC"
