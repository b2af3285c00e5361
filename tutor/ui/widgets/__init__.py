"""Widgets, one a file. Each takes what it draws through its reactives, posts nested messages, and knows no lesson."""
