"""The names that Cyrus SASL 2.1 knows in Sendmail.conf.

Source: Cyrus SASL, "Options", and the names that the library and its plug-ins of 2.1.28 ask for.
"""

from __future__ import annotations

#: What pwcheck_method may name; which of them a library has depends on how it was built.
VERIFIERS = frozenset({"auxprop", "saslauthd", "pwcheck", "authdaemond", "alwaystrue"})
#: The keys that libsasl itself and the plug-ins that come with it ask for.
KEYS = frozenset(
    {
        "ad_compat", "authdaemond_path", "auto_transition", "auxprop_plugin", "canon_user_plugin", "client_mech_list",
        "keytab", "log_level", "mech_list", "ntlm_server", "ntlm_v2", "opiekeys", "otp_mda", "plugin_list",
        "pwcheck_method", "reauth_timeout", "saslauthd_path", "sasldb_mapsize", "sasldb_maxreaders", "sasldb_path",
        "scram_iteration_counter", "scram_secret_generate", "sql_database", "sql_engine", "sql_hostnames",
        "sql_insert", "sql_passwd", "sql_select", "sql_update", "sql_user", "sql_usessl", "srp_mda", "srvtab",
    }
)  # fmt: skip
#: How keys of plug-ins begin that are packed apart or come from elsewhere.
PLUGIN_KEYS = ("ldapdb_", "ldap_", "gssapi", "gss-", "mysql_", "pgsql_", "sqlite_", "sql_")
#: Keys of the Cyrus IMAP server, of version 1 and of old examples, which libsasl passes over without harm.
HARMLESS = frozenset(
    {
        "allowanonymouslogin", "allowplaintext", "autotransition", "loginrealms", "maximum_layer", "minimum_layer",
        "pwcheck_path", "saslauthd_version", "sasl_auto_transition",
    }
)  # fmt: skip
