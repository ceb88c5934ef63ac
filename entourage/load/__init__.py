"""The load generator: bounded, lean enough to be slower than nothing it measures."""
