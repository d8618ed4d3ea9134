"""Bots side by side: each a program of its own that answers `echo WORD` with `You said: WORD`."""
