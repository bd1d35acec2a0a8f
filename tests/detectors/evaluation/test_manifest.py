"""The manifest is read strictly, and other labels are counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.evaluation.manifest import ManifestInvalid, read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "set.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_labels_and_groups(folder: Path) -> None:
    text = (
        "\ufefffile,modality,label,group,more\na.jpg,image,REAL,scene,1\nb.jpg,Image,fake,,2\n"
        "gone.jpg,image,unknown,,\nx,image,,,\n"
    )
    manifest = read(written(folder, text))
    assert [(row.name, row.fake, row.group) for row in manifest.rows] == [
        ("a.jpg", False, "scene"), ("b.jpg", True, "file: b.jpg"),
    ]  # fmt: skip
    assert manifest.skipped == {"(empty)": 1, "unknown": 1}
    assert manifest.grouped


def test_without_groups_each_file_is_its_own(folder: Path) -> None:
    manifest = read(written(folder, "file,modality,label\na.jpg,image,real\n"))
    assert not manifest.grouped
    assert manifest.rows[0].group == "file: a.jpg"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,label\na.jpg,real\n", "lacks the column modality"),
        ("", "lacks the column"),
        ("file,modality,label\na.jpg,smell,real\n", "line 2: the modality 'smell'"),
        ("file,modality,label\nc.jpg,image,real\n", "line 2: there is no file c.jpg"),
        ("file,modality,label\n,image,real\n", "'file' is empty"),
        ("file,modality,label\na.jpg,image,maybe\n", "names no file with the label"),
        ("file,modality,label\na.jpg,image,real\na.jpg,image,fake\n", "names a.jpg twice"),
    ],
)
def test_what_is_wrong_is_named(text: str, words: str, folder: Path) -> None:
    with pytest.raises(ManifestInvalid, match=words):
        read(written(folder, text))


def test_a_missing_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(ManifestInvalid, match="no readable CSV"):
        read(tmp_path / "none.csv")


def test_the_files_may_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "table" / "set.csv"
    path.parent.mkdir()
    path.write_text("file,modality,label\na.jpg,image,real\n", encoding="utf-8")
    [row] = read(path, media=folder).rows
    assert row.path == folder / "a.jpg"
    with pytest.raises(ManifestInvalid, match=r"no file a\.jpg in"):
        read(path)
