"""What runs inside a live sandbox, as its first process: standard library only, any Python from 3.8 on.

The host gives these files to the sandbox's own interpreter; nothing here is imported by the server.
"""
