"""Listens to an industry, and shows it as live columns."""
