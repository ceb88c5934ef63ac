"""E2B's API on our live sandboxes: their SDKs work unchanged when they are pointed here.

E2B_API_URL=http://host:8700/e2b E2B_SANDBOX_URL=http://host:8700/e2b E2B_API_KEY=ent_...
"""
