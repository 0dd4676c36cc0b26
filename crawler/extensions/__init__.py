"""Extensions: what watches a crawl from beside."""
