"""The web server of the process: Slack's door, health, metrics."""
