"""The ADaM engine: words for analysis datasets, over kernels that know no spec.

Importing it registers the words. The kernels work on frames and integer subject codes, and can be used alone.
"""

from adam import derivations
from adam.assessment import Lesions, assess
from adam.confirmation import Confirmation, confirming_record
from adam.durations import duration, months
from adam.imputation import Bounds, DateRule, TimeRule, date_flag, impute_date, impute_datetime, time_flag
from adam.irecist import Window, irecist_progression, irecist_response
from adam.observation import Schedule, allowed_gap, gaps, unassessed
from adam.overall import overall_response
from adam.recist import first_detected, new_lesions, non_target_response, target_response
from adam.reconciliation import listing, reconcile, write_listing
from adam.records import first_record, last_record
from adam.response import BestRule, best_response, clinical_benefit, confirmed_response
from adam.terms import IRECIST, RECIST, ResponseTerms
from adam.time_to_event import Outcome, Rules, time_to_event

__all__ = [
    "IRECIST",
    "RECIST",
    "BestRule",
    "Bounds",
    "Confirmation",
    "DateRule",
    "Lesions",
    "Outcome",
    "ResponseTerms",
    "Rules",
    "Schedule",
    "TimeRule",
    "Window",
    "allowed_gap",
    "assess",
    "best_response",
    "clinical_benefit",
    "confirmed_response",
    "confirming_record",
    "date_flag",
    "derivations",
    "duration",
    "first_detected",
    "first_record",
    "gaps",
    "impute_date",
    "impute_datetime",
    "irecist_progression",
    "irecist_response",
    "last_record",
    "listing",
    "months",
    "new_lesions",
    "non_target_response",
    "overall_response",
    "reconcile",
    "target_response",
    "time_flag",
    "time_to_event",
    "unassessed",
    "write_listing",
]
