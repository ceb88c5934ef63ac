"""The durable bus: a queue per agent in rows, leases with fences, wakes between processes."""
