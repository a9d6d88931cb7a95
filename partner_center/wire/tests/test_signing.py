"""The signature, against vectors worked out by hand and against the vendor's own signer."""

from __future__ import annotations

import hashlib
import hmac
import timeit
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import quote, unquote

import pytest
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given
from hypothesis import strategies as st

from partner_center.wire.errors import SignatureOutOfTime, SignatureRefused
from partner_center.wire.signing import read

AK, SK = "AKAKAKAKAKAKAKAKAKAK", "SKSKSKSKSKSKSKSKSKSKSKSKSKSKSKSKSKSKSKSK"
DATE = "20261123T104143Z"
SIGNED_AT = datetime(2026, 11, 23, 10, 41, 43, tzinfo=UTC)
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

WORKED_EXAMPLE = f"""GET
/v2/orders/customer-orders/details/CS1/
limit=5
content-type:application/json
host:127.0.0.1:35539
user-agent:huaweicloud-usdk-python/3.0
x-language:en_US
x-sdk-date:{DATE}

content-type;host;user-agent;x-language;x-sdk-date
{EMPTY}"""


def signature_of(canonical: str, date: str = DATE) -> str:
    to_sign = f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(SK.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def authorization(signature: str, headers: str = "content-type;host;user-agent;x-language;x-sdk-date") -> str:
    return f"SDK-HMAC-SHA256 Access={AK}, SignedHeaders={headers}, Signature={signature}"


def environ(**changes: str) -> dict[str, str]:
    """The worked example of spec/api/auth.md as a server sees it."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/v2/orders/customer-orders/details/CS1",
        "QUERY_STRING": "limit=5",
        "CONTENT_TYPE": "application/json",
        "HTTP_HOST": "127.0.0.1:35539",
        "HTTP_USER_AGENT": "huaweicloud-usdk-python/3.0",
        "HTTP_X_LANGUAGE": "en_US",
        "HTTP_X_SDK_DATE": DATE,
        "HTTP_ACCEPT": "*/*",
        "HTTP_AUTHORIZATION": authorization(signature_of(WORKED_EXAMPLE)),
        **changes,
    }


def test_the_worked_example_verifies():
    request = read(environ(), b"")
    assert request.access == AK
    assert request.moment == SIGNED_AT
    assert request.matches(SK)


def test_another_secret_does_not():
    assert not read(environ(), b"").matches(SK[:-1] + "X")


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"REQUEST_METHOD": "POST"}, b""),
        ({"PATH_INFO": "/v2/orders/customer-orders/details/CS2"}, b""),
        ({"QUERY_STRING": "limit=6"}, b""),
        ({"QUERY_STRING": "limit=5&offset=0"}, b""),
        ({"CONTENT_TYPE": "text/plain"}, b""),
        ({"HTTP_HOST": "evil.example"}, b""),
        ({"HTTP_X_LANGUAGE": "zh_CN"}, b""),
        ({"HTTP_X_SDK_DATE": "20261123T104144Z"}, b""),
        ({}, b"{}"),
    ],
)
def test_whatever_was_signed_cannot_be_changed(change, body):
    assert not read(environ(**change), body).matches(SK)


def test_what_was_not_signed_does_not_matter():
    assert read(environ(HTTP_ACCEPT="text/html", HTTP_X_OTHER="1"), b"").matches(SK)


def test_values_are_trimmed_before_they_are_compared():
    assert read(environ(HTTP_USER_AGENT="  huaweicloud-usdk-python/3.0 "), b"").matches(SK)


def test_a_path_that_ends_in_a_slash_gets_no_second_one():
    canonical = WORKED_EXAMPLE.replace("/details/CS1/", "/details/CS1/")
    changed = environ(
        PATH_INFO="/v2/orders/customer-orders/details/CS1/",
        HTTP_AUTHORIZATION=authorization(signature_of(canonical)),
    )
    assert read(changed, b"").matches(SK)


def test_an_encoded_slash_in_a_parameter_counts_as_a_slash():
    canonical = WORKED_EXAMPLE.replace("details/CS1/", "details/a/b%20c/")
    changed = environ(
        PATH_INFO="/v2/orders/customer-orders/details/a/b c",
        HTTP_AUTHORIZATION=authorization(signature_of(canonical)),
    )
    assert read(changed, b"").matches(SK)


def test_a_query_that_was_sorted_only_for_signing_verifies_too():
    canonical = WORKED_EXAMPLE.replace("limit=5", "limit=5&name=a%20b&offset=0")
    changed = environ(
        QUERY_STRING="offset=0&name=a%20b&limit=5", HTTP_AUTHORIZATION=authorization(signature_of(canonical))
    )
    assert read(changed, b"").matches(SK)


def test_text_beyond_ascii_is_signed_as_utf8():
    canonical = WORKED_EXAMPLE.replace("huaweicloud-usdk-python/3.0", "客户端")
    as_wsgi = "客户端".encode().decode("latin-1")
    changed = environ(HTTP_USER_AGENT=as_wsgi, HTTP_AUTHORIZATION=authorization(signature_of(canonical)))
    assert read(changed, b"").matches(SK)


def unsigned_payload(
    content_type: str, *, value: str = "UNSIGNED-PAYLOAD", body_hash: str = ""
) -> dict[str, str]:
    names = "content-type;host;x-sdk-content-sha256;x-sdk-date"
    canonical = (
        f"POST\n/v2/x/\n\ncontent-type:{content_type}\nhost:h\nx-sdk-content-sha256:{value}\nx-sdk-date:{DATE}\n\n"
        f"{names}\n{body_hash or value}"
    )
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/v2/x",
        "QUERY_STRING": "",
        "CONTENT_TYPE": content_type,
        "HTTP_HOST": "h",
        "HTTP_X_SDK_DATE": DATE,
        "HTTP_X_SDK_CONTENT_SHA256": value,
        "HTTP_AUTHORIZATION": authorization(signature_of(canonical), names),
    }


def test_a_body_that_is_not_json_may_be_left_unsigned():
    assert read(unsigned_payload("text/csv"), b"a,b").matches(SK)


def test_a_json_body_may_not():
    assert not read(unsigned_payload("application/json"), b"{}").matches(SK)


def test_an_empty_body_always_has_the_empty_hash():
    assert read(unsigned_payload("text/csv", body_hash=EMPTY), b"").matches(SK)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic dXNlcjpwYXNz",
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SM3 Access=A, SignedHeaders=host;x-sdk-date, Signature=00",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=host;x-sdk-date",
        "SDK-HMAC-SHA256 Access=, SignedHeaders=host;x-sdk-date, Signature=00",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=x-sdk-date, Signature=00",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=00",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=Host;X-Sdk-Date, Signature=00",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=host;x_sdk_date;x-sdk-date, Signature=00",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=host;x-sdk-date;x-absent, Signature=00",
        "SDK-HMAC-SHA256 Access=Ä, SignedHeaders=host;x-sdk-date, Signature=00",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=host;x-sdk-date" + ";host" * 100 + ", Signature=00",
    ],
)
def test_what_is_no_signature_is_refused(header):
    with pytest.raises(SignatureRefused):
        read(environ(HTTP_AUTHORIZATION=header), b"")


@pytest.mark.parametrize("date", ["", "20261123", "2026-11-23T10:41:43Z", "20261323T104143Z", "ä"])
def test_a_malformed_date_is_refused(date):
    with pytest.raises(SignatureRefused):
        read(environ(HTTP_X_SDK_DATE=date), b"")


@pytest.mark.parametrize("minutes", [-15, 0, 15])
def test_a_quarter_of_an_hour_is_in_time(minutes):
    read(environ(), b"").require_fresh(SIGNED_AT + timedelta(minutes=minutes))


@pytest.mark.parametrize("seconds", [-901, 901])
def test_a_second_more_is_not(seconds):
    now = SIGNED_AT + timedelta(seconds=seconds)
    with pytest.raises(SignatureOutOfTime) as refusal:
        read(environ(), b"").require_fresh(now)
    assert refusal.value.code == "APIGW.0303"
    assert now.strftime("%Y%m%dT%H%M%SZ") in str(refusal.value)


PLAIN = st.text(
    alphabet=st.characters(min_codepoint=1, max_codepoint=0x2FFF, exclude_categories=("Cs",)), max_size=12
)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    query=st.lists(st.tuples(st.sampled_from(["name", "order_id", "类型", "a b"]), PLAIN), max_size=4),
    segment=PLAIN.filter(lambda text: "\n" not in text),
    body=st.sampled_from([None, "{}", '{"name": "客户", "amount": 10.10}']),
)
def test_whatever_the_vendors_signer_signs_verifies(method, query, segment, body):
    request = SdkRequest(
        method=method,
        schema="http",
        host="127.0.0.1:8000",
        resource_path="/v2/orders/" + quote(segment, safe=""),
        query_params=query,
        header_params={"Content-Type": "application/json", "User-Agent": "huaweicloud-usdk-python/3.0"},
        body=body,
    )
    sent = Signer(SimpleNamespace(ak=AK, sk=SK)).sign(request)
    path, _mark, raw_query = sent.uri.partition("?")
    seen = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(path),
        "QUERY_STRING": raw_query,
        "CONTENT_TYPE": "application/json",
    }
    for name, value in sent.header_params.items():
        if name != "Content-Type":
            seen["HTTP_" + name.upper().replace("-", "_")] = value
    raw = sent.body if isinstance(sent.body, bytes) else (sent.body or "").encode()
    assert read(seen, raw).matches(SK)


def test_a_verification_costs_less_than_a_hundred_microseconds():
    example = environ()

    def verify() -> None:
        assert read(example, b"").matches(SK)

    best = min(timeit.repeat(verify, number=500, repeat=5)) / 500
    assert best < 100e-6, f"{best * 1e6:.0f} µs"
