"""Where items are kept and found again."""
