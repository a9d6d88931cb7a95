"""What an installation begins with: the catalogue of both sites, the first versions of the agreements, checklists."""

from datetime import UTC, datetime

from django.db import migrations

from partner_center.kernel import clock
from partner_center.partners.presets import MAKING, PROGRAMMES

FIRST_VERSION = "1.0"
FROM_THE_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""In force in every story that an installation's clock can tell."""

TEXTS = {
    "association_statement": (
        "The company declares that the account it applies with is its own, that what it has stated is true and "
        "complete, and that it will report changes of its name, its legal representative, its address and its "
        "contacts within ten working days.\n\n"
        "It knows that an account which has applied cannot buy or provision cloud services for itself, neither "
        "while the application is under review nor afterwards, and that an account which has become a partner "
        "cannot be closed as long as its customers are associated with it.",
        "公司声明：申请所用账号为其自有，所填信息真实、完整；公司名称、法定代表人、地址及联系人发生变更时，将在十个工作日内告知。\n\n"
        "公司知悉：账号一经申请，在审核期间及之后均不能为自身购买或开通云服务；账号成为伙伴后，在仍有客户与其关联期间不能注销。",
    ),
    "csp_agreement": (
        "1. The cloud solution provider wins customers and serves them, by referral, where the customer buys from "
        "the vendor, and by resale, where the customer buys from the provider.\n\n"
        "2. In the resale model the provider invoices its customers itself and allocates to them what they may "
        "spend. It may act for a customer only after that customer has authorised it.\n\n"
        "3. The provider settles with the vendor from its account, or by its monthly bill where that was agreed. "
        "Who is in arrears is restricted: its resale customers cannot spend.\n\n"
        "4. The identity is reviewed every year. Incentives earned are paid out within one year after it has "
        "lapsed or ended; after that they are void and cannot be recovered.",
        "一、解决方案提供商自主拓展并服务客户：顾问销售模式下，客户向云厂商购买；代售模式下，客户向解决方案提供商购买。\n\n"
        "二、代售模式下，由解决方案提供商向客户开具发票并为客户拨款；仅在客户授权后方可代客操作。\n\n"
        "三、解决方案提供商以账户余额与云厂商结算，另有约定的按月结账单结算。欠费的伙伴将被限制，其代售客户不能消费。\n\n"
        "四、伙伴身份每年审核。已获得的激励须在身份失效或终止后一年内申请发放，逾期作废且不可恢复。",
    ),
    "distributor_agreement": (
        "1. The distributor develops resellers of its business region, reviews their applications to cooperate, "
        "supports them and settles with them.\n\n"
        "2. It keeps the accounts of its resellers supplied and may take back what they have not spent.\n\n"
        "3. A distributor that is restricted, frozen or delisted holds up its resellers: their resale customers "
        "cannot spend, or they can bring in nobody.\n\n"
        "4. The identity is reviewed every year. Incentives earned are paid out within one year after it has "
        "lapsed or ended; after that they are void and cannot be recovered.",
        "一、总经销商在其业务开展地区发展云经销商，审核其合作申请，为其提供支持并与其结算。\n\n"
        "二、总经销商为云经销商的账户拨款，并可回收其尚未使用的余额。\n\n"
        "三、总经销商受限、冻结或摘牌将影响其云经销商：云经销商的代售客户不能消费，或云经销商不能拓展客户。\n\n"
        "四、伙伴身份每年审核。已获得的激励须在身份失效或终止后一年内申请发放，逾期作废且不可恢复。",
    ),
    "reseller_agreement": (
        "1. The reseller works with exactly one distributor of its own business region and settles with it.\n\n"
        "2. Coupons, discounts and stored-value cards that the account has not used become void when it joins.\n\n"
        "3. The reseller leaves its distributor, or changes to another, through the ecosystem manager only. What "
        "is then left of what the distributor has allocated goes back to it.",
        "一、云经销商只与同一业务开展地区的一家总经销商合作，并与其结算。\n\n"
        "二、账号加入后，其尚未使用的优惠券、折扣及储值卡作废。\n\n"
        "三、云经销商退出或更换总经销商须通过生态经理办理；届时总经销商所拨款项的余额退回总经销商。",
    ),
    "programme_commitment": (
        "The partner commits itself to keep to the rules of the programme, to state what is true in applications, "
        "reports and evidence, to name no customer that it does not serve, and to offer or accept no advantage "
        "for a decision. Who breaks this leaves the programme and returns what it received through it.",
        "伙伴承诺：遵守计划规则；申请、报备及证明材料真实；不虚报未服务的客户；不为任何审批决定给予或收受利益。"
        "违反承诺者退出计划，并返还由此获得的权益。",
    ),
}

CHECKLISTS = {
    "csp": {
        "advanced": {"customers": 5, "consumption": 100_000, "paths": 1, "commercial": 1},
        "premier": {"customers": 20, "consumption": 1_000_000, "paths": 2, "commercial": 1},
    },
    "distributor": {
        "advanced": {"resellers": 5, "consumption": 500_000, "paths": 1, "commercial": 1},
        "premier": {"resellers": 20, "consumption": 5_000_000, "paths": 1, "commercial": 1},
    },
    "reseller": {
        "advanced": {"customers": 5, "consumption": 50_000},
        "premier": {"customers": 20, "consumption": 500_000},
    },
}


def write(apps, schema_editor):
    Programme = apps.get_model("partners", "Programme")
    Agreement = apps.get_model("partners", "Agreement")
    TierRequirement = apps.get_model("partners", "TierRequirement")
    Membership = apps.get_model("partners", "Membership")
    now = clock.now()
    for position, preset in enumerate(PROGRAMMES.values()):
        for site in preset.sites:
            programme = Programme.objects.create(
                code=preset.code,
                site=site,
                nature=preset.nature.value,
                makes=preset.makes,
                by_invitation=preset.by_invitation,
                position=position,
            )
            for tier, asked in CHECKLISTS.get(preset.code, {}).items():
                for what, at_least in asked.items():
                    TierRequirement.objects.create(
                        programme=programme, tier=tier, what=what, at_least=at_least
                    )
    for site in ("cn", "intl"):
        for code, (english, chinese) in TEXTS.items():
            Agreement.objects.create(
                code=code,
                site=site,
                version=FIRST_VERSION,
                english=english,
                chinese=chinese,
                published_at=FROM_THE_BEGINNING,
                created_at=now,
            )
    for partner in apps.get_model("partners", "Partner").objects.select_related("account"):
        programme = Programme.objects.get(site=partner.account.site, code=MAKING[partner.kind])
        Membership.objects.create(
            partner=partner, programme=programme, joined_at=partner.joined_at, created_at=now
        )


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0002_channel"),
        ("foundation", "0001_initial"),
    ]  # rows are dated by its clock
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
