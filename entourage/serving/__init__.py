"""How uvicorn serves us: deadlines for slow senders, and WebSockets that take prebuilt frames."""
