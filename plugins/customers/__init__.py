"""The customers plugin."""
