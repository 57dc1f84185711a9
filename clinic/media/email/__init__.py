"""E-mail: what is sent goes to a mail server, or into a folder while there is none."""

from clinic.media.email.mails import Mail, MailNotSent, Sender, sender_of

__all__ = ["Mail", "MailNotSent", "Sender", "sender_of"]
