"""One learner's report in each format, and the reports of a class."""
