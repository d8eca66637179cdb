"""A recording of the service: heard, kept on the phone by a tap, heard again without signal, gone at sign-out."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_accessible import violations
from tests.journeys.test_letter import ready
from tests.journeys.test_offline import KEPT
from tests.sounds import mp3

pytestmark = pytest.mark.browser
PRACTICE = "/practices/p02-anchor/"

# Plays from half a minute on, muted; tells where it plays from and what a locked screen would show.
PLAY = """async () => {
    const audio = document.querySelector("[data-recording] audio");
    audio.muted = true;
    audio.currentTime = 30;
    await audio.play();
    while (audio.currentTime < 30.3) await new Promise((again) => setTimeout(again, 50));
    audio.pause();
    return { length: Math.round(audio.duration), from: audio.currentSrc.split(":")[0], title: navigator.mediaSession.metadata.title };
}"""
PAGES = """async (pages) => {
    const own = await caches.open("allay-own");
    for (const page of pages) while (!(await own.match(page))) await new Promise((again) => setTimeout(again, 50));
}"""
SOUNDS = """async () => (await (await caches.open("allay-sound")).keys()).length"""


@pytest.fixture
def spoken(demo, tmp_path):
    """One minute of synthetic silence, added as an administrator does at the terminal."""
    file = tmp_path / "calm.mp3"
    file.write_bytes(mp3(60))
    named = ["--practice", "p02-anchor", "--minutes", "1", "--voice", "Sample voice"]
    made = demo.allay("recording", "add", str(file), *named, "--data", str(demo.data))
    assert made.returncode == 0, made.stderr
    yield made.stdout
    demo.allay("recording", "remove", made.stdout.split("\t")[0], "--data", str(demo.data))


def test_a_recording_is_heard_kept_and_heard_without_signal(phone, url, come_in, spoken):
    come_in(phone)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.evaluate(KEPT)
    loaded = []
    phone.on("request", lambda request: loaded.append(request.url) if "/recordings/" in request.url else None)
    phone.goto(f"{url}{PRACTICE}")
    ready(phone)
    part = phone.locator("[data-recording]")
    expect(part.get_by_role("heading", name="Hear Sample voice")).to_be_visible()
    keep = part.get_by_role("button", name="Keep it on this phone")
    expect(keep).to_be_visible()
    assert not violations(phone)
    assert not loaded, "nothing is fetched and nothing plays before somebody asks"
    assert phone.evaluate(PLAY) == {"length": 60, "from": "http", "title": "Allay"}

    keep.click()
    expect(part.get_by_text("It is on this phone and plays without signal")).to_be_visible()
    phone.evaluate(PAGES, [PRACTICE, f"{PRACTICE}1/"])
    phone.context.set_offline(True)
    phone.goto(f"{url}{PRACTICE}")
    ready(phone)
    expect(part.get_by_text("It is on this phone and plays without signal")).to_be_visible()
    assert phone.evaluate(PLAY) == {"length": 60, "from": "blob", "title": "Allay"}
    phone.goto(f"{url}{PRACTICE}1/")
    ready(phone)
    phone.locator("[data-recording] audio").evaluate("audio => audio.dispatchEvent(new Event('ended'))")
    expect(phone.get_by_role("heading", name="How was that?")).to_be_visible()

    phone.context.set_offline(False)
    phone.goto(f"{url}{PRACTICE}")
    ready(phone)
    part.get_by_role("button", name="Take it off this phone").click()
    expect(keep).to_be_visible()
    assert phone.evaluate(SOUNDS) == 0
    keep.click()
    expect(part.get_by_text("It is on this phone and plays without signal")).to_be_visible()
    phone.goto(f"{url}/sign-out/")
    phone.locator("main").get_by_role("button", name="Sign out").click()
    phone.wait_for_url(f"{url}/")
    for _ in range(100):
        if phone.evaluate(SOUNDS) == 0:
            break
        phone.wait_for_timeout(50)
    assert phone.evaluate(SOUNDS) == 0


def test_without_signal_keeping_says_kindly_that_it_did_not_work(phone, url, come_in, spoken):
    come_in(phone)
    phone.goto(f"{url}{PRACTICE}")
    ready(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Keep it on this phone").click()
    expect(phone.get_by_text("It could not be kept just now.")).to_be_visible()
    expect(phone.get_by_role("button", name="Keep it on this phone")).to_be_visible()


def test_an_administrator_adds_one_and_a_picture_is_refused_kindly(phone, url):
    phone.goto(f"{url}/demo/as/administrator/")
    phone.goto(f"{url}/service/recordings/")
    phone.get_by_label("Who speaks").fill("Sample voice")
    phone.locator('input[name=minutes][value="1"]').check()
    phone.get_by_label("File").set_input_files(
        {"name": "calm.mp3", "mimeType": "audio/mpeg", "buffer": b"\x89PNG\r\n\x1a\n"}
    )
    phone.get_by_role("button", name="Add it").click()
    expect(phone.get_by_text("This is a picture, not a recording")).to_be_visible()
    expect(phone.get_by_label("Who speaks")).to_have_value("Sample voice")
    large = mp3(60) + mp3(1) * 10  # of 70 seconds; then one of more than an ordinary form may weigh
    phone.get_by_label("File").set_input_files({"name": "calm.bin", "mimeType": "", "buffer": large})
    phone.get_by_role("button", name="Add it").click()
    expect(phone.get_by_text("Kept. It stands on the page of the practice.")).to_be_visible()
    phone.get_by_label("Who speaks").fill("Sample voice")
    phone.locator('input[name=minutes][value="10"]').check()
    phone.get_by_label("File").set_input_files(
        {"name": "long.mp3", "mimeType": "audio/mpeg", "buffer": mp3(600)}
    )
    phone.get_by_role("button", name="Add it").click()
    expect(phone.get_by_text("Kept. It stands on the page of the practice.")).to_be_visible()
    for _ in range(2):
        phone.get_by_role("button", name="Remove", exact=False).first.click()
        expect(phone.get_by_text("Removed.")).to_be_visible()
    expect(phone.get_by_text("None yet.")).to_be_visible()
