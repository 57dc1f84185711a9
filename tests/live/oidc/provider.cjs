// A real OpenID provider on loopback: node provider.cjs PORT RETURN_ADDRESS. Whoever logs in as "ana" is
// ana@example.com, checked; as "unchecked-ana" the address is the same and was never checked.
const [port, back] = process.argv.slice(2);

import("oidc-provider").then(({ default: Provider }) => {
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "clinic", client_secret: "known to both", redirect_uris: [back] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id, name: id, email: `${id.replace("unchecked-", "")}@example.com`, email_verified: !id.startsWith("unchecked-"),
      }),
    }),
  });
  provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
});
