"""The words for addresses that cannot be used as they were pasted."""

from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.address import Problem

tr = partial(QCoreApplication.translate, "text")


def address_problem(problem: Problem) -> str:
    """Say why, and what to paste instead; empty where nothing was pasted yet."""
    return {
        Problem.EMPTY: "",
        Problem.ADDRESS: tr("There is no address in this. It looks like https://name.example.com/v1"),
        Problem.SCHEME: tr("The address has to begin with https:// or http://"),
        Problem.CREDENTIALS: tr("A name or password stands in the address. Take it out; the key has its own field."),
        Problem.KEY: tr("This is a key, not an address. It belongs into the field for the key."),
        Problem.PORTAL: tr("This is the page of a portal. Copy the endpoint that the page shows, and paste that."),
        Problem.HUB: tr("This project belongs to an Azure AI hub, which has no such endpoint. Use a Foundry project."),
        Problem.CHAT_ONLY: tr(
            "This service offers chat alone. It can be the model of this computer's engine: “Connect a model…”."
        ),
        Problem.PROJECT_MISSING: tr("The project is missing. The endpoint ends with /api/projects/ and its name."),
        Problem.RETIRED: tr("The Assistants API has ended there. Use the same service over its Responses API."),
        Problem.OTHER_SERVICE: tr("This address belongs to another kind of service."),
    }[problem]
