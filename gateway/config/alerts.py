"""What can be set about alerts: by which ways people are told of cases, who is told of whose, and who after him.

Nothing is contacted that is not named here; without settings only the log tells of cases.
"""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from gateway.config.values import Duration, Email, Flag, Port, SecretFile, Settings, Text, Url
from gateway.findings import Owner


class Contact(Settings):
    """How the owner of a case is told of it, and who is told when he does not see to it."""

    email: tuple[Email, ...] = Field((), description="The addresses that get an e-mail for each alert.")
    webhook: Url | None = Field(None, description="An address that each alert is posted to, as JSON.")
    escalate_after: Duration | None = Field(
        None, description="How long a case may be open before another owner is told too. It goes with escalate_to."
    )
    escalate_to: Owner | None = Field(None, description="Who is told then.")

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.escalate_after is None) != (self.escalate_to is None):
            raise ValueError("escalate_after and escalate_to go together: set both, or none")
        return self


class Alerts(Settings):
    """By which ways people are told of cases. Without settings only the log tells of them."""

    log: Flag = Field(True, description="Whether each alert is a line of the log.")
    smtp_host: Text | None = Field(None, description="The mail server. Left out, no e-mail is sent.")
    smtp_port: Port = Field(587, ge=1, le=65535, description="Its port.")
    smtp_from: Email | None = Field(None, description="The address that e-mails come from. It goes with smtp_host.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is protected: STARTTLS, TLS from the start (port 465), or not."
    )
    smtp_user: Text | None = Field(None, description="The name to log in with, where the server wants one.")
    smtp_password_file: SecretFile | None = Field(
        None,
        description="The file that holds the password and nothing else, or credential:NAME. It goes with smtp_user.",
    )
    webhook: Url | None = Field(None, description="An address that every alert is posted to, as JSON.")
    due_soon: Duration = Field(timedelta(hours=2), description="How long before a case is due its owner is told again.")
    minimum_interval: Duration = Field(
        timedelta(hours=4),
        description="How long a problem that went away and came back is not told of again.",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.smtp_host and not self.smtp_from:
            raise ValueError("smtp_host needs smtp_from: the address that e-mails come from")
        if (self.smtp_user is None) != (self.smtp_password_file is None):
            raise ValueError("smtp_user and smtp_password_file go together: set both, or none")
        if self.smtp_user and self.smtp_tls == "none":
            raise ValueError("a password is not sent in the clear: set smtp_tls to starttls or tls")
        return self
