"""What an operator watches and is woken by, in Prometheus' text format; read from the stores when asked."""

from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


class Gauge(NamedTuple):
    """A number as it is now; `values` by the value of the label, or by "" where there is none."""

    name: str
    meaning: str
    values: dict[str, float]
    label: str = ""


class _Stores(Collector):
    def collect(self) -> Iterable[Metric]:
        for path in settings.METRICS:
            for gauge in import_string(path)():
                family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=[gauge.label] if gauge.label else [])
                for value, number in gauge.values.items():
                    family.add_metric([value] if gauge.label else [], number)
                yield family


_registry = CollectorRegistry(auto_describe=False)
_registry.register(_Stores())


def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever has METRICS_TOKEN; open without one in development, closed in production."""
    token, said = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    is_open = not token and not settings.PRODUCTION
    if not is_open and not (token and constant_time_compare(said, f"Bearer {token}")):
        return HttpResponse(status=403)
    try:
        return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)
    except Error:
        return HttpResponse(status=503)
