"""Celery as both ends use it: its queues and its manners, in one place."""

from celery import Celery
from kombu import Exchange, Queue

from clinic.broker.queues import ADDRESSING, DEAD, LONGEST, MOST_DEAD, QUEUES

PREFETCH = 2
"""One in hand and one on its way for each process; what waits for a slow mail server is not kept from the others."""
PATIENCE = 60.0
"""Seconds a process has to open the clinic, on a machine that has other things to do."""


def make_app(url: str) -> Celery:
    """The app for one broker; it opens no connection yet."""
    app = Celery("alo", broker=url, set_as_current=False)
    app.conf.update(
        task_queues=[*map(queue, QUEUES)],
        task_default_queue=ADDRESSING,
        task_create_missing_queues=False,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_serializer="json",
        accept_content=["json"],
        broker_connection_timeout=5.0,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_prefetch_multiplier=PREFETCH,
        worker_proc_alive_timeout=PATIENCE,
        worker_enable_remote_control=False,  # its queue outlives a line that was cut, and nobody can come back then
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_consumer="clinic.broker.listening:Listening",
        worker_cancel_long_running_tasks_on_connection_loss=False,
    )
    return app


def queue(name: str) -> Queue:
    """One of ours, as the broker keeps it: through its restarts, never too long, what is refused goes to the dead."""
    arguments = {
        "x-max-length": LONGEST,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": DEAD,
    }
    return Queue(name, Exchange(""), routing_key=name, queue_arguments=arguments)


def dead_letters() -> Queue:
    """Where what nobody understood lies until somebody looks."""
    return Queue(DEAD, Exchange(""), routing_key=DEAD, queue_arguments={"x-max-length": MOST_DEAD})
