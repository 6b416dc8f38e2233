"""Packages whose own module imports much more than is wanted of them."""

import ast
import sys
from functools import cache
from importlib import import_module
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, resolve_name
from types import ModuleType


class _Deferred(ModuleType):
    """A package whose own module, `__init__`, has not run. What that imports is imported when it is asked for by name.

    It runs when a name is asked for that it makes itself.
    """

    def __getattr__(self, name: str) -> object:
        # The import system asks for some of these, and does without.
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if find_spec(f"{self.__name__}.{name}"):
            return import_module(f"{self.__name__}.{name}")
        if imported := _imported(self).get(name):
            module, their_name = imported
            return getattr(import_module(module), their_name)
        _run(self)
        return getattr(self, name)


def defer(*names: str) -> None:
    """Has each of these packages import only what is asked of it.

    Outer packages come before inner ones. What is imported already stays as it is. Raises `ModuleNotFoundError` for a
    package that there is not.
    """
    for name in names:
        if name not in sys.modules:
            _put(name)


def _put(name: str) -> None:
    spec = find_spec(name)
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(f"There is no package {name}.", name=name)
    package = _Deferred(name)
    package.__spec__, package.__loader__, package.__package__ = spec, spec.loader, name
    package.__path__, package.__file__ = spec.submodule_search_locations, spec.origin
    sys.modules[name] = package
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, package)


@cache
def _imported(package: ModuleType) -> dict[str, tuple[str, str]]:
    """By name, from where the package's own module imports what it calls so, and what that is called there."""
    loader = _spec(package).loader
    text = loader.get_source(package.__name__) if isinstance(loader, InspectLoader) else None
    found: dict[str, tuple[str, str]] = {}
    for statement in ast.parse(text or "").body:
        if isinstance(statement, ast.ImportFrom):
            module = resolve_name("." * statement.level + (statement.module or ""), package.__name__)
            found |= {each.asname or each.name: (module, each.name) for each in statement.names}
    return found


def _run(package: ModuleType) -> None:
    package.__class__ = ModuleType
    if loader := _spec(package).loader:
        loader.exec_module(package)


def _spec(package: ModuleType) -> ModuleSpec:
    assert package.__spec__ is not None
    return package.__spec__
