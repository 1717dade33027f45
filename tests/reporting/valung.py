"""The VA lung cancer trial (Kalbfleisch & Prentice 1980, appendix 1), the example in SAS's documentation of LIFETEST.

Days to death by therapy and cell type; a minus sign marks a censored time.
"""

from __future__ import annotations

import numpy as np

CELLS = ("squamous", "smallcell", "adeno", "large")
_DAYS = {
    (0, "squamous"): "72 411 228 126 118 10 82 110 314 -100 42 8 144 -25 11",
    (
        0,
        "smallcell",
    ): "30 384 4 54 13 -123 -97 153 59 117 16 151 22 56 21 18 139 20 31 52 287 18 51 122 27 54 7 63 392 10",
    (0, "adeno"): "8 92 35 117 132 12 162 3 95",
    (0, "large"): "177 162 216 553 278 12 260 200 156 -182 143 105 103 250 100",
    (1, "squamous"): "999 112 -87 -231 242 991 111 1 587 389 33 25 357 467 201 1 30 44 283 15",
    (1, "smallcell"): "25 -103 21 13 87 2 20 7 24 99 8 99 61 25 95 80 51 29",
    (1, "adeno"): "24 18 -83 31 51 90 52 73 8 36 48 7 140 186 84 19 45 80",
    (1, "large"): "52 164 19 53 15 43 340 133 111 231 378 49",
}
_RECORDS = [
    (abs(float(days)), float(days) > 0, therapy, CELLS.index(cell))
    for (therapy, cell), listed in _DAYS.items()
    for days in listed.split()
]
TIMES = np.array([record[0] for record in _RECORDS])
EVENTS = np.array([record[1] for record in _RECORDS])
THERAPY = np.array([record[2] for record in _RECORDS])
CELL = np.array([record[3] for record in _RECORDS])
