"""Charts drawn for people: with characters in a terminal, as a picture elsewhere."""
