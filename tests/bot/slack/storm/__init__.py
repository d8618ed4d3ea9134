"""A storm over the whole service: thousands of events, processes killed, Slack at its worst."""
