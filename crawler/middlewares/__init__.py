"""Downloader middlewares: what every request and answer passes through."""
