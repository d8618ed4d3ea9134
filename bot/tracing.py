"""Traces: spans leave the process only when the environment names a collector."""

from __future__ import annotations

from collections.abc import Callable

from opentelemetry import trace

from bot import __version__
from bot.config import Config
from bot.errors import ConfigError


def set_up_tracing(config: Config) -> Callable[[], None]:
    """Send spans to OTEL_EXPORTER_OTLP_ENDPOINT, if set; call what comes back before the process ends."""
    if config.otlp_endpoint is None:
        return _nothing
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - an extra
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the tracing packages are missing: "
            "install backhaul with the extra `tracing`, or unset it."
        ) from error
    resource = Resource.create({"service.name": "backhaul", "service.version": __version__})
    provider = TracerProvider(resource=resource)
    endpoint = f"{config.otlp_endpoint.rstrip('/')}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
    return provider.shutdown


def _nothing() -> None:
    return None
