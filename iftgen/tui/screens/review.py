"""The screen for human review: one row of a sample at a time, and at the end what the verdicts say."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from iftgen.errors import IftgenError, RunError
from iftgen.store.items import Item, read_row
from iftgen.store.reviews import Edit, Judgement, Review, append_review, latest, read_reviews
from iftgen.tui.screens.dialogs import Ask
from iftgen.tui.screens.edit import EditScreen
from iftgen.tui.text import one_line, safe
from iftgen.tui.widgets.header import bar

# Reasons that are offered before any was given.
REASONS = ("wrong answer", "unclear instruction", "not what was asked", "unsafe or biased", "unnatural wording")
FIELDS = ("instruction", "input", "output")


class ReviewScreen(Screen[None]):
    """Takes verdicts on the items, and goes on where the reviewer has left off.

    Whether the run accepted a row is not shown before it is judged, so that it sways nobody.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "judge('good')", "Good", tooltip="A good pair: I would train on it"),
        Binding("b", "bad", "Bad", tooltip="A bad pair; asks for the reason"),
        Binding("e", "edit", "Edit", tooltip="Good once it is edited: change the texts"),
        Binding("s", "judge('skip')", "Skip", tooltip="No verdict"),
        Binding("u", "undo", "Undo", tooltip="Take the last verdict back"),
        Binding("v", "reveal", "Reveal", tooltip="Show what the run made of the row"),
        Binding("left", "go(-1)", "Back", show=False, tooltip="The row before"),
        Binding("right", "go(1)", "Next", show=False, tooltip="The next row"),
    ]

    def __init__(self, folder: Path, items: Sequence[Item], reviewer: str) -> None:
        """Review the items of a run folder under a name."""
        super().__init__()
        self.folder, self.items, self.reviewer = folder, list(items), reviewer
        self.place = 0
        self._revealed = False
        self._reasons = Counter(dict.fromkeys(REASONS, 0))
        self._done: list[int] = []
        self._read()

    def _read(self) -> None:
        reviews = read_reviews(self.folder)
        self._own = {key[1]: review for key, review in latest(reviews).items() if key[0] == self.reviewer}
        self._reasons.update(review.reason for review in reviews if review.verdict == "bad" and review.reason)

    def compose(self) -> ComposeResult:
        """Progress, the pair, the foot."""
        yield Static("", id="review-head", markup=False)
        with VerticalScroll(id="review-body", can_focus=True):
            yield Static("", id="review-text", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begin at the first row without a verdict."""
        self.query_one("#review-body").focus()
        self._next(0)

    @property
    def item(self) -> Item | None:
        """The row that is shown, None where all have been judged."""
        return self.items[self.place] if self.place < len(self.items) else None

    def action_judge(self, verdict: Judgement) -> None:
        """Note a verdict, and go on; a good row that was edited before stays edited."""
        before = self._own.get(self.item.id) if self.item is not None else None
        self._note(verdict, edit=before.edit if before is not None and verdict == "good" else None)

    @work
    async def action_bad(self) -> None:
        """Ask for the reason, and note it."""
        if self.item is None:
            return
        offered = [reason for reason, _ in self._reasons.most_common(6)]
        reason = await self.app.push_screen_wait(Ask("Why is it bad?", "a reason, or a number", choices=offered))
        if reason:
            self._reasons[reason] += 1
            self._note("bad", reason)

    @work
    async def action_edit(self) -> None:
        """Let the texts be changed, and note the row as good with them."""
        row = self._row()
        if self.item is None or not row:
            return
        before = self._own.get(self.item.id)
        texts = before.edit if before and before.edit else row
        edit = await self.app.push_screen_wait(EditScreen({key: str(texts.get(key) or "") for key in FIELDS}))
        if edit is not None:
            self._note("good", edit=Edit(instruction=edit["instruction"], input=edit["input"], output=edit["output"]))

    def action_undo(self) -> None:
        """Take back the last verdict of this sitting, or that on the row."""
        place = self._done.pop() if self._done else self.place
        if place < len(self.items) and self.items[place].id in self._own:
            self.place = place
            self._append(None, "", None)
        self._show()

    def action_reveal(self) -> None:
        """Show, or hide, what the run made of the row."""
        self._revealed = not self._revealed
        self._show()

    def action_go(self, by: int) -> None:
        """Look at another row."""
        self.place = max(0, min(len(self.items), self.place + by))
        self._revealed = False
        self._show()

    def _note(self, verdict: Judgement, reason: str = "", edit: Edit | None = None) -> None:
        if self.item is None or not self._append(verdict, reason, edit):
            return
        self._done.append(self.place)
        self._next(self.place + 1)

    def _append(self, verdict: Judgement | None, reason: str, edit: Edit | None) -> bool:
        item = self.items[self.place]
        review = Review(time.time(), self.reviewer, item.id, item.index, item.kind, verdict, reason, edit)
        try:
            append_review(self.folder, review)
        except IftgenError as error:
            self.app.notify(str(error), severity="error", markup=False)
            return False
        self._own = {
            **{key: one for key, one in self._own.items() if key != item.id},
            **({item.id: review} if verdict else {}),
        }
        return True

    def _next(self, start: int) -> None:
        """Go to the first row from `start` on, around the end, that has no verdict yet."""
        order = [*range(start, len(self.items)), *range(start)]
        self.place = next((place for place in order if self.items[place].id not in self._own), len(self.items))
        self._revealed = False
        self._show()

    def _show(self) -> None:
        done = sum(item.id in self._own for item in self.items)
        size = max(10, min(40, self.size.width - 44))
        words = f" {done} of {len(self.items)}  {one_line(self.folder.name)}  reviewer {one_line(self.reviewer)}"
        progress = (bar(done / max(1, len(self.items)), size), "$success on $surface-lighten-1")
        self.query_one("#review-head", Static).update(Content.assemble(" ", progress, words))
        text = self._summary() if self.item is None else Content("\n").join(self._pair(self.item))
        self.query_one("#review-text", Static).update(text)
        self.query_one("#review-body", VerticalScroll).scroll_home(animate=False)

    def _pair(self, item: Item) -> list[Content]:
        row = self._row()
        own = self._own.get(item.id)
        found = [Content.assemble((f"Row {item.index}", "bold"), (f"   {one_line(item.task)}", "$accent"))]
        if own is not None:
            said = (
                f"your verdict: {own.verdict}"
                + (f", {one_line(own.reason)}" if own.reason else "")
                + (", edited" if own.edit else "")
            )
            found.append(Content.styled(said, "bold $warning"))
        if self._revealed or own is not None:
            found.append(self._outcome(row))
        texts: Mapping[str, Any] = own.edit if own is not None and own.edit else row
        for key, title in (("instruction", "Instruction"), ("input", "Input"), ("output", "Response")):
            if texts.get(key):
                found += [Content(""), Content.styled(title, "bold $accent"), Content(safe(texts[key]))]
        if not texts.get("output"):
            found += [
                Content(""),
                Content.styled("There is no response: it was rejected before one was asked for.", "$text-muted"),
            ]
        return found

    def _outcome(self, row: dict[str, Any]) -> Content:
        verdict = row.get("verdict")
        if not verdict:
            return Content.styled("the run accepted it", "$success")
        said = f"the run rejected it: {one_line(verdict.get('filter'))}: {one_line(verdict.get('reason'))}"
        return Content.styled(said, "$error")

    def _row(self) -> dict[str, Any]:
        if self.item is None:
            return {}
        try:
            return read_row(self.folder, self.item)
        except RunError as error:
            self.app.notify(str(error), severity="error", markup=False)
            return {}

    def _summary(self) -> Content:
        from iftgen.review import render, summarize

        head = Content.styled("All rows of the sample have a verdict. What they say of the run:", "bold $success")
        text = render(summarize(self.folder), max(40, min(self.size.width - 4, 120)))
        hint = "`iftgen review --report` prints this; `iftgen export` leaves out what is bad and takes in what is good."
        return Content("\n\n").join([head, Content(safe(text)), Content.styled(hint, "$text-muted")])
