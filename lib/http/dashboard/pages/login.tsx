/**
 * Where a session begins.
 *
 * @module
 */
import { Icon } from "../parts/icons.tsx";
import { Document } from "../parts/layout.tsx";

/** What went wrong, and what to do about it. */
export interface LoginFault {
  readonly reason: string;
  readonly advice: string;
}

/** The login page. `next`: where the person wanted to go. */
export function LoginPage(
  { next, hostname, fault, isTls, theme }: {
    readonly next: string;
    readonly hostname: string;
    readonly fault?: LoginFault;
    readonly isTls: boolean;
    readonly theme: string | undefined;
  },
) {
  return (
    <Document title="Sign in" theme={theme}>
      <main class="login" id="main" data-login={next}>
        <div class="login-box">
          <p class="brand">
            <Icon name="mark" />
            <span>whippet</span>
          </p>
          <h1>Sign in to {hostname}</h1>
          {fault !== undefined && (
            <p class="form-error" role="alert">
              <b>{fault.reason}.</b> {fault.advice}
            </p>
          )}
          <form method="post" action="/ui/login">
            <input type="hidden" name="next" value={next} />
            <label class="field">
              <span>User</span>
              <input type="text" name="username" required autocomplete="username" autofocus />
            </label>
            <label class="field">
              <span>Password</span>
              <input type="password" name="password" required autocomplete="current-password" />
            </label>
            <button type="submit" class="button primary wide">Sign in</button>
          </form>
          <details>
            <summary>Use an access token</summary>
            <form method="post" action="/ui/login">
              <input type="hidden" name="next" value={next} />
              <label class="field">
                <span>Personal access token</span>
                <input type="password" name="token" required autocomplete="off" />
                <small>The session ends when the token is revoked</small>
              </label>
              <button type="submit" class="button wide">Sign in</button>
            </form>
          </details>
          {!isTls && (
            <p class="quiet">
              This connection is not encrypted: that is fine on this machine, and nowhere else.
            </p>
          )}
        </div>
      </main>
    </Document>
  );
}
