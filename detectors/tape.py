"""Sound decoded once, however many detectors read it, at however many rates and however long it is.

One pass over the file feeds a tape for every rate that is asked for. The first blocks stay in
memory, later ones go to scratch files, so that an hour of sound takes no more memory than a minute.
Nothing is decoded before a reader needs it.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detectors.api import DecodingFailed
from detectors.media import AudioBlock
from foundation.media import decode

BLOCK_SECONDS = 10.0
KEPT_BYTES = 64 * 1024**2
"""What the tapes of one file keep in memory together; the rest lies on the disk."""

Sound = NDArray[np.float32]


class Tapes:
    """The sound of one file at the given rates (Hz)."""

    def __init__(
        self,
        path: Path,
        *,
        rates: Iterable[int],
        progress: Callable[[str | None], None] = lambda _what: None,
    ) -> None:
        self._blocks: dict[int, list[_Block]] = {rate: [] for rate in rates}
        self._progress = progress
        self._source = decode.audio_at_rates(path, sorted(self._blocks), seconds=BLOCK_SECONDS)
        self._folder: Path | None = None
        self._room = KEPT_BYTES
        self._written = 0
        self._ended = False
        self._trouble: BaseException | None = None

    def read(self, rate: int, *, most: int) -> Iterator[AudioBlock]:
        """At most ``most`` samples from the start, block by block; decodes what is not there yet.

        Raises :class:`DecodingFailed` when there is no sound at all, or no room to keep it.
        """
        number = 0
        while most > 0 and (block := self._block(rate, number)) is not None:
            samples = block.samples()[:most]
            samples.flags.writeable = False
            yield AudioBlock(samples=samples, rate=rate, start=block.start)
            most -= samples.size
            number += 1

    def length(self, rate: int, *, most: int) -> tuple[int, bool]:
        """How many samples there are up to ``most``, and whether there are more than that."""
        number = held = 0
        while held <= most and (block := self._block(rate, number)) is not None:
            held += block.size
            number += 1
        return min(held, most), held > most

    def keep_only(self, rates: Collection[int]) -> None:
        """Forget the tapes of all other rates; nobody may read them again."""
        for rate in [rate for rate in self._blocks if rate not in rates]:
            for block in self._blocks.pop(rate):
                self._room += block.forget()

    def _block(self, rate: int, number: int) -> _Block | None:
        tape = self._blocks[rate]
        while len(tape) <= number and not self._ended:
            self._decode_on()
        if number >= len(tape) and self._trouble is not None:
            raise self._trouble
        if not tape:
            raise DecodingFailed("Not a single sample of the sound could be decoded.")
        return tape[number] if number < len(tape) else None

    def _decode_on(self) -> None:
        self._progress("the sound")
        try:
            rate, start, samples = next(self._source)
            if rate in self._blocks:
                self._blocks[rate].append(self._keep(start, samples))
        except StopIteration:
            self._ended = True
        except OSError as error:
            self._end(_no_room(error))
        except BaseException as error:
            self._end(error)
        finally:
            self._progress(None)

    def _end(self, trouble: BaseException) -> None:
        """Every reader meets the same end, whoever came to it first."""
        self._ended, self._trouble = True, trouble

    def _keep(self, start: float, samples: Sound) -> _Block:
        if samples.nbytes <= self._room:
            self._room -= samples.nbytes
            return _Block(start=start, size=samples.size, held=samples)
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="probity-tape-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        place = self._folder / f"{self._written}.npy"
        self._written += 1
        np.save(place, samples)
        return _Block(start=start, size=samples.size, held=place)


class _Block:
    """One block, in memory or in a file; ``start`` in seconds."""

    def __init__(self, *, start: float, size: int, held: Sound | Path) -> None:
        self.start = start
        self.size = size
        self._held = held

    def samples(self) -> Sound:
        """A read-only view, or what the file holds."""
        if isinstance(self._held, Path):
            loaded: Sound = np.load(self._held)
            return loaded
        return self._held.view()

    def forget(self) -> int:
        """Remove what lies on the disk; how many bytes were held in memory."""
        if isinstance(self._held, Path):
            self._held.unlink(missing_ok=True)
            return 0
        return self._held.nbytes


def _no_room(error: OSError) -> DecodingFailed:
    return DecodingFailed(
        f"The decoded sound could not be kept on the disk ({error.strerror}). Free some room there "
        "and try again."
    )
