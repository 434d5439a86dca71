"""Which requests are plain: a program's usual ones, and nothing that could mean anything else."""

import pytest

from recognizer.plain import parse_head, picture

HEAD = (
    b"POST /api/v1/predictions/ HTTP/1.1\r\nHost: localhost:8000\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
    b"Content-Length: 7\r\nContent-Type: image/png"
)
FORM = "multipart/form-data; boundary=xyz"
PART = b'Content-Disposition: form-data; name="image"; filename="7.png"\r\nContent-Type: image/png'


def form(part: bytes = PART, data: bytes = b"\x89PNG\r\n\x00", *, ending: bytes = b"\r\n--xyz--\r\n") -> bytes:
    return b"--xyz\r\n" + part + b"\r\n\r\n" + data + ending


def test_a_usual_head_is_understood() -> None:
    head = parse_head(HEAD + b"\r\nConnection: close\r\nX-Request-ID:  abcdefgh ")

    assert head is not None
    assert head.closes
    assert head.meta["HTTP_HOST"] == "localhost:8000"
    assert head.meta["CONTENT_TYPE"] == "image/png"
    assert head.meta["HTTP_X_REQUEST_ID"] == "abcdefgh"
    assert head.request().get_host() == "localhost:8000"


def test_the_query_is_kept() -> None:
    head = parse_head(HEAD.replace(b"/ HTTP", b"/?digits=2&include=preview HTTP"))

    assert head is not None
    assert head.request().GET.dict() == {"digits": "2", "include": "preview"}


@pytest.mark.parametrize("accept", ["application/json", "text/html, */*;q=0.8", "APPLICATION/JSON,text/plain;q=0.1"])
def test_who_takes_json_is_understood(accept: str) -> None:
    assert parse_head(HEAD.replace(b"*/*", accept.encode())) is not None


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace(b"POST", b"GET"),
        HEAD.replace(b"POST", b"post"),
        HEAD.replace(b"/predictions/", b"/predictions"),
        HEAD.replace(b"/predictions/", b"/predictions/batch/"),
        HEAD.replace(b"/predictions/", b"/predictions/%2e"),
        HEAD.replace(b"/ HTTP", b"/? HTTP/1.1\r\nX: HTTP"),
        HEAD.replace(b"HTTP/1.1", b"HTTP/1.0"),
        HEAD.replace(b"HTTP/1.1", b" HTTP/1.1"),
        HEAD.replace(b"Host: localhost:8000\r\n", b""),
        HEAD.replace(b"*/*", b"text/html"),
        HEAD.replace(b"*/*", b"application/json; indent=4"),
        HEAD.replace(b"/ HTTP", b"/?a#&digits=2 HTTP"),
        HEAD.replace(b"/ HTTP", b"/?" + b"a" * 4096 + b" HTTP"),
        HEAD.replace(b"curl", b"c" * 8192),
        *(HEAD.replace(b"Length: 7", b"Length: " + length) for length in (b"7, 7", b"7 0", b"7a", b"+7", b"", b"7;q")),
        HEAD.replace(b"Content-Length: 7\r\n", b""),
        HEAD.replace(b"Accept:", b"Accept :"),
        HEAD.replace(b"Accept: */*\r\n", b"Accept: */*\n"),
        HEAD.replace(b"Accept: */*\r\n", b"Accept: */*\r\n folded\r\n"),
        HEAD.replace(b"curl/7.88.1", b"c\x00url"),
        HEAD.replace(b"curl/7.88.1", b"c\xfcrl"),
        HEAD + b"\r\nContent-Length: 7",
        HEAD + b"\r\nTransfer-Encoding: chunked",
        HEAD + b"\r\nExpect: 100-continue",
        HEAD + b"\r\nConnection: upgrade",
        *(
            HEAD + b"\r\n" + more
            for more in (
                b"Cookie: sessionid=1",
                b"Origin: https://example.org",
                b"Sec-Fetch-Site: cross-site",
                b"Accept-Language: fa",
                b"Prefer: respond-async",
                b"Idempotency-Key: 1",
                b"X-Channel: web",
                b"Content_Length: 7",
                b"X-Anything: else",
            )
        ),
    ],
)
def test_any_other_head_is_declined(head: bytes) -> None:
    assert parse_head(head) is None


@pytest.mark.parametrize(
    "part",
    [
        PART,
        PART.partition(b"\r\n")[0],
        PART.replace(b"image/png", b"application/octet-stream"),
        PART.replace(b"Content-", b"content-"),
        PART.replace(b"7.png", "7 – صورة.png".encode()),
    ],
)
@pytest.mark.parametrize("ending", [b"\r\n--xyz--\r\n", b"\r\n--xyz--"])
def test_a_form_with_one_picture_is_understood(part: bytes, ending: bytes) -> None:
    assert picture(FORM, form(part, ending=ending)) == b"\x89PNG\r\n\x00"


def test_a_body_that_is_the_picture_is_understood() -> None:
    assert picture("image/png", b"\x89PNG") == b"\x89PNG"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("", b"\x89PNG"),
        ("application/json", b"{}"),
        ("image/png", b""),
        ("image/", b"\x89PNG"),
        ("multipart/form-data", form()),
        ('multipart/form-data; boundary="xyz"', form()),
        ("multipart/form-data; boundary=abc", form()),
        (FORM, b""),
        (FORM, form(data=b"")),
        (FORM, b"preamble\r\n" + form()),
        (FORM, form() + b"epilogue"),
        (FORM, form(ending=b"\r\n--xyz")),
        (FORM, form(ending=b"")),
        (FORM, form(ending=b"\r\n--xyz\r\n" + PART + b"\r\n\r\n" + b"\x89PNG\r\n--xyz--\r\n")),
        (FORM, form(PART.replace(b'"image"', b'"file"'))),
        (FORM, form(PART.replace(b"7.png", b""))),
        (FORM, form(PART.replace(b"7.png", b".."))),
        (FORM, form(PART.replace(b"7.png", b"a/"))),
        (FORM, form(PART.replace(b'; filename="7.png"', b""))),
        (FORM, form(PART + b"\r\nContent-Transfer-Encoding: base64")),
    ],
)
def test_any_other_body_is_declined(content_type: str, body: bytes) -> None:
    assert picture(content_type, body) is None
