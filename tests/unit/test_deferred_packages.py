import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from parcelhook.deferred_packages import defer


@pytest.fixture(autouse=True)
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package `large` with a package inside: what their own modules run is in `large.log`'s list."""
    root = tmp_path / "large"
    (root / "inner").mkdir(parents=True)
    (root / "log.py").write_text("RAN = []\n")
    (root / "__init__.py").write_text(
        "from large.log import RAN\nfrom .first import Thing as Renamed\nRAN.append('large')\nOWN = 1\n"
    )
    for name in ("first", "second"):
        (root / f"{name}.py").write_text(f"from large.log import RAN\nRAN.append('{name}')\nclass Thing: ...\n")
    (root / "inner" / "__init__.py").write_text("from large.log import RAN\nRAN.append('inner')\n")
    (root / "inner" / "deep.py").write_text("VALUE = 2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield root
    for name in [name for name in sys.modules if name.partition(".")[0] == "large"]:
        del sys.modules[name]


def ran() -> list[str]:
    from large.log import RAN  # type: ignore[import-not-found]

    return list(RAN)


def test_module_inside_is_imported_without_the_package_around_it() -> None:
    defer("large", "large.inner")

    from large.inner.deep import VALUE  # type: ignore[import-not-found]

    assert VALUE == 2
    assert ran() == []


def test_name_that_the_package_imports_brings_only_the_module_it_comes_from() -> None:
    defer("large")

    from large import Renamed  # type: ignore[import-not-found]

    assert Renamed.__module__ == "large.first"
    assert ran() == ["first"]


def test_module_can_be_asked_for_as_a_name_of_the_package() -> None:
    defer("large")

    from large import second

    assert second.Thing.__module__ == "large.second"
    assert ran() == ["second"]


def test_name_that_the_package_makes_itself_has_it_run_once() -> None:
    defer("large")

    from large import OWN, Renamed

    assert OWN == 1
    assert Renamed.__module__ == "large.first"
    assert ran() == ["first", "large"]


def test_name_that_there_is_not_is_missing_as_ever() -> None:
    defer("large")

    with pytest.raises(ImportError, match="nothing"):
        from large import nothing  # noqa: F401


def test_package_that_is_imported_already_stays_as_it_is() -> None:
    import large

    defer("large")

    assert sys.modules["large"] is large
    assert ran() == ["first", "large"]


@pytest.mark.parametrize("name", ["no_such_package", "large.first"])
def test_what_is_no_package_is_refused(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=name):
        defer(name)


def test_api_starts_without_the_parts_of_powertools_that_it_does_not_use() -> None:
    program = "import functions.api.app, sys; print(*(name for name in sys.modules if name.startswith('aws_lambda')))"

    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    loaded = process.stdout.split()
    assert "aws_lambda_powertools.event_handler.api_gateway" in loaded
    for unused in ("logging", "metrics", "tracing", "event_handler.appsync", "utilities.data_classes.kafka_event"):
        assert f"aws_lambda_powertools.{unused}" not in loaded
