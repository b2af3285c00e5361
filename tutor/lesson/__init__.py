"""The use cases, async, without Textual: what the app, the plain mode and the commands all call."""
