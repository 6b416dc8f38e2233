"""What moto holds, as a file: so that it can be stopped and started again in the middle, as nobody can do with AWS."""

from __future__ import annotations

import io
import pickle
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

Service = Literal["dynamodb", "sqs", "scheduler", "ssm"]
KEPT: Mapping[Service, tuple[str, ...]] = {
    "dynamodb": ("tables",),
    "sqs": ("queues",),
    "scheduler": ("schedules", "schedule_groups"),
    "ssm": ("_parameters",),
}
"""Of each service that the laptop stack uses: the members of moto's backend that hold what was created."""


class _Pickler(pickle.Pickler):
    """Also writes what moto keeps beside its data: locks, as new ones, and the mapping of parameters."""

    def reducer_override(self, value: Any) -> Any:
        from moto.ssm.models import ParameterDict

        if isinstance(value, threading.Condition):
            return threading.Condition, ()
        if isinstance(value, ParameterDict):
            arguments = (value.account_id, value.region_name)
            return ParameterDict, arguments, vars(value), None, iter(dict.items(value))
        return NotImplemented


def save(path: Path) -> None:
    """Writes all that moto holds. Nobody may be calling it meanwhile."""
    from moto.backends import get_backend

    state = {
        service: {
            (account, region): {name: getattr(backend, name) for name in names}
            for account, regions in get_backend(service).items()
            for region, backend in regions.items()
        }
        for service, names in KEPT.items()
    }
    written = io.BytesIO()
    _Pickler(written).dump(state)
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_bytes(written.getvalue())
    # Whoever finds the file finds all of it.
    new.replace(path)


def restore(path: Path) -> bool:
    """Gives moto back what was saved, and removes the file, which soon will be out of date; false if there is none."""
    from moto.backends import get_backend

    if not path.exists():
        return False
    # We wrote it, into a directory of ours, for nobody but ourselves.
    state = pickle.loads(path.read_bytes())  # noqa: S301
    for service, backends in state.items():
        for (account, region), members in backends.items():
            for name, member in members.items():
                setattr(get_backend(service)[account][region], name, member)
    path.unlink()
    return True
