"""The commands of the command line, by what they are about.

``crawler.cli`` registers them. Each says in under 20 lines what it does; others do it.
"""
