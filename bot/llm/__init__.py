"""Models behind one Protocol: embeddings here, chat models later."""
