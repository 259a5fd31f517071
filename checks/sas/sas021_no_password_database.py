r"""Passwords are looked for in a database that is not there.

With auxprop, which is also what holds where pwcheck_method is not set, libsasl takes passwords from
/etc/sasldb2. saslpasswd2 makes the file with the first user it enters (saslpasswd2(8)).

In the log or at the client:
    AUTH failure (PLAIN): user not found (-20) SASL(-13): user not found: Password verification failed
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: auxprop
    mech_list: plain login
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    mech_list: plain login
    --- /etc/sasldb2 640 root:smmsp
    --- $ sasldblistusers2
    listusers failed
Good:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: auxprop
    auxprop_plugin: sql
    mech_list: plain login
Not when: saslauthd verifies passwords too, auxprop_plugin names another store, or users log in with Kerberos.
See: Cyrus SASL, "Options"; saslpasswd2(8).
"""

from auditor.facts.auth import AuthOffer
from auditor.facts.given import Host, Tree
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.unknown import NotApplicable, Unknown, known
from checks.sas import has_secrets


@check("SAS021", severity=Severity.HIGH)
def no_password_database(offer: AuthOffer, tree: Tree, host: Host) -> Verdicts:
    """Look for the database where nothing else verifies."""
    settings = known(offer.settings)
    store = settings.get("auxprop_plugin")
    if not (offer.plain or offer.shared) or settings.document is None or set(settings.verifiers) != {"auxprop"}:
        yield NotApplicable("it is not libsasl's own database that verifies passwords")
        return
    if (store is not None and store.value.text != "sasldb") or settings.get("sasldb_path") is not None:
        yield NotApplicable("passwords are kept in another store")
        return
    secrets = has_secrets(tree, host.output(("sasldblistusers2",)))
    if isinstance(secrets, Unknown):
        yield secrets
    elif not secrets:
        line = settings.get("pwcheck_method")
        yield Finding(
            settings.document.path if line is None else line.value,
            "passwords are looked for in /etc/sasldb2, which holds none",
            "Every login fails, whatever the password.",
            command("saslpasswd2 -c -u $(hostname -f) USER", "enter the users", ready=False),
        )
