"""A second connector, unlike `local` in every way it can be: written from the ports alone."""
