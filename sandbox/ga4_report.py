"""RunReport and BatchRunReports: from the request message to the response message."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from google.analytics.data_v1beta.types import (
    BatchRunReportsResponse,
    ResponseMetaData,
    Row,
    RunReportRequest,
    RunReportResponse,
    SamplingMetadata,
)

from sandbox.company import World
from sandbox.ga4_errors import bad_request
from sandbox.ga4_property import Property
from sandbox.ga4_query import Rows, report_rows
from sandbox.ga4_request import Report, parse_report
from sandbox.ga4_schema import METRICS
from sandbox.ga4_users import UserCurves

MAX_BATCH = 5
KEPT_REPORTS = 16
SAMPLED_SHARE = 0.1
"""What share of the events a sampled report says it has read."""

_RowMessage = type(Row.pb(Row()))
_Restriction = ResponseMetaData.SchemaRestrictionResponse.ActiveMetricRestriction


class Reports:
    """The reports of one property. The rows of the last few are kept, so that their pages are cheap. Thread-safe."""

    def __init__(self, world: World, prop: Property) -> None:
        self._world, self._property = world, prop
        self._curves = UserCurves(world)
        self._kept: OrderedDict[tuple[bytes, str, datetime], Rows] = OrderedDict()
        self._lock = threading.Lock()

    def run(self, request: Any) -> Any:
        """The raw RunReportResponse to a raw RunReportRequest; raises Ga4Error."""
        now, prop = self._world.now, self._property
        report = parse_report(request, prop.today(now), prop.currency)
        quota = prop.quota.spend(_tokens(report), prop.thresholded)
        found = self._rows(report, prop.known_at(now))
        response = _response(report, found)
        _describe(response.metadata, report, prop, found)
        if request.return_property_quota:
            response.property_quota.CopyFrom(quota)
        return response

    def run_batch(self, request: Any) -> Any:
        """The raw BatchRunReportsResponse; each report is charged. Raises Ga4Error."""
        if not request.requests:
            raise bad_request("The batchRunReportsRequest must contain at least one runReportRequest.")
        if len(request.requests) > MAX_BATCH:
            raise bad_request(
                f"Batch requests are limited to {MAX_BATCH} requests.\n"
                f"  This batch request contains {len(request.requests)} requests."
            )
        response = BatchRunReportsResponse.pb(BatchRunReportsResponse(kind="analyticsData#batchRunReports"))
        response.reports.extend(self.run(part) for part in request.requests)
        return response

    def _rows(self, report: Report, known_at: datetime) -> Rows:
        key = (_without_page(report.message), repr(self._property), known_at)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = report_rows(report, self._world, self._property, self._curves, known_at)
        with self._lock:
            self._kept[key] = found
            if len(self._kept) > KEPT_REPORTS:
                self._kept.popitem(last=False)
        return found


def _without_page(request: Any) -> bytes:
    """What makes two requests ask for the same rows."""
    same = RunReportRequest.pb(RunReportRequest())
    same.CopyFrom(request)
    for field in ("limit", "offset", "return_property_quota", "property"):
        same.ClearField(field)
    return bytes(same.SerializeToString(deterministic=True))


def _tokens(report: Report) -> int:
    """Close to what real requests were seen to cost: 1 for a short narrow one, 4 for 9 × 10, 7 for a year."""
    days = sum(item.days for item in report.ranges)
    return 1 + len(report.metrics) // 10 + len(report.dimensions) // 4 + days // 60


def _response(report: Report, found: Rows) -> Any:
    response = RunReportResponse.pb(RunReportResponse(kind="analyticsData#runReport", row_count=len(found.rows)))
    for name in report.headers:
        response.dimension_headers.add(name=name)
    for name in report.metrics:
        response.metric_headers.add(name=name, type_=METRICS[name].type_number)
    page = found.rows[report.offset : report.offset + report.limit]
    response.rows.extend(_row_message(row, len(report.headers)) for row in page)
    return response


def _row_message(row: Sequence[str], width: int) -> Any:
    return _RowMessage(
        dimension_values=[{"value": text} for text in row[:width]],
        metric_values=[{"value": text} for text in row[width:]],
    )


def _describe(metadata: Any, report: Report, prop: Property, found: Rows) -> None:
    """Fill in the report's ResponseMetaData."""
    metadata.currency_code, metadata.time_zone = prop.currency, prop.time_zone
    if prop.thresholded:  # the field has presence: false would be sent, and Google leaves it out
        metadata.subject_to_thresholding = True
    metadata.data_loss_from_other_row = found.other_row
    for name in set(prop.restricted_metrics) & set(report.metrics):
        restriction = _Restriction.pb(_Restriction(metric_name=name, restricted_metric_types=["REVENUE_DATA"]))
        metadata.schema_restriction_response.active_metric_restrictions.append(restriction)
    longest = prop.sampled_above_days
    if longest is not None and any(item.days > longest for item in report.ranges):
        for item in report.ranges:
            space = 100_000 * item.days
            sample = SamplingMetadata(samples_read_count=int(space * SAMPLED_SHARE), sampling_space_size=space)
            metadata.sampling_metadatas.append(SamplingMetadata.pb(sample))
