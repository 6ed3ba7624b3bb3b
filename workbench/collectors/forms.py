"""What the forms of the Securities and Exchange Commission are, in plain words.

Forms: sec.gov/submit-filings/forms-index. Items: the numbers under which a form 8-K says
what has happened, by that form's general instructions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

__all__ = ["ITEMS", "form_in_words", "headline"]

_FORMS: Final = {
    "1-A": "offer of securities to the public under Regulation A",
    "3": "first statement of an insider's shares",
    "4": "change in an insider's shares",
    "5": "an insider's shares, yearly statement",
    "6-K": "report of a foreign company",
    "8-A12B": "securities to be listed on an exchange",
    "8-K": "event report",
    "10-12B": "registration of a class of shares",
    "10-12G": "registration of a class of shares",
    "10-D": "report on asset-backed securities",
    "10-K": "annual report",
    "10-KT": "annual report, change of business year",
    "10-Q": "quarterly report",
    "10-QT": "quarterly report, change of business year",
    "11-K": "annual report of an employees' share plan",
    "13F-HR": "an investment manager's holdings",
    "13F-NT": "an investment manager's notice on holdings",
    "15-12B": "end of the duty to report",
    "15-12G": "end of the duty to report",
    "15-15D": "end of the duty to report",
    "18-K": "annual report of a foreign government",
    "20-F": "annual report of a foreign company",
    "25": "shares leave an exchange",
    "25-NSE": "an exchange removes shares from its list",
    "40-F": "annual report of a Canadian company",
    "144": "an insider's plan to sell shares",
    "425": "statement on a merger",
    "ARS": "annual report to shareholders",
    "AW": "an amendment is withdrawn",
    "C": "crowdfunding offer",
    "CERT": "an exchange certifies a listing",
    "CORRESP": "letter to the regulator",
    "D": "private offer of securities",
    "DEF 14A": "proxy statement",
    "DEF 14C": "information statement for shareholders",
    "DEFA14A": "further material for a shareholders' vote",
    "DEFC14A": "proxy statement in a contest",
    "DEFM14A": "proxy statement on a merger",
    "DFAN14A": "material for a shareholders' vote, not by the company",
    "EFFECT": "registration takes effect",
    "F-1": "registration of a foreign company's securities",
    "F-3": "registration of a foreign company's securities",
    "F-4": "registration of a foreign company's securities for a merger",
    "FWP": "terms of an offer",
    "N-CEN": "a fund's annual census",
    "N-CSR": "a fund's report to shareholders",
    "N-CSRS": "a fund's half-yearly report to shareholders",
    "N-PORT": "a fund's portfolio",
    "N-PX": "a fund's votes as a shareholder",
    "NO ACT": "letter of the regulator's staff",
    "NPORT-P": "a fund's portfolio",
    "NT 10-K": "the annual report will be late",
    "NT 10-Q": "the quarterly report will be late",
    "NT 20-F": "the annual report will be late",
    "POS AM": "a registration is amended",
    "PRE 14A": "draft of a proxy statement",
    "PREM14A": "draft of a proxy statement on a merger",
    "PX14A6G": "a shareholder's appeal to the others",
    "RW": "a registration is withdrawn",
    "S-1": "registration of new securities",
    "S-3": "registration of securities to be sold over time",
    "S-3ASR": "registration of securities to be sold over time",
    "S-4": "registration of securities for a merger",
    "S-8": "registration of shares for employees",
    "S-11": "registration of a property company's securities",
    "SC 13D": "a stake above 5 %",
    "SC 13E3": "the company is to be taken private",
    "SC 13G": "a passive stake above 5 %",
    "SC 14D9": "the board's answer to a takeover offer",
    "SC TO-C": "word of a takeover offer to come",
    "SC TO-I": "offer to buy back its own securities",
    "SC TO-T": "takeover offer by another company",
    "SCHEDULE 13D": "a stake above 5 %",
    "SCHEDULE 13G": "a passive stake above 5 %",
    "SD": "report on conflict minerals and payments to governments",
    "UPLOAD": "letter of the regulator",
}
_FAMILIES: Final = (
    ("424", "prospectus"),
    ("497", "a fund's prospectus"),
    ("485", "a fund's registration is amended"),
    ("486", "a fund's registration is amended"),
    ("ABS-", "report on asset-backed securities"),
    ("DEF", "material for a shareholders' vote"),
    ("F-", "registration of a foreign company's securities"),
    ("N-", "report of a fund"),
    ("NT ", "a report will be late"),
    ("PRE", "draft for a shareholders' vote"),
    ("S-", "registration of securities"),
)
ITEMS: Final = {
    "1.01": ("Entry into a Material Definitive Agreement", "important agreement"),
    "1.02": ("Termination of a Material Definitive Agreement", "end of an important agreement"),
    "1.03": ("Bankruptcy or Receivership", "bankruptcy or receivership"),
    "1.04": ("Mine Safety - Reporting of Shutdowns and Patterns of Violations", "mine safety"),
    "1.05": ("Material Cybersecurity Incidents", "cybersecurity incident"),
    "2.01": ("Completion of Acquisition or Disposition of Assets", "purchase or sale completed"),
    "2.02": ("Results of Operations and Financial Condition", "results"),
    "2.03": (
        (
            "Creation of a Direct Financial Obligation or an Obligation under an Off-Balance Sheet "
            "Arrangement of a Registrant"
        ),
        "new debt",
    ),
    "2.04": (
        (
            "Triggering Events That Accelerate or Increase a Direct Financial Obligation or an "
            "Obligation under an Off-Balance Sheet Arrangement"
        ),
        "debt falls due early",
    ),
    "2.05": ("Costs Associated with Exit or Disposal Activities", "restructuring costs"),
    "2.06": ("Material Impairments", "impairment"),
    "3.01": (
        (
            "Notice of Delisting or Failure to Satisfy a Continued Listing Rule or Standard; "
            "Transfer of Listing"
        ),
        "notice about the listing",
    ),
    "3.02": ("Unregistered Sales of Equity Securities", "unregistered sale of shares"),
    "3.03": (
        "Material Modifications to Rights of Security Holders",
        "holders' rights changed",
    ),
    "4.01": ("Changes in Registrant's Certifying Accountant", "change of auditor"),
    "4.02": (
        (
            "Non-Reliance on Previously Issued Financial Statements or a Related Audit Report or "
            "Completed Interim Review"
        ),
        "earlier accounts can no longer be relied on",
    ),
    "5.01": ("Changes in Control of Registrant", "change of control"),
    "5.02": (
        (
            "Departure of Directors or Certain Officers; Election of Directors; Appointment of "
            "Certain Officers; Compensatory Arrangements of Certain Officers"
        ),
        "change of directors or officers",
    ),
    "5.03": (
        "Amendments to Articles of Incorporation or Bylaws; Change in Fiscal Year",
        "change of bylaws or business year",
    ),
    "5.04": (
        "Temporary Suspension of Trading Under Registrant's Employee Benefit Plans",
        "employees' share trading suspended",
    ),
    "5.05": (
        (
            "Amendments to the Registrant's Code of Ethics, or Waiver of a Provision of the Code "
            "of Ethics"
        ),
        "change of the code of ethics",
    ),
    "5.06": ("Change in Shell Company Status", "no longer a shell company"),
    "5.07": (
        "Submission of Matters to a Vote of Security Holders",
        "outcome of a shareholders' vote",
    ),
    "5.08": ("Shareholder Director Nominations", "nomination of directors"),
    "7.01": ("Regulation FD Disclosure", "statement to investors"),
    "8.01": ("Other Events", "other event"),
    "9.01": ("Financial Statements and Exhibits", "exhibits"),
}
"""Items of form 8-K by number: what the form calls each, and what that is."""

_MOST_NAMED: Final = 2
_LAST: Final = ("7.01", "8.01", "9.01")  # said where nothing else is, for they say least


def form_in_words(form: str) -> str:
    """Return what a form is; ``filing`` for one that is not known.

    Examples
    --------
    >>> form_in_words("10-Q"), form_in_words("SC TO-I/A"), form_in_words("424B2")
    ('quarterly report', 'offer to buy back its own securities, amended', 'prospectus')
    """
    base, _, amended = form.partition("/")
    said = _FORMS.get(base) or next(
        (words for start, words in _FAMILIES if base.startswith(start)), "filing"
    )
    return f"{said}, amended" if amended else said


def headline(form: str, items: Sequence[str] = ()) -> str:
    """Return what a filing says, as far as its form and the numbers of its items tell.

    Examples
    --------
    >>> headline("8-K", ["2.02", "9.01"]), headline("4/A")
    ('results', "change in an insider's shares, amended")
    >>> headline("8-K", ["5.02", "7.01", "1.05", "2.06"])
    'change of directors or officers, cybersecurity incident and 2 more'
    """
    base, _, amended = form.partition("/")
    known = [number for number in dict.fromkeys(items) if number in ITEMS]
    if base != "8-K" or not known:
        return form_in_words(form)
    known.sort(key=lambda number: _LAST.index(number) + 1 if number in _LAST else 0)
    if len(known) > 1:
        known = [number for number in known if number != "9.01"]
    said = ", ".join(ITEMS[number][1] for number in known[:_MOST_NAMED])
    more = len(known) - _MOST_NAMED
    return said + (f" and {more} more" if more > 0 else "") + (", amended" if amended else "")
