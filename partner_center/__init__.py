"""The partner center: a cloud vendor's channel, self-hosted."""
