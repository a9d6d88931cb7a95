"""The first versions of the texts that customers agree to; the vendor replaces them by publishing its own."""

from __future__ import annotations

from dataclasses import dataclass

from partner_center.channel.models.leads_terms import TermsKind


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; paragraphs are separated by an empty line."""

    english: str
    chinese: str


FIRST_TEXTS: dict[str, Text] = {
    TermsKind.USER_AGREEMENT: Text(
        english=(
            "1. This agreement is between you, who register the account, and the vendor that runs this service.\n\n"
            "2. You register with true and complete data and keep it current. The account is yours alone; you keep "
            "its password secret and answer for what is done with it.\n\n"
            "3. You use the services lawfully. The vendor may stop what endangers others, and tells you why.\n\n"
            "4. Prices, terms and the rules for ordering, renewing and returning services are shown before each order "
            "and hold as shown when you order.\n\n"
            "5. Either side may end this agreement. What you owe by then stays due; what is yours is returned to you."
        ),
        chinese=(
            "1. 本协议由注册账号的您与运营本服务的云厂商订立。\n\n"
            "2. 您应以真实、完整的资料注册并及时更新。账号仅供您本人使用，"
            "您应妥善保管密码，并对账号下的一切操作负责。\n\n"
            "3. 您应合法使用服务。对危及他人的服务，云厂商可以停止提供，并向您说明原因。\n\n"
            "4. 价格、期限以及订购、续费、退订规则在每次下单前展示，以您下单时所展示的内容为准。\n\n"
            "5. 任何一方均可终止本协议。届时您所欠款项仍应支付，属于您的款项将退还给您。"
        ),
    ),
    TermsKind.PRIVACY: Text(
        english=(
            "1. We keep what you give us when you register (mobile number, e-mail address, company, name), what "
            "real-name authentication needs, and a record of what is done with the account.\n\n"
            "2. We use it to provide the services, to bill them, to reach you, and to meet the law; for nothing else "
            "without your consent.\n\n"
            "3. While you are associated with a partner, it sees your account's name, association, orders, spending "
            "and, in the resale model, your balance. Your addresses are hidden unless somebody looks on purpose, "
            "and each look is recorded where you can read it.\n\n"
            "4. You may read and correct your data at any time, and ask for its deletion when the account is closed."
        ),
        chinese=(
            "1. 我们保存您注册时提供的信息（手机号、邮箱、公司、姓名）、实名认证所需的信息以及账号的操作记录。\n\n"
            "2. 这些信息仅用于提供服务、计费、与您联系以及履行法定义务；未经您同意不作他用。\n\n"
            "3. 在您与伙伴关联期间，伙伴可以看到您的账号名、关联关系、订单、消费，代售模式下还可看到余额。您的联系方式"
            "默认对其隐藏，每次查看都会留下您可以查阅的记录。\n\n"
            "4. 您可以随时查阅和更正您的数据，并可在注销账号时要求删除。"
        ),
    ),
    TermsKind.ASSOCIATION_NOTICE: Text(
        english=(
            "1. You become the customer of the partner that invited you. You have one partner at a time.\n\n"
            "2. Referral: your contract and your invoices are with the vendor; you pay from your own balance, and the "
            "partner advises you.\n\n"
            "3. Resale: your contract and your invoices are with the partner. You spend what the partner gives you "
            "(allocations, or a budget on the international site). On the international site purchases are restricted "
            "until the partner has set a budget.\n\n"
            "4. Coupons that you hold may be used only for what was consumed before the association.\n\n"
            "5. Either side may ask to end the association or to change its type, once in 3 months; the other side "
            "decides. In the resale model what is left of the partner's money returns to the partner then."
        ),
        chinese=(
            "1. 您即将成为上述伙伴的客户。同一时间只能关联一个伙伴。\n\n"
            "2. 顾问销售：您与云厂商签约并由其开具发票，使用自有余额付款，伙伴为您提供咨询。\n\n"
            "3. 代售：您与伙伴签约并由其开具发票，您使用伙伴提供的资金消费"
            "（拨款，国际站为预算）。国际站在伙伴设置预算之前限制购买。\n\n"
            "4. 您已有的优惠券仅可用于抵扣关联之前产生的费用。\n\n"
            "5. 任何一方每3个月可申请一次解除关联或切换关联类型，由另一方决定。代售模式下，届时剩余的伙伴资金退回伙伴。"
        ),
    ),
    TermsKind.ASSOCIATION_TERMS: Text(
        english=(
            "1. The partner and you settle between yourselves what you owe each other, without the vendor.\n\n"
            "2. The partner may see what the privacy statement names, and may act for you only where you have given it "
            "an authorisation, which you can take back at any time.\n\n"
            "3. The vendor may restrict purchases of resale customers while their partner, or its distributor, is "
            "restricted, and may move customers of a partner that leaves to another one."
        ),
        chinese=(
            "1. 伙伴与您之间的款项由双方自行结算，云厂商不是其中一方。\n\n"
            "2. 伙伴可以查看隐私政策声明中列明的信息；只有在您授权后才可代您操作，您可以随时撤销授权。\n\n"
            "3. 伙伴或其总经销商受限期间，云厂商可以限制其代售客户的购买；"
            "伙伴退出时，云厂商可以将其客户迁移至其他伙伴。"
        ),
    ),
}
