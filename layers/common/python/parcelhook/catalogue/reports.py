"""Data of `report.completed`."""

from parcelhook.catalogue.fields import EventData, Line, Moment, Url


class ReportCompleted(EventData):
    """A report that can be fetched, as in ShipEngine's `report_complete`."""

    report_type: Line
    report_url: Url
    created_at: Moment | None = None
