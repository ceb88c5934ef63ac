"""What clients can ask for, by method. Each gives the result, or raises McpError or a Problem."""
