"""All routes. A new dialect's are a module here and a line below."""

from collections.abc import Sequence

from functions.api.http import RouteGroup
from functions.api.routes import ehub, native, shipengine, shippo

GROUPS: Sequence[RouteGroup] = (native.GROUP, shipengine.GROUP, ehub.GROUP, shippo.GROUP)
