"""The howto's steps: what each asks, and how an install fares at it."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.model.report import NO_CHECK, Outcome, Result, Step

#: The steps in the order of the howto; "P" stands for its prerequisites, "Kn" for the paragraph on the key and the
#: signing request, "N6" for the notes behind the configuration of step 6.
TITLES = {
    "P": "sendmail and SASL are built for TLS and AUTH, the host has a name",
    "Kn": "the key and the certificate",
    "1": "the smmsp user and the spool directories",
    "2": "the access map",
    "3": "the hosts file",
    "4": "the resolver",
    "5": "the certificate directory and its permissions",
    "6": "the .mc and what it configures",
    "N6": "the notes on AUTH, throttles, client certificates and ciphers",
    "7": "the .cf is built from the .mc",
    "8": "the daemon runs and logs",
    "9": "local-host-names",
    "10": "SASL and saslauthd",
    "11": "every step once more",
}


def steps(results: Iterable[Result]) -> tuple[Step, ...]:
    """One line for each step, from the outcomes of the checks that belong to it.

    Step 11 asks to go over everything again, so it sums up the others.
    """
    by_step: dict[str, list[Result]] = {}
    everything = list(results)
    for result in everything:
        if result.rule.howto is not None:
            by_step.setdefault(result.rule.howto, []).append(result)
    by_step["11"] = [result for result in everything if result.rule.howto is not None]
    return tuple(Step(number, title, *_verdict(by_step.get(number, []))) for number, title in TITLES.items())


def _verdict(results: list[Result]) -> tuple[str, str]:
    found = sum(len(result.findings) for result in results)
    crashed = [result for result in results if result.outcome is Outcome.CRASHED]
    unseen = [result for result in results if result.outcome in (Outcome.SKIPPED, Outcome.INCONCLUSIVE)]
    passed = any(result.outcome in (Outcome.PASSED, Outcome.FAILED) for result in results)
    notes = []
    if crashed:
        notes.append(f"{_checks(len(crashed))} crashed")
    if unseen:
        reasons = list(dict.fromkeys(result.reason for result in unseen))
        more = f", and {len(reasons) - 1} more reasons" if len(reasons) > 2 else ""  # noqa: PLR2004
        shown = "; ".join(reasons[: 1 if more else 2])
        notes.append(f"{_checks(len(unseen))} not looked at: {shown}{more}")
    if found:
        notes.insert(0, f"{found} finding{'s' * (found > 1)}")
        return "problems", "; ".join(notes)
    if passed:
        return ("problems" if crashed else "ok"), "; ".join(notes)
    return "not looked at", "; ".join(notes) or _nothing(results)


def _nothing(results: list[Result]) -> str:
    return "no check of this step applies here" if results else NO_CHECK


def _checks(number: int) -> str:
    return f"{number} check{'s' * (number > 1)}"
