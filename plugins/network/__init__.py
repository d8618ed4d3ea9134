"""The network plugin."""
