"""Modal questions and lists: each is pushed by a screen, ends with one value, and closes with Escape."""
