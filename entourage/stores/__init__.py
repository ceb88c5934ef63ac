"""One door per engine: rows, the event log, cache, limits and blobs."""
