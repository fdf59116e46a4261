"""`python -m nrr_xl`: the command line."""

from nrr_xl.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
