"""Connectors: the systems that can stand behind a port."""
