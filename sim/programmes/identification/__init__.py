"""Evidence that names somebody (刑事技术、同伙供述)."""
