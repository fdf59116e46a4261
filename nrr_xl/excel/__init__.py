"""The add-in: worksheet functions, the button and the files that carry them."""
