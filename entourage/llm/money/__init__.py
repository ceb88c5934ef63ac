"""What calls cost: prices, admission, budgets, usage."""
