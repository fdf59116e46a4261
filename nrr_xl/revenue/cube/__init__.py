"""Clean rows to the customer x period cube: policy, currencies, customer map, and one exact amount per cell."""
