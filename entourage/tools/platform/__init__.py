"""The platform's own operations as tools: found by what one wants to do, called as the person who asks."""
