"""A drill: the whole service is killed at chosen steps between what people do and what they are told."""
