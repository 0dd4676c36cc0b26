"""The spiders: one that crawls newspapers, one that looks at what a site offers."""
