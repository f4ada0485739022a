/** The steps of the sign-in form as data: title, fields, button and links; and the messages for Cognito's errors. */

const PASSWORD_RULES = "at least 12 characters, with an uppercase letter, a lowercase letter and a digit";

const EMAIL = { name: "email", label: "Email", type: "email", autocomplete: "username" };
const PASSWORD = { name: "password", label: "Password", type: "password", autocomplete: "current-password" };
const NEW_PASSWORD = {
  name: "password",
  label: "Password",
  type: "password",
  autocomplete: "new-password",
  minlength: "12",
  hint: `Use ${PASSWORD_RULES}.`,
};
const CODE = { name: "code", label: "Confirmation code", inputmode: "numeric", autocomplete: "one-time-code" };

/** For each step its title, button, fields, and links to other steps. */
export const STEPS = {
  signIn: {
    title: "Sign in",
    button: "Sign in",
    fields: [EMAIL, PASSWORD],
    links: { signUp: "Create account", forgot: "Forgot password?" },
  },
  signUp: {
    title: "Create your account",
    button: "Create account",
    fields: [EMAIL, NEW_PASSWORD],
    links: { signIn: "I already have an account" },
  },
  confirm: {
    title: "Confirm your email",
    button: "Confirm",
    fields: [EMAIL, CODE],
    links: { resend: "Resend code", signIn: "Back" },
  },
  invited: {
    title: "Choose a password",
    button: "Save and sign in",
    fields: [NEW_PASSWORD],
    links: { signIn: "Back" },
  },
  forgot: { title: "Reset password", button: "Send code", fields: [EMAIL], links: { signIn: "Back" } },
  reset: {
    title: "Choose a new password",
    button: "Save and sign in",
    fields: [EMAIL, CODE, NEW_PASSWORD],
    links: { signIn: "Back" },
  },
};

/** Cognito's messages are for developers. An error without a message here is shown with Cognito's own. */
export const ERROR_MESSAGES = {
  NotAuthorizedException: "Incorrect email or password.",
  UserNotFoundException: "Incorrect email or password.",
  UsernameExistsException: "An account with this email already exists. Sign in instead.",
  CodeMismatchException: "Incorrect code. Check the latest email from us.",
  ExpiredCodeException: "This code has expired. Request a new one.",
  InvalidPasswordException: `The password must have ${PASSWORD_RULES}.`,
  LimitExceededException: "Too many attempts. Try again later.",
  TooManyRequestsException: "Too many attempts. Try again later.",
};
