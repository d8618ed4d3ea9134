"""The tickets plugin."""
