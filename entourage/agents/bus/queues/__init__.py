"""The queues of a person's agents, as they see and halt them."""
