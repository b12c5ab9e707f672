"""The plug-in that `obskit.init` finds under the name of the framework."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from obskit.integration import DidNotEnable, Integration


class CeleryIntegration(Integration):
    """Join what sends tasks and what runs them, for every Celery application in the process."""

    name: ClassVar[str] = "celery"

    def install(self) -> Callable[[], None]:
        """Wrap `Celery.send_task` and listen to Celery's signals; return the undo. Beside another it does nothing.

        Raises:
            DidNotEnable: where Celery is not installed.
        """
        try:
            import celery  # noqa: F401
        except ImportError as missing:
            raise DidNotEnable(f"Celery is not importable: {missing}") from missing
        from obskit_celery.broker import Brokers
        from obskit_celery.celery_log import CeleryLog
        from obskit_celery.lost import Lost
        from obskit_celery.running import Running
        from obskit_celery.sending import Sending

        if Running.is_installed():
            # By hand and by `init` both: once is enough.
            return lambda: None
        brokers = Brokers()
        running = Running(brokers)
        lost = Lost(brokers, running)
        # A run that fails is told of by its own process: Running listens before Lost does.
        undo = [
            Sending(brokers).install(),
            running.install(),
            lost.install(),
            CeleryLog(running, lost).install(),
        ]

        def restore() -> None:
            while undo:
                undo.pop()()

        return restore
