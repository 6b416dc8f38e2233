"""Runs all benchmarks, and sums up what they say: `python -m benchmarks`."""

from benchmarks import cold_start, engine, growth, load, machine, transport
from benchmarks.claims import print_claims
from benchmarks.cost import __main__ as cost
from benchmarks.isolation import __main__ as isolation


def main() -> None:
    """Prints each benchmark's tables, and all claims in one."""
    modules = (transport, engine, cold_start, growth, cost, isolation, load)
    claims = [claim for module in modules for claim in module.main()]
    print_claims(claims)
    print(f"\nMachine: {machine.described()}.")


if __name__ == "__main__":
    main()
