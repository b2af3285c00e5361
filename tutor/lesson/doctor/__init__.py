"""`homics-tutor doctor`: looks at the machine, the tools and the cluster, and says what to do about what it finds.

Nothing here changes anything. A look that could not be taken says so; it is neither good nor bad.
"""
