"""Results that agents hand over: titled, typed, versioned, never overwritten."""
