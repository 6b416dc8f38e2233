"""What may be published: every event type, the data it carries, and the envelope it comes in.

Only what takes publications imports this package: it needs Pydantic, which would slow the start of the others.
"""

from parcelhook.catalogue.catalogue import describe, sample, schema, validate
from parcelhook.catalogue.publication import ParsedPublication, Publication, parse_publication

__all__ = ["ParsedPublication", "Publication", "describe", "parse_publication", "sample", "schema", "validate"]
