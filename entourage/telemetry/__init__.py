"""How the server itself is doing: metrics for Prometheus, figures for admins, traces for a collector."""
