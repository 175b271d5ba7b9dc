# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What happens to one dossier of the demo, and when."""

# What people write who decide
REASONS = {
    'refuse_for': [
        "Không thuộc thẩm quyền giải quyết của Trung tâm.",
        "Thành phần hồ sơ không hợp lệ: giấy tờ đã hết hạn sử dụng.",
        "Hồ sơ trùng với hồ sơ đã tiếp nhận trước đó."],
    'wait_for_supplement': [
        "Đề nghị bổ sung giấy tờ chứng minh nơi cư trú.",
        "Tờ khai còn thiếu chữ ký của người yêu cầu; đề nghị hoàn thiện.",
        "Đề nghị nộp bản chính để đối chiếu.",
        "Đề nghị bổ sung sơ đồ vị trí, ranh giới có xác nhận."],
    'wait_for_payment': [
        "Chờ công dân nộp phí, lệ phí theo thông báo.",
        "Chờ công dân thực hiện nghĩa vụ tài chính theo thông báo của cơ "
        "quan thuế."],
    'give_up_for': [
        "Quá thời hạn mà công dân không bổ sung hồ sơ theo yêu cầu."],
    'reject_for': [
        "Kết quả thẩm định: không đủ điều kiện giải quyết theo quy định.",
        "Thông tin kê khai không khớp với hồ sơ lưu trữ."],
    'withdraw_for': [
        "Công dân đề nghị rút hồ sơ.",
        "Công dân đề nghị rút hồ sơ để chuẩn bị lại giấy tờ."],
    'void_for': [
        "Tiếp nhận nhầm thủ tục; đã lập hồ sơ mới cho công dân.",
        "Nhập trùng hồ sơ do lỗi thao tác."],
    }
# Of how many in a thousand this happens; the rest is resolved and returned
KINDS = {
    'refused': 30,
    'supplement': 55,
    'unsupplemented': 9,
    'payment': 30,
    'withdrawn': 12,
    'withdrawn early': 6,
    'kept': 4,
    'rejected': 20,
    'voided': 7,
    }
# Those that stand still when the demo is loaded
_WAITING = {'waiting for supplement', 'waiting for payment', 'withdrawal'}
# Too much happens to these for a result on the same day
_LONG = _WAITING | {
    'supplement', 'unsupplemented', 'payment', 'withdrawn', 'kept',
    'rejected'}
_LATE_PICK_UP = .08


class Life:
    """A dossier from its filing on.

    place: where it is filed
    arrival: the local moment at which that happens
    kind: a key of KINDS, 'resolved', or the name of what it waits for now
    term: its term in working days, where that matters
    """
    id = None
    case = None
    applicants = ()

    def __init__(self, number, place, timetable, arrival, kind, term=None):
        self.number = number
        self.place = place
        self.timetable = timetable
        self.arrival = arrival
        self.kind = kind
        self.term = term
        self.random = place.random(f'{arrival} {kind} {number}')
        self.officer = self.random.choice(place.officers)
        self.is_late = self.random.random() < place.late

    def suits(self, case):
        "Whether the dossier can be filed under the case"
        if self.kind == 'submitted' and case.channel != 'online':
            return False
        elif self.term:
            return (
                case.term_unit == 'working_day'
                and case.term_value == self.term
                and not case.term_cutoff
                and case.channel != 'online')
        elif self.kind in _LONG:
            return (
                case.term_unit in {'working_day', 'calendar_day'}
                and case.term_value >= 5)
        return True

    def story(self):
        """Yield each act, a method of dossiers, with its local moment, None
        when that has not come yet; the dossier is sent back."""
        if self.kind == 'draft':
            return
        moment = self.arrival
        receive = 'register'
        if self.case.channel == 'online':
            yield 'submit', moment
            if self.kind == 'submitted':
                return
            moment = self.after('accept', moment, .2, 5)
            receive = 'accept'
        if self.kind == 'refused':
            yield 'refuse_for', moment
            return
        dossier = yield receive, moment
        if self.kind == 'received':
            return
        elif self.kind in {'withdrawn early', 'voided'}:
            act = 'void_for' if self.kind == 'voided' else 'withdraw_for'
            yield act, self.after('stop', moment, 1, 4)
            return

        moment = self.passing_on(moment)
        dossier = yield 'pass_on', moment
        dossier, moment = yield from self.interruption(dossier, moment)
        if not dossier or self.kind == 'passed on':
            return
        moment = yield from self.legs(dossier, moment)
        if self.random.random() < _LATE_PICK_UP:
            moment = self.after('return_', moment, 60, 200)
        elif dossier.return_method == 'electronic':
            moment = self.after('return_', moment, 0, 1)
        else:
            moment = self.after('return_', moment, .3, 24)
        yield 'return_', moment

    def interruption(self, dossier, moment):
        """What comes between passing on and result.

        Return the dossier, None when it ended or waits, and the moment."""
        if self.kind in _WAITING:
            stop = self.after('stop', moment, 1, 8)
        elif self.kind in _LONG:
            left = self.timetable.hours(moment, dossier.local(dossier.due))
            stop = self.after('stop', moment, .1 * left, .5 * left)
        if self.kind == 'rejected':
            yield 'reject_for', stop
        elif self.kind in {'supplement', 'waiting for supplement'}:
            yield 'wait_for_supplement', stop
            if self.kind == 'supplement':
                moment = self.after('resume', stop, 6, 60)
                return (yield 'resume', moment), moment
        elif self.kind == 'unsupplemented':
            yield 'wait_for_supplement', stop
            yield 'give_up_for', self.after('stop', stop, 90, 130)
        elif self.kind in {'payment', 'waiting for payment'}:
            yield 'wait_for_payment', stop
            if self.kind == 'payment':
                moment = self.after('resume', stop, 1, 24)
                return (yield 'resume', moment), moment
        elif self.kind in {'withdrawn', 'kept', 'withdrawal'}:
            yield 'ask_withdrawal', stop
            moment = self.after('stop', stop, 1, 10)
            if self.kind == 'withdrawn':
                yield 'withdraw_for', moment
            elif self.kind == 'kept':
                return (yield 'keep', moment), moment
        else:
            return dossier, moment
        return None, moment

    def legs(self, dossier, moment):
        "The legs after reception, up to the result"
        start = dossier.local(dossier.received_at)
        legs = [s for s in dossier.steps if s.work != 'return']
        finish = self.finish(dossier, moment)
        hours = self.timetable.hours(start, finish)
        share = total = float(sum(leg.share for leg in legs)) or 1
        for leg in reversed(legs[2:]):
            share -= float(leg.share)
        for leg in legs[2:]:
            target = max(
                moment,
                self.timetable.later(start, .9 * hours * share / total))
            moment = self.timetable.after('complete_step', target)
            yield 'complete_step', moment
            share += float(leg.share)
        moment = self.result(dossier, moment, finish)
        yield 'resolve', moment
        return moment

    def finish(self, dossier, moment):
        "When the result is meant to be ready"
        later, random = self.timetable.later, self.random
        if not dossier.due:
            return later(moment, random.uniform(3, 50))
        due = dossier.local(dossier.due)
        if self.is_late:
            delay = random.lognormvariate(2, .8) * (1 + 10 * self.place.late)
            return later(due, delay)
        left = self.timetable.hours(moment, due)
        if left > 10 and random.random() < .2:
            return later(moment, left - random.uniform(1, 7))
        return later(moment, left * random.uniform(.35, .9))

    def result(self, dossier, moment, finish):
        "When there is a moment for it"
        result = self.timetable.after('resolve', max(moment, finish))
        if result and dossier.due and not self.is_late:
            due = dossier.local(dossier.due)
            if result > due:
                in_time = self.timetable.by('resolve', due)
                result = (
                    in_time if in_time > moment
                    else self.timetable.after('resolve', moment))
        return result

    def passing_on(self, moment):
        "On the same day, or first thing on the next one after 15:00"
        hours = .2 if moment.hour < 15 else 2.2
        return self.after('pass_on', moment, .05, hours)

    def after(self, kind, moment, low, high):
        "The first moment of the kind after some working hours, or None"
        if moment:
            hours = self.random.uniform(low, high)
            return self.timetable.after(
                kind, self.timetable.later(moment, hours))

    def sign(self, dossier):
        """Write down who did what, which the acts, done for several centres
        at once, could not. Return the legs changed."""
        last = None
        for leg in dossier.steps:
            if leg.work == 'reception':
                leg.employee = self.officer
            if leg.ended_at:
                leg.ended_by = last = self.worker(leg)
        if dossier.received_at:
            dossier.received_by = self.officer
        if dossier.returned_at:
            dossier.returned_by = self.officer
        if dossier.state == 'voided':
            last = self.place.director
        elif dossier.state in {'supplement', 'payment', 'unsupplemented'}:
            last = self.worker(dossier.leg) if dossier.leg else last
        dossier.moved_by = last or dossier.received_by
        if dossier.state == 'received':
            dossier.employee = self.officer
        if dossier.holder_centre:
            self.place_paper(dossier)
        return [leg for leg in dossier.steps if leg.started_at]

    def place_paper(self, dossier):
        "Put the paper where the work is; some results are still to be brought"
        legs = [s for s in dossier.steps if s.started_at]
        place, since = dossier.centre, legs[-1].started_at
        if dossier.state == 'resolved' and self.number % 3 == 0:
            legs.pop()
        if dossier.state != 'returned':
            place = next(
                (s.department for s in reversed(legs) if s.department), place)
        employee = self.officer
        if place != dossier.centre:
            employee = self.place.kinds[place.kind].coordinator
        dossier.hold(place, employee)
        dossier.held_since = since

    def worker(self, leg):
        "Who does the leg"
        if not leg.department:
            if leg.role == 'leader':
                return self.place.director
            return self.officer
        department = self.place.kinds[leg.department.kind]
        if leg.role == 'leader':
            if leg.department.kind.code == 'office':
                return self.place.leaders[1 + self.number % 2]
            return department.head
        return leg.employee or department.processors[0]
