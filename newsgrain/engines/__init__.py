"""Adapters to engines of others; each needs its extra, and nothing else imports them."""
