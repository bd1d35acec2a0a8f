"""The player of a case: a copy behind the reveal, lanes for everybody, faces measured once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import detectors.runner as detection
from probity.analysis.models import Finding, Job, Run
from probity.analysis.queue import job_enqueue
from probity.analysis.timeline import FACES, KEEPER, MOMENTS, PERCEPTION, faces_of
from probity.cases.models import Case
from probity.evidence.models import CustodyEvent, Derivative
from probity.evidence.services import derivative_keep

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Three seconds of a moving disc that freezes in the middle, with a tone."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    rows, columns = np.mgrid[0:120, 0:160]
    with av.open(str(path), "w") as media:
        stream = media.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        sound = media.add_stream("aac", rate=16_000, layout="mono")
        for place in range(75):
            at = 20 + 1.5 * (40 if 40 <= place < 52 else place)
            picture = np.repeat((columns / 2 + 60).astype(np.uint8)[..., None], 3, axis=2)
            picture[np.hypot(columns - at, rows - 60) < 14] = (220, 90, 40)
            media.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        media.mux(stream.encode(None))
        tone = (0.3 * np.sin(np.arange(3 * 16_000) / 9)).astype(np.float32)
        block = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
        block.sample_rate = 16_000
        media.mux(sound.encode(block))
        media.mux(sound.encode(None))
    return path.read_bytes()


@pytest.fixture
def case(work: Callable[[], int], film: bytes, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case whose film has been analysed, by two detectors for the sake of time."""
    real = detection.analyse
    few = ["audio.silence", "video.shallowfake"]
    monkeypatch.setattr(
        detection, "analyse", lambda path, **options: real(path, **options, only=few)
    )
    upload = SimpleUploadedFile("film.mp4", film, "video/mp4")
    Client().post("/report", {"category": "other", "explanation": "Look.", "file": upload})
    assert work() == 1
    return Case.objects.get()


@pytest.fixture
def reviewer(client: Client, person: Callable[..., Any]) -> Client:
    """A browser in which the reviewer “ada” is signed in."""
    client.force_login(person("ada"))
    return client


def copy(case: Case, name: str) -> Derivative:
    return case.items.get().asset.derivatives.get(name=name)


def test_a_film_in_a_case(reviewer: Client, case: Case) -> None:
    """One analysis, looked at from all sides: analysing a film takes seconds."""
    asset = case.items.get().asset
    address = f"/triage/{case.pk}/player/{asset.pk}"

    text = reviewer.get(f"/triage/{case.pk}").content.decode()
    assert "data-timeline" in text
    assert 'data-lane="video.shallowfake"' in text
    assert "data-player=" not in text, "nothing plays before somebody asks"
    assert f"/media/{copy(case, 'waveform').pk}" in text
    assert "autoplay" not in text
    assert ' style="' not in text

    told = json.loads(reviewer.get(address).content)
    assert len(told["frames"]["times_ms"]) == 75
    assert told["frames"]["whole"] is True

    proxy = copy(case, "proxy")
    assert reviewer.get(f"/media/{proxy.pk}").status_code == 403
    for name in ("frames",):
        assert reviewer.get(f"/media/{copy(case, name).pk}").status_code == 404
    reviewer.post(f"/triage/{case.pk}/reveal", {"derivative": str(proxy.pk)})
    assert CustodyEvent.objects.get(action="viewed").tool == "proxy"
    text = reviewer.get(f"/triage/{case.pk}").content.decode()
    assert f'data-player="{asset.pk}"' in text
    assert f'data-address="{address}"' in text
    part = reviewer.get(f"/media/{proxy.pk}", headers={"range": "bytes=4-11"})
    assert (part.status_code, part.content[:4]) == (206, b"ftyp")
    assert part["Content-Range"] == f"bytes 4-11/{proxy.bytes}"

    moments = copy(case, MOMENTS)
    assert reviewer.get(f"/media/{moments.pk}").status_code == 403
    reviewer.post(f"/triage/{case.pk}/reveal", {"derivative": str(moments.pk)})
    assert reviewer.get(f"/media/{moments.pk}")["Content-Type"] == "image/jpeg"
    assert not Run.objects.exclude(doing="").exists()


def test_strangers_and_other_cases_learn_nothing(reviewer: Client, case: Case) -> None:
    asset = case.items.get().asset
    assert Client().get(f"/triage/{case.pk}/player/{asset.pk}").status_code == 302
    assert reviewer.get(f"/triage/{case.pk}/player/{'0' * 64}").status_code == 404
    body = {"category": "other", "explanation": "x", "url": "https://example.org/1"}
    Client().post("/report", body)
    other = Case.objects.latest("number")
    assert reviewer.get(f"/triage/{other.pk}/player/{asset.pk}").status_code == 404


def test_kept_faces_are_handed_to_the_next_run_and_die_with_the_asset(
    client: Client, case: Case, work: Callable[[], int], person: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asset = case.items.get().asset
    Derivative.objects.filter(name=PERCEPTION).delete()
    kept = derivative_keep(
        asset=asset, name=PERCEPTION, media_type="application/x-npz", data=b"faces",
        producer=KEEPER,
    )  # fmt: skip
    seen: list[bytes] = []
    real = detection.analyse

    def analyse(path: Path, **options: Any) -> Any:
        seen.append(options["stored"].read_bytes())
        options["keep"].write_bytes(b"measured now")
        report = real(path, **options | {"keep": None, "stored": None})
        boxes = {"version": 1, "width": 160, "height": 120, "windows": [[0, 3]], "cuts": [1.5],
                 "tracks": []}  # fmt: skip
        return type(report)(
            findings=report.findings, assessment=report.assessment,
            input_sha256=report.input_sha256, faces=boxes,
        )  # fmt: skip

    monkeypatch.setattr(detection, "analyse", analyse)
    job_enqueue(kind="analyse", asset=asset, case=case.pk)
    assert work() == 1
    assert seen == [b"faces"]
    newest = Derivative.objects.filter(name=PERCEPTION).latest("made_at")
    assert newest.pk != kept.pk
    assert newest.producer == KEEPER
    assert (faces_of(asset) or {})["cuts"] == [1.5]
    client.force_login(person("lead", "lead"))
    assert client.get(f"/media/{newest.pk}").status_code == 404
    client.post(f"/triage/{case.pk}/seal", {"asset": asset.pk})
    gone = Derivative.objects.filter(name__in=[PERCEPTION, FACES, MOMENTS, "proxy", "frames"])
    assert gone.count() >= 5
    assert not gone.filter(destroyed_at=None).exists()
    assert client.get(f"/triage/{case.pk}/player/{asset.pk}").status_code == 423
    assert "data-timeline" not in client.get(f"/triage/{case.pk}").content.decode()


def test_what_is_going_on_is_shown_while_it_lasts(
    reviewer: Client, case: Case, guards_lifted: Callable[[], None]
) -> None:
    guards_lifted()  # back to an earlier moment, which no row goes to by itself
    job = Job.objects.get()
    Job.objects.filter(pk=job.pk).update(
        state="leased", lease_until="2999-01-01T00:00Z", ended_at=None
    )
    Run.objects.update(state="running", doing="Now the faces: 40 % done.")
    page = reviewer.get(f"/triage/{case.pk}").content.decode()
    assert "Now the faces: 40 % done." in page
    marks = {
        name: page.partition(f"{name}=")[2].partition("&amp;")[0].partition('"')[0]
        for name in ("findings", "media", "law")
    }
    answer = reviewer.get(f"/triage/{case.pk}/progress", marks, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().strip().startswith('<span class="doing" id="doing"')
    Run.objects.update(doing="")
    quiet = reviewer.get(f"/triage/{case.pk}/progress", marks, headers={"HX-Request": "true"})
    assert quiet.status_code == 204


def test_a_hostile_title_stays_words(reviewer: Client, case: Case) -> None:
    run = Run.objects.get()
    base = Finding.objects.filter(kind="detector").first()
    assert base
    Finding.objects.create(
        run=run, asset=run.asset, kind="detector", producer="x.y", title="<img src=x>",
        version="1", status="ok", sentence="s", input_sha256=run.asset_id, duration_ms=1,
        made_at=base.made_at,
        details={"tracks": [{"start": 1, "end": 2, "label": "<script>", "strength": 1}]},
    )  # fmt: skip
    text = reviewer.get(f"/triage/{case.pk}").content.decode()
    assert "<img src=x>" not in text
    assert "&lt;script&gt;" in text
