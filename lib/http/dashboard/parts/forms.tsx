/**
 * Forms that ask the REST API for a change. The page's script (`client/forms.ts`) sends what the fields
 * say as JSON and shows a refusal in the node's own words.
 *
 * @module
 */
import type { Child } from "hono/jsx";

/** A button, and the dialog with the form that it opens. */
export function FormDialog(props: {
  readonly id: string;
  readonly button: string;
  readonly title: string;
  readonly method: "post" | "put" | "delete";
  /** Of the REST API. */
  readonly path: string;
  /** On the button that does it. */
  readonly submit: string;
  /** Where to go when it is done; the page stays where it is without. `{id}` is of the answer. */
  readonly next?: string;
  /** Text that has to be typed first. */
  readonly confirm?: string;
  /** What is lost cannot be had again. */
  readonly isDanger?: boolean;
  /** A field of the answer that is shown once, as a secret. */
  readonly reveal?: string;
  readonly isPlain?: boolean;
  readonly children?: Child;
}) {
  const { id, title, method, path, submit, next, confirm, isDanger, reveal, children } = props;
  const kind = isDanger ? "danger" : props.isPlain ? "" : "primary";
  return (
    <>
      <button type="button" class={`button ${kind}`} data-open={id}>{props.button}</button>
      <dialog id={id} aria-labelledby={`${id}-title`}>
        <form data-rest={method} data-path={path} data-next={next} data-reveal={reveal}>
          <h2 id={`${id}-title`}>{title}</h2>
          {children}
          {confirm !== undefined && (
            <label class="field">
              <span>
                Type <b>{confirm}</b> to confirm
              </span>
              <input type="text" autocomplete="off" spellcheck={false} data-confirm={confirm} />
            </label>
          )}
          <p class="form-error" role="alert" hidden></p>
          <div class="form-actions">
            <button type="button" class="button" data-close>Cancel</button>
            <button
              type="submit"
              class={`button ${isDanger ? "danger" : "primary"}`}
              disabled={confirm !== undefined}
            >
              {submit}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

/** A change that cannot be undone: the thing's name has to be typed. */
export function DangerDialog(props: {
  readonly id: string;
  readonly button: string;
  readonly title: string;
  readonly path: string;
  readonly submit: string;
  readonly next?: string;
  /** Of what is lost. */
  readonly name: string;
  /** What goes with it. */
  readonly loss: string;
}) {
  const { name, loss, ...rest } = props;
  return (
    <FormDialog {...rest} method="delete" confirm={name} isDanger>
      <p>{loss}</p>
    </FormDialog>
  );
}

/** What JSON a field becomes. Empty ones that are not required become `null`. */
export type FieldKind = "text" | "number" | "integer" | "boolean" | "json";

/** A field with its label and, below, what it means. */
export function Field(
  { name, label, hint, kind = "text", type = "text", value, isRequired = true, ...rest }: {
    /** With dots for a field inside of a field. */
    readonly name: string;
    readonly label: string;
    readonly hint?: string;
    readonly kind?: FieldKind;
    readonly type?: string;
    readonly value?: string;
    readonly isRequired?: boolean;
    readonly min?: number;
    readonly max?: number;
    readonly maxlength?: number;
  },
) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type={type}
        name={name}
        value={value}
        data-kind={kind}
        required={isRequired}
        autocomplete={type === "password" ? "new-password" : "off"}
        spellcheck={false}
        {...rest}
      />
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}

/** One of some values. */
export function Choice(
  { name, label, options, value, kind = "text", hint }: {
    readonly name: string;
    readonly label: string;
    readonly options: readonly (readonly [value: string, label: string])[];
    readonly value?: string;
    readonly kind?: FieldKind;
    readonly hint?: string;
  },
) {
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name} data-kind={kind}>
        {options.map(([each, text]) => (
          <option value={each} selected={each === value}>{text}</option>
        ))}
      </select>
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}
