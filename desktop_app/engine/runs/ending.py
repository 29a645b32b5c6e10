"""How runs end, and what that makes of the step and the message that are still open."""

from dataclasses import dataclass
from typing import Literal

from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.engine.runs import shape
from desktop_app.engine.runs.failure import last_error, step_error, with_error
from desktop_app.engine.storage.record import Json

Status = Literal["completed", "incomplete", "failed", "cancelled", "expired"]


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a run, or of what a crash left open in it.

    Attributes:
        error: Why, unless it is completed or cancelled.
    """

    status: Status
    error: ErrorInfo | None = None

    def of_run(self, run: Json) -> Json:
        """The fields that change in the run."""
        fields: Json = {"status": self.status}
        match self.status:
            case "completed" | "failed" | "cancelled":
                fields[f"{self.status}_at"] = shape.now()
            case "incomplete":
                fields["incomplete_details"] = {"reason": "max_completion_tokens"}
        if self.error is not None:
            fields["metadata"] = with_error(run["metadata"], self.error)
            if self.status == "failed":
                fields["last_error"] = last_error(self.error)
        return fields

    def of_step(self) -> Json:
        """The fields that change in a step that is still open."""
        status = "failed" if self.status in ("incomplete", "completed") else self.status
        fields: Json = {"status": status, f"{status}_at": shape.now()}
        if status == "failed" and self.error is not None:
            fields["last_error"] = step_error(self.error)
        return fields

    def of_message(self) -> Json:
        """The fields that change in a message that is still open."""
        reason = {"incomplete": "max_tokens", "cancelled": "run_cancelled", "expired": "run_expired"}
        details = {"reason": reason.get(self.status, "run_failed")}
        return {"status": "incomplete", "incomplete_at": shape.now(), "incomplete_details": details}


COMPLETED = Ending("completed")
CANCELLED = Ending("cancelled")
EXPIRED = Ending("expired", ErrorInfo(ErrorCode.RUN_EXPIRED))
CUT_OFF = Ending("incomplete", ErrorInfo(ErrorCode.RUN_INCOMPLETE, {"reason": "max_completion_tokens"}))
INTERRUPTED = Ending("failed", ErrorInfo(ErrorCode.INTERRUPTED))


def failed(code: ErrorCode, detail: str = "", **data: str) -> Ending:
    """A run that ends because something went wrong."""
    return Ending("failed", ErrorInfo(code, data, detail))
