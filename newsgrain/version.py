"""The versions of newsgrain and of its tables, without anything that takes time to import."""

__version__ = "0.2.0.dev0"
"""Also in the user agent and in every published run."""

SCHEMA_VERSION = 2
"""Of the tables: see `newsgrain.schema`."""
