"""OTLP over HTTP: logs, metrics and traces of agents that speak OpenTelemetry."""
