"""RabbitMQ between the outbox and those who send: only where ALO_BROKER_URL is set, and only it knows Celery."""
