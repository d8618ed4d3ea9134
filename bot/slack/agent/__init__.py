"""What Slack has for agents: status, messages that grow while an answer is worked out, Stop, prompts."""
