"""Whole screens: the lesson, and the reader for the course's texts."""
