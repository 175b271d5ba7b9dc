# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

import re
from functools import lru_cache

from genshi.template import NewTextTemplate

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.tthcc.kept import KeptMixin
from trytond.pyson import Eval

from .applicant import LANGUAGES
from .exceptions import NoticeTemplateError
from .notice import EVENTS

# What a template may quote, with values to try it out
_SAMPLE = {
    'code': '000.16.33.H56-261109-0042',
    'procedure': "Đăng ký khai sinh",
    'centre': "Trung tâm Phục vụ hành chính công phường Hạc Thành",
    'address': "Số 1 phố Bến Ngự",
    'phone': '0237 3000 000',
    'received': '08:15 09/11/2026',
    'due': '17:00 16/11/2026',
    'reason': "Tờ khai còn thiếu chữ ký.",
    'tracking': 'https://motcua.example.vn/000.16.33.H56-261109-0042',
    'collect': True,
    }
# No more of Genshi than this: its directives read files, its expressions
# reach what the server knows
_NAME = f"(?:{'|'.join(_SAMPLE)})"
_ALLOWED = re.compile(
    rf'\$\{{ *{_NAME} *\}}|\{{% *(?:end|if(?: +not)? +{_NAME}) *%\}}')
_ANYTHING = re.compile(r'(?:\$[A-Za-z_{]|\{%|\{#).{,40}')


@lru_cache
def _parse(text):
    template = NewTextTemplate(text)
    # Else two threads could prepare it twice
    template.stream
    return template


class NoticeTemplate(KeptMixin, ModelSQL, ModelView):
    "What is written to applicants (mẫu thông báo)"
    __name__ = 'tthcc.notice.template'

    event = fields.Selection(EVENTS, "Event", required=True, sort=False)
    event_string = event.translated('event')
    channel = fields.Selection([
            ('email', "E-mail"),
            ('sms', "SMS"),
            ], "Channel", required=True)
    language = fields.Selection(LANGUAGES, "Language", required=True)
    subject = fields.Char(
        "Subject", states={
            'required': Eval('channel') == 'email',
            'invisible': Eval('channel') != 'email',
            })
    body = fields.Text(
        "Text", required=True,
        help="As templates of Genshi: ${code}, ${procedure}, ${centre}, "
        "${address}, ${phone}, ${received}, ${due}, ${reason}, ${tracking} "
        "are filled in; between {% if reason %} and {% end %} stands what "
        "is left out when there is none; {% if collect %} begins what holds "
        "for results fetched at the centre.")
    preview = fields.Function(
        fields.Text("Preview"), 'on_change_with_preview')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('event', 'ASC'), ('channel', 'ASC'), ('language', 'DESC'),
            ('id', 'ASC')]
        t = cls.__table__()
        cls._sql_constraints += [
            ('template_unique', Unique(t, t.event, t.channel, t.language),
                'tthcc_dossier.msg_notice_template_unique'),
            ]

    @staticmethod
    def default_language():
        return 'vi'

    def get_rec_name(self, name):
        return self.event_string

    @classmethod
    def of(cls, event, channel, language):
        """Return the template in the language, else one in another; None
        without any"""
        for name in [language, *dict(LANGUAGES)]:
            if template := cls.find([
                        ('event', '=', event),
                        ('channel', '=', channel),
                        ('language', '=', name),
                        ]):
                return template

    def render(self, values):
        """Return subject and text with the values filled in.

        Raises NoticeTemplateError when the template is wrong."""
        texts = [self.subject or '', self.body or '']
        try:
            for text in texts:
                if match := _ANYTHING.search(_ALLOWED.sub('', text)):
                    raise ValueError(match[0])
            subject, body = [
                _parse(text).generate(**values).render(encoding=None)
                for text in texts]
        except Exception as error:
            raise NoticeTemplateError(gettext(
                    'tthcc_dossier.msg_notice_template_invalid',
                    error=error)) from error
        return ' '.join(subject.split()), body.strip()

    @fields.depends('channel', 'subject', 'body')
    def on_change_with_preview(self, name=None):
        try:
            subject, body = self.render(_SAMPLE)
        except NoticeTemplateError as error:
            return str(error)
        return f'{subject}\n\n{body}' if self.channel == 'email' else body

    @classmethod
    def validate_fields(cls, templates, field_names):
        super().validate_fields(templates, field_names)
        if field_names and not {'subject', 'body'} & field_names:
            return
        for template in templates:
            template.render(_SAMPLE)
            # What hides behind a condition must be right, too
            template.render(dict.fromkeys(_SAMPLE, ''))
