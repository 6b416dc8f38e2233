"""What schemathesis leaves out. It imports this in a process of its own."""

from typing import Any

import schemathesis


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: "schemathesis.Case[Any]") -> bool:
    """A header that nobody knows is no fault: HTTP asks that it be ignored (RFC 9110, section 5.1)."""
    return not any("unknown-property" in name for name in case.headers or {})
