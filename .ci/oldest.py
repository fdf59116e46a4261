"""Print the lowest versions that a pyproject.toml allows of its dependencies, as constraints for pip."""

import re
import sys
import tomllib

with open(sys.argv[1], "rb") as file:
    needed = tomllib.load(file)["project"]["dependencies"]
for line in needed:
    if found := re.match(r"([\w.-]+)>=([\d.]+)", line):
        print(f"{found[1]}=={found[2]}")
