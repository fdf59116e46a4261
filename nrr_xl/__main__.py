"""`python -m nrr_xl`: the command line."""

from nrr_xl.process import run

if __name__ == "__main__":
    run()
