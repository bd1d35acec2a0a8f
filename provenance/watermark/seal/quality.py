"""How much a mark changes a picture."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
_BAND = 512


def psnr(before: Pixels, after: Pixels) -> float:
    """Peak signal-to-noise ratio in decibels over all colours; 99 for equal pictures."""
    error = float(cv2.norm(before, after, cv2.NORM_L2SQR)) / before.size
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def ssim(before: Pixels, after: Pixels) -> float:
    """Structural similarity of the brightness, 11 x 11 Gaussian windows (Wang, Bovik, Sheikh,
    Simoncelli, IEEE Trans. Image Processing 13(4), 2004), 0..1."""
    tops = range(0, before.shape[0], _BAND)
    bands = [(before[top : top + _BAND], after[top : top + _BAND]) for top in tops]
    return float(np.average([_ssim(*band) for band in bands], weights=[len(a) for a, _ in bands]))


def _ssim(before: Pixels, after: Pixels) -> float:
    first, second = _grey(before), _grey(after)
    mean_1, mean_2 = _blurred(first), _blurred(second)
    spread_1 = _blurred(first * first) - mean_1 * mean_1
    spread_2 = _blurred(second * second) - mean_2 * mean_2
    shared = _blurred(first * second) - mean_1 * mean_2
    light, contrast = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    above = (2 * mean_1 * mean_2 + light) * (2 * shared + contrast)
    below = (mean_1**2 + mean_2**2 + light) * (spread_1 + spread_2 + contrast)
    return float(np.mean(above / below))


def _grey(picture: Pixels) -> npt.NDArray[np.float64]:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64)


def _blurred(plane: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(cv2.GaussianBlur(plane, (11, 11), 1.5), dtype=np.float64)
