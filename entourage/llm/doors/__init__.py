"""The doors of the AI gateway under `/v1`: bytes pass through, and only what routing and accounting need is read."""
