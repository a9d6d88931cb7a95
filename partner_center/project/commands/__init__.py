"""The commands of `partner-center`, one module each: SUMMARY, add_arguments(parser), run(options) -> exit status.

The module's docstring is what `--help` says. Django is set up inside `run`, so that a command may set the
environment first.
"""
