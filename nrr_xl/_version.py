"""The version, a constant so that start-up need not read package metadata."""

__version__ = "0.1.0"
