"""The sample of the first start: one click attaches it and asks."""

from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.sample import Sample, load
from desktop_app.gui.views.welcome import Welcome
from desktop_app.services.attachment import Attachments
from desktop_app.services.conversation import Conversation
from desktop_app.services.thread import Threads


class WelcomePresenter(Presenter):
    """Offers the sample as long as no thread has been used."""

    def __init__(
        self,
        welcome: Welcome,
        attachments: Attachments,
        conversation: Conversation,
        threads: Threads,
        session: Session,
    ) -> None:
        super().__init__(welcome)
        self._welcome = welcome
        self._attachments = attachments
        self._conversation = conversation
        self._threads = threads
        self._session = session
        self._sample: Sample = load()
        self._offered = False
        welcome.question_chosen.connect(self._ask)
        self.follow(threads.changed, lambda _: self._offer())
        self._offer()

    def _offer(self) -> None:
        is_first = not any(thread.title for thread in self._threads.items)
        if is_first != self._offered:
            self._offered = is_first
            questions = self._sample.questions if is_first else ()
            self._welcome.show_sample(self._sample.path.name, self._sample.source, questions)

    def _ask(self, number: int) -> None:
        thread_id = self._session.thread_id
        if not self._conversation.is_busy(thread_id):
            self._attachments.add(thread_id, [self._sample.path])
            self._conversation.ask(thread_id, self._sample.questions[number])
