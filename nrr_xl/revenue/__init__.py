"""From whatever sheet an analyst has to the customer x period cube, with an account of every cell."""
