"""From the cube to the numbers: movements, bridges, methods, cohorts and drivers."""
