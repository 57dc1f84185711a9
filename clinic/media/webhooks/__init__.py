"""What happens to appointments, told to programs of others (Standard Webhooks)."""
