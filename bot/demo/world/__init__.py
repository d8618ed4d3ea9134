"""A believable internet service provider, drawn from a seed: the same seed gives the same rows."""
