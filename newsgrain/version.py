"""The version of newsgrain, also in its user agent and in every published run."""

__version__ = "0.2.0.dev0"
