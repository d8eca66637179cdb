"""How much the first page weighs, and that the second visit fetches no assets again."""

import gzip
import json
import re

import pytest

pytestmark = pytest.mark.browser
FIRST_VISIT = 60_000  # bytes over the wire, with everything the page loads
BEYOND_TODAY = {  # bytes more, for somebody who has opened Today
    "/practices/p04-soothing-rhythm-breathing/": 20_000,
    "/practices/p04-soothing-rhythm-breathing/10/": 20_000,
    "/practices/p05-rhythm-without-breath/10/": 20_000,
    "/sessions/2/": 40_000,
}


def transferred(page, action) -> dict[str, int]:
    """Bytes over the wire by address during an action, as the browser's network layer counts them."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    addresses, sizes = {}, {}
    session.on("Network.responseReceived", lambda e: addresses.update({e["requestId"]: e["response"]["url"]}))
    session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    action()
    page.wait_for_load_state("networkidle")
    return {addresses[id]: int(size) for id, size in sizes.items() if id in addresses}


def worker_fetches(demo, loaded: dict[str, int]) -> int:
    """Bytes of the worker and of what it keeps for later, beyond what the page itself has loaded."""
    packed = {"Accept-Encoding": "gzip"}
    _status, headers, body = demo.visit("GET", "/sw.js", headers=packed)
    script = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
    kept = json.loads(re.search(rb'\["/static/[^\]]+\]', script).group())
    there = {address.split("/", 3)[-1] for address in loaded}
    more = [demo.visit("GET", path, headers=packed) for path in kept if path.lstrip("/") not in there]
    return len(body) + sum(len(content) + len(str(headers)) for _status, headers, content in more)


@pytest.mark.parametrize("path", ["/", "/today/"])
def test_the_first_visit_is_light_and_the_second_fetches_no_asset(new_context, demo, url, path):
    context = new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    page = context.new_page()
    if path != "/":
        page.request.get(f"{url}/demo/as/participant/")
    first = transferred(page, lambda: page.goto(f"{url}{path}"))
    total = sum(first.values()) + worker_fetches(demo, first)
    assert total <= FIRST_VISIT, sorted(first.items(), key=lambda pair: -pair[1])[:6]
    second = transferred(page, lambda: page.goto(f"{url}{path}"))
    assert sum(size for address, size in second.items() if "/static/" in address) == 0


@pytest.mark.parametrize(("path", "limit"), BEYOND_TODAY.items())
def test_a_practice_and_a_session_add_little(new_context, url, path, limit):
    page = new_context(viewport={"width": 390, "height": 844}, service_workers="block").new_page()
    page.request.get(f"{url}/demo/as/participant/")
    page.goto(f"{url}/today/", wait_until="networkidle")
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    more = transferred(page, lambda: page.goto(f"{url}{path}"))
    assert [answer.status for answer in answers if answer.url == f"{url}{path}"] == [200]
    assert 1_000 < sum(more.values()) <= limit, sorted(more.items(), key=lambda pair: -pair[1])[:6]
