"""Programs that run inside the sandbox. They are read as text, never imported by the server."""
