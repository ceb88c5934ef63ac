"""The steps of the pipeline, one a file, in the order of `install.py`."""
