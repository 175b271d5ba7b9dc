# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Invented people: their names, numbers and addresses.

Nobody real is meant.  Identity numbers are of the right form with serial
numbers far above those given out; telephone numbers begin with 095, which no
network of Vietnam uses.
"""

import unicodedata

_FAMILIES = {
    'lowland': (
        "Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Lê Lê Lê Lê Trần Trần Phạm Phạm "
        "Hoàng Hoàng Trịnh Trịnh Vũ Đỗ Mai Bùi Đặng Lưu Hà Cao Đào Tống "
        "Thiều Nghiêm Lường").split(),
    'highland': (
        "Lê Lê Phạm Phạm Hà Hà Hà Lương Lương Vi Vi Lò Ngân Quách Bùi Bùi "
        "Trương Lộc Cầm Nguyễn Nguyễn Hoàng Lục Đinh").split(),
    }
_WOMEN = [
    ("Thị Thị Thị Thị Thu Thanh Ngọc Hồng Minh Thùy Phương").split(),
    (
        "An Anh Bích Châu Chi Dung Duyên Giang Hà Hạnh Hằng Hậu Hiền Hoa Hòa "
        "Hồng Huệ Hương Huyền Lan Liên Linh Loan Ly Mai My Nga Ngân Ngọc "
        "Nhàn Nhung Oanh Phương Phượng Quyên Quỳnh Tâm Thảo Thắm Thoa Thơm "
        "Thủy Thúy Trang Tuyết Vân Xuân Yến").split(),
    ]
_MEN = [
    (
        "Văn Văn Văn Đình Đức Hữu Xuân Quang Minh Ngọc Bá Quốc Trọng Thế "
        "Công Duy").split(),
    (
        "An Anh Bình Chiến Chung Cường Dũng Duy Đạt Đông Đức Giang Hải Hiếu "
        "Hiệp Hòa Hoàng Hùng Huy Hưng Khánh Khoa Kiên Lâm Linh Long Lực Mạnh "
        "Minh Nam Nghĩa Phong Phú Phúc Quân Quang Quý Sơn Tài Tâm Thành "
        "Thắng Thiện Thọ Tiến Toàn Trung Tuấn Tùng Vinh").split(),
    ]


class People:
    "Invents people of a place, always the same ones"

    def __init__(self, random, highland=False):
        self._random = random
        self._families = _FAMILIES['highland' if highland else 'lowland']

    def name(self, woman=None):
        if woman is None:
            woman = self._random.random() < .5
        middle, given = _WOMEN if woman else _MEN
        choice = self._random.choice
        names = [choice(self._families), choice(middle)]
        names.append(choice([n for n in given if n not in names]))
        return ' '.join(names)

    def citizen(self, serial, where):
        """Return the values of an applicant, invented.

        serial is a number below 10,000 that no other applicant has; where
        ends the address.
        """
        random = self._random
        woman = random.random() < .5
        name = self.name(woman)
        year = random.randrange(1945, 2004)
        if year < 1975 and random.random() < .5:
            number = f'1759{serial:05}'
        else:
            century = 2 * (year >= 2000)
            number = f'038{century + woman}{year % 100:02}99{serial:04}'
        street = "Tổ dân phố" if where.startswith('phường') else "Thôn"
        return {
            'name': name,
            'identity_number': number,
            'phone': f'095{random.randrange(10 ** 7):07}',
            'email': (
                f'{plain(name)}{year % 100:02}@example.com'
                if year > 1970 and random.random() < .25 else None),
            'address': f"{street} {random.randrange(1, 12)}, {where}",
            }


def plain(name):
    "Return the name as in addresses of e-mail: given name first, no marks"
    *first, given = name.lower().replace('đ', 'd').split()
    letters = unicodedata.normalize('NFKD', given + ''.join(first))
    return ''.join(c for c in letters if c.isascii() and c.isalpha())
