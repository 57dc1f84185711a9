"""Which of our accounts belongs to somebody an OpenID provider vouches for."""

from clinic.identities import Identity, email, subject
from clinic.oidc import Vouched
from clinic.users import IdentityTaken, Users


class CompanyAccounts:
    """Links a provider's people to ours: by subject, the first time by an e-mail both have checked."""

    def __init__(self, users: Users) -> None:
        self._users = users

    def identity_of(self, vouched: Vouched) -> Identity:
        """By what they are known here from now on; it need not be anybody's.

        An account is linked once for each provider: an address that was given to somebody new there opens nothing here.
        """
        theirs = subject(vouched.issuer, vouched.subject)
        if self._users.find(theirs) is None and vouched.email:
            self._link(theirs, vouched.issuer, vouched.email)
        return theirs

    def _link(self, theirs: Identity, issuer: str, address: str) -> None:
        plain = email(address)
        account = self._users.find(Identity("email", plain)) if plain else None
        if account is None or not account.active:
            return
        known = self._users.known_by(account.id)
        linked = any(one.identity.kind == "oidc" and one.identity.value.startswith(f"{issuer}|") for one in known)
        if linked or not any(one.verified and one.identity == Identity("email", plain or "") for one in known):
            return
        try:
            self._users.add_identity(account.id, theirs, by=f"user:{account.id}", verified=True)
        except IdentityTaken:
            return  # linked a moment ago by themselves, in another window
