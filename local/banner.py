"""What the stack says when it is ready."""

from typing import Any

from local.configuration import Configuration


def banner(stack: dict[str, Any], configuration: Configuration, *, seconds: float) -> str:
    """`seconds` is what the start took."""
    base_url, keys = stack["base_url"], stack["keys"]
    return f"""
Parcelhook is ready on {base_url} after {seconds:.1f} s. Ctrl-C ends it.

  API key       {keys["live"]}
  sandbox key   {keys["sandbox"]}
  request bin   {base_url}/bin/demo
  retries       {configuration.retry_interval_seconds} s apart (RETRY_INTERVAL_SECONDS=5 make run shows them sooner)
  shell         . {configuration.state_directory}/env      logs  {configuration.state_directory}/logs

Subscribe the request bin to tracking updates:

  curl {base_url}/v1/environment/webhooks -H "API-Key: {keys["live"]}" \\
    -H "Content-Type: application/json" -d '{{"url": "{base_url}/bin/demo", "event": "track"}}'

then publish one, or let `make demo` do both.
"""
