"""What the telephone counts, as Prometheus text. Plain integers on the hot path: one process, one thread."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 8.0)
"""Seconds from Asterisk's answer to our next command."""


class Metrics(Collector):
    """Counts of one server."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.menus: Counter[str] = Counter()
        self.active = 0
        self.missing_prompts = 0
        self.slow = 0
        self.too_slow = 0
        self.no_calls = 0
        self._thoughts = [0] * (len(BOUNDS) + 1)
        self._thinking = 0.0

    def thought(self, seconds: float) -> None:
        """We took so long between an answer of Asterisk and our next command."""
        self._thoughts[bisect_left(BOUNDS, seconds)] += 1
        self._thinking += seconds

    def collect(self) -> Iterator[Metric]:
        """All of it, for a scrape."""
        yield _labelled("alo_agi_calls", "Calls that ended, by outcome.", "outcome", self.calls)
        yield _labelled("alo_agi_menu_entries", "Menus entered.", "menu", self.menus)
        yield GaugeMetricFamily("alo_agi_calls_active", "Calls going on now.", value=self.active)
        yield self._latency()
        counts = (
            ("alo_agi_prompts_missing", "Prompts without a recording, each counted once.", self.missing_prompts),
            ("alo_agi_clinic_slow", "Times a caller was asked for a moment.", self.slow),
            ("alo_agi_clinic_too_slow", "Times a caller was not kept waiting any longer.", self.too_slow),
            ("alo_agi_no_calls", "Connections that were no call.", self.no_calls),
        )
        for name, told, value in counts:
            yield CounterMetricFamily(name, told, value=value)

    def _latency(self) -> HistogramMetricFamily:
        buckets, total = [], 0
        for bound, count in zip([*map(str, BOUNDS), "+Inf"], self._thoughts, strict=True):
            total += count
            buckets.append((bound, total))
        told = "Seconds from Asterisk's answer to our next command."
        return HistogramMetricFamily("alo_agi_command_seconds", told, buckets=buckets, sum_value=self._thinking)


def _labelled(name: str, told: str, label: str, counts: Counter[str]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, told, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family


StartResponse = Callable[[str, list[tuple[str, str]]], object]


def page(metrics: Metrics) -> Callable[[dict[str, object], StartResponse], Iterable[bytes]]:
    """A WSGI application that shows the counts, whatever the path."""
    registry = CollectorRegistry()
    registry.register(metrics)

    def application(_environ: dict[str, object], start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
        return [generate_latest(registry)]

    return application
