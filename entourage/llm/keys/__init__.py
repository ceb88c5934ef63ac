"""Who calls the gateway: virtual keys, callers, rates."""
