"""The tests of nrr_xl."""
