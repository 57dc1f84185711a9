"""The REST API, /api/v1: the same services as the pages, for other programs."""
