"""Print the lowest versions that a pyproject.toml allows of its dependencies, as constraints for pip."""

import re
import sys
import tomllib

with open(sys.argv[1], "rb") as file:
    project = tomllib.load(file)["project"]
extras = (lines for name, lines in project["optional-dependencies"].items() if name != "test")
for line in sum(extras, project["dependencies"]):
    if found := re.match(r"([\w.-]+)>=([\d.]+)", line):
        print(f"{found[1]}=={found[2]}")
