"""Plans: a request as tasks that depend on each other, made by a model, seen by the person, carried out by the team."""
