"""Every speed claim, measured here and printed beside its target. `make bench`, or `python -m bench NAME ...`."""
