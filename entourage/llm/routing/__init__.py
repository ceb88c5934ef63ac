"""From the name of a model to whoever answers: candidates in order, fallback, breakers, contracts, health."""
