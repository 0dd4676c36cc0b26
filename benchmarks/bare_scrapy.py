"""A spider of Scrapy that fetches pages and does nothing with them: what fetching costs at least.

python benchmarks/bare_scrapy.py PORT ARTICLES [HEADERS]

HEADERS are sent with every request, as JSON: ``{"If-None-Match": "*"}`` is answered by 304.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Bare(Spider):
    """Fetches the articles of `benchmarks/site.py`."""

    name = "bare"
    handle_httpstatus_list = (304,)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every article."""
        port, articles, *headers = sys.argv[1:]
        sent = json.loads(headers[0]) if headers else {}
        for number in range(int(articles)):
            yield Request(f"http://127.0.0.1:{port}/story-{number}", headers=sent)

    def parse(self, response: Any, **_: Any) -> None:
        """Do nothing."""


def main() -> None:
    """Crawl."""
    settings = {"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0}
    process = AsyncCrawlerProcess(settings)
    process.crawl(Bare)
    process.start()


if __name__ == "__main__":
    main()
