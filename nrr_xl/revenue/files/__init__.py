"""Bytes to cells: a file, a frame or pasted text as a grid of typed cells, nothing interpreted."""
