/**
 * The settings of HTTP besides where it listens (CONFIG-CLI.md section 2, HTTP.md sections 3 and 9).
 *
 * @module
 */
import { iggy, keysBelow, own } from "./key.ts";
import * as values from "./values.ts";

/** Iggy's own name, which its clients may check. */
const ISSUER = "iggy.apache.org";

export const HTTP_KEYS = {
  ...keysBelow("http.metrics", {
    enabled: iggy(values.bool, true, "Serves metrics in the form of OpenMetrics"),
    endpoint: iggy(values.nonEmptyText, "/metrics", "The path of the metrics"),
    access: own(
      values.oneOf("token", "loopback", "public"),
      "token",
      "Who may read the metrics: who has a token, this machine without one, too, or anybody",
    ),
  }),
  ...keysBelow("http.cors", {
    enabled: iggy(values.bool, true, "Lets pages of other origins ask, within the rules below"),
    allowed_methods: iggy(values.texts, ["GET", "POST", "PUT", "DELETE"], "Methods they may use"),
    allowed_origins: iggy(values.texts, ["*"], 'Origins that may ask; "*" as the first one: any'),
    allowed_headers: iggy(values.texts, ["content-type", "authorization"], "Headers they may send"),
    exposed_headers: iggy(values.texts, ["iggy-view"], "Headers they may read"),
    allow_credentials: iggy(
      values.bool,
      false,
      "Lets them send cookies; never together with any origin",
    ),
    allow_private_network: iggy(
      values.bool,
      false,
      "Lets pages of public addresses ask a node at a private one",
    ),
  }),
  ...keysBelow("http.jwt", {
    algorithm: iggy(
      values.oneOf("HS256", "HS384", "HS512"),
      "HS256",
      "How access tokens are signed",
    ),
    issuer: iggy(values.nonEmptyText, ISSUER, "Whom new access tokens name as their issuer"),
    audience: iggy(values.nonEmptyText, ISSUER, "Whom new access tokens are for"),
    valid_issuers: iggy(values.texts, [ISSUER], "Issuers whose access tokens are accepted"),
    valid_audiences: iggy(values.texts, [ISSUER], "Audiences that are accepted"),
    access_token_expiry: iggy(
      values.expiry,
      3_600_000_000n,
      "How long an access token lives",
    ),
    clock_skew: iggy(values.lifetime, 5000, "By how much the clocks of two nodes may differ"),
    not_before: iggy(values.lifetime, 0, "After what time a new access token is valid"),
    encoding_secret: iggy(
      values.text,
      "",
      "The key that signs; empty for one made at each start, so that tokens end with the process",
    ),
    decoding_secret: iggy(values.text, "", "The key that verifies; empty for the one that signs"),
    use_base64_secret: iggy(values.bool, false, "Whether the two keys are written in base64"),
  }),
} as const;
