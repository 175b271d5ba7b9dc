# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A procedure and an office to test with, made inside a transaction."""

import datetime as dt
from types import SimpleNamespace

from trytond.modules.tthcc.tests import tools
from trytond.pool import Pool

__all__ = ['create_office', 'create_procedure', 'new_dossier']


def create_procedure(
        code='1.000001', with_steps=True, further_cases=(), kind='justice',
        field="Hộ tịch", **case):
    """Create and publish a procedure of the departments of a kind with a
    mandatory and an optional paper; case changes its case in person, further
    cases stand after it.

    Without steps it is as those of the national files."""
    pool = Pool()
    Field = pool.get('tthcc.procedure.field')
    Kind = pool.get('tthcc.department.kind')
    Procedure = pool.get('tthcc.procedure')
    Revision = pool.get('tthcc.procedure.revision')
    kind, = Kind.search([('code', '=', kind)])
    fields = Field.search([('name', '=', field)]) or Field.create([{
                'name': field, 'department_kind': kind.id}])
    procedure, = Procedure.create([{'code': code}])
    Revision.create([{
                'procedure': procedure.id,
                'start_date': dt.date(2018, 1, 1),
                'name': f"Đăng ký khai sinh {code}",
                'field': fields[0].id,
                'levels': ['district', 'commune'],
                'papers': [('create', [
                            {'name': "Tờ khai", 'mandatory': True},
                            {'name': "Giấy chứng sinh", 'mandatory': False},
                            ])],
                'cases': [('create', [{
                                'channel': 'in_person',
                                'term_value': 5,
                                'term_unit': 'working_day',
                                'fee': 8000,
                                **case,
                                }, *further_cases])],
                'steps': [('create', [
                            {'name': "Tiếp nhận", 'work': 'reception',
                                'role': 'officer', 'share': 10},
                            {'name': "Thẩm định", 'work': 'appraisal',
                                'role': 'processor', 'share': 60,
                                'department_kind': kind.id},
                            {'name': "Ký duyệt", 'work': 'approval',
                                'role': 'leader', 'share': 25},
                            {'name': "Trả kết quả", 'work': 'return',
                                'role': 'officer', 'share': 5},
                            ] if with_steps else [])],
                }])
    Procedure.publish([procedure])
    return procedure


def create_office(prefix='', name="UBND huyện Thiệu Hóa", procedures=(),
        **centre):
    """Create a centre that offers the procedures, with an officer, a
    processor, a leader and a director, whose logins begin with prefix."""
    pool = Pool()
    Calendar = pool.get('tthcc.calendar')
    Offer = pool.get('tthcc.centre.procedure')
    company = tools.create_committee(name)
    calendar, = Calendar.search([], limit=1)
    centre = tools.create_centre(company, calendar=calendar.id, **centre)
    department = tools.create_department(company)
    Offer.create([{
                'centre': centre.id,
                'procedure': procedure.id,
                'start_date': dt.date(2018, 1, 1),
                } for procedure in procedures])
    users = {
        'officer': tools.create_user(
            prefix + 'officer', ['counter_officer'], company, centre),
        'processor': tools.create_user(
            prefix + 'processor', ['processor', 'coordinator'], company,
            department=department),
        'leader': tools.create_user(prefix + 'leader', ['leader'], company),
        'director': tools.create_user(
            prefix + 'director', ['director'], company, centre),
        }
    return SimpleNamespace(
        company=company, centre=centre, department=department, users=users)


def new_dossier(office, procedure, name="Nguyễn Văn Ân", **values):
    "Return the values of a draft whose papers are all there"
    revision = procedure.revision_at(dt.date.today())
    return {
        'centre': office.centre.id,
        'procedure': procedure.id,
        'revision': revision.id,
        'case': revision.cases[0].id,
        'applicants': [('create', [{'name': name}])],
        'papers': [('create', [{
                        'name': paper.name,
                        'required_paper': paper.id,
                        'mandatory': paper.mandatory,
                        'received': True,
                        } for paper in revision.papers])],
        **values,
        }
