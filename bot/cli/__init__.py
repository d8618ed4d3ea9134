"""The backhaul command line, one module per command group."""
