"""Forms that could not be taken: they come back with what was typed, told wrong beside the field.

What was typed is kept in memory, since it may be longer than a cookie; the visitor's cookie holds
only where. It is shown once, by the page that has the form.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flask import Flask, current_app, flash, g, get_flashed_messages, redirect, request
from werkzeug.wrappers import Response

from corpus.errors import EarmarkError, NotHeldError

MOST_KEPT = 64
TYPED_FIELDS = {
    "source": "Address",
    "url": "Address",
    "text": "Wording",
    "term": "Name",
    "meanings": "Other names",
    "name": "Name",
    "at": "Time",
    "episode": "Episode",
    "issue": "Issue",
    "date": "Date",
}
"""What people type into forms, and what it is called where its form is not there any more."""
_CATEGORY = "refused"


class RefusedForm(NamedTuple):
    """A form as it was sent, and why it was not taken."""

    address: str
    """Where it was sent to."""
    values: Mapping[str, str]
    problem: str
    field: str | None = None
    """The field that is wrong; none for the only one."""

    def blames(self, field: str) -> bool:
        """Tell whether a field is the one that is wrong."""
        return self.field in (None, field)


class KeptForms:
    """The last forms that were refused; any number of threads may."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, RefusedForm] = OrderedDict()

    def keep(self, form: RefusedForm) -> str:
        """Keep a form; return what finds it again."""
        token = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[token] = form
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return token

    def find(self, token: str) -> RefusedForm | None:
        """Return a form that is kept."""
        with self._lock:
            return self._kept.get(token)


def refuse(problem: "EarmarkError | str", back: str, field: str | None = None) -> Response:
    """Return to the page of the form, which will show it as it was typed and say what is wrong.

    Args:
        problem: What is wrong.
        back: The page that has the form. Its fragment is dropped: a browser that is sent to one
            does not put the cursor into the field.
        field: The name of the field that is wrong, where the form has several.
    """
    kept: KeptForms = current_app.extensions["earmark_refused"]
    told = problem if isinstance(problem, str) else say_wrong(problem, request.form.values())
    flash(kept.keep(RefusedForm(request.path, request.form.to_dict(), told, field)), _CATEGORY)
    return redirect(back.partition("#")[0], 303)


def say_wrong(error: EarmarkError, typed: Iterable[str] = ()) -> str:
    """Return what is wrong as a sentence for people, what they typed in quotation marks.

    >>> from corpus.errors import MomentError
    >>> say_wrong(MomentError("soon"))
    '“soon” is no moment: write it as 28:10 or 1:02:03.'
    """
    subject = error.subject
    if subject and any(text.strip().startswith(subject) for text in typed):
        subject = f"“{subject}”"
    elif len(subject) > 1 and subject[0] in "'\"" and subject[-1] == subject[0]:
        subject = f"“{subject[1:-1]}”"
    # What helps where something is not held is a command, which nobody types into a page.
    remedy = f": {error.remedy}" if error.remedy and not isinstance(error, NotHeldError) else ""
    return f"{subject[:1].upper()}{subject[1:]} {error.problem}{remedy}.".strip()


def find_refused(address: str, **values: str | None) -> RefusedForm | None:
    """Return the form that was sent to an address and refused, for the page that shows it now.

    ``values`` tell forms with one address apart: what their hidden fields hold, None for no field.
    """
    for form in _list_refused():
        if form.address == address and all(
            form.values.get(name) == value for name, value in values.items()
        ):
            _shown().add(id(form))
            return form
    return None


def list_unshown() -> list[RefusedForm]:
    """Return the refused forms that no part of the page has asked for."""
    return [form for form in _list_refused() if id(form) not in _shown()]


def list_typed(values: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return what a person typed into a form: each field's name, what it is called, its text."""
    return [
        (name, TYPED_FIELDS[name], text)
        for name, text in values.items()
        if name in TYPED_FIELDS and text.strip()
    ]


def _list_refused() -> list[RefusedForm]:
    if "refused_forms" not in g:
        kept: KeptForms = current_app.extensions["earmark_refused"]
        tokens = get_flashed_messages(category_filter=[_CATEGORY])
        g.refused_forms = [form for token in tokens if (form := kept.find(str(token))) is not None]
    found: list[RefusedForm] = g.refused_forms
    return found


def _shown() -> set[int]:
    if "shown_forms" not in g:
        g.shown_forms = set()
    shown: set[int] = g.shown_forms
    return shown


def register(app: Flask) -> None:
    """Let the templates ask for what was refused."""
    app.extensions["earmark_refused"] = KeptForms()
    app.jinja_env.globals.update(
        refused=find_refused, unshown_forms=list_unshown, list_typed=list_typed
    )
