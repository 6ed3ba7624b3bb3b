"""Text analysis: pure functions, frame in, frame out."""
