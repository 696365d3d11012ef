"""The forms with a few fields each, as WTForms with the design system's widgets. The guard's own token protects them.

A return's form is not here: it is made from its definition (present_answer.py).
"""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovFileInput, GovTextArea
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from hub.errors import NotReady

MOST_WORDS = 1000


class OwnForm(FlaskForm):  # type: ignore[misc]
    """Every form of the hub carries `form_keys()`; WTForms’ own token is not used beside it."""

    class Meta:
        csrf = False

    def words(self) -> str:
        """What stands under `reason`. Raises NotReady where it is longer than anybody would read."""
        if not self.validate_on_submit():
            raise NotReady(f"Write at most {MOST_WORDS:,} characters.")
        return str(self.reason.data or "")


class SendBackForm(OwnForm):
    reason = TextAreaField(
        "What must be put right?",
        description="The preparer reads this. Name no child.",
        widget=GovTextArea(),
        validators=[Length(max=MOST_WORDS)],
    )


class UploadForm(OwnForm):
    file = FileField(
        "The file", description="XLSX, ODS or CSV, up to 10 MB and 100,000 rows", widget=GovFileInput()
    )
    take_hidden = BooleanField(
        "Hidden rows, columns and sheets are data too: take them", widget=GovCheckboxInput()
    )
