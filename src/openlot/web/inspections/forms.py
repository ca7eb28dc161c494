"""At the shop door (检查现场表单)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from openlot.inspections.models import ServiceReceipt
from openlot.kernel.uploads import Accept
from openlot.web.forms import StaffForm
from openlot.web.uploads import UploadField


class CodeForm(StaffForm):
    """The check code of a notice (查验码)."""

    code = forms.CharField(
        label=_("通知书查验码"), max_length=20, widget=forms.TextInput({"autocomplete": "off"})
    )


class CheckInForm(StaffForm):
    """Entering, certificates shown (入企登记)."""

    certificates_shown = forms.BooleanField(label=_("已向被检查单位出示执法证件"), required=False)
    exception = forms.CharField(
        label=_("异常说明（应急、网络故障等）"), max_length=120, required=False
    )


class ServeForm(StaffForm):
    """How the notice was served (送达)."""

    manner = forms.ChoiceField(label=_("送达方式"), choices=ServiceReceipt.Manner.choices)
    received_by = forms.CharField(label=_("签收人"), max_length=40, required=False)
    witness = forms.CharField(label=_("见证人"), max_length=40, required=False)


class PhotoForm(StaffForm):
    """A photo as evidence (现场照片)."""

    photo = UploadField(label=_("现场照片"), accept=Accept.PHOTO)
