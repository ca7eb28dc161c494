"""Forms (表单): errors beside their fields, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openlot.kernel.errors import Conflict, DomainError, Invalid, StaleState, TooLarge
from openlot.kernel.marks import clauses

T = TypeVar("T")
DIGITS = 18  # what every database keeps as a whole number


class StaffForm(forms.Form):
    """A form of the staff site (工作平台表单)."""

    required_css_class = "required"
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget = field.widget
            kind = getattr(widget, "input_type", "")
            if kind not in ("checkbox", "radio", "hidden", "file"):
                css = "form-select" if isinstance(widget, forms.Select) else "form-control"
                widget.attrs.setdefault("class", css)


class ReasonForm(StaffForm):
    """A reason, always asked where something is sent back or refused (原因)."""

    use_required_attribute = True

    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea({"rows": 2}))


def typed(request: HttpRequest, name: str = "reason", most: int = 200) -> str:
    """Return the reason or opinion (原因、意见) that a small form posted, which may be empty.

    raises    Invalid for more than is kept
    """
    text = request.POST.get(name, "")
    if len(text) > most:
        raise Invalid(fields={name: _("不超过 %(most)s 字，请精简后再提交") % {"most": most}})
    return text


def submit(form: forms.Form, act: Callable[[dict[str, Any]], T]) -> T | None:
    """Run ``act`` on a valid form's values (提交); a refusal becomes an error of the form."""
    if not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except Invalid as error:
        for field, text in error.fields.items():
            form.add_error(field if field in form.fields else None, str(text))
        if not error.fields:
            form.add_error(None, error.message)
    except (Conflict, StaleState, TooLarge) as error:
        form.add_error(None, error.message)
    return None


def whole(text: str | None, default: int, allowed: Sequence[int] = ()) -> int:
    """Return the whole number (自然数参数) that a query says, else the default; never a large one."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > DIGITS:
        return default
    number = int(text)
    return number if not allowed or number in allowed else default


def refusal(error: DomainError) -> str:
    """Return a refusal in one line (一句话原因)."""
    fields = [str(text) for text in getattr(error, "fields", {}).values()]
    return clauses(fields) or error.message
