"""The web server of the process: Slack's door, health, metrics, the pages people sign in to."""
