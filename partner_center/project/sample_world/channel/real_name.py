"""Customers are put forward for real-name authentication, some pass, some do not, one waits; the vendor announces."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from partner_center.channel.actions.access import switch_real_name_upload, upload_paper
from partner_center.channel.actions.real_name import approve_application, forbid_number, reject_application
from partner_center.channel.models.real_name import Certificate, Means, RealNameApplication, Subject
from partner_center.channel.queries.real_name import uploaded
from partner_center.channel.real_name import apply_and_check
from partner_center.channel.rules.real_name import Claim
from partner_center.customers.actions import reject_real_name
from partner_center.customers.makers import People, as_customer, make_customer
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import (
    publish_announcement,
    set_message_wishes,
    withdraw_announcement,
    write_announcement,
)
from partner_center.identity.makers import as_owner, owner_of
from partner_center.identity.models import AccountKind, Announcement, Site
from partner_center.kernel import clock
from partner_center.partners.models import Partner

Deeds = Iterator[tuple[datetime, Callable[[], object]]]
SYSTEM = Actor.system("sample world")
LICENCE = Certificate.BUSINESS_LICENCE.value


def deeds(people: People, end: datetime) -> Deeds:
    """Each deed with its moment; `end` is the end of the story."""
    scene = _RealNames(people)
    for days, deed in (*scene.applications(), *scene.announcements(end)):
        yield end - timedelta(days=days), deed


class _RealNames:
    def __init__(self, people: People) -> None:
        self.people = people
        self.staff = as_owner(people.vendor)

    def applications(self) -> Iterator[tuple[float, Callable[[], object]]]:
        """白鹭数字 has not switched the upload on; its customers cannot be put forward through the API."""
        qiming = self.people.solution_provider
        for partner in self.people.partners:
            if partner.account.name != "bailu-digital":
                yield 40, partial(self._switch_on, partner)
        yield 38, partial(forbid_number, self.staff, number="91440300MA5FORGED1", reason="营业执照系伪造")
        yield (
            36,
            partial(self._by_partner, qiming, "dengta-logistics", "灯塔物流有限公司", "91330100MA2DENGTA1"),
        )
        yield 35, partial(self._reject, "dengta-logistics", "营业执照照片不清晰，请重新拍摄后提交")
        yield 20, self._welcome
        yield 19, partial(self._by_partner, qiming, "liuxi-tea", "柳溪茶业有限公司", "91350500MA31LIUXI8")
        yield 18, partial(self._approve, "liuxi-tea")
        yield 12, partial(self._send_back, "banxia-pharmacy", "请补充上传营业执照")
        yield 4, partial(self._by_itself, "banxia-pharmacy", "半夏连锁药房有限公司", "91330100MA2BANXIA5")
        yield 2, partial(self._change, "xiaoshi-studio", "小石文化传媒有限公司", "91310000MA1XIAOSH2")

    def announcements(self, end: datetime) -> Iterator[tuple[float, Callable[[], object]]]:
        partners = [AccountKind.DISTRIBUTOR, AccountKind.RESELLER, AccountKind.SOLUTION_PROVIDER]
        everybody = [*partners, AccountKind.CUSTOMER]
        both = [Site.CN, Site.INTL]
        yield 30, partial(
            self._announce, "Price change of object storage", "对象存储价格调整",
            "The new prices hold from the first of next month; the price book shows them already.",
            "新价格自下月 1 日起生效，可在价目中提前查看。",
            everybody, both, end - timedelta(days=5),
        )  # fmt: skip
        yield 9, partial(
            self._announce, "Maintenance of the partner center", "伙伴中心例行维护",
            "Pages may be slow on Sunday from 02:00 to 04:00 (UTC+8). Orders and the interfaces are not concerned.",
            "周日 02:00 至 04:00（UTC+8）页面访问可能较慢，下单与接口不受影响。",
            everybody, both, end + timedelta(days=20),
        )  # fmt: skip
        yield 6, partial(
            self._announce, "Training for resellers of the China site", "云经销商线上培训报名",
            "Two hours on reporting and inviting customers. Ask your distributor for a place.",
            "两小时讲解客户报备与邀请，请向总经销商报名。",
            [AccountKind.RESELLER], [Site.CN], None,
        )  # fmt: skip
        yield 3, self._take_back
        yield 1, partial(self._write, "Year-end settlement dates", "年终结算日程",
                         "The dates are being agreed.", "日程确认中。", partners, both, None)  # fmt: skip
        yield 8, self._wish

    def _switch_on(self, partner: Partner) -> None:
        switch_real_name_upload(as_owner(partner.account), partner=partner, on=True)

    def _customer(self, name: str) -> Customer:
        return Customer.objects.select_related("account", "partner").get(account__name=name)

    def _welcome(self) -> None:
        make_customer(
            self.people.solution_provider,
            name="liuxi-tea",
            company="柳溪茶业有限公司",
            verified=False,
            mobile="13800000088",
            email="it@liuxi-tea.example",
        )

    def _by_partner(self, partner: Partner, name: str, company: str, number: str) -> None:
        """As the partner's platform does: the paper first, then the application that names it."""
        actor, path = as_owner(partner.account), f"{name}/licence.png"
        upload_paper(actor, partner=partner, path=path, content=picture(150))
        customer = self._customer(name)
        claim = Claim(Subject.ENTERPRISE, Means.CERTIFICATE, LICENCE, company, number, {"country": "CN"})
        apply_and_check(actor, customer=customer, claim=claim, attachments=uploaded(partner.pk, [path]))

    def _by_itself(self, name: str, company: str, number: str) -> None:
        customer = self._customer(name)
        details = {"person": "陈半夏", "person_number": "330106197801012345"}
        claim = Claim(Subject.ENTERPRISE, Means.CERTIFICATE, LICENCE, company, number, details)
        papers = [
            (f"{part}.png", picture(shade))
            for part, shade in (("licence", 90), ("front", 140), ("back", 190))
        ]
        apply_and_check(as_customer(customer), customer=customer, claim=claim, files=papers)

    def _change(self, name: str, company: str, number: str) -> None:
        customer = self._customer(name)
        claim = Claim(Subject.CHANGE, Means.CERTIFICATE, LICENCE, company, number, {"country": "CN"})
        apply_and_check(
            as_customer(customer), customer=customer, claim=claim, files=[("licence.png", picture(120))]
        )

    def _approve(self, name: str) -> None:
        approve_application(self.staff, application=self._waiting(name))

    def _reject(self, name: str, opinion: str) -> None:
        """Only one of those sent in; the customer has not come back since."""
        reject_application(self.staff, application=self._waiting(name), opinion=opinion)

    def _send_back(self, name: str, opinion: str) -> None:
        """It was put forward without papers when it was enrolled."""
        reject_real_name(SYSTEM, customer=self._customer(name), opinion=opinion)

    def _waiting(self, name: str) -> RealNameApplication:
        return RealNameApplication.objects.select_related("customer__account", "partner__account").get(
            customer__account__name=name, state="in_review"
        )

    def _write(
        self,
        english: str,
        chinese: str,
        body_en: str,
        body_zh: str,
        kinds: Sequence[str],
        sites: Sequence[str],
        until: datetime | None,
    ) -> Announcement:
        return write_announcement(
            self.staff,
            kinds=kinds,
            sites=sites,
            valid_from=clock.now(),
            valid_until=until,
            title_en=english,
            title_zh=chinese,
            body_en=body_en,
            body_zh=body_zh,
        )

    def _announce(self, *words_and_audience: object) -> None:
        publish_announcement(self.staff, announcement=self._write(*words_and_audience))  # type: ignore[arg-type]

    def _take_back(self) -> None:
        withdraw_announcement(
            self.staff,
            announcement=Announcement.objects.get(title_en="Training for resellers of the China site"),
        )

    def _wish(self) -> None:
        """The solution provider wants bills by mail alone, to its owner."""
        account = self.people.solution_provider.account
        account.refresh_from_db()
        set_message_wishes(
            as_owner(account),
            account=account,
            kind="billing",
            mail=True,
            sms=False,
            recipients=[owner_of(account)],
        )


def picture(shade: int, *, width: int = 320, height: int = 200) -> bytes:
    """A PNG of grey stripes, in place of a photograph."""
    rows = b"".join(
        b"\0" + bytes((shade + 40 * (line // 20 % 2)) % 256 for _pixel in range(width))
        for line in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
