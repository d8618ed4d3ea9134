"""The simulated ISP: a believable world, deterministic by seed."""
