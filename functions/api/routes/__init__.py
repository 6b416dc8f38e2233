"""All routes. A new dialect's are a module here and a line below."""

from collections.abc import Sequence

from functions.api.http import RouteGroup
from functions.api.routes import documentation, ehub, native, portal, shipengine, shippo

GROUPS: Sequence[RouteGroup] = (
    native.GROUP,
    portal.GROUP,
    documentation.GROUP,
    shipengine.GROUP,
    ehub.GROUP,
    shippo.GROUP,
)
