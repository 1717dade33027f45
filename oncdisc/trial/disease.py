"""The disease itself: what each lesion of a subject does day by day, whether or not anybody looks.

A target lesion is a sensitive part that treatment shrinks and a resistant part that grows. Days count from
randomization; sizes are mm (longest diameter, short axis of nodes).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

HORIZON = 800
"""Days that the disease is followed, longer than any trial looks."""

NEVER = 10**6
"""A day that doesn't come."""

Place = tuple[str, str, str, str]
"""What the screen shows, the terminology's location, the method shown, the method's submission value."""

_CT = ("CT scan", "CT SCAN")
_MRI = ("MRI", "MRI")
ORGANS: tuple[Place, ...] = (
    ("Lung", "LUNG", *_CT),
    ("Liver", "LIVER", *_CT),
    ("Adrenal gland", "ADRENAL GLAND", *_CT),
    ("Pancreas", "PANCREAS", *_CT),
    ("Pleura", "PLEURA", *_CT),
    ("Brain", "BRAIN", *_MRI),
)
NODES: tuple[Place, ...] = (
    ("Mediastinal lymph node", "MEDIASTINAL LYMPH NODE", *_CT),
    ("Hilar lymph node", "HILAR LYMPH NODE", *_CT),
    ("Supraclavicular lymph node", "SUPRACLAVICULAR LYMPH NODE", *_CT),
)
ELSEWHERE: tuple[Place, ...] = (("Bone", "BONE", *_CT), ("Peritoneum", "PERITONEUM", *_CT), *ORGANS)
SIDED = {"LUNG", "ADRENAL GLAND", "HILAR LYMPH NODE", "SUPRACLAVICULAR LYMPH NODE", "PLEURA"}


@dataclass(frozen=True)
class Target:
    """A measurable lesion chosen at baseline, with its true size on each day."""

    place: Place
    side: str | None
    node: bool
    size: npt.NDArray[np.float64]


@dataclass(frozen=True)
class NonTarget:
    """A lesion that is only looked at: gone from `gone` on, progressing from `worse` on."""

    place: Place
    side: str | None
    gone: int = NEVER
    worse: int = NEVER


@dataclass(frozen=True)
class NewLesion:
    """A lesion that appears on day `since`; transient or equivocal ones vanish on day `until`."""

    place: Place
    side: str | None
    since: int
    until: int = NEVER
    certain: bool = True
    measurable: bool = True
    size: float = 12.0
    growth: float = 0.008

    @property
    def real(self) -> bool:
        """True for cancer that stays, not a swelling or a doubtful spot."""
        return self.certain and self.until == NEVER


@dataclass(frozen=True)
class Disease:
    """All lesions, and a swelling of the target lesions that passes: days from, to, and its factor."""

    targets: tuple[Target, ...]
    non_targets: tuple[NonTarget, ...]
    new: tuple[NewLesion, ...] = ()
    swelling: tuple[int, int, float] | None = None
    sum: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(HORIZON))

    @property
    def progression(self) -> int:
        """The first day on which the disease has truly progressed, NEVER within the horizon if none."""
        days = [self._growth(), *(lesion.worse for lesion in self.non_targets)]
        return min(days + [lesion.since for lesion in self.new if lesion.real])

    def _growth(self) -> int:
        if not self.targets:
            return NEVER
        nadir = np.minimum.accumulate(self.sum)
        grown = (self.sum >= 1.2 * nadir) & (self.sum - nadir >= 5)
        return int(grown.argmax()) if grown.any() else NEVER


@dataclass(frozen=True)
class Biology:
    """What a subject's tumor is like: daily kill and growth, and the share that resists."""

    kill: float
    growth: float
    resistant: float
    complete: bool


def draw_biology(rng: np.random.Generator, drugs: int, treated: bool) -> Biology:
    """Sensitive or resistant; every drug of three adds a third to the chance of being sensitive."""
    sensitive = treated and rng.random() < 0.17 * drugs
    complete = sensitive and rng.random() < 0.16
    growth = float(rng.lognormal(np.log(0.0038), 0.6))
    if complete:
        return Biology(float(rng.uniform(0.05, 0.09)), growth, 1e-6, True)
    if sensitive:
        return Biology(float(rng.uniform(0.015, 0.05)), growth, float(rng.uniform(0.03, 0.35)), False)
    share = 1.0 if not treated else float(rng.uniform(0.45, 1.0))
    return Biology(float(rng.uniform(0.002, 0.02)), growth, share, False)


def draw_disease(rng: np.random.Generator, biology: Biology, pseudo: bool, measurable: bool) -> Disease:
    """A subject's lesions; without `measurable` only non-target ones."""
    targets = _targets(rng, biology) if measurable else ()
    non_targets = _non_targets(rng, biology, at_least=0 if targets else 1)
    total = np.sum([lesion.size for lesion in targets], axis=0) if targets else np.zeros(HORIZON)
    new = [*_new_lesions(rng, biology), *_doubtful(rng)]
    swelling = None
    if pseudo and targets and rng.random() < 0.6:
        swelling = (20, 62, float(rng.uniform(1.6, 2.1)))
    elif pseudo:
        new.append(NewLesion(_any(rng, ELSEWHERE), None, 15, 62, measurable=False))
    return Disease(targets, non_targets, tuple(new), swelling, total)


def _any(rng: np.random.Generator, places: tuple[Place, ...]) -> Place:
    return places[int(rng.integers(len(places)))]


def _side(rng: np.random.Generator, place: Place) -> str | None:
    return ("LEFT", "RIGHT")[int(rng.integers(2))] if place[1] in SIDED else None


def _targets(rng: np.random.Generator, biology: Biology) -> tuple[Target, ...]:
    chosen: list[Target] = []
    for _ in range(int(rng.choice([1, 2, 3, 4, 5], p=[0.15, 0.3, 0.3, 0.15, 0.1]))):
        node = bool(rng.random() < 0.3)
        place = _any(rng, NODES if node else ORGANS[:4])
        # RECIST: at most two an organ, and all lymph nodes are one
        if sum(other.node if node else other.place == place for other in chosen) < 2:
            chosen.append(Target(place, _side(rng, place), node, _sizes(rng, biology, node)))
    return tuple(chosen)


def _sizes(rng: np.random.Generator, biology: Biology, node: bool) -> npt.NDArray[np.float64]:
    start = float(rng.uniform(16, 32) if node else rng.uniform(14, 70))
    kill = biology.kill * float(rng.lognormal(0, 0.15))
    days = np.arange(HORIZON)
    shrinking = (1 - biology.resistant) * np.exp(-kill * days)
    growing = biology.resistant * np.exp(np.minimum(biology.growth * days, 4))
    floor = 5.0 if node else 0.0  # a healthy node doesn't vanish
    return floor + (start - floor) * (shrinking + growing)


def _non_targets(rng: np.random.Generator, biology: Biology, at_least: int) -> tuple[NonTarget, ...]:
    count = max(at_least, int(rng.choice([0, 1, 2, 3], p=[0.25, 0.35, 0.25, 0.15])))
    worsening = int(rng.exponential(650)) + 20 if rng.random() < 0.6 else NEVER
    lesions: list[NonTarget] = []
    for place in range(count):
        site = _any(rng, ELSEWHERE)
        gone = int(rng.integers(25, 80)) if biology.complete or rng.random() < 0.05 else NEVER
        worse = worsening if place == 0 and not biology.complete else NEVER
        lesions.append(NonTarget(site, _side(rng, site), gone if worse == NEVER else NEVER, worse))
    return tuple(lesions)


def _new_lesions(rng: np.random.Generator, biology: Biology) -> list[NewLesion]:
    since = int(rng.exponential(800 if biology.complete else 420)) + 10
    lesions: list[NewLesion] = []
    for _ in range(int(rng.choice([1, 2], p=[0.7, 0.3]))):
        place = _any(rng, ELSEWHERE)
        measurable = bool(rng.random() < 0.6) and place[1] not in ("BONE", "PERITONEUM")
        lesions.append(NewLesion(place, _side(rng, place), since, measurable=measurable))
        since += int(rng.integers(0, 40))
    return lesions


def _doubtful(rng: np.random.Generator) -> list[NewLesion]:
    """A spot that is noted as equivocal and not seen again."""
    if rng.random() >= 0.05:
        return []
    since = int(rng.integers(20, 150))
    return [NewLesion(("Liver", "LIVER", *_CT), None, since, since + 45, certain=False, measurable=False)]
