"""The application: the only place with a network, and the command line."""
