"""A table to clean rows: what each row is, what is left out and why, and the account of every amount."""
