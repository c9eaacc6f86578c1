"""GetMetadata and CheckCompatibility: what the property can report."""

from __future__ import annotations

from typing import Any

from google.analytics.data_v1beta.types import (
    CheckCompatibilityResponse,
    Compatibility,
    Metadata,
    MetricMetadata,
)

from sandbox.ga4_property import Property
from sandbox.ga4_request import check_names
from sandbox.ga4_schema import DIMENSIONS, METRICS


def metadata(name: str, prop: Property) -> Any:
    """Raw Metadata of `properties/424242/metadata` or, for every property, `properties/0/metadata`."""
    found = Metadata.pb(Metadata(name=name))
    for api_name in DIMENSIONS:
        _dimension(found.dimensions.add(), api_name)
    for api_name in METRICS:
        _metric(found.metrics.add(), api_name, prop)
    return found


def compatibility(request: Any, prop: Property) -> Any:
    """Raw CheckCompatibilityResponse: here all goes with all. Raises Ga4Error for unknown names."""
    dimensions = [dimension.name for dimension in request.dimensions]
    metrics = [metric.name for metric in request.metrics]
    check_names(request, dimensions, metrics)
    found = CheckCompatibilityResponse.pb(CheckCompatibilityResponse())
    if request.compatibility_filter == Compatibility.INCOMPATIBLE:
        return found
    for name in DIMENSIONS:
        _dimension(found.dimension_compatibilities.add(compatibility=Compatibility.COMPATIBLE).dimension_metadata, name)
    for name in METRICS:
        _metric(found.metric_compatibilities.add(compatibility=Compatibility.COMPATIBLE).metric_metadata, name, prop)
    return found


def _dimension(target: Any, name: str) -> None:
    known = DIMENSIONS[name]
    target.api_name, target.ui_name, target.category = name, known.ui_name, known.category
    target.description = f"{known.ui_name}, as simulated."
    target.deprecated_api_names.extend(known.deprecated)


def _metric(target: Any, name: str, prop: Property) -> None:
    known = METRICS[name]
    target.api_name, target.ui_name, target.category = name, known.ui_name, known.category
    target.type_ = known.type_number
    target.description = f"{known.ui_name}, as simulated."
    target.deprecated_api_names.extend(known.deprecated)
    if name in prop.restricted_metrics:
        target.blocked_reasons.append(MetricMetadata.BlockedReason.NO_REVENUE_METRICS)
