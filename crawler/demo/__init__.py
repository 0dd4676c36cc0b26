"""The embedded sample newspaper: two invented news sites, served on loopback.

``newsgrain demo`` and the tests crawl it. Its stories stand in ``content/`` as data, each
beside what must come out of it; ``serve`` answers for both sites as real servers do, and
``LoopbackResolver`` maps their reserved ``.example`` names to this machine and refuses
every other name.
"""

from __future__ import annotations

from crawler.demo.newspaper import Calendar, Newspaper, SampleArticle, newspapers
from crawler.demo.server import DemoServer, LoggedRequest, Outage, serve

RESOLVER = "crawler.demo.resolver.LoopbackResolver"
"""Value of Scrapy's setting ``TWISTED_DNS_RESOLVER`` for the demo and the tests."""

__all__ = [
    "RESOLVER",
    "Calendar",
    "DemoServer",
    "LoggedRequest",
    "Newspaper",
    "Outage",
    "SampleArticle",
    "newspapers",
    "serve",
]
